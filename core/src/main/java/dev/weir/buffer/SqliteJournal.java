package dev.weir.buffer;

import dev.weir.time.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A journal in a directory: an SQLite file with a row an epoch, a {@link Witness} and an {@link OwnerLock}.
 *
 * <p>The file is checked as a whole before anything is written to it: a journal that is refused stays as it was found. A
 * directory without witness opens only if SQLite closed the file in order (it has no log, so its end can't have been cut
 * off unseen), which is what a backup looks like; with a log it is refused until the witness is restored, or waived by an
 * empty file of that name.
 *
 * <p><b>Concurrency.</b> {@link #writing} (fair) guards {@link #appender}, {@link #tidier}, the witness and the table of
 * writers, and the {@link JournalUpkeep} takes it for its short steps; {@link #reading} guards {@link #reader} for one
 * epoch at a time, so that reading never holds up an append and no reader's callback runs under a lock. Who needs both
 * takes {@code writing} first.
 */
final class SqliteJournal implements Journal {
    /** What one step of dropping may hold the writing lock for. */
    private static final long TRIM_BYTES = 4 << 20;

    private static final int TRIM_EPOCHS = 1_000;

    private final Path directory;
    private final JournalFile file;
    private final JournalTuning tuning;
    private final Clock clock;
    private final OwnerLock owner;
    private final Witness witness;
    private final JournalUpkeep upkeep;
    private final String writer;

    private final ReentrantLock writing = new ReentrantLock(true);
    private final Map<String, JournalRow> writers = new LinkedHashMap<>();
    private @Nullable JournalAppender appender;
    private final Connection tidier;
    private long last;
    private long ledgerRows;
    private boolean closed;

    private final ReentrantLock reading = new ReentrantLock();
    private final Connection reader;

    /**
     * Opens the journal of a directory, which is made if it is missing.
     *
     * @throws JournalException if the directory can't be used, is owned by another, or its journal lacks epochs
     */
    static SqliteJournal open(Path directory, Clock clock) {
        return open(directory, clock, JournalTuning.DEFAULT);
    }

    static SqliteJournal open(Path directory, Clock clock, JournalTuning tuning) {
        Objects.requireNonNull(directory, "directory");
        Objects.requireNonNull(clock, "clock");
        Objects.requireNonNull(tuning, "tuning");
        Path absolute = directory.toAbsolutePath().normalize();
        JournalFile file = new JournalFile(absolute, tuning);
        List<AutoCloseable> opened = new ArrayList<>();
        boolean done = false;
        try {
            makeDirectory(absolute);
            OwnerLock owner = OwnerLock.take(absolute);
            opened.add(owner);
            SqliteJournal journal = new SqliteJournal(absolute, file, clock, owner, tuning, opened);
            done = true;
            return journal;
        } catch (IOException e) {
            throw new JournalException(
                    "A journal needs a directory that this process can write to: directory=" + absolute + ", reason="
                            + e + "; free the path, give the right to write, or choose another directory",
                    e);
        } catch (SQLException e) {
            throw JournalCheck.unopened(file.path(), e);
        } catch (NoClassDefFoundError e) {
            throw new JournalException(
                    "The journal needs SQLite: directory=" + absolute
                            + "; add org.xerial:sqlite-jdbc to the class path",
                    e);
        } finally {
            if (!done) {
                closeAll(opened, null);
            }
        }
    }

    private SqliteJournal(
            Path directory,
            JournalFile file,
            Clock clock,
            OwnerLock owner,
            JournalTuning tuning,
            List<AutoCloseable> opened)
            throws IOException, SQLException {
        this.directory = directory;
        this.file = file;
        this.tuning = tuning;
        this.clock = clock;
        this.owner = owner;
        this.writer = UUID.randomUUID().toString();
        Witness.Testimony testimony = Witness.read(directory);
        List<JournalRow> found = check(file, testimony);
        witness = Witness.open(directory, testimony);
        opened.add(witness);
        Connection connection = file.connectDurable();
        opened.add(connection);
        enter(connection, found, testimony.writer());
        ledgerRows = found.stream().filter(JournalRow::ledgerRow).count();
        JournalFile.syncDirectory(directory);
        witness.write(writer, 0, ledgerRows);
        appender = new JournalAppender(connection);
        tidier = file.connectUnsynced();
        opened.add(tidier);
        reader = file.connectReadOnly();
        opened.add(reader);
        upkeep = new JournalUpkeep(file.connectUnsynced(), writing, tuning.checkpointBytes(), "weir-journal-upkeep");
    }

    /** The writers of the file, which is not changed; none if it is new. */
    private static List<JournalRow> check(JournalFile file, Witness.Testimony testimony)
            throws IOException, SQLException {
        if (testimony.state() == Witness.State.DAMAGED
                || (testimony.state() == Witness.State.MISSING && file.hasLog())) {
            throw new JournalException(
                    "The witness says how far the journal must reach: file="
                            + file.path().resolveSibling(Witness.FILE) + ", state=" + testimony.state()
                            + "; restore it together with journal.db and journal.db-wal. If it is lost for good, put an"
                            + " empty file in its place: the journal is then taken as it is, and a lost end goes unseen",
                    null);
        }
        if (!file.exists()) {
            if (testimony.writer() != null) {
                throw JournalCheck.damaged(
                        file.path(),
                        "the file is missing or empty, writer " + testimony.writer() + " wrote to it",
                        null);
            }
            return List.of();
        }
        try (Connection connection = file.connectReadOnly()) {
            if (!JournalCheck.hasTables(file.path(), connection) && testimony.writer() == null) {
                return List.of();
            }
            return JournalCheck.check(file.path(), connection, testimony);
        }
    }

    /** Writes the end of earlier writers down, forgets those that did nothing, and enters this one, durably. */
    private void enter(Connection connection, List<JournalRow> found, @Nullable String witnessed) throws SQLException {
        JournalFile.transaction(connection, () -> {
            if (!JournalCheck.hasTables(file.path(), connection)) {
                JournalFile.createTables(connection);
            }
            long number = 1;
            for (JournalRow row : found) {
                number = Math.max(number, row.number() + 1);
                // The witnessed one stays: the witness names it until this opening has written its own.
                if (row.last() == 0 && !row.ledgerRow() && !row.id().equals(witnessed)) {
                    JournalFile.delete(connection, row);
                } else {
                    JournalFile.update(connection, row);
                    writers.put(row.id(), row);
                }
            }
            JournalRow own = new JournalRow(number, writer, clock.now().toEpochMilli(), false, 0, JournalRow.OPEN);
            JournalFile.insert(connection, own);
            writers.put(writer, own);
        });
    }

    @Override
    public String writer() {
        return writer;
    }

    @Override
    public List<Writer> earlier() {
        writing.lock();
        try {
            return writers.values().stream()
                    .filter(row -> !row.id().equals(writer))
                    .map(row -> new Writer(row.id(), row.ledgerRow(), row.trimmedTo(), row.last()))
                    .toList();
        } finally {
            writing.unlock();
        }
    }

    @Override
    public void append(long seq, byte[] data, int length) {
        Objects.requireNonNull(data, "data");
        Objects.checkFromIndexSize(0, length, data.length);
        writing.lock();
        try {
            requireOpen();
            if (seq != last + 1 || seq > JournalRow.MAX_SEQ) {
                throw new IllegalArgumentException(
                        "Epochs are appended one after the other: seq=" + seq + ", last=" + last);
            }
            try {
                appender().append(row(writer), seq, clock.now().toEpochMilli(), data, length);
                witness.write(writer, seq, ledgerRows);
            } catch (SQLException | IOException e) {
                dropAppender();
                throw new JournalException(
                        "An epoch is acknowledged only when it is on disk: directory=" + directory + ", epoch=" + seq
                                + ", bytes=" + length + ", reason=" + e.getMessage()
                                + "; free space on the disk or repair it, the same epoch is then appended again",
                        e);
            }
            last = seq;
            upkeep.logged(length + 2L * tuning.pageSize());
        } finally {
            writing.unlock();
        }
    }

    @Override
    public void read(String writer, long from, long to, EpochReader reader) {
        Objects.requireNonNull(reader, "reader");
        JournalRow row = find(writer);
        if (from < 1) {
            throw new IllegalArgumentException("The first epoch is 1: from=" + from);
        }
        for (long seq = from; seq <= to; seq++) {
            reader.epoch(seq, readOne(row, seq));
        }
    }

    private byte[] readOne(JournalRow row, long seq) {
        reading.lock();
        try (PreparedStatement statement =
                reader.prepareStatement("select appended, crc, data from epoch where position = ?")) {
            statement.setLong(1, row.position(seq));
            try (ResultSet result = statement.executeQuery()) {
                byte[] data = result.next() ? result.getBytes(3) : null;
                if (data == null) {
                    throw unreadable(row, seq, "missing, or was dropped", null);
                }
                if (row.checksum(seq, result.getLong(1), data, data.length) != result.getInt(2)) {
                    throw unreadable(row, seq, "damaged", null);
                }
                return data;
            }
        } catch (SQLException e) {
            throw unreadable(row, seq, "unreadable (" + e.getMessage() + ")", e);
        } finally {
            reading.unlock();
        }
    }

    @Override
    public void ledgerRowMade(String writer) {
        writing.lock();
        try {
            requireOpen();
            JournalRow row = row(writer);
            if (row.ledgerRow()) {
                return;
            }
            JournalRow made = row.withLedgerRow();
            try {
                JournalFile.update(appender().connection(), made);
                writers.put(writer, made);
                ledgerRows++;
                witness.write(this.writer, last, ledgerRows);
            } catch (SQLException | IOException e) {
                dropAppender();
                throw failed("note a ledger row", e);
            }
        } finally {
            writing.unlock();
        }
    }

    @Override
    public void trim(String writer, long to) {
        boolean dropped = false;
        while (trimStep(writer, to)) {
            dropped = true;
        }
        if (dropped) {
            upkeep.trimmed();
        }
    }

    private boolean trimStep(String writer, long to) {
        writing.lock();
        try {
            requireOpen();
            JournalRow row = row(writer);
            long end = writer.equals(this.writer) ? last : row.last();
            if (to > end) {
                throw new IllegalArgumentException(
                        "Only epochs that were appended can be dropped: to=" + to + ", last=" + end);
            }
            if (to <= row.trimmedTo()) {
                return false;
            }
            JournalRow trimmed = row.trimmedTo(trimEnd(row, to));
            JournalFile.transaction(tidier, () -> {
                try (PreparedStatement delete =
                        tidier.prepareStatement("delete from epoch where position between ? and ?")) {
                    delete.setLong(1, row.position(row.trimmedTo() + 1));
                    delete.setLong(2, row.position(trimmed.trimmedTo()));
                    delete.executeUpdate();
                }
                JournalFile.update(tidier, trimmed);
            });
            writers.put(writer, trimmed);
            upkeep.logged(8L * tuning.pageSize());
            return true;
        } catch (SQLException e) {
            throw failed("drop epochs", e);
        } finally {
            writing.unlock();
        }
    }

    /** The last epoch of the next step. */
    private long trimEnd(JournalRow row, long to) throws SQLException {
        long end = Math.min(to, row.trimmedTo() + TRIM_EPOCHS);
        try (PreparedStatement sizes = tidier.prepareStatement(
                "select position, length(data) from epoch where position between ? and ? order by position")) {
            sizes.setLong(1, row.position(row.trimmedTo() + 1));
            sizes.setLong(2, row.position(end));
            try (ResultSet result = sizes.executeQuery()) {
                long bytes = 0;
                while (result.next()) {
                    bytes += result.getLong(2);
                    if (bytes >= TRIM_BYTES) {
                        return JournalRow.seq(result.getLong(1));
                    }
                }
            }
        }
        return end;
    }

    @Override
    public List<Kept> kept(String writer) {
        JournalRow row = find(writer);
        List<Kept> kept = new ArrayList<>();
        reading.lock();
        try (PreparedStatement statement = reader.prepareStatement("select position, length(data), appended from epoch"
                + " where position between ? and ? order by position")) {
            statement.setLong(1, row.position(1));
            statement.setLong(2, row.position(JournalRow.MAX_SEQ));
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    kept.add(new Kept(JournalRow.seq(result.getLong(1)), result.getInt(2), result.getLong(3)));
                }
            }
        } catch (SQLException e) {
            throw failed("list its epochs", e);
        } finally {
            reading.unlock();
        }
        return kept;
    }

    @Override
    public long maxEpochBytes() {
        return tuning.maxEpochBytes();
    }

    @Override
    public long bytes() {
        try {
            return file.bytes();
        } catch (IOException e) {
            throw failed("tell its size", e);
        }
    }

    @Override
    public void close() {
        List<AutoCloseable> opened = new ArrayList<>();
        writing.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            opened.addAll(List.of(owner, witness, reader, tidier));
            JournalAppender current = appender;
            if (current != null) {
                // Closed last of the connections: it copies the log into the file and syncs it.
                opened.add(2, current);
                appender = null;
            }
        } finally {
            writing.unlock();
        }
        opened.add(upkeep);
        JournalException failure = new JournalException(
                "The journal could not be closed in order: directory=" + directory
                        + "; nothing is lost, the next opening puts it in order",
                null);
        reading.lock();
        try {
            closeAll(opened, failure);
        } finally {
            reading.unlock();
        }
        if (failure.getSuppressed().length > 0) {
            throw failure;
        }
    }

    /** Closes in reverse order, all of them, whatever fails. */
    private static void closeAll(List<AutoCloseable> opened, @Nullable Exception failures) {
        for (int i = opened.size() - 1; i >= 0; i--) {
            try {
                opened.get(i).close();
            } catch (Exception e) {
                if (failures != null) {
                    failures.addSuppressed(e);
                }
            }
        }
    }

    private JournalAppender appender() throws SQLException {
        JournalAppender current = appender;
        if (current == null) {
            current = new JournalAppender(file.connectDurable());
            appender = current;
        }
        return current;
    }

    /** After a failure the connection is made anew: nothing of the failed statement may stay in it. */
    private void dropAppender() {
        JournalAppender failed = appender;
        appender = null;
        if (failed != null) {
            closeAll(List.of(failed), null);
        }
    }

    private JournalRow find(String writer) {
        writing.lock();
        try {
            requireOpen();
            return row(writer);
        } finally {
            writing.unlock();
        }
    }

    private JournalRow row(String writer) {
        JournalRow row = writers.get(Objects.requireNonNull(writer, "writer"));
        if (row == null) {
            throw new IllegalArgumentException("The journal does not know this writer: writer=" + writer);
        }
        return row;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("The journal is closed: directory=" + directory);
        }
    }

    private JournalException unreadable(JournalRow row, long seq, String state, @Nullable Throwable cause) {
        return new JournalException(
                "An epoch is read as it was appended: directory=" + directory + ", writer=" + row.id() + ", epoch="
                        + seq + ", state=" + state + "; restore the directory from a copy",
                cause);
    }

    private JournalException failed(String what, Exception cause) {
        return new JournalException(
                "The journal could not " + what + ": directory=" + directory + ", reason=" + cause.getMessage()
                        + "; free space on the disk or repair it, then try again",
                cause);
    }

    private static void makeDirectory(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory);
            Path parent = directory.getParent();
            if (parent != null) {
                JournalFile.syncDirectory(parent);
            }
        }
    }
}
