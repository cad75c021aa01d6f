package dev.weir.testkit;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * A named point at which the code under test halts until the test lets it go on. Closed at first; once open it stays
 * open. Every wait ends after a timeout with an {@link AssertionError} that names the gate, so a test that goes wrong
 * fails and does not hang. Thread-safe.
 *
 * <p><i>Concurrency</i>: one lock, one condition for both directions.
 */
public final class Gate {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final String name;
    private final Duration timeout;
    private int arrivals;
    private boolean open;

    /** A closed gate whose waits end after 30 seconds. */
    public Gate(String name) {
        this(name, DEFAULT_TIMEOUT);
    }

    /** A closed gate whose waits end after {@code timeout}. */
    public Gate(String name, Duration timeout) {
        this.name = Objects.requireNonNull(name, "name");
        this.timeout = Objects.requireNonNull(timeout, "timeout");
    }

    /**
     * Called by the code under test: arrives, and waits until the gate is open.
     *
     * @throws AssertionError if it does not open in time, or the thread is interrupted (it stays so)
     */
    public void pass() {
        lock.lock();
        try {
            arrivals++;
            changed.signalAll();
            awaitUntil(() -> open, "was not opened");
        } finally {
            lock.unlock();
        }
    }

    /**
     * Called by the test: waits until somebody has arrived.
     *
     * @throws AssertionError if nobody does in time, or the thread is interrupted (it stays so)
     */
    public void awaitArrival() {
        awaitArrivals(1);
    }

    /** The same as {@link #awaitArrival} for so many arrivals since the gate was made. */
    public void awaitArrivals(int count) {
        lock.lock();
        try {
            awaitUntil(() -> arrivals >= count, "was not reached " + count + " times");
        } finally {
            lock.unlock();
        }
    }

    /** Lets all through who wait and who come later. */
    public void open() {
        lock.lock();
        try {
            open = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** How often somebody arrived. */
    public int arrivals() {
        lock.lock();
        try {
            return arrivals;
        } finally {
            lock.unlock();
        }
    }

    private void awaitUntil(BooleanSupplier reached, String otherwise) {
        long left = timeout.toNanos();
        try {
            while (!reached.getAsBoolean()) {
                if (left <= 0) {
                    throw new AssertionError("The gate " + otherwise + " in time: gate=" + name + ", timeout="
                            + timeout.toMillis() + " ms, arrivals=" + arrivals);
                }
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted at a gate: gate=" + name, e);
        }
    }

    @Override
    public String toString() {
        return "gate " + name;
    }
}
