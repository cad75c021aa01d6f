package dev.weir.buffer;

import dev.weir.db.BufferLimitException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What may be pending, and what happens at the limit.
 *
 * <p><b>Concurrency.</b> Counts are atomic; {@code problem} is volatile and read on the fast path of every operation. Waiting
 * for room happens without any other lock of the buffer.
 */
final class Limits {
    /** Memory of a counter that is pending, in bytes; {@code CounterMemoryTest} measures it. */
    static final long CELL_BYTES = 130;

    /** Memory of an entry of the row log besides its change. */
    static final long ENTRY_BYTES = 120;

    private final BufferSettings settings;
    private final Runnable flushNow;
    private final AtomicLong rows = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();

    /** The limit that holds everything back, such as {@code journalStall}; null if none does. */
    private volatile @Nullable String barrier;

    private volatile boolean databaseAway;
    private volatile boolean closed;

    Limits(BufferSettings settings, Runnable flushNow) {
        this.settings = settings;
        this.flushNow = flushNow;
    }

    /** Whether operations on rows that are pending already may enter without asking. */
    boolean open() {
        return barrier == null && !closed;
    }

    long rows() {
        return rows.get();
    }

    long bytes() {
        return bytes.get();
    }

    /** Raises or lifts a barrier that holds back every operation. */
    void barrier(@Nullable String limit) {
        barrier = limit;
        if (limit == null) {
            signal();
        }
    }

    @Nullable String barrier() {
        return barrier;
    }

    void databaseAway(boolean away) {
        databaseAway = away;
        if (away) {
            signal();
        }
    }

    boolean databaseAway() {
        return databaseAway;
    }

    /** No operation enters from now on. */
    void close() {
        closed = true;
        signal();
    }

    /**
     * Lets an operation in, or not.
     *
     * @return whether it has to wait until it is flushed
     */
    boolean admit(BufferedTable table, long moreRows, long moreBytes) {
        String limit = reached(table, moreRows, moreBytes);
        if (limit == null) {
            take(table, moreRows, moreBytes);
            return false;
        }
        return atLimit(table, moreRows, moreBytes, limit);
    }

    /** Counts what enters without asking. */
    void take(BufferedTable table, long moreRows, long moreBytes) {
        rows.addAndGet(moreRows);
        bytes.addAndGet(moreBytes);
        table.pendingRows.addAndGet(moreRows);
    }

    /** Gives back what was admitted. */
    void release(BufferedTable table, long fewerRows, long fewerBytes) {
        rows.addAndGet(-fewerRows);
        bytes.addAndGet(-fewerBytes);
        table.pendingRows.addAndGet(-fewerRows);
    }

    /** Wakes whoever waits for room. */
    void signal() {
        lock.lock();
        try {
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private @Nullable String reached(BufferedTable table, long moreRows, long moreBytes) {
        if (closed) {
            throw new IllegalStateException("The buffer is closed. Open another.");
        }
        String held = barrier;
        if (held != null) {
            return held;
        }
        if (moreRows > 0 && rows.get() + moreRows > settings.maxRows()) {
            return "maxRows";
        }
        if (bytes.get() + moreBytes > settings.maxBytes()) {
            return "maxBytes";
        }
        Long tableRows = table.settings.maxRows();
        if (tableRows != null && moreRows > 0 && table.pendingRows.get() + moreRows > tableRows) {
            return "maxRows of table " + table.name;
        }
        return null;
    }

    private boolean atLimit(BufferedTable table, long moreRows, long moreBytes, String first) {
        LimitPolicy policy = table.settings.atLimit() != null ? table.settings.atLimit() : settings.atLimit();
        String limit = first;
        if (policy == LimitPolicy.REJECT) {
            throw refused(limit);
        }
        long left = settings.blockTimeout().toNanos();
        boolean interrupted = false;
        lock.lock();
        try {
            while (limit != null) {
                if (policy == LimitPolicy.WRITE_THROUGH && (databaseAway || barrier != null)) {
                    throw refused(limit);
                }
                if (left <= 0) {
                    throw refused(limit);
                }
                flushNow.run();
                try {
                    left = room.awaitNanos(Math.min(left, TimeUnit.SECONDS.toNanos(1)))
                            + Math.max(0, left - TimeUnit.SECONDS.toNanos(1));
                } catch (InterruptedException e) {
                    interrupted = true;
                    throw refused(limit);
                }
                limit = reached(table, moreRows, moreBytes);
            }
            take(table, moreRows, moreBytes);
        } finally {
            lock.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        return policy == LimitPolicy.WRITE_THROUGH;
    }

    private BufferLimitException refused(String limit) {
        String cure = switch (limit) {
            case "journalStall" -> "The journal takes no writes: look at its disk.";
            case "maxJournalBytes" ->
                "The journal is as large as it may be: see why the database takes no flushes, or raise it.";
            default -> "See why the database takes no flushes, or raise the limit.";
        };
        return new BufferLimitException(
                limit,
                "The buffer takes no more at one of its limits: limit=" + limit + ", pendingRows=" + rows.get()
                        + ", pendingBytes=" + bytes.get() + ". " + cure);
    }
}
