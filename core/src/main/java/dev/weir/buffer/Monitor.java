package dev.weir.buffer;

import dev.weir.buffer.BufferListener.Health;
import dev.weir.buffer.BufferStats.Latency;
import dev.weir.buffer.BufferStats.Problem;
import dev.weir.db.FlushReport;
import dev.weir.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what the buffer does, keeps its health, and tells listeners. Thread-safe. */
final class Monitor {
    private static final Logger LOG = LoggerFactory.getLogger("dev.weir.buffer");
    private static final int SAMPLES = 1000;
    private static final int PROBLEMS = 50;

    private final Clock clock;
    private final List<BufferListener> listeners = new CopyOnWriteArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Problem> problems = new ArrayDeque<>();
    private final Samples flushSamples = new Samples();
    private final Samples journalSamples = new Samples();

    final AtomicLong statements = new AtomicLong();
    final AtomicLong rows = new AtomicLong();
    final AtomicLong missing = new AtomicLong();
    final AtomicLong deadLetters = new AtomicLong();
    final AtomicLong flushes = new AtomicLong();
    final AtomicLong failures = new AtomicLong();
    final AtomicLong syncs = new AtomicLong();
    final AtomicLong recoveredEpochs = new AtomicLong();
    final AtomicLong recoveredOperations = new AtomicLong();

    private Health health = Health.UP;
    private boolean databaseAway;
    private boolean stalled;
    private boolean blocked;
    private boolean down;

    Monitor(Clock clock) {
        this.clock = clock;
    }

    Instant now() {
        return clock.now();
    }

    void add(BufferListener listener) {
        listeners.add(listener);
    }

    void problem(String part, String message) {
        lock.lock();
        try {
            if (problems.size() == PROBLEMS) {
                problems.remove();
            }
            problems.add(new Problem(clock.now(), part, message));
        } finally {
            lock.unlock();
        }
    }

    List<Problem> problems() {
        lock.lock();
        try {
            return new ArrayList<>(problems);
        } finally {
            lock.unlock();
        }
    }

    void journaled(long nanos) {
        syncs.incrementAndGet();
        journalSamples.add(nanos);
    }

    void flushed(FlushReport report) {
        statements.addAndGet(report.statements());
        rows.addAndGet(report.rows());
        missing.addAndGet(report.missing());
        deadLetters.addAndGet(report.deadLetters());
        flushes.incrementAndGet();
        flushSamples.add(report.elapsed().toNanos());
        tell(listener -> listener.flushed(report));
    }

    void retrying(int attempt, String problem, Duration next) {
        failures.incrementAndGet();
        problem("flush", problem);
        tell(listener -> listener.retrying(attempt, problem, next));
    }

    /** These are in the database. */
    void refused(List<DeadLetter> letters) {
        if (!letters.isEmpty()) {
            LOG.warn(
                    "The database refused {} changes for good; they are in {}. Look at them with `weir buffer dead-letters`.",
                    letters.size(),
                    Ledger.DEAD_LETTER);
            letters.forEach(this::letter);
        }
    }

    void letter(DeadLetter letter) {
        tell(listener -> listener.deadLetter(letter));
    }

    void databaseAway(boolean away, String reason) {
        change(() -> databaseAway = away, reason);
    }

    void stalled(boolean now, String reason) {
        change(() -> stalled = now, reason);
    }

    void blocked(boolean now, String reason) {
        change(() -> blocked = now, reason);
    }

    void down(String reason) {
        change(() -> down = true, reason);
    }

    private void change(Runnable change, String reason) {
        Health now;
        lock.lock();
        try {
            change.run();
            now = down ? Health.DOWN : databaseAway || stalled || blocked ? Health.DEGRADED : Health.UP;
            if (now == health) {
                return;
            }
            health = now;
        } finally {
            lock.unlock();
        }
        if (now == Health.UP) {
            LOG.info("The write buffer is up again: {}.", reason);
        } else {
            LOG.warn("The write buffer is {}: {}. What is accepted stays in the journal.", now, reason);
        }
        tell(listener -> listener.health(now, reason));
    }

    Health health() {
        lock.lock();
        try {
            return health;
        } finally {
            lock.unlock();
        }
    }

    Latency flushLatency() {
        return flushSamples.latency();
    }

    Latency journalLatency() {
        return journalSamples.latency();
    }

    private void tell(Consumer<BufferListener> event) {
        for (BufferListener listener : listeners) {
            try {
                event.accept(listener);
            } catch (RuntimeException e) {
                problem("listener", "A listener threw " + e.getClass().getName() + ".");
                LOG.warn("A buffer listener threw; the buffer goes on.", e);
            }
        }
    }

    /** The newest samples, in nanoseconds. */
    private static final class Samples {
        private final long[] nanos = new long[SAMPLES];
        private long count;

        synchronized void add(long sample) {
            nanos[(int) (count++ % SAMPLES)] = sample;
        }

        synchronized Latency latency() {
            int n = (int) Math.min(count, SAMPLES);
            long[] sorted = Arrays.copyOf(nanos, n);
            Arrays.sort(sorted);
            return new Latency(at(sorted, 0.5), at(sorted, 0.95), at(sorted, 0.99), at(sorted, 1));
        }

        private static Duration at(long[] sorted, double quantile) {
            if (sorted.length == 0) {
                return Duration.ZERO;
            }
            int index = (int) Math.ceil(quantile * sorted.length) - 1;
            return Duration.ofNanos(sorted[Math.max(0, index)]);
        }
    }
}
