package dev.weir.schema.plan;

import dev.weir.schema.diff.Change;
import dev.weir.schema.engine.SchemaDialect;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.physical.PhysicalForeignKey;
import dev.weir.schema.physical.PhysicalTable;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Counts rows that are there now as they will be when renames are made and columns are added: each table is asked through a
 * sub-query that gives its columns the names and values that they will have. Not thread-safe.
 */
final class LiveRows {
    /** How many tables are asked in one query. */
    private static final int TOGETHER = 100;

    private final Connection connection;
    private final SchemaDialect dialect;
    private final Map<String, String> oldTables = new HashMap<>();
    private final Map<String, Map<String, String>> oldColumns = new HashMap<>();
    private final Map<String, Long> counts = new HashMap<>();
    private final Map<String, Boolean> filled = new HashMap<>();
    private final Map<String, PhysicalTable> live;
    private final Map<String, Map<String, PhysicalColumn>> retyped = new HashMap<>();

    /**
     * @param changes renames in their order, and columns that change their types
     * @param live the tables that are there, by their names after the renames
     */
    LiveRows(Connection connection, SchemaDialect dialect, List<Change> changes, Map<String, PhysicalTable> live) {
        this.connection = connection;
        this.dialect = dialect;
        this.live = live;
        for (Change change : changes) {
            if (change instanceof Change.RenameTable table) {
                oldTables.put(table.to(), table.table());
            } else if (change instanceof Change.RenameColumn column) {
                oldColumns
                        .computeIfAbsent(column.table(), name -> new HashMap<>())
                        .put(column.to(), column.column());
            } else if (change instanceof Change.AlterColumn alter
                    && !alter.from().type().equals(alter.to().type())) {
                retyped.computeIfAbsent(alter.table(), name -> new HashMap<>())
                        .put(alter.to().name(), alter.to());
            }
        }
    }

    /** How many rows a table has; 0 if it is not there. */
    long count(String table) throws SQLException {
        PhysicalTable there = live.get(table);
        if (there == null) {
            return 0;
        }
        Long known = counts.get(table);
        if (known == null) {
            known = number("SELECT count(*) FROM " + quote(oldTables.getOrDefault(table, table)));
            counts.put(table, known);
        }
        return known;
    }

    /** Whether a table has rows: where that is enough, a large one need not be read. */
    boolean any(String table) throws SQLException {
        Long known = counts.get(table);
        if (known != null) {
            return known > 0;
        }
        Boolean looked = filled.get(table);
        if (looked == null) {
            look(List.of(table));
            looked = filled.getOrDefault(table, false);
        }
        return looked;
    }

    /** Finds out together which of these tables have rows. */
    void look(List<String> tables) throws SQLException {
        List<String> there = tables.stream().filter(live::containsKey).toList();
        for (int from = 0; from < there.size(); from += TOGETHER) {
            List<String> some = there.subList(from, Math.min(there.size(), from + TOGETHER));
            List<String> queries = new ArrayList<>();
            for (int i = 0; i < some.size(); i++) {
                String first = dialect.dialect()
                        .limit("SELECT 1 FROM " + quote(oldTables.getOrDefault(some.get(i), some.get(i))), 1L, null);
                queries.add("SELECT " + i + " FROM (" + first + ") AS weir_first");
            }
            some.forEach(table -> filled.put(table, false));
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(String.join(" UNION ALL ", queries))) {
                while (rows.next()) {
                    filled.put(some.get(rows.getInt(1)), true);
                }
            }
        }
    }

    /** How many rows fulfil a condition on the columns as they are, under their new names; 0 if the table is not there. */
    long count(String table, String condition) throws SQLException {
        Map<String, PhysicalColumn> later = retyped.remove(table);
        try {
            return count(table, List.of(), condition);
        } finally {
            if (later != null) {
                retyped.put(table, later);
            }
        }
    }

    /** How many rows fulfil a condition on the columns as they will be; 0 if the table is not there. */
    long count(String table, List<PhysicalColumn> added, String condition) throws SQLException {
        return !any(table) ? 0 : number("SELECT count(*) FROM " + future(table, added) + " WHERE " + condition);
    }

    /** How many rows have the same values in some columns or expressions as an earlier one; rows with a NULL do not count. */
    long duplicates(String table, List<PhysicalColumn> added, List<String> expressions, @Nullable String where)
            throws SQLException {
        if (!any(table)) {
            return 0;
        }
        String list = String.join(", ", expressions);
        String present = expressions.stream().map(e -> e + " IS NOT NULL").collect(Collectors.joining(" AND "));
        return number(
                "SELECT coalesce(sum(weir_rows - 1), 0) FROM (SELECT count(*) AS weir_rows FROM " + future(table, added)
                        + " WHERE " + present + (where == null ? "" : " AND (" + where + ")") + " GROUP BY " + list
                        + " HAVING count(*) > 1) AS weir_duplicates");
    }

    /** How many rows refer to nothing. */
    long orphans(String table, List<PhysicalColumn> added, PhysicalForeignKey key, List<PhysicalColumn> addedThere)
            throws SQLException {
        if (!any(table)) {
            return 0;
        }
        String present = key.columns().stream()
                .map(c -> "weir_child." + quote(c) + " IS NOT NULL")
                .collect(Collectors.joining(" AND "));
        if (!live.containsKey(key.table())) {
            return number("SELECT count(*) FROM " + future(table, added, "weir_child") + " WHERE " + present);
        }
        StringBuilder match = new StringBuilder();
        for (int i = 0; i < key.columns().size(); i++) {
            match.append(i == 0 ? "" : " AND ")
                    .append("weir_parent." + quote(key.targets().get(i)) + " = weir_child."
                            + quote(key.columns().get(i)));
        }
        return number("SELECT count(*) FROM " + future(table, added, "weir_child") + " WHERE " + present
                + " AND NOT EXISTS (SELECT 1 FROM " + future(key.table(), addedThere, "weir_parent") + " WHERE " + match
                + ")");
    }

    private String future(String table, List<PhysicalColumn> added) {
        return future(table, added, "weir_future");
    }

    private String future(String table, List<PhysicalColumn> added, String alias) {
        PhysicalTable there = live.get(table);
        Set<String> new_ = added.stream().map(PhysicalColumn::name).collect(Collectors.toSet());
        Map<String, String> old = oldColumns.getOrDefault(table, Map.of());
        StringBuilder select = new StringBuilder();
        if (there != null) {
            for (PhysicalColumn column : there.columns()) {
                if (!new_.contains(column.name())) {
                    String was = old.getOrDefault(column.name(), column.name());
                    String value = retyped(table, column, was);
                    select.append(select.length() == 0 ? "" : ", ")
                            .append(value)
                            .append(value.equals(quote(column.name())) ? "" : " AS " + quote(column.name()));
                }
            }
        }
        for (PhysicalColumn column : added) {
            if (column.generated() == null) {
                select.append(select.length() == 0 ? "" : ", ")
                        .append(
                                column.defaultSql() == null
                                        ? dialect.converted("NULL", column)
                                        : "(" + column.defaultSql() + ")")
                        .append(" AS ")
                        .append(quote(column.name()));
            }
        }
        String base = "(SELECT " + select + " FROM " + quote(oldTables.getOrDefault(table, table)) + ")";
        String generated = added.stream()
                .filter(column -> column.generated() != null)
                .map(column -> "(" + column.generated() + ") AS " + quote(column.name()))
                .collect(Collectors.joining(", "));
        return generated.isEmpty()
                ? base + " AS " + alias
                : "(SELECT weir_base.*, " + generated + " FROM " + base + " AS weir_base) AS " + alias;
    }

    /** A column's value in the type that it will have; NULL where it does not fit, which is another hazard. */
    private String retyped(String table, PhysicalColumn column, String was) {
        PhysicalColumn to = retyped.getOrDefault(table, Map.of()).get(column.name());
        if (to == null) {
            return quote(was);
        }
        String misfits = dialect.typeChange(column.named(was), to.named(was)).misfits();
        String converted = dialect.converted(quote(was), to);
        return misfits == null ? converted : "CASE WHEN " + misfits + " THEN NULL ELSE " + converted + " END";
    }

    private String quote(String name) {
        return dialect.dialect().quote(name);
    }

    private long number(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
