package dev.weir.server.demo;

import dev.weir.buffer.BufferStats;
import dev.weir.buffer.BufferStats.Latency;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@code GET /stats} answers, and the dashboard shows; all of it since the process started. */
record Stats(
        String version,
        Instant startedAt,
        Instant at,
        Buffer buffer,
        Journal journal,
        Telemetry.Rates rates,
        Health health,
        Telemetry.@Nullable Retry retry,
        List<Problem> errors,
        Demo demo) {

    /** The write-behind buffer. {@code deadLetters} counts since the start, {@code deadLettersWaiting} those that lie there. */
    record Buffer(
            long operations,
            long statements,
            long rows,
            long pendingRows,
            long pendingBytes,
            long oldestAgeMillis,
            long deadLetters,
            long deadLettersWaiting,
            long missing,
            long flushes,
            long flushFailures,
            Percentiles flushLatencyMillis) {}

    /** The journal. {@code recovered} counts the operations that were pending at the start. */
    record Journal(
            long bytes,
            long recovered,
            long recoveredEpochs,
            long syncs,
            String directory,
            String durability,
            Percentiles latencyMillis) {}

    /** Latencies of the newest thousand events. */
    record Percentiles(double p50, double p95, double p99, double max) {
        static Percentiles of(Latency latency) {
            return new Percentiles(
                    Telemetry.millis(latency.p50()),
                    Telemetry.millis(latency.p95()),
                    Telemetry.millis(latency.p99()),
                    Telemetry.millis(latency.max()));
        }
    }

    /** Something that went wrong; the newest last. */
    record Problem(Instant at, String part, String message) {}

    /** The demo's own switches, and the last burst of each kind. */
    record Demo(
            boolean load,
            long refused,
            boolean databaseStopped,
            Burst.@Nullable Running running,
            Burst.@Nullable Result buffered,
            Burst.@Nullable Result direct) {}

    static List<Problem> problems(BufferStats stats) {
        return stats.lastErrors().stream()
                .map(problem -> new Problem(problem.at(), problem.part(), problem.message()))
                .toList();
    }
}
