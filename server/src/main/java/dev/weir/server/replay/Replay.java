package dev.weir.server.replay;

import dev.weir.Weir;
import dev.weir.buffer.BufferAdmin;
import dev.weir.buffer.BufferSettings;
import dev.weir.buffer.BufferStats;
import dev.weir.buffer.WriteBuffer;
import dev.weir.db.Database;
import dev.weir.error.WeirException;
import dev.weir.schema.apply.ApplyListener;
import dev.weir.schema.apply.ApplySettings;
import dev.weir.schema.plan.Step;
import dev.weir.server.CommandFailed;
import dev.weir.server.buffer.JournalDirectory;
import dev.weir.server.database.DeclaredTables;
import dev.weir.server.replay.GzipInput.BrokenGzipException;
import dev.weir.server.replay.LineGroups.Progress;
import dev.weir.server.replay.ReplayListener.Point;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One replay of access logs into a database: what {@code weir replay} does. {@link #run} is called once; {@link #stop} by any
 * thread.
 *
 * <p><b>Concurrency.</b> One thread reads, parses and hands over. {@code stopped} and {@code stream} are all that others
 * touch: {@link #stop} sets the flag first and then closes the stream, the reader publishes the stream first and then looks
 * at the flag, so that one of them sees the other.
 */
public final class Replay {
    /** The directory of the journals in the data directory. */
    public static final String JOURNAL = "journal";

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration CLOSE = Duration.ofSeconds(30);
    private static final Duration LOCK_WAIT = Duration.ofSeconds(5);
    private static final Duration QUIET_WAIT = Duration.ofSeconds(1);
    private static final int LOCK_ATTEMPTS = 10;
    private static final int LOOK_AROUND = 256;

    /** A log is read faster than it is written: what waits in between only costs memory, and the collector's time. */
    private static final BufferSettings SETTINGS =
            BufferSettings.builder().maxRows(200_000).flushRows(50_000).build();

    private static final long PROGRESS_NANOS = Duration.ofMillis(200).toNanos();

    private final ReplayOptions options;
    private final ReplayListener listener;
    private final Duration patience;
    private volatile boolean stopped;
    private volatile @Nullable LineSource stream;

    private final AccessLine line = new AccessLine();
    private long accepted;
    private long rejected;
    private long readingSince;
    private long lastProgress;
    private long bytesBefore;
    private long bytesInAll;

    /** A replay that tells nobody how it goes. */
    public Replay(ReplayOptions options) {
        this(options, new ReplayListener() {});
    }

    /** A replay. */
    public Replay(ReplayOptions options, ReplayListener listener) {
        this(options, listener, PATIENCE);
    }

    /**
     * A replay.
     *
     * @param patience how long a full buffer, journal or database is waited for
     */
    Replay(ReplayOptions options, ReplayListener listener, Duration patience) {
        this.options = options;
        this.listener = listener;
        this.patience = patience;
    }

    /**
     * Makes sure that files can be read.
     *
     * @throws CommandFailed if one is missing or can't be
     */
    static void check(List<String> files) {
        List<Input> unused = Input.resolve(files, new ReplayListener() {});
    }

    /** Ends the reading soon; what was read is flushed, and {@link #run} returns. */
    public void stop() {
        stopped = true;
        LineSource waiting = stream;
        if (waiting != null) {
            try {
                waiting.close();
            } catch (IOException e) {
                listener.note("standard input could not be closed: " + e.getMessage());
            }
        }
    }

    /**
     * Reads the files to their ends and returns when all of it is in the database.
     *
     * @return what was done; its problem says why a run ended before its time, after some lines
     * @throws CommandFailed if nothing could be done
     * @throws WeirException if the database or the journal failed before a line was taken
     */
    public ReplayTotals run() {
        long started = System.nanoTime();
        List<Input> inputs = Input.resolve(options.files(), listener);
        try (DataDirectory data = DataDirectory.take(options.data())) {
            Database database = Database.builder(options.dataSource()).build();
            DeclaredTables tables = tables(database);
            tables.check();
            Positions positions = new Positions(database);
            positions.ensure();
            data.bind(positions.databaseId(UUID.randomUUID().toString()), options.shownUrl());
            tables.make(new ApplySettings(patience, LOCK_WAIT, patience, LOCK_ATTEMPTS), new Making());
            Weir weir = Weir.builder()
                    .database(options.dataSource())
                    .journal(data.path().resolve(JOURNAL))
                    .buffer(SETTINGS)
                    .build();
            try {
                return run(inputs, data, database, weir.buffer(), started);
            } finally {
                weir.close(patience.compareTo(CLOSE) < 0 ? patience : CLOSE);
            }
        }
    }

    private static DeclaredTables tables(Database database) {
        try {
            return DeclaredTables.of(database, "replay", "another database with --db", ReplayTables::declared);
        } catch (SQLException e) {
            throw new CommandFailed(
                    "the database must answer: reason=" + e.getMessage() + "; run the command again", e);
        }
    }

    /** Hears of tables that are made. */
    private final class Making implements ApplyListener {
        private boolean said;

        @Override
        public void waiting(Duration since) {
            if (stopped) {
                throw new CommandFailed("stopped while another process changes the schema of the database;"
                        + " run the same command again");
            }
            if (!said && since.compareTo(QUIET_WAIT) > 0) {
                said = true;
                listener.note("another process changes the schema of the database: waiting for it");
            }
        }

        @Override
        public void begins(Step step) {
            listener.reached(Point.TABLE);
        }
    }

    private ReplayTotals run(
            List<Input> inputs, DataDirectory data, Database database, WriteBuffer buffer, long started) {
        Pipeline pipeline = new Pipeline(buffer, options.durability(), () -> stopped, listener, patience);
        // A position is only worth reading when nothing that would change it is pending.
        pipeline.flush();
        listener.reached(Point.RECOVERED);

        Positions positions = new Positions(database);
        Claims claims = new Claims(positions, data, other -> isPending(database, other));
        Map<Input, @Nullable Position> work = new LinkedHashMap<>();
        try {
            for (Input input : inputs) {
                work.put(input, input.key() == null ? null : claims.take(input, input.key()));
            }
        } catch (RuntimeException refused) {
            claims.release();
            throw refused;
        }
        listener.reached(Point.CLAIMED);

        String problem = read(work, data, positions, pipeline);
        try {
            pipeline.drain();
        } catch (WeirException e) {
            problem = e.getMessage();
        }
        boolean flushed = false;
        try {
            pipeline.flush();
            flushed = true;
            listener.reached(Point.FLUSHED);
        } catch (WeirException e) {
            String why = String.valueOf(e.getMessage());
            problem = (why.endsWith(".") ? why.substring(0, why.length() - 1) : why)
                    + "; mend that and run the same command again: it goes on where it was";
        }
        BufferStats stats = buffer.stats();
        if (flushed) {
            claims.release();
            listener.reached(Point.RELEASED);
        }
        if (problem == null && stats.deadLetters() > 0) {
            problem = "the database refused changes for good: deadLetters=" + stats.deadLetters()
                    + "; look at them with 'weir buffer dead-letters'";
        }
        double seconds = (System.nanoTime() - started) / 1e9;
        return new ReplayTotals(
                accepted + rejected,
                accepted,
                rejected,
                stats.operations(),
                stats.statements(),
                stats.rows(),
                seconds,
                problem);
    }

    private static boolean isPending(Database database, Path otherData) {
        return JournalDirectory.find(otherData)
                .map(journal -> new BufferAdmin(database)
                        .status(journal).writers().stream().anyMatch(writer -> writer.pendingEpochs() > 0))
                .orElse(false);
    }

    /** Reads all that is to be read; answers why that ended before its time. */
    private @Nullable String read(
            Map<Input, @Nullable Position> work, DataDirectory data, Positions positions, Pipeline pipeline) {
        String logKey = Positions.rejectedKey(data.path().toString());
        long known = positions.find(logKey).map(Position::bytes).orElse(-1L);
        try (RejectedLog log = RejectedLog.open(data.path(), known)) {
            if (known < 0) {
                positions.insert(
                        logKey,
                        new Position(
                                log.length(),
                                0,
                                "",
                                false,
                                false,
                                0,
                                "",
                                data.path().toString(),
                                false,
                                ""));
            } else if (known > log.length()) {
                positions.setBytes(logKey, log.length());
            }
            bytesInAll = work.keySet().stream().allMatch(input -> input.size() >= 0)
                    ? work.keySet().stream().mapToLong(Input::size).sum()
                    : -1;
            readingSince = System.nanoTime();
            for (Map.Entry<Input, @Nullable Position> entry : work.entrySet()) {
                if (stopped) {
                    break;
                }
                Input input = entry.getKey();
                try {
                    Position position = entry.getValue();
                    new FileRun(input, log, logKey, pipeline).run(position);
                } catch (BrokenGzipException e) {
                    return "a gzip stream must be whole: file=" + input.shown() + ", " + e.getMessage()
                            + "; its whole lines count, mend the file and run the same command again";
                } catch (IOException e) {
                    return "a file must be readable to its end: file=" + input.shown() + ", reason=" + e.getMessage()
                            + "; run the same command again";
                }
                bytesBefore += Math.max(0, input.size());
            }
            return null;
        } catch (CommandFailed | WeirException e) {
            return e.getMessage();
        } catch (IOException e) {
            return "the log of rejected lines could not be closed: reason=" + e.getMessage();
        }
    }

    /** The reading of one file. */
    private final class FileRun {
        private final Input input;
        private final RejectedLog log;
        private final String logKey;
        private final Pipeline pipeline;
        private @Nullable Progress progress;
        private long lines;

        FileRun(Input input, RejectedLog log, String logKey, Pipeline pipeline) {
            this.input = input;
            this.log = log;
            this.logKey = logKey;
            this.pipeline = pipeline;
        }

        void run(@Nullable Position position) throws IOException {
            if (position == null || input.key() == null) {
                try (LineSource source = input.open()) {
                    stream = source;
                    readLines(source);
                } catch (IOException e) {
                    if (!stopped) {
                        throw e;
                    }
                } finally {
                    stream = null;
                }
                return;
            }
            progress = new Progress(input.key(), position);
            if (position.finished() && options.again()) {
                begin(position.pass() + 1);
                return;
            }
            try (LineSource source = input.open()) {
                if (position.startHash().equals(source.skip(position.bytes(), position.openLine()))) {
                    goOn(position, source);
                    return;
                }
            }
            listener.note(input.shown() + " is another file than before: it is taken from its start");
            begin(1);
        }

        private void begin(long pass) throws IOException {
            if (progress != null) {
                progress.pass(pass);
            }
            try (LineSource source = input.open()) {
                if (readLines(source)) {
                    finish(source);
                }
            }
        }

        private void goOn(Position position, LineSource source) throws IOException {
            lines = position.lines();
            if (position.bytes() > 0 && !position.finished()) {
                listener.note(input.shown() + " goes on behind line " + lines);
            }
            if (!readLines(source)) {
                return;
            }
            if (!position.finished() || source.bytes() != position.bytes()) {
                finish(source);
            } else {
                listener.note(input.shown() + " is finished: nothing was added (--again counts it once more)");
            }
        }

        /** Whether the end was reached. */
        private boolean readLines(LineSource source) throws IOException {
            while (!stopped && source.next()) {
                boolean taken = (!source.tooLong() && line.parse(source.data(), source.from(), source.to()))
                        ? accept(source)
                        : reject(source, source.tooLong() ? AccessLine.tooLong() : line.reason());
                if (!taken) {
                    return false;
                }
                if ((accepted + rejected) % LOOK_AROUND == 0 || options.linesPerSecond() > 0) {
                    lookAround(source);
                }
            }
            return !stopped;
        }

        private boolean accept(LineSource source) {
            lines++;
            boolean taken = pipeline.submit(group -> {
                LineGroups.line(group, line);
                if (progress != null) {
                    progress.put(group, source, lines, false);
                }
            });
            if (taken) {
                accepted++;
                taken(source);
                listener.reached(Point.ACCEPTED);
            }
            return taken;
        }

        private boolean reject(LineSource source, String reason) {
            lines++;
            long length = log.add(input.shown(), lines, reason);
            listener.reached(Point.LOGGED);
            boolean taken = pipeline.submit(group -> {
                LineGroups.rejected(group, logKey, length);
                if (progress != null) {
                    progress.put(group, source, lines, false);
                }
            });
            if (taken) {
                rejected++;
                taken(source);
                listener.reached(Point.REJECTED);
            }
            return taken;
        }

        private void finish(LineSource source) {
            listener.reached(Point.AT_END);
            Progress end = progress;
            if (end != null && pipeline.submit(group -> end.put(group, source, lines, true))) {
                listener.reached(Point.FINISHED);
            }
        }

        private void taken(LineSource source) {
            if (progress != null) {
                progress.accepted(source);
            }
        }

        private void lookAround(LineSource source) {
            long now = System.nanoTime();
            if (options.linesPerSecond() > 0) {
                long due = readingSince + (long) ((accepted + rejected) / options.linesPerSecond() * 1e9);
                while (due - now > 0 && !stopped) {
                    LockSupport.parkNanos(Math.min(due - now, PROGRESS_NANOS));
                    now = System.nanoTime();
                    progress(source, now);
                }
            }
            progress(source, now);
        }

        private void progress(LineSource source, long now) {
            if (now - lastProgress > PROGRESS_NANOS) {
                lastProgress = now;
                double done = bytesInAll > 0 ? (bytesBefore + source.diskBytes()) / (double) bytesInAll : -1;
                listener.progress(accepted + rejected, Math.min(1, done));
            }
        }
    }
}
