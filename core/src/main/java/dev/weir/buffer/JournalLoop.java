package dev.weir.buffer;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal thread: cuts the open epoch when somebody waits for the disk, else at the latest after the journal interval, and
 * appends it. While an append fails it is tried again, and no further epoch is cut.
 *
 * <p><b>Concurrency.</b> {@code touched} is set after something was put into the open epoch, and cleared before the cut looks:
 * so nothing stays behind unseen. {@code parked} makes waking the thread cheap when it is awake.
 */
final class JournalLoop implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger("dev.weir.buffer");
    private static final long FIRST_RETRY_NANOS = Duration.ofMillis(50).toNanos();
    private static final long LAST_RETRY_NANOS = Duration.ofSeconds(1).toNanos();

    private final Journal journal;
    private final BufferSettings settings;
    private final Monitor monitor;
    private final EpochEncoder encoder = new EpochEncoder();
    private @Nullable Epochs epochs;
    private Runnable written = () -> {};
    private final Thread thread;

    private volatile boolean touched;
    private volatile long touchedNanos;
    private volatile boolean parked;
    private volatile boolean stopping;
    private volatile boolean abandoned;
    private volatile long writingSince;

    /** Why the last try of the running append failed; null if it did not. */
    private volatile @Nullable String trouble;

    JournalLoop(Journal journal, BufferSettings settings, Monitor monitor, String name) {
        this.journal = journal;
        this.settings = settings;
        this.monitor = monitor;
        this.thread = new Thread(this, "weir-journal-" + name);
        this.thread.setDaemon(true);
    }

    void start(Epochs epochs, Runnable written) {
        this.epochs = epochs;
        this.written = written;
        thread.start();
    }

    /** Something was put into the open epoch. */
    void touched() {
        if (!touched) {
            touchedNanos = System.nanoTime();
            touched = true;
            wake();
        }
    }

    /** Somebody waits. */
    void wake() {
        if (parked) {
            parked = false;
            LockSupport.unpark(thread);
        }
    }

    /** When the open epoch was first touched; 0 if it was not. */
    long touchedNanos() {
        return touched ? touchedNanos : 0;
    }

    boolean isTouched() {
        return touched;
    }

    /** When the running append began; 0 if none runs. */
    long writingSince() {
        return writingSince;
    }

    /** Why the last try of the running append failed; null if it did not. */
    @Nullable String trouble() {
        return trouble;
    }

    /** Journals what is there and ends the thread. With {@code abandon}, a failing append is given up. */
    boolean stop(long nanos, boolean abandon) {
        stopping = true;
        abandoned |= abandon;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        long end = System.nanoTime() + nanos;
        while (thread.isAlive()) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                break;
            }
            try {
                thread.join(Math.max(1, left / 1_000_000));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    @Override
    public void run() {
        Epochs e = Objects.requireNonNull(epochs);
        try {
            while (true) {
                awaitWork(e);
                if (touched || !e.journaled.isEmpty()) {
                    if (!write(e)) {
                        return;
                    }
                } else if (stopping) {
                    return;
                }
            }
        } catch (RuntimeException | Error failure) {
            monitor.problem("journal", "The journal thread ended: " + failure);
            monitor.down("The journal thread ended by a defect: "
                    + failure.getClass().getName());
            e.journaled.fail(new JournalException("The journal thread ended by a defect.", failure));
            throw failure;
        }
    }

    private void awaitWork(Epochs e) {
        long deadline = 0;
        while (!stopping && e.journaled.isEmpty()) {
            boolean pending = touched;
            if (pending && deadline == 0) {
                deadline = System.nanoTime() + settings.journalInterval().toNanos();
            }
            long left = pending ? deadline - System.nanoTime() : Long.MAX_VALUE;
            if (left <= 0) {
                return;
            }
            parked = true;
            if (stopping || !e.journaled.isEmpty() || (!pending && touched)) {
                parked = false;
                continue;
            }
            if (pending) {
                LockSupport.parkNanos(this, left);
            } else {
                LockSupport.park(this);
            }
            parked = false;
        }
    }

    /** Cuts and appends one epoch; answers whether it is on disk. */
    private boolean write(Epochs e) {
        e.cutLock.lock();
        try {
            long start = System.nanoTime();
            writingSince = start;
            touched = false;
            encoder.begin();
            long seq = e.intake.openCells();
            Backlog backlog = e.backlog;
            List<Object> log = e.intake.cut((cell, delta, counts) -> {
                backlog.cell(cell, counts, start);
                if (counts) {
                    encoder.counter(cell, delta);
                }
            });
            backlog.log(log, start);
            ByteWriter bytes = encoder.finish(log);
            if (!append(seq, bytes)) {
                e.journaled.fail(new JournalException(
                        "The buffer was closed while its journal took no writes: what was accepted and not acknowledged is lost.",
                        null));
                return false;
            }
            e.intake.durable = seq;
            writingSince = 0;
            monitor.journaled(System.nanoTime() - start);
            if (backlog.size() >= settings.flushRows()) {
                e.plan();
            }
        } finally {
            writingSince = 0;
            e.cutLock.unlock();
        }
        e.journaled.release();
        written.run();
        return true;
    }

    private boolean append(long seq, ByteWriter bytes) {
        long retry = FIRST_RETRY_NANOS;
        while (true) {
            try {
                journal.append(seq, bytes.array(), bytes.length());
                trouble = null;
                return true;
            } catch (JournalException failure) {
                String reason = String.valueOf(failure.getMessage());
                monitor.problem("journal", reason);
                if (trouble == null) {
                    LOG.warn("The journal takes no writes; it is tried again: {}", reason);
                }
                trouble = reason;
                if (abandoned) {
                    return false;
                }
                LockSupport.parkNanos(this, retry);
                retry = Math.min(LAST_RETRY_NANOS, retry * 2);
            } catch (IllegalStateException closed) {
                // Whoever closes waits for a deadline only, and then closes the journal beneath a running append.
                if (stopping) {
                    return false;
                }
                throw closed;
            }
        }
    }
}
