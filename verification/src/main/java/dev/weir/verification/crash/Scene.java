package dev.weir.verification.crash;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** One run's data directory and database, and what must hold in them. One thread uses it, {@link #heard} any. */
interface Scene {
    /** The database. */
    Target target();

    /** The victim's arguments at its next start. */
    List<String> arguments();

    /** A line that the victim printed. */
    void heard(String line);

    /** The victim has ended. */
    void ended(boolean killed);

    /** What is wrong now, while the victim is dead and may have work left. */
    List<String> wrongBetween() throws SQLException, IOException;

    /** What is wrong now that it is done. */
    List<String> wrong() throws SQLException, IOException;

    /** The first differences of two multisets, as messages. */
    static List<String> differences(Map<String, Integer> expected, Map<String, Integer> found) {
        List<String> differences = new ArrayList<>();
        TreeSet<String> rows = new TreeSet<>(expected.keySet());
        rows.addAll(found.keySet());
        for (String row : rows) {
            int more = found.getOrDefault(row, 0) - expected.getOrDefault(row, 0);
            if (more != 0) {
                differences.add((more > 0 ? "too many (+" + more : "missing (" + more) + "): " + row);
            }
        }
        return differences;
    }
}
