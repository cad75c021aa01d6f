package dev.weir.buffer;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Those who wait until an epoch has reached some point: the journal's disk, or the database.
 *
 * <p><b>Concurrency.</b> A waiter enters itself and then looks whether its epoch is reached already; the owner first makes
 * the new point visible and then takes all waiters. So none is missed; one that both see is completed once.
 */
final class Waiters {
    private final AtomicReference<@Nullable Waiter> head = new AtomicReference<>();
    private final LongSupplier reached;
    private volatile @Nullable RuntimeException failure;

    Waiters(LongSupplier reached) {
        this.reached = reached;
    }

    /** Somebody who waits for an epoch: a thread, or whoever holds the stage. */
    static final class Waiter extends CompletableFuture<Void> {
        final long epoch;
        private final @Nullable Thread thread;
        private @Nullable Waiter next;

        private Waiter(long epoch, @Nullable Thread thread) {
            this.epoch = epoch;
            this.thread = thread;
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

    /** A stage that completes when the epoch is reached. {@code entered} runs once it can be seen by the owner. */
    Waiter enter(long epoch, Runnable entered) {
        return enter(epoch, null, entered);
    }

    private Waiter enter(long epoch, @Nullable Thread thread, Runnable entered) {
        Waiter waiter = new Waiter(epoch, thread);
        Waiter first;
        do {
            first = head.get();
            waiter.next = first;
        } while (!head.compareAndSet(first, waiter));
        entered.run();
        RuntimeException failed = failure;
        if (reached.getAsLong() >= epoch) {
            waiter.complete(null);
        } else if (failed != null) {
            waiter.completeExceptionally(failed);
        }
        return waiter;
    }

    /**
     * Waits until the epoch is reached, however long; an interrupt is kept for later.
     *
     * @throws RuntimeException what {@link #fail} said
     */
    void await(long epoch, Runnable entered) {
        if (reached.getAsLong() >= epoch) {
            return;
        }
        Waiter waiter = enter(epoch, Thread.currentThread(), entered);
        boolean interrupted = false;
        while (!waiter.isDone()) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (waiter.isCompletedExceptionally()) {
            throw failure(waiter);
        }
    }

    private static RuntimeException failure(Waiter waiter) {
        try {
            waiter.getNow(null);
            return new IllegalStateException("A waiter that failed has no failure.");
        } catch (CompletionException e) {
            return e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** Completes those whose epoch is reached. By one thread at a time. */
    void release() {
        Waiter waiter = head.getAndSet(null);
        long now = reached.getAsLong();
        while (waiter != null) {
            Waiter next = waiter.next;
            if (waiter.epoch <= now) {
                waiter.finish(null);
            } else {
                push(waiter);
            }
            waiter = next;
        }
    }

    private void push(Waiter waiter) {
        Waiter first;
        do {
            first = head.get();
            waiter.next = first;
        } while (!head.compareAndSet(first, waiter));
    }

    /** Fails all who wait, and who will. */
    void fail(RuntimeException failure) {
        this.failure = failure;
        for (Waiter waiter = head.getAndSet(null); waiter != null; waiter = waiter.next) {
            waiter.finish(failure);
        }
    }
}
