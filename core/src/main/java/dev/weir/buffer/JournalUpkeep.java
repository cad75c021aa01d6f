package dev.weir.buffer;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the journal's log and file small, in a thread of its own beside the appends: copies the log into the file, and
 * gives the space of dropped epochs back.
 *
 * <p><b>Concurrency.</b> {@link #writing} is the journal's lock around everything that writes. A checkpoint copies most of
 * the log without it; only the rest that came meanwhile is copied under it, so that the log can start anew. Space is given
 * back in small steps, each under the (fair) lock. {@link #gate} guards the wake-up alone and is never held during I/O.
 */
final class JournalUpkeep implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(JournalUpkeep.class);

    private static final int UNLOCKED_PASSES = 4;
    /** What may be left for the pass under the lock. */
    private static final long LOCKED_BYTES = 1 << 20;
    /** Free space that is kept for the next epochs. */
    private static final long SPARE_BYTES = 16L << 20;

    private static final long STEP_BYTES = 1 << 20;

    private final Connection connection;
    private final ReentrantLock writing;
    private final long checkpointBytes;
    private final Thread thread;

    private final ReentrantLock gate = new ReentrantLock();
    private final Condition woken = gate.newCondition();
    private boolean work;
    private boolean closed;

    /** Bytes that went to the log. */
    private final AtomicLong logged = new AtomicLong();
    /** What {@link #logged} was when the log was last copied as a whole; the thread's own. */
    private volatile long copied;

    private boolean complained;

    JournalUpkeep(Connection connection, ReentrantLock writing, long checkpointBytes, String name) {
        this.connection = connection;
        this.writing = writing;
        this.checkpointBytes = checkpointBytes;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Counts bytes that were written to the log. Called under the writing lock. */
    void logged(long bytes) {
        if (logged.addAndGet(bytes) - copied > checkpointBytes) {
            wake();
        }
    }

    /** Says that epochs were dropped. */
    void trimmed() {
        wake();
    }

    /** Waits for the running step, milliseconds to a second, then closes the connection. */
    @Override
    public void close() throws SQLException {
        gate.lock();
        try {
            closed = true;
            woken.signal();
        } finally {
            gate.unlock();
        }
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        connection.close();
    }

    private void wake() {
        gate.lock();
        try {
            work = true;
            woken.signal();
        } finally {
            gate.unlock();
        }
    }

    private void run() {
        while (await()) {
            try {
                if (logged.get() - copied > checkpointBytes) {
                    checkpoint();
                }
                shrink();
                complained = false;
            } catch (SQLException e) {
                if (!complained) {
                    complained = true;
                    LOGGER.warn("The journal's log could not be copied into its file; it grows until that works", e);
                }
            }
        }
    }

    private boolean await() {
        gate.lock();
        try {
            while (!work && !closed) {
                woken.awaitUninterruptibly();
            }
            work = false;
            return !closed;
        } finally {
            gate.unlock();
        }
    }

    private boolean isClosed() {
        gate.lock();
        try {
            return closed;
        } finally {
            gate.unlock();
        }
    }

    private void checkpoint() throws SQLException {
        for (int pass = 0; pass < UNLOCKED_PASSES; pass++) {
            long before = logged.get();
            copy();
            if (logged.get() - before < LOCKED_BYTES) {
                break;
            }
        }
        writing.lock();
        try {
            if (copy()) {
                copied = logged.get();
            }
        } finally {
            writing.unlock();
        }
    }

    /** Copies what no reader needs in the log; true if that was all of it. */
    private boolean copy() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("pragma wal_checkpoint(passive)")) {
            return result.next() && result.getInt(1) == 0 && result.getLong(2) == result.getLong(3);
        }
    }

    private void shrink() throws SQLException {
        long page = JournalFile.longOf(connection, "pragma page_size");
        boolean shrinking = free(page) > 4 * SPARE_BYTES;
        while (shrinking && !isClosed()) {
            writing.lock();
            try (Statement statement = connection.createStatement()) {
                // An update, because the driver runs one to its end: this gives back a page a step.
                statement.executeUpdate("pragma incremental_vacuum(" + STEP_BYTES / page + ")");
                logged(STEP_BYTES);
            } finally {
                writing.unlock();
            }
            if (logged.get() - copied > checkpointBytes) {
                checkpoint();
            }
            shrinking = free(page) > SPARE_BYTES;
            if (!shrinking) {
                checkpoint();
            }
        }
    }

    private long free(long page) throws SQLException {
        return JournalFile.longOf(connection, "pragma freelist_count") * page;
    }
}
