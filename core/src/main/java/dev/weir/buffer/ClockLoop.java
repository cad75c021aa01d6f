package dev.weir.buffer;

import dev.weir.db.FlushException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The clock thread: moves the tick of the totals on, watches over the journal and the flushes, and ends the waiting of those
 * who wait for the database for too long.
 */
final class ClockLoop implements Runnable {
    private static final long LONGEST_NAP_NANOS = Duration.ofMillis(50).toNanos();

    /** How often in a {@code blockTimeout} it is looked who has waited for so long. */
    private static final int LOOKS = 16;

    private final Journal journal;
    private final BufferSettings settings;
    private final Monitor monitor;
    private final Limits limits;
    private final Epochs epochs;
    private final JournalLoop journalLoop;
    private final FlushLoop flushLoop;
    private final Totals totals;
    private final Thread thread;
    private final StallWatch write = new StallWatch();
    private final StallWatch flush = new StallWatch();
    private boolean flushBlocked;
    private volatile boolean stopping;

    ClockLoop(
            Journal journal,
            BufferSettings settings,
            Monitor monitor,
            Limits limits,
            Epochs epochs,
            JournalLoop journalLoop,
            FlushLoop flushLoop,
            Totals totals,
            String name) {
        this.journal = journal;
        this.settings = settings;
        this.monitor = monitor;
        this.limits = limits;
        this.epochs = epochs;
        this.journalLoop = journalLoop;
        this.flushLoop = flushLoop;
        this.totals = totals;
        this.thread = new Thread(this, "weir-clock-" + name);
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    void stop() {
        stopping = true;
        LockSupport.unpark(thread);
    }

    @Override
    public void run() {
        long tick = Math.max(1_000_000, settings.baseMaxAge().toNanos() / Totals.SPAN);
        long expiry = settings.blockTimeout().toNanos() / LOOKS;
        long lastTick = System.nanoTime();
        long lastExpiry = lastTick;
        try {
            while (!stopping) {
                LockSupport.parkNanos(this, Math.min(tick, LONGEST_NAP_NANOS));
                long now = System.nanoTime();
                if (now - lastTick >= tick) {
                    lastTick = now;
                    totals.advance();
                }
                watchFlush(now);
                watchJournal(now);
                if (now - lastExpiry >= expiry) {
                    lastExpiry = now;
                    expire(now);
                }
            }
        } catch (RuntimeException | Error defect) {
            monitor.down(
                    "The clock thread ended by a defect: " + defect.getClass().getName());
            throw defect;
        }
    }

    private void watchFlush(long now) {
        boolean blocked = flush.look(flushLoop.workingSince(), now)
                > settings.blockTimeout().toNanos();
        if (blocked != flushBlocked) {
            flushBlocked = blocked;
            monitor.blocked(blocked, blocked ? "a flush takes longer than blockTimeout" : "the database answers");
        }
    }

    private void watchJournal(long now) {
        boolean stalled = write.look(journalLoop.writingSince(), now)
                > settings.journalStall().toNanos();
        String barrier = stalled ? "journalStall" : isFull() ? "maxJournalBytes" : null;
        if (!Objects.equals(barrier, limits.barrier())) {
            limits.barrier(barrier);
            monitor.stalled(
                    barrier != null,
                    barrier == null ? "the journal takes writes" : "the journal is at its limit " + barrier);
        }
    }

    private boolean isFull() {
        try {
            return journal.bytes() > settings.maxJournalBytes();
        } catch (JournalException e) {
            // Whoever writes to it will say so.
            return false;
        }
    }

    /** Tells those who wait for the database that none of their waiting was answered for {@code blockTimeout}. */
    private void expire(long now) {
        long before = now - settings.blockTimeout().toNanos();
        if (epochs.flushed.isEmpty() || epochs.forgotNanos() - before >= 0) {
            return;
        }
        FlushException journaled = late(
                " and is in the journal, but the database takes no flushes: it will be written when that ends",
                flushLoop.trouble());
        FlushException accepted = late(
                ", but the journal takes no writes: it will be written when that ends, unless this process ends before",
                journalLoop.trouble());
        epochs.flushed.expire(before, epoch -> epoch <= epochs.intake.durable ? journaled : accepted);
    }

    private FlushException late(String state, @Nullable String reason) {
        return new FlushException(
                "The operation was accepted" + state + ", so do not repeat it: waited=" + settings.blockTimeout()
                        + ", reason=" + (reason == null ? "no answer yet" : reason) + ".",
                null,
                false);
    }
}
