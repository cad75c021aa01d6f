package dev.weir.server.demo;

import dev.weir.buffer.WriteBuffer;
import dev.weir.error.WeirException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Ten thousand page views, made by 64 callers of whom each waits until its hit is durable before it sends the next: through
 * the buffer, or without it as one UPDATE and commit a call. Same callers, same number of pages, same promise, so the two
 * latencies can be compared. One burst runs at a time. Thread-safe.
 *
 * <p>The direct one has pages of its own, {@code demo-direct-*}: totals that the buffer hands out stay exact that way,
 * because nobody else writes its pages.
 *
 * <p><em>Concurrency:</em> {@code running} is taken by compare-and-set and given back by the burst's own thread. The direct
 * burst's callers share one connection under a fair lock, since SQLite has one writer.
 */
final class Burst implements AutoCloseable {
    static final int CALLS = 10_000;

    private static final int CALLERS = 64;
    private static final int PAGES = 100;

    private final Pages pages;
    private final WriteBuffer buffer;
    private final DataSource database;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "demo-burst");
        thread.setDaemon(true);
        return thread;
    });
    private final AtomicReference<@Nullable Progress> running = new AtomicReference<>();
    private volatile @Nullable Result buffered;
    private volatile @Nullable Result direct;

    Burst(Pages pages, WriteBuffer buffer, DataSource database) {
        this.pages = pages;
        this.buffer = buffer;
        this.database = database;
    }

    /** Starts a burst; false if one runs already. */
    boolean start(boolean throughBuffer) {
        Progress progress = new Progress(throughBuffer ? "buffered" : "direct");
        if (!running.compareAndSet(null, progress)) {
            return false;
        }
        threads.execute(() -> {
            try {
                if (throughBuffer) {
                    buffered = buffered(progress);
                } else {
                    direct = direct(progress);
                }
            } finally {
                running.set(null);
            }
        });
        return true;
    }

    /** The burst that runs now. */
    Optional<Running> running() {
        return Optional.ofNullable(running.get()).map(now -> new Running(now.kind, now.done.get(), CALLS));
    }

    /** The last burst through the buffer. */
    Optional<Result> buffered() {
        return Optional.ofNullable(buffered);
    }

    /** The last burst without it. */
    Optional<Result> direct() {
        return Optional.ofNullable(direct);
    }

    private Result buffered(Progress progress) {
        long before = buffer.stats().statements();
        call(progress, i -> pages.hitJournaled("demo-burst-" + number(i)));
        Long statements = null;
        if (progress.problem.get() == null) {
            try {
                buffer.flush();
                statements = buffer.stats().statements() - before;
            } catch (WeirException e) {
                // The hits are durable all the same; how many statements they become is not known yet.
                statements = null;
            }
        }
        return progress.result(statements);
    }

    private Result direct(Progress progress) {
        ReentrantLock turn = new ReentrantLock(true);
        try (Connection connection = database.getConnection()) {
            createPages(connection);
            try (PreparedStatement update =
                    connection.prepareStatement("UPDATE " + Pages.TABLE + " SET hits = hits + 1 WHERE name = ?")) {
                call(progress, i -> {
                    turn.lockInterruptibly();
                    try {
                        update.setString(1, "demo-direct-" + number(i));
                        update.executeUpdate();
                    } finally {
                        turn.unlock();
                    }
                });
            }
        } catch (SQLException e) {
            progress.fail(e);
        }
        return progress.result((long) progress.done.get());
    }

    private static void createPages(Connection connection) throws SQLException {
        StringBuilder values = new StringBuilder();
        for (int i = 0; i < PAGES; i++) {
            values.append(i == 0 ? "" : ", ")
                    .append("('demo-direct-")
                    .append(number(i))
                    .append("', 0)");
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    "INSERT INTO " + Pages.TABLE + " (name, hits) VALUES " + values + " ON CONFLICT (name) DO NOTHING");
        }
    }

    private static String number(int call) {
        int page = call % PAGES;
        return page < 10 ? "0" + page : Integer.toString(page);
    }

    /** Lets all callers loose, and returns when the last is done. After a failure nobody sends another call. */
    private void call(Progress progress, Call call) {
        AtomicInteger next = new AtomicInteger();
        CountDownLatch finished = new CountDownLatch(CALLERS);
        long start = System.nanoTime();
        for (int caller = 0; caller < CALLERS; caller++) {
            threads.execute(() -> {
                try {
                    for (int i = next.getAndIncrement();
                            i < CALLS && progress.problem.get() == null;
                            i = next.getAndIncrement()) {
                        long sent = System.nanoTime();
                        call.make(i);
                        progress.nanos[progress.done.getAndIncrement()] = System.nanoTime() - sent;
                    }
                } catch (SQLException | InterruptedException | RuntimeException e) {
                    progress.fail(e);
                } finally {
                    finished.countDown();
                }
            });
        }
        try {
            finished.await();
        } catch (InterruptedException e) {
            progress.fail(e);
            Thread.currentThread().interrupt();
        }
        progress.elapsed = System.nanoTime() - start;
    }

    /** Stops a burst that runs, and waits for it for at most a second. */
    @Override
    public void close() {
        threads.shutdownNow();
        try {
            threads.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private interface Call {
        void make(int number) throws SQLException, InterruptedException;
    }

    private static final class Progress {
        private final String kind;
        private final AtomicInteger done = new AtomicInteger();
        private final AtomicReference<@Nullable String> problem = new AtomicReference<>();
        private final long[] nanos = new long[CALLS];
        private volatile long elapsed;

        Progress(String kind) {
            this.kind = kind;
        }

        void fail(Exception e) {
            String message = e.getMessage();
            problem.compareAndSet(null, message == null ? e.getClass().getSimpleName() : message);
        }

        Result result(@Nullable Long statements) {
            int calls = done.get();
            long[] sorted = Arrays.copyOf(nanos, calls);
            Arrays.sort(sorted);
            return new Result(
                    calls,
                    statements,
                    elapsed / 1e6,
                    calls / Math.max(elapsed / 1e9, 1e-9),
                    new Latency(
                            percentile(sorted, 0.5),
                            percentile(sorted, 0.95),
                            percentile(sorted, 0.99),
                            percentile(sorted, 1)),
                    problem.get());
        }

        private static double percentile(long[] sorted, double share) {
            if (sorted.length == 0) {
                return 0;
            }
            int rank = (int) Math.ceil(share * sorted.length);
            return sorted[Math.max(0, rank - 1)] / 1e6;
        }
    }

    /** How far a burst is. */
    record Running(String kind, int done, int of) {}

    /**
     * How a burst went.
     *
     * @param calls page views made
     * @param statements SQL statements that changed tables meanwhile; null while they are still to come
     * @param latencyMillis how long a caller waited
     * @param problem why it stopped early; null if it did not
     */
    record Result(
            int calls,
            @Nullable Long statements,
            double elapsedMillis,
            double callsPerSecond,
            Latency latencyMillis,
            @Nullable String problem) {}

    /** Percentiles in milliseconds. */
    record Latency(double p50, double p95, double p99, double max) {}
}
