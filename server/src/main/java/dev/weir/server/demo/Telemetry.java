package dev.weir.server.demo;

import dev.weir.buffer.BufferListener;
import dev.weir.buffer.BufferSettings;
import dev.weir.buffer.BufferStats;
import dev.weir.buffer.DeadLetter;
import dev.weir.buffer.WriteBuffer;
import dev.weir.error.WeirException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the buffer once a second, keeps the samples of the last fifteen minutes so that a dashboard that is opened late
 * is not blank, and tells those who wait that there is a new one. Thread-safe.
 *
 * <p><em>Concurrency:</em> {@code lock} guards the samples and their count. Nothing is asked of the buffer while it is held.
 */
final class Telemetry implements AutoCloseable {
    static final int KEPT = 15 * 60;

    private static final Logger LOG = LoggerFactory.getLogger(Telemetry.class);
    private static final int RATE_SECONDS = 10;
    private static final int RATIO_SECONDS = 60;
    private static final int SECONDS_BETWEEN_COUNTS = 15;

    private final WriteBuffer buffer;
    private final BufferSettings settings;
    private final FaultSwitch database;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "demo-telemetry"));
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition sampled = lock.newCondition();
    private final Deque<Sample> samples = new ArrayDeque<>();
    private long count;
    private boolean closed;

    private volatile String reason = "";
    private volatile @Nullable Retry retry;
    private volatile long waitingLetters;
    private volatile boolean recount = true;
    private int secondsSinceCount;

    Telemetry(WriteBuffer buffer, BufferSettings settings, FaultSwitch database) {
        this.buffer = buffer;
        this.settings = settings;
        this.database = database;
        buffer.addListener(new Listener());
        Future<?> unused = thread.scheduleAtFixedRate(this::tick, 0, 1, TimeUnit.SECONDS);
    }

    /** How the buffer is right now. */
    Health health(BufferStats stats) {
        return Health.of(stats, settings, reason, database.stopped(), waitingLetters);
    }

    /** Dead letters that lie in the database, as counted last. */
    long waitingLetters() {
        return waitingLetters;
    }

    /** The flush that is to be tried again; null if none is. */
    @Nullable Retry retry() {
        return retry;
    }

    /** The samples that are kept, oldest first. */
    List<Sample> history() {
        lock.lock();
        try {
            return List.copyOf(samples);
        } finally {
            lock.unlock();
        }
    }

    /** Operations and statements a second over the last ten seconds, and operations a statement over the last minute. */
    Rates rates() {
        List<Sample> all = history();
        if (all.size() < 2) {
            return new Rates(0, 0, 0, null);
        }
        Sample last = all.get(all.size() - 1);
        Sample recent = all.get(Math.max(0, all.size() - 1 - RATE_SECONDS));
        Sample earlier = all.get(Math.max(0, all.size() - 1 - RATIO_SECONDS));
        double seconds = (last.at() - recent.at()) / 1000.0;
        long statements = last.statements() - earlier.statements();
        return new Rates(
                (last.operations() - recent.operations()) / seconds,
                (last.statements() - recent.statements()) / seconds,
                (last.rows() - recent.rows()) / seconds,
                statements == 0 ? null : (double) (last.operations() - earlier.operations()) / statements);
    }

    /**
     * Waits for a sample that came after the first {@code seen}.
     *
     * @return how many samples there have been; not more than {@code seen} when the time is up; -1 after {@link #close}
     */
    long await(long seen, Duration atMost) throws InterruptedException {
        long nanos = atMost.toNanos();
        lock.lock();
        try {
            while (!closed && count <= seen && nanos > 0) {
                nanos = sampled.awaitNanos(nanos);
            }
            return closed ? -1 : count;
        } finally {
            lock.unlock();
        }
    }

    private void tick() {
        try {
            countLetters();
            BufferStats stats = buffer.stats();
            Sample sample = new Sample(
                    System.currentTimeMillis(),
                    stats.operations(),
                    stats.statements(),
                    stats.rows(),
                    stats.pendingRows(),
                    stats.pendingBytes(),
                    stats.oldestAge().toMillis(),
                    millis(stats.flushLatency().p50()),
                    millis(stats.flushLatency().p99()),
                    millis(stats.journalLatency().p50()),
                    millis(stats.journalLatency().p99()));
            lock.lock();
            try {
                samples.addLast(sample);
                if (samples.size() > KEPT) {
                    samples.removeFirst();
                }
                count++;
                sampled.signalAll();
            } finally {
                lock.unlock();
            }
        } catch (RuntimeException e) {
            LOG.warn("The dashboard misses a sample and takes the next one in a second.", e);
        }
    }

    private void countLetters() {
        if (database.stopped() || (!recount && ++secondsSinceCount < SECONDS_BETWEEN_COUNTS)) {
            return;
        }
        recount = false;
        secondsSinceCount = 0;
        try {
            waitingLetters = buffer.deadLetters().count();
        } catch (WeirException e) {
            recount = true;
        }
    }

    static double millis(Duration duration) {
        return duration.toNanos() / 1e6;
    }

    /** Ends the waiting of all. */
    @Override
    public void close() {
        thread.shutdownNow();
        lock.lock();
        try {
            closed = true;
            sampled.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private final class Listener implements BufferListener {
        @Override
        public void flushed(dev.weir.db.FlushReport report) {
            retry = null;
        }

        @Override
        public void retrying(int attempt, String problem, Duration next) {
            retry = new Retry(attempt, problem, Instant.now().plus(next));
        }

        @Override
        public void deadLetter(DeadLetter letter) {
            recount = true;
        }

        @Override
        public void health(BufferListener.Health health, String why) {
            reason = health == BufferListener.Health.UP ? "" : why;
        }
    }

    /** The columns of {@link Sample#row}, in its order. */
    static List<String> columns() {
        return List.of(
                "at",
                "operations",
                "statements",
                "rows",
                "pendingRows",
                "pendingBytes",
                "oldestAgeMillis",
                "flushP50",
                "flushP99",
                "journalP50",
                "journalP99");
    }

    /** One second; times in milliseconds, totals since the start. */
    record Sample(
            long at,
            long operations,
            long statements,
            long rows,
            long pendingRows,
            long pendingBytes,
            long oldestAgeMillis,
            double flushP50,
            double flushP99,
            double journalP50,
            double journalP99) {
        /** The values, as {@link #columns} names them. */
        List<Number> row() {
            List<Number> row = new ArrayList<>(11);
            row.add(at);
            row.add(operations);
            row.add(statements);
            row.add(rows);
            row.add(pendingRows);
            row.add(pendingBytes);
            row.add(oldestAgeMillis);
            row.add(rounded(flushP50));
            row.add(rounded(flushP99));
            row.add(rounded(journalP50));
            row.add(rounded(journalP99));
            return row;
        }

        private static double rounded(double millis) {
            return Math.round(millis * 1000) / 1000.0;
        }
    }

    /** A flush that failed: how often in a row, why, and when it is tried again. */
    record Retry(int attempt, String problem, Instant next) {}

    /**
     * Rates a second.
     *
     * @param coalescingRatio operations a statement; null while no statement was sent
     */
    record Rates(
            double operationsPerSecond,
            double statementsPerSecond,
            double rowsPerSecond,
            @Nullable Double coalescingRatio) {}
}
