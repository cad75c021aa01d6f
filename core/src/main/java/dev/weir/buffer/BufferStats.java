package dev.weir.buffer;

import dev.weir.buffer.BufferListener.Health;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a buffer did since it was opened, and what is pending now. A snapshot; its numbers may be a moment apart.
 *
 * @param operations operations taken in: each call counts, a group counts its operations
 * @param statements SQL statements sent by flushes that changed tables, the ledger's left out
 * @param rows rows that they changed
 * @param pendingRows rows with changes that are not in the database
 * @param pendingBytes memory that they and waiting stages take, estimated
 * @param oldestAge how long the oldest of them waits; zero if none does
 * @param deadLetters letters written since the buffer was opened
 * @param missing changes of rows that did not exist and were not inserted
 * @param flushes flushes that reached the database
 * @param flushFailures attempts that did not
 * @param flushLatency how long flushes took
 * @param journalBytes the journal's size on disk
 * @param journalSyncs epochs appended and synced
 * @param journalLatency how long appending and syncing took
 * @param recoveredEpochs epochs of earlier openings that were pending at the start
 * @param recoveredOperations the operations in them, coalesced as they were journalled
 * @param health how the buffer is
 * @param heldBack the limit that holds back new operations now, such as {@code journalStall} or {@code maxRows}; null if none
 * @param lastErrors the newest last, at most 50
 */
public record BufferStats(
        long operations,
        long statements,
        long rows,
        long pendingRows,
        long pendingBytes,
        Duration oldestAge,
        long deadLetters,
        long missing,
        long flushes,
        long flushFailures,
        Latency flushLatency,
        long journalBytes,
        long journalSyncs,
        Latency journalLatency,
        long recoveredEpochs,
        long recoveredOperations,
        Health health,
        @Nullable String heldBack,
        List<Problem> lastErrors) {

    /** A copy whose list can't change. */
    public BufferStats {
        lastErrors = List.copyOf(lastErrors);
    }

    /**
     * Latencies of the newest thousand events; all zero before the first.
     *
     * @param p50 the median
     * @param p95 95 in 100 were not longer
     * @param p99 99 in 100 were not longer
     * @param max the longest
     */
    public record Latency(Duration p50, Duration p95, Duration p99, Duration max) {}

    /**
     * Something that went wrong.
     *
     * @param at when
     * @param part {@code flush}, {@code journal}, {@code base} or {@code listener}
     * @param message what, without values
     */
    public record Problem(Instant at, String part, String message) {}
}
