package dev.weir.server.demo;

import dev.weir.buffer.BufferListener;
import dev.weir.buffer.BufferSettings;
import dev.weir.buffer.BufferStats;
import dev.weir.server.demo.Verdict.Level;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * The verdicts on a buffer, and the one word that sums them up. {@code GET /health} and the dashboard both ask here.
 *
 * @param status {@code up}, {@code degraded} or {@code down}
 */
record Health(String status, List<Verdict> verdicts) {
    private static final Duration OLD = Duration.ofSeconds(5);
    private static final double FULL = 0.8;

    /**
     * Judges a snapshot.
     *
     * @param reason what the buffer last said about its health; empty if nothing
     * @param databaseStopped whether the demo's own switch is off
     * @param waitingLetters dead letters that lie in the database now
     */
    static Health of(
            BufferStats stats, BufferSettings settings, String reason, boolean databaseStopped, long waitingLetters) {
        List<Verdict> verdicts = List.of(
                writes(stats, reason),
                database(stats, reason, databaseStopped),
                age(stats),
                letters(waitingLetters),
                room(stats, settings));
        Level worst =
                verdicts.stream().map(Verdict::level).max(Level::compareTo).orElse(Level.GOOD);
        String status = switch (worst) {
            case GOOD -> "up";
            case WARN -> "degraded";
            case BAD -> "down";
        };
        return new Health(status, verdicts);
    }

    private static Verdict writes(BufferStats stats, String reason) {
        String heldBack = stats.heldBack();
        if (heldBack != null) {
            return new Verdict(
                    "writes",
                    Level.BAD,
                    "Writes are refused",
                    "The buffer is at its limit " + heldBack + ". Look at the journal's disk and at the database.");
        }
        return stats.health() == BufferListener.Health.DOWN
                ? new Verdict(
                        "writes", Level.BAD, "Writes are refused", because(reason, "The journal can't be written."))
                : new Verdict(
                        "writes",
                        Level.GOOD,
                        "Writes are taken in",
                        "Each is on disk in the journal before it is acknowledged.");
    }

    private static Verdict database(BufferStats stats, String reason, boolean stopped) {
        if (stopped) {
            return new Verdict(
                    "database",
                    Level.WARN,
                    "The database is stopped",
                    "Writes wait in the journal. Start the database again and they drain.");
        }
        return stats.health() == BufferListener.Health.DEGRADED
                ? new Verdict(
                        "database",
                        Level.WARN,
                        "The buffer is degraded",
                        because(reason, "The database is away or the journal is slow. It is tried again by itself."))
                : new Verdict("database", Level.GOOD, "The database answers", "Flushes reach it.");
    }

    private static Verdict age(BufferStats stats) {
        double seconds = stats.oldestAge().toMillis() / 1000.0;
        return stats.oldestAge().compareTo(OLD) > 0
                ? new Verdict(
                        "age",
                        Level.WARN,
                        String.format(Locale.ROOT, "The oldest change has waited for %.0f s", seconds),
                        "It should wait for about 1 s. Nothing is lost, but readers of the database are behind.")
                : new Verdict(
                        "age", Level.GOOD, "Changes reach the database in time", "None has waited for more than 5 s.");
    }

    private static Verdict letters(long waiting) {
        return waiting > 0
                ? new Verdict(
                        "letters",
                        Level.WARN,
                        waiting == 1 ? "1 dead letter" : waiting + " dead letters",
                        "The database refused these changes for good. See ./weir buffer dead-letters, then retry or"
                                + " discard them.")
                : new Verdict("letters", Level.GOOD, "No dead letters", "The database has refused nothing for good.");
    }

    private static Verdict room(BufferStats stats, BufferSettings settings) {
        double used = Math.max(
                (double) stats.pendingRows() / settings.maxRows(), (double) stats.pendingBytes() / settings.maxBytes());
        return used > FULL
                ? new Verdict(
                        "room",
                        Level.WARN,
                        String.format(Locale.ROOT, "The buffer is %.0f%% full", used * 100),
                        "At its limit, writes wait and are then refused.")
                : new Verdict(
                        "room",
                        Level.GOOD,
                        "The buffer has room",
                        String.format(
                                Locale.ROOT,
                                "Less than %.0f%% of its limit of %,d rows is used.",
                                Math.max(1, Math.ceil(used * 100)),
                                settings.maxRows()));
    }

    private static String because(String reason, String otherwise) {
        return reason.isBlank() ? otherwise : reason;
    }
}
