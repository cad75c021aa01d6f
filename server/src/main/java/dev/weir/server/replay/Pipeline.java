package dev.weir.server.replay;

import dev.weir.buffer.BufferGroup;
import dev.weir.buffer.BufferStats;
import dev.weir.buffer.BufferStats.Problem;
import dev.weir.buffer.WriteBuffer;
import dev.weir.db.BufferLimitException;
import dev.weir.db.Durability;
import dev.weir.db.FlushException;
import dev.weir.error.WeirException;
import dev.weir.server.CommandFailed;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Hands groups to the buffer without waiting for each, a bounded number at a time. Used by one thread. */
final class Pipeline {
    private static final int WINDOW = 16_384;
    private static final long STOPPED_PATIENCE_NANOS = Duration.ofSeconds(10).toNanos();
    private static final long RETRY_NANOS = Duration.ofMillis(200).toNanos();

    private final WriteBuffer buffer;
    private final Durability durability;
    private final BooleanSupplier stopped;
    private final ReplayListener listener;
    private final long patienceNanos;
    private final Queue<CompletionStage<Void>> waiting = new ArrayDeque<>();

    Pipeline(
            WriteBuffer buffer,
            Durability durability,
            BooleanSupplier stopped,
            ReplayListener listener,
            Duration patience) {
        this.patienceNanos = patience.toNanos();
        this.buffer = buffer;
        this.durability = durability;
        this.stopped = stopped;
        this.listener = listener;
    }

    /**
     * Hands over a group; waits while the buffer has no room.
     *
     * @return false if the run was stopped meanwhile; the group has had no effect then
     */
    boolean submit(Consumer<BufferGroup> group) {
        long started = 0;
        long flushes = -1;
        while (true) {
            try {
                if (durability == Durability.ACCEPTED) {
                    buffer.atomically(Durability.ACCEPTED, group);
                } else {
                    waiting.add(buffer.atomicallyAsync(durability, group));
                    while (waiting.size() > WINDOW) {
                        await(waiting.remove());
                    }
                }
                return true;
            } catch (BufferLimitException full) {
                BufferStats stats = buffer.stats();
                long now = System.nanoTime();
                if (flushes != stats.flushes()) {
                    flushes = stats.flushes();
                    started = now;
                }
                if (now - started > patienceNanos) {
                    throw new CommandFailed(
                            "the buffer must make room within " + patienceNanos / 1_000_000_000 + " s: limit="
                                    + full.limit() + lastError(stats)
                                    + "; mend that and run the same command again: it goes on where it was",
                            full);
                }
                listener.note("waiting for room in the buffer: limit=" + full.limit() + lastError(stats));
                LockSupport.parkNanos(RETRY_NANOS);
                if (stopped.getAsBoolean()) {
                    return false;
                }
            }
        }
    }

    /** Waits until every group is as durable as was asked for. */
    void drain() {
        while (!waiting.isEmpty()) {
            await(waiting.remove());
        }
    }

    /** How long to wait for what does not come; shorter after a signal. */
    private long patienceNanos() {
        return stopped.getAsBoolean() ? Math.min(STOPPED_PATIENCE_NANOS, patienceNanos) : patienceNanos;
    }

    /** Writes all to the database; tries again for a while, and for a shorter one after a signal. */
    void flush() {
        long started = System.nanoTime();
        while (true) {
            try {
                buffer.flush();
                return;
            } catch (FlushException failed) {
                if (!failed.retryable() || System.nanoTime() - started > patienceNanos()) {
                    throw failed;
                }
                listener.note("the database did not take a flush, trying again: " + failed.getMessage());
                LockSupport.parkNanos(RETRY_NANOS * 5);
            }
        }
    }

    private static String lastError(BufferStats stats) {
        List<Problem> errors = stats.lastErrors();
        return errors.isEmpty()
                ? ""
                : ", reason=" + errors.get(errors.size() - 1).message();
    }

    /** Waits for a group, but not for ever: a disk that takes nothing must end the run, and a signal sooner. */
    private void await(CompletionStage<Void> stage) {
        long started = System.nanoTime();
        while (true) {
            try {
                stage.toCompletableFuture().get(RETRY_NANOS, TimeUnit.NANOSECONDS);
                return;
            } catch (TimeoutException e) {
                long patience = patienceNanos();
                if (System.nanoTime() - started > patience) {
                    throw new CommandFailed(
                            "the journal or the database must take what was read within " + patience / 1_000_000_000
                                    + " s" + lastError(buffer.stats())
                                    + "; mend that and run the same command again: it goes on where it was",
                            e);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CommandFailed("the replay was interrupted; run the same command again", e);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof FlushException) {
                    // Accepted, and to be written later: what is asked for is that it is there now.
                    flush();
                    return;
                }
                if (e.getCause() instanceof WeirException cause) {
                    throw cause;
                }
                throw new CompletionException(e.getCause());
            }
        }
    }
}
