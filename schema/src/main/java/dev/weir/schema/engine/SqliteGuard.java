package dev.weir.schema.engine;

import dev.weir.schema.diff.Change;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Looks whether tables that are made anew or dropped took anything along: rows of their own, rows of those that refer to
 * them, foreign keys that held before, views and triggers. Not thread-safe.
 */
final class SqliteGuard {
    private static final String PROBE = "\"_weir_probe\"";

    private final List<Change> changes;
    /** Tables made anew, and those dropped, by the names they had at the beginning. */
    private final Set<String> rebuilt = new LinkedHashSet<>();

    private final Set<String> dropped = new LinkedHashSet<>();
    /** Names at the end by those at the beginning; tables that are no more have none. */
    private final Map<String, String> names = new HashMap<>();

    private final Map<String, State> before = new LinkedHashMap<>();
    private boolean viewsHold;

    /**
     * What must stay as it is.
     *
     * @param values how many values the referring columns hold; empty if these columns change
     * @param orphans rows that refer to nothing; null if the engine can't tell
     */
    private record State(
            long rows, Map<String, Long> values, @Nullable Long orphans) {}

    private SqliteGuard(List<Change> changes) {
        this.changes = List.copyOf(changes);
        Map<String, String> origins = new HashMap<>();
        Set<String> fresh = new LinkedHashSet<>();
        for (Change change : changes) {
            String origin = origins.getOrDefault(change.table(), change.table());
            boolean made = fresh.contains(change.table());
            if (change instanceof Change.CreateTable) {
                fresh.add(change.table());
            } else if (change instanceof Change.RenameTable rename) {
                if (made) {
                    fresh.remove(rename.table());
                    fresh.add(rename.to());
                } else {
                    origins.remove(rename.table());
                    origins.put(rename.to(), origin);
                    names.put(origin, rename.to());
                }
            } else if (change instanceof Change.RebuildTable && !made) {
                rebuilt.add(origin);
            } else if (change instanceof Change.DropTable && !fresh.remove(change.table())) {
                dropped.add(origin);
            }
        }
    }

    static SqliteGuard of(List<Change> changes) {
        return new SqliteGuard(changes);
    }

    private boolean needless() {
        return rebuilt.isEmpty() && dropped.isEmpty();
    }

    void before(Connection connection) throws SQLException {
        if (needless()) {
            return;
        }
        Map<String, Set<String>> referring = referring(connection);
        Set<String> tables = new TreeSet<>(rebuilt);
        tables.addAll(referring.keySet());
        tables.removeAll(dropped);
        for (String table : tables) {
            Set<String> columns = changed(table) ? Set.of() : referring.getOrDefault(table, Set.of());
            before.put(table, state(connection, table, columns));
        }
        viewsHold = viewsAndTriggers(connection) == null;
    }

    void after(Connection connection) throws SQLException {
        if (needless()) {
            return;
        }
        for (Map.Entry<String, State> entry : before.entrySet()) {
            String table = names.getOrDefault(entry.getKey(), entry.getKey());
            State old = entry.getValue();
            State now = state(connection, table, old.values().keySet());
            if (now.rows() != old.rows()) {
                throw lost("A table must keep its rows when a table is made anew: table=" + table + ", rows before="
                        + old.rows() + ", rows after=" + now.rows());
            }
            for (Map.Entry<String, Long> column : old.values().entrySet()) {
                Long values = now.values().get(column.getKey());
                if (!column.getValue().equals(values)) {
                    throw lost("A column must keep its values when the table that it refers to is made anew: table="
                            + table + ", column=" + column.getKey() + ", values before=" + column.getValue()
                            + ", values after=" + values);
                }
            }
            if (old.orphans() != null && (now.orphans() == null || now.orphans() > old.orphans())) {
                throw lost("Foreign keys that held must hold afterwards, and new ones must: table=" + table
                        + ", rows that refer to nothing before=" + old.orphans() + ", after="
                        + (now.orphans() == null
                                ? "unknown, as its foreign key names no unique columns"
                                : now.orphans()));
            }
        }
        SQLException broken = viewsHold ? viewsAndTriggers(connection) : null;
        if (broken != null) {
            throw new SQLException(
                    "Views and triggers must hold after the change: " + broken.getMessage()
                            + "; drop or change what speaks of it first",
                    broken.getSQLState(),
                    broken.getErrorCode(),
                    broken);
        }
    }

    private static SQLException lost(String what) {
        return new SQLException(what + "; nothing was changed", "44000");
    }

    /** Whether the table itself changes, so that its columns can't be compared by name. */
    private boolean changed(String table) {
        return rebuilt.contains(table)
                || changes.stream()
                        .anyMatch(change -> !(change instanceof Change.CreateTable)
                                && !(change instanceof Change.RenameTable)
                                && (change.table().equals(table)
                                        || change.table().equals(names.get(table))));
    }

    /** The columns that refer to a table in danger, by their own table. */
    private Map<String, Set<String>> referring(Connection connection) throws SQLException {
        Set<String> danger = new LinkedHashSet<>();
        rebuilt.forEach(table -> danger.add(SqlExpression.folded(table)));
        dropped.forEach(table -> danger.add(SqlExpression.folded(table)));
        Map<String, Set<String>> referring = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT m.name, k.\"table\", k.\"from\" FROM main.sqlite_schema AS m,"
                                + " pragma_foreign_key_list(m.name, 'main') AS k WHERE m.type = 'table' AND m.rootpage > 0")) {
            while (rows.next()) {
                if (danger.contains(SqlExpression.folded(rows.getString(2)))) {
                    referring
                            .computeIfAbsent(rows.getString(1), table -> new TreeSet<>())
                            .add(rows.getString(3));
                }
            }
        }
        return referring;
    }

    private static State state(Connection connection, String table, Set<String> columns) throws SQLException {
        List<String> names = new ArrayList<>(columns);
        StringBuilder counts = new StringBuilder("SELECT count(*)");
        names.forEach(name ->
                counts.append(", count(").append(SqlExpression.quote(name)).append(')'));
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(counts + " FROM " + SqlExpression.quote(table))) {
            rows.next();
            Map<String, Long> values = new LinkedHashMap<>();
            for (int i = 0; i < names.size(); i++) {
                values.put(names.get(i), rows.getLong(i + 2));
            }
            return new State(rows.getLong(1), values, orphans(connection, table));
        }
    }

    private static @Nullable Long orphans(Connection connection, String table) {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT count(*) FROM pragma_foreign_key_check(?)")) {
            statement.setString(1, table);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? Long.valueOf(rows.getLong(1)) : null;
            }
        } catch (SQLException e) {
            // A key that refers to columns without a unique index can't be checked.
            return null;
        }
    }

    /** Makes the engine look at all views and triggers, as it does when a column gets another name. */
    private static @Nullable SQLException viewsAndTriggers(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE " + PROBE + " (a)");
            try {
                statement.execute("ALTER TABLE " + PROBE + " RENAME COLUMN a TO b");
                return null;
            } catch (SQLException e) {
                return e;
            } finally {
                statement.execute("DROP TABLE " + PROBE);
            }
        }
    }
}
