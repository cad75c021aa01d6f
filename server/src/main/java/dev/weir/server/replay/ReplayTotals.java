package dev.weir.server.replay;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What one run did.
 *
 * @param lines lines read; accepted and rejected together
 * @param accepted lines that count
 * @param rejected lines that went to the log of rejected lines
 * @param operations calls into the buffer
 * @param statements SQL statements sent by flushes, the ledger's left out
 * @param rows rows they changed
 * @param seconds how long it took
 * @param problem why it ended before its time; null if it did not
 */
public record ReplayTotals(
        long lines,
        long accepted,
        long rejected,
        long operations,
        long statements,
        long rows,
        double seconds,
        @Nullable String problem) {

    /** One JSON object on one line. */
    public String json() {
        return String.format(
                Locale.ROOT,
                "{\"lines\":%d,\"accepted\":%d,\"rejected\":%d,\"operations\":%d,\"statements\":%d,\"rows\":%d,"
                        + "\"seconds\":%.3f}",
                lines,
                accepted,
                rejected,
                operations,
                statements,
                rows,
                seconds);
    }

    /** A line for each number. */
    public String table() {
        StringBuilder table = new StringBuilder();
        row(table, "lines", String.format(Locale.ROOT, "%,d", lines));
        row(table, "accepted", String.format(Locale.ROOT, "%,d", accepted));
        row(table, "rejected", String.format(Locale.ROOT, "%,d", rejected));
        row(table, "operations", String.format(Locale.ROOT, "%,d", operations));
        row(table, "statements", String.format(Locale.ROOT, "%,d", statements));
        row(table, "rows", String.format(Locale.ROOT, "%,d", rows));
        row(table, "seconds", String.format(Locale.ROOT, "%.3f", seconds));
        return table.toString();
    }

    private static void row(StringBuilder table, String name, String value) {
        table.append(String.format(Locale.ROOT, "%-12s%15s%n", name, value));
    }
}
