package dev.weir.buffer;

import dev.weir.db.BufferLimitException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What may be pending, and what happens at the limit.
 *
 * <p><b>Concurrency.</b> Counts are atomic; {@code barrier} is volatile and read on the fast path of every operation. Waiting
 * for room happens without any other lock of the buffer.
 */
final class Limits {
    /** Memory of a counter that is pending, in bytes, at the most; {@code CounterMemoryTest} measures it. */
    static final long CELL_BYTES = 145;

    /** Memory of an entry of the row log besides its change. */
    static final long ENTRY_BYTES = 120;

    /** Memory of a stage that waits for the database, at the most; {@code StageTest} measures it. */
    static final long STAGE_BYTES = 360;

    /** How far the rows stay at least from their limit while callers enter uncounted: more than call at one moment. */
    private static final long MARGIN_ROWS = 1_000;

    private final BufferSettings settings;
    private final Runnable flushNow;
    private final AtomicLong rows = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final AtomicInteger waiting = new AtomicInteger();
    private final long maxEpochBytes;

    /** What the open epoch takes in the journal, at the most. The row log's part is raised under a stripe lock. */
    private final AtomicLong epochBytes = new AtomicLong();

    /** The limit that holds everything back, such as {@code journalStall}; null if none does. */
    private volatile @Nullable String barrier;

    private volatile boolean databaseAway;
    private volatile boolean closed;

    /** Nothing holds operations back, and no count is near its limit. Written under the lock, from what holds then. */
    private volatile boolean roomy;

    /**
     * Limits.
     *
     * @param maxEpochBytes how large the open epoch may be in the journal
     * @param flushNow starts a flush, which makes room
     */
    Limits(BufferSettings settings, long maxEpochBytes, Runnable flushNow) {
        this.settings = settings;
        this.maxEpochBytes = maxEpochBytes;
        this.flushNow = flushNow;
        this.roomy = isRoomy();
    }

    /** Whether operations on rows that are pending already may enter without asking. */
    boolean open() {
        return barrier == null && !closed;
    }

    /** Whether operations may enter before they are counted: nothing holds them back and no limit is near. */
    boolean roomy() {
        return roomy;
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
        look();
        if (limit == null) {
            signal();
        }
    }

    @Nullable String barrier() {
        return barrier;
    }

    /** The limit that holds back new operations now; null if none does. */
    @Nullable String heldBack() {
        String held = barrier;
        if (held == null && rows.get() >= settings.maxRows()) {
            return "maxRows";
        }
        return held == null && bytes.get() >= settings.maxBytes() ? "maxBytes" : held;
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
        look();
        signal();
    }

    /** What an operation wants to put in, by table. */
    static final class Request {
        private final BufferedTable[] tables;
        private final long[] rows;
        private final long[] bytes;
        private int size;
        private long encoded;

        /** A request for at most so many tables. */
        Request(int capacity) {
            tables = new BufferedTable[capacity];
            rows = new long[capacity];
            bytes = new long[capacity];
        }

        /** What it takes in the journal, at the most. */
        long encoded() {
            return encoded;
        }

        void add(BufferedTable table, long moreRows, long moreBytes, long moreEncoded) {
            encoded += moreEncoded;
            int at = 0;
            while (at < size && tables[at] != table) {
                at++;
            }
            if (at == size) {
                tables[size++] = table;
            }
            rows[at] += moreRows;
            bytes[at] += moreBytes;
        }
    }

    /**
     * Lets an operation in, or not.
     *
     * @return whether it has to wait until it is flushed
     */
    boolean admit(BufferedTable table, long moreRows, long moreBytes, long encoded) {
        Request request = new Request(1);
        request.add(table, moreRows, moreBytes, encoded);
        return admit(request);
    }

    /** The same for operations on several tables; the first table that has a limit policy of its own says what happens. */
    boolean admit(Request request) {
        String limit = reached(request);
        if (limit == null) {
            take(request);
            return false;
        }
        return atLimit(request, limit);
    }

    /** Counts what enters without asking. */
    void take(Request request) {
        for (int i = 0; i < request.size; i++) {
            take(request.tables[i], request.rows[i], request.bytes[i]);
        }
    }

    /** Counts what enters without asking. */
    void take(BufferedTable table, long moreRows, long moreBytes) {
        rows.addAndGet(moreRows);
        bytes.addAndGet(moreBytes);
        look();
        table.pendingRows.addAndGet(moreRows);
    }

    /** Gives back what was admitted. */
    void release(Request request) {
        for (int i = 0; i < request.size; i++) {
            release(request.tables[i], request.rows[i], request.bytes[i]);
        }
    }

    /** Gives back what was admitted. */
    void release(BufferedTable table, long fewerRows, long fewerBytes) {
        rows.addAndGet(-fewerRows);
        bytes.addAndGet(-fewerBytes);
        look();
        table.pendingRows.addAndGet(-fewerRows);
    }

    /** Counts stages that callers hold, or that are done if negative. */
    void stages(long more) {
        bytes.addAndGet(more * STAGE_BYTES);
        look();
        if (more < 0) {
            signalWaiting();
        }
    }

    private void signalWaiting() {
        if (waiting.get() > 0) {
            signal();
        }
    }

    /**
     * Refuses what no epoch has room for.
     *
     * @throws IllegalArgumentException if it takes more in the journal than an epoch may
     */
    void requireFits(long encoded) {
        if (encoded > maxEpochBytes) {
            throw new IllegalArgumentException(
                    "What takes effect as one fits into one epoch of the journal: bytes=" + encoded + ", maxEpochBytes="
                            + maxEpochBytes + ". Make smaller groups, and write large values without the buffer.");
        }
    }

    /** Takes room in the open epoch, if it has any. Under a stripe lock. */
    boolean enterEpoch(long encoded) {
        long now;
        do {
            now = epochBytes.get();
            if (now + encoded > maxEpochBytes) {
                return false;
            }
        } while (!epochBytes.compareAndSet(now, now + encoded));
        lookAtEpoch(now, now + encoded);
        return true;
    }

    /** The same for what was let in already: it enters as long as there is any room at all. */
    boolean enterEpochLast(long encoded) {
        long now;
        do {
            now = epochBytes.get();
            if (now >= maxEpochBytes) {
                return false;
            }
        } while (!epochBytes.compareAndSet(now, now + encoded));
        lookAtEpoch(now, now + encoded);
        return true;
    }

    /** Counts in the open epoch what enters without asking, or gives back room if negative. */
    void growEpoch(long encoded) {
        long now = epochBytes.addAndGet(encoded);
        lookAtEpoch(now - encoded, now);
    }

    /** The next epoch is open, and holds nothing yet. Under all stripe locks. */
    void nextEpoch() {
        lookAtEpoch(epochBytes.getAndSet(0), 0);
    }

    /** After {@link #nextEpoch}, with no lock held. */
    void epochOpened() {
        signalWaiting();
    }

    private void lookAtEpoch(long before, long now) {
        if (isRoomyEpoch(before) != isRoomyEpoch(now)) {
            look();
        }
    }

    private boolean isRoomyEpoch(long encoded) {
        return encoded <= maxEpochBytes / 2;
    }

    /** Whether the open epoch has no room for more. */
    boolean isEpochFull(long encoded) {
        return epochBytes.get() + encoded > maxEpochBytes;
    }

    /** Waits until the open epoch has room, for {@code blockTimeout} at the most; answers whether it has. */
    boolean awaitEpoch() {
        long end = System.nanoTime() + settings.blockTimeout().toNanos();
        boolean interrupted = false;
        lock.lock();
        waiting.incrementAndGet();
        try {
            while (epochBytes.get() >= maxEpochBytes) {
                long left = end - System.nanoTime();
                if (left <= 0 || closed) {
                    return false;
                }
                try {
                    room.awaitNanos(left);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            return true;
        } finally {
            waiting.decrementAndGet();
            lock.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void look() {
        if (roomy != isRoomy()) {
            lock.lock();
            try {
                roomy = isRoomy();
            } finally {
                lock.unlock();
            }
        }
    }

    private boolean isRoomy() {
        return open()
                && rows.get() < settings.maxRows() - Math.max(MARGIN_ROWS, settings.maxRows() / 8)
                && bytes.get() < settings.maxBytes() - settings.maxBytes() / 8
                && isRoomyEpoch(epochBytes.get());
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

    private @Nullable String reached(Request request) {
        if (closed) {
            throw new IllegalStateException("The buffer is closed. Open another.");
        }
        String held = barrier;
        if (held != null) {
            return held;
        }
        long moreRows = 0;
        long moreBytes = 0;
        String byTable = null;
        for (int i = 0; i < request.size; i++) {
            moreRows += request.rows[i];
            moreBytes += request.bytes[i];
            BufferedTable table = request.tables[i];
            Long tableRows = table.settings.maxRows();
            if (tableRows != null && request.rows[i] > 0 && table.pendingRows.get() + request.rows[i] > tableRows) {
                byTable = "maxRows of table " + table.name;
            }
        }
        if (moreRows > 0 && rows.get() + moreRows > settings.maxRows()) {
            return "maxRows";
        }
        if (bytes.get() + moreBytes > settings.maxBytes()) {
            return "maxBytes";
        }
        if (isEpochFull(request.encoded)) {
            return "maxEpochBytes";
        }
        return byTable;
    }

    private LimitPolicy policy(Request request) {
        for (int i = 0; i < request.size; i++) {
            LimitPolicy own = request.tables[i].settings.atLimit();
            if (own != null) {
                return own;
            }
        }
        return settings.atLimit();
    }

    private boolean atLimit(Request request, String first) {
        LimitPolicy policy = policy(request);
        String limit = first;
        if (policy == LimitPolicy.REJECT) {
            throw refused(limit);
        }
        long end = System.nanoTime() + settings.blockTimeout().toNanos();
        lock.lock();
        waiting.incrementAndGet();
        try {
            while (limit != null) {
                long left = end - System.nanoTime();
                if (left <= 0 || (policy == LimitPolicy.WRITE_THROUGH && (databaseAway || barrier != null))) {
                    throw refused(limit);
                }
                flushNow.run();
                room.awaitNanos(Math.min(left, TimeUnit.SECONDS.toNanos(1)));
                limit = reached(request);
            }
            take(request);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw refused(String.valueOf(limit));
        } finally {
            waiting.decrementAndGet();
            lock.unlock();
        }
        return policy == LimitPolicy.WRITE_THROUGH;
    }

    private BufferLimitException refused(String limit) {
        String cure = switch (limit) {
            case "journalStall" -> "The journal takes no writes: look at its disk.";
            case "maxJournalBytes" ->
                "The journal is as large as it may be: see why the database takes no flushes, or raise it.";
            case "maxEpochBytes" ->
                "The journal still writes the epoch before, and the open one is as large as it may be: look at its disk, or wait.";
            default -> "See why the database takes no flushes, or raise the limit.";
        };
        return new BufferLimitException(
                limit,
                "The buffer takes no more at one of its limits: limit=" + limit + ", pendingRows=" + rows.get()
                        + ", pendingBytes=" + bytes.get() + ". " + cure);
    }
}
