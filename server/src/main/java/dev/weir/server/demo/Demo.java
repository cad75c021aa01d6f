package dev.weir.server.demo;

import dev.weir.Weir;
import dev.weir.buffer.BufferSettings;
import dev.weir.buffer.BufferStats;
import dev.weir.buffer.CloseReport;
import dev.weir.buffer.WriteBuffer;
import dev.weir.db.Database;
import dev.weir.db.FlushReport;
import dev.weir.schema.apply.ApplyListener;
import dev.weir.schema.apply.ApplySettings;
import dev.weir.server.database.DeclaredTables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The demo without its web server: the database, Weir, the load and what watches them. Thread-safe. */
final class Demo implements AutoCloseable {
    private static final Duration CLOSE = Duration.ofSeconds(30);
    private static final Duration CLOSE_WITHOUT_DATABASE = Duration.ofMillis(500);

    private static final Duration HIT_PATIENCE = Duration.ofSeconds(5);

    private final ExecutorService hits = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "demo-hit");
        thread.setDaemon(true);
        return thread;
    });
    private final Instant startedAt = Instant.now();
    private final String version;
    private final Path databaseFile;
    private final Path journalDirectory;
    private final DemoDatabase pool;
    private final FaultSwitch database;
    private final Weir weir;
    private final WriteBuffer buffer;
    private final Pages pages;
    private final Telemetry telemetry;
    private final GentleLoad load;
    private final Burst burst;

    private Demo(String version, Path data, boolean withLoad) throws IOException, SQLException {
        this.version = version;
        Path directory = Files.createDirectories(data).toAbsolutePath().normalize();
        this.databaseFile = directory.resolve("weir.db");
        this.journalDirectory = directory.resolve("journal");
        this.pool = DemoDatabase.open(databaseFile);
        this.database = new FaultSwitch(pool.dataSource());
        Weir opened = null;
        try {
            DeclaredTables.of(
                            Database.builder(database).build(),
                            "demo",
                            "another directory with --data",
                            (engine, spelling) -> List.of(Pages.declared()))
                    .make(ApplySettings.DEFAULTS, ApplyListener.SILENT);
            BufferSettings settings = BufferSettings.defaults();
            opened = Weir.builder()
                    .database(database)
                    .journal(journalDirectory)
                    .buffer(settings)
                    .build();
            this.weir = opened;
            this.buffer = weir.buffer();
            this.pages = new Pages(database, buffer);
            this.telemetry = new Telemetry(buffer, settings, database);
            this.load = new GentleLoad(pages, withLoad);
            this.burst = new Burst(pages, buffer, database);
        } catch (RuntimeException | SQLException e) {
            if (opened != null) {
                opened.close(CLOSE_WITHOUT_DATABASE);
            }
            pool.close();
            throw e;
        }
    }

    /**
     * Opens the demo on {@code data}: a SQLite database and a journal, both made when missing.
     *
     * @throws dev.weir.error.WeirException if the journal is owned by another process or damaged
     */
    static Demo open(String version, Path data, boolean withLoad) throws IOException, SQLException {
        return new Demo(version, data, withLoad);
    }

    String version() {
        return version;
    }

    Path databaseFile() {
        return databaseFile;
    }

    Path journalDirectory() {
        return journalDirectory;
    }

    GentleLoad load() {
        return load;
    }

    Burst burst() {
        return burst;
    }

    FaultSwitch database() {
        return database;
    }

    Telemetry telemetry() {
        return telemetry;
    }

    /**
     * See {@link Pages#hit}. Nobody waits for the journal for ever.
     *
     * @throws StalledException if the hits were taken in, and the journal has not got them in time
     */
    OptionalLong hit(String page, long by) {
        Future<OptionalLong> hit = hits.submit(() -> pages.hit(page, by));
        try {
            return hit.get(HIT_PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new StalledException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StalledException(e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** The journal takes no writes, and a hit waits for it. */
    static final class StalledException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StalledException(Exception cause) {
            super(
                    "The journal has not taken the hits within " + HIT_PATIENCE.toSeconds()
                            + " s. They count once it does, if the demo lives until then: do not send them again."
                            + " Look at the disk.",
                    cause);
        }
    }

    /** See {@link Pages#top}. */
    List<Pages.Page> top(int limit) throws SQLException {
        return pages.top(limit);
    }

    /** See {@link WriteBuffer#flush}. */
    FlushReport flush() {
        return buffer.flush();
    }

    Health health() {
        return telemetry.health(buffer.stats());
    }

    Stats stats() {
        BufferStats stats = buffer.stats();
        return new Stats(
                version,
                startedAt,
                Instant.now(),
                new Stats.Buffer(
                        stats.operations(),
                        stats.statements(),
                        stats.rows(),
                        stats.pendingRows(),
                        stats.pendingBytes(),
                        stats.oldestAge().toMillis(),
                        stats.deadLetters(),
                        telemetry.waitingLetters(),
                        stats.missing(),
                        stats.flushes(),
                        stats.flushFailures(),
                        Stats.Percentiles.of(stats.flushLatency())),
                new Stats.Journal(
                        stats.journalBytes(),
                        stats.recoveredOperations(),
                        stats.recoveredEpochs(),
                        stats.journalSyncs(),
                        journalDirectory.toString(),
                        "JOURNALED",
                        Stats.Percentiles.of(stats.journalLatency())),
                telemetry.rates(),
                telemetry.health(stats),
                telemetry.retry(),
                Stats.problems(stats),
                new Stats.Demo(
                        load.on(),
                        load.refused(),
                        database.stopped(),
                        burst.running().orElse(null),
                        burst.buffered().orElse(null),
                        burst.direct().orElse(null)));
    }

    /** Stops the load, flushes, and lets the journal and the database go. What can't be flushed stays in the journal. */
    CloseReport shutDown() {
        load.close();
        burst.close();
        telemetry.close();
        hits.shutdown();
        try {
            return weir.close(database.stopped() ? CLOSE_WITHOUT_DATABASE : CLOSE)
                    .values()
                    .iterator()
                    .next();
        } finally {
            pool.close();
        }
    }

    @Override
    public void close() {
        shutDown();
    }
}
