package dev.weir.buffer;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Those who wait until an epoch has reached some point: the journal's disk, or the database.
 *
 * <p><b>Concurrency.</b> A waiter enters itself and then looks whether its epoch is reached already; the owner first makes
 * the new point visible and then takes all waiters. So none is missed; one that both see is completed once. Whoever takes the
 * waiters puts back those that go on waiting and then looks whether the point has moved meanwhile: so two may take at once.
 */
final class Waiters {
    private final AtomicReference<@Nullable Waiter> head = new AtomicReference<>();
    private final LongSupplier reached;
    private final LongConsumer stages;
    private volatile @Nullable RuntimeException failure;

    /**
     * Waiters for a point.
     *
     * @param reached the last epoch that has reached it
     * @param stages told how many stages of callers are kept more, or fewer
     */
    Waiters(LongSupplier reached, LongConsumer stages) {
        this.reached = reached;
        this.stages = stages;
    }

    /** Somebody who waits for an epoch: a thread, or whoever holds the stage. */
    static final class Waiter extends CompletableFuture<Void> {
        private final long epoch;
        private final @Nullable Thread thread;

        /** Whether a caller holds it, who may make any number of them. */
        private final boolean counted;

        private final long since = System.nanoTime();
        private @Nullable Waiter next;

        private Waiter(long epoch, @Nullable Thread thread, boolean counted) {
            this.epoch = epoch;
            this.thread = thread;
            this.counted = counted;
        }

        private void finish(@Nullable Throwable failure) {
            if (failure == null) {
                complete(null);
            } else {
                completeExceptionally(failure);
            }
            if (thread != null) {
                LockSupport.unpark(thread);
            }
        }
    }

    boolean isEmpty() {
        return head.get() == null;
    }

    /** A stage for the buffer itself that completes when the epoch is reached. {@code entered} runs once it can be seen by the owner. */
    CompletableFuture<Void> enter(long epoch, Runnable entered) {
        return enter(new Waiter(epoch, null, false), entered);
    }

    /** The same for a caller; it is counted for as long as it is kept. */
    CompletableFuture<Void> stage(long epoch, Runnable entered) {
        return enter(new Waiter(epoch, null, true), entered);
    }

    private Waiter enter(Waiter waiter, Runnable entered) {
        if (reached.getAsLong() >= waiter.epoch) {
            waiter.complete(null);
            return waiter;
        }
        if (waiter.counted) {
            stages.accept(1);
        }
        push(waiter, waiter);
        entered.run();
        RuntimeException failed = failure;
        if (reached.getAsLong() >= waiter.epoch) {
            release();
        } else if (failed != null) {
            waiter.completeExceptionally(failed);
        }
        return waiter;
    }

    /**
     * Waits until the epoch is reached, however long; an interrupt is kept for later.
     *
     * @throws RuntimeException what {@link #fail} or {@link #expire} said
     */
    void await(long epoch, Runnable entered) {
        await(epoch, Long.MAX_VALUE, entered);
    }

    /** The same for at most so long; answers whether the epoch is reached. */
    boolean await(long epoch, long nanos, Runnable entered) {
        long start = System.nanoTime();
        Waiter waiter = enter(new Waiter(epoch, Thread.currentThread(), false), entered);
        boolean interrupted = false;
        long left = nanos;
        while (!waiter.isDone() && left > 0) {
            LockSupport.parkNanos(this, left);
            interrupted |= Thread.interrupted();
            left = nanos - (System.nanoTime() - start);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        // Completed by itself, whoever took it last: whatever it is completed with then changes nothing.
        if (waiter.cancel(false)) {
            return false;
        }
        if (waiter.isCompletedExceptionally()) {
            throw failure(waiter);
        }
        return true;
    }

    private static RuntimeException failure(Waiter waiter) {
        try {
            waiter.getNow(null);
            return new IllegalStateException("A waiter that failed has no failure.");
        } catch (CompletionException e) {
            return e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** Completes those whose epoch is reached. */
    void release() {
        settle(0, null);
    }

    /**
     * Fails those that wait since before a moment, and completes those whose epoch is reached.
     *
     * @param late why, by the epoch that is waited for
     */
    void expire(long beforeNanos, LongFunction<RuntimeException> late) {
        settle(beforeNanos, late);
    }

    private void settle(long beforeNanos, @Nullable LongFunction<RuntimeException> late) {
        long now;
        do {
            Waiter waiter = head.getAndSet(null);
            now = reached.getAsLong();
            Waiter kept = null;
            Waiter lastKept = null;
            Waiter gone = null;
            long fewer = 0;
            while (waiter != null) {
                Waiter next = waiter.next;
                if (waiter.epoch > now && !waiter.isDone() && (late == null || waiter.since - beforeNanos >= 0)) {
                    waiter.next = kept;
                    kept = waiter;
                    lastKept = lastKept == null ? waiter : lastKept;
                } else {
                    waiter.next = gone;
                    gone = waiter;
                    fewer += waiter.counted ? 1 : 0;
                }
                waiter = next;
            }
            if (kept != null && lastKept != null) {
                push(kept, lastKept);
            }
            if (fewer > 0) {
                stages.accept(-fewer);
            }
            while (gone != null) {
                Waiter next = gone.next;
                gone.next = null;
                gone.finish(gone.epoch <= now || late == null ? null : late.apply(gone.epoch));
                gone = next;
            }
        } while (reached.getAsLong() != now);
    }

    private void push(Waiter from, Waiter to) {
        Waiter first;
        do {
            first = head.get();
            to.next = first;
        } while (!head.compareAndSet(first, from));
    }

    /** Fails all who wait, and who will. */
    void fail(RuntimeException failure) {
        this.failure = failure;
        long fewer = 0;
        for (Waiter waiter = head.getAndSet(null); waiter != null; waiter = waiter.next) {
            fewer += waiter.counted ? 1 : 0;
            waiter.finish(failure);
        }
        stages.accept(-fewer);
    }
}
