package dev.weir.schema.engine;

import dev.weir.schema.engine.SqlExpression.Scope;
import dev.weir.schema.engine.SqliteOptions.Clause;
import dev.weir.schema.model.Index;
import dev.weir.schema.physical.PhysicalCheck;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.physical.PhysicalForeignKey;
import dev.weir.schema.physical.PhysicalIndex;
import dev.weir.schema.physical.PhysicalKey;
import dev.weir.schema.physical.PhysicalSchema;
import dev.weir.schema.physical.PhysicalSchema.Other;
import dev.weir.schema.physical.PhysicalTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Reads SQLite's catalog in five queries: what its pragmas tell, and the rest from the text of the statements. */
final class SqliteReader {
    private static final String OBJECTS =
            "SELECT type, name, tbl_name, sql, coalesce(rootpage, 0) FROM main.sqlite_schema"
                    + " WHERE name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY rowid";

    private static final String KINDS = "SELECT name, type, wr, strict FROM pragma_table_list WHERE schema = 'main'";

    /** A virtual table has no page, and asking for its columns fails where its module is missing. */
    private static final String TABLES =
            " FROM (SELECT name, rowid AS place FROM main.sqlite_schema WHERE type = 'table' AND rootpage > 0"
                    + " AND name NOT LIKE 'sqlite~_%' ESCAPE '~') AS m";

    private static final String COLUMNS = "SELECT m.name, c.name, c.type, c.\"notnull\", c.dflt_value, c.pk, c.hidden"
            + TABLES + ", pragma_table_xinfo(m.name, 'main') AS c ORDER BY m.place, c.cid";

    private static final String INDEXES =
            "SELECT m.name, i.name, i.\"unique\", i.origin, c.cid, c.name, c.\"desc\", c.coll"
                    + TABLES
                    + ", pragma_index_list(m.name, 'main') AS i, pragma_index_xinfo(i.name, 'main') AS c WHERE c.key"
                    + " ORDER BY m.place, i.name, c.seqno";

    private static final String FOREIGN_KEYS =
            "SELECT m.name, k.id, k.\"table\", k.\"from\", k.\"to\", k.on_update," + " k.on_delete" + TABLES
                    + ", pragma_foreign_key_list(m.name, 'main') AS k ORDER BY m.place, k.id DESC, k.seq";

    private final Map<String, Raw> tables = new HashMap<>();
    private final Map<String, String> indexTexts = new HashMap<>();
    private final List<Other> others = new ArrayList<>();
    private final Predicate<String> ignored;

    private SqliteReader(Predicate<String> ignored) {
        this.ignored = ignored;
    }

    /** What the queries tell of a table. */
    private static final class Raw {
        final String name;
        final String sql;
        final List<RawColumn> columns = new ArrayList<>();
        final Map<String, RawIndex> indexes = new TreeMap<>();
        final List<RawKey> keys = new ArrayList<>();
        final List<String> triggers = new ArrayList<>();
        boolean withoutRowid;
        boolean strict;

        Raw(String name, String sql) {
            this.name = name;
            this.sql = sql;
        }

        List<String> columnNames() {
            return columns.stream().map(RawColumn::name).toList();
        }

        List<String> primary() {
            return columns.stream()
                    .filter(column -> column.key() > 0)
                    .sorted(Comparator.comparingInt(RawColumn::key))
                    .map(RawColumn::name)
                    .toList();
        }
    }

    private record RawColumn(
            String name,
            String type,
            boolean notNull,
            @Nullable String defaultSql,
            int key,
            int hidden) {}

    /** @param cid the column's number, -2 for an expression */
    private record RawPart(int cid, @Nullable String column, boolean descending, String collation) {}

    private record RawIndex(boolean unique, String origin, List<RawPart> parts) {}

    /** @param targets NULLs if the statement does not name them */
    private record RawKey(
            int id,
            String table,
            String onUpdate,
            String onDelete,
            List<String> columns,
            List<@Nullable String> targets) {}

    /** The texts of a table's triggers. */
    static List<String> triggers(Connection connection, String table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT sql FROM main.sqlite_schema"
                + " WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE ORDER BY name")) {
            statement.setString(1, table);
            try (ResultSet rows = statement.executeQuery()) {
                List<String> triggers = new ArrayList<>();
                while (rows.next()) {
                    triggers.add(rows.getString(1));
                }
                return triggers;
            }
        }
    }

    static PhysicalSchema read(Connection connection, Predicate<String> ignored) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            SqliteReader reader = new SqliteReader(ignored);
            // All queries see one state of the database, in a transaction or not.
            statement.execute("SAVEPOINT weir_read");
            try {
                reader.query(statement);
            } finally {
                statement.execute("RELEASE weir_read");
            }
            return reader.schema();
        }
    }

    private void query(Statement statement) throws SQLException {
        objects(statement);
        try (ResultSet rows = statement.executeQuery(KINDS)) {
            while (rows.next()) {
                Raw table = tables.get(SqlExpression.folded(rows.getString(1)));
                if (table != null && rows.getString(2).equals("table")) {
                    table.withoutRowid = rows.getBoolean(3);
                    table.strict = rows.getBoolean(4);
                } else {
                    tables.remove(SqlExpression.folded(rows.getString(1)));
                }
            }
        }
        try (ResultSet rows = statement.executeQuery(COLUMNS)) {
            while (rows.next()) {
                Raw table = tables.get(SqlExpression.folded(rows.getString(1)));
                if (table != null) {
                    String type = rows.getString(3);
                    table.columns.add(new RawColumn(
                            rows.getString(2),
                            type == null ? "" : type,
                            rows.getBoolean(4),
                            rows.getString(5),
                            rows.getInt(6),
                            rows.getInt(7)));
                }
            }
        }
        try (ResultSet rows = statement.executeQuery(INDEXES)) {
            while (rows.next()) {
                Raw table = tables.get(SqlExpression.folded(rows.getString(1)));
                if (table != null) {
                    RawIndex index = table.indexes.get(rows.getString(2));
                    if (index == null) {
                        index = new RawIndex(rows.getBoolean(3), rows.getString(4), new ArrayList<>());
                        table.indexes.put(rows.getString(2), index);
                    }
                    index.parts()
                            .add(new RawPart(
                                    rows.getInt(5),
                                    rows.getString(6),
                                    rows.getBoolean(7),
                                    SqliteText.collation(rows.getString(8))));
                }
            }
        }
        try (ResultSet rows = statement.executeQuery(FOREIGN_KEYS)) {
            while (rows.next()) {
                Raw table = tables.get(SqlExpression.folded(rows.getString(1)));
                if (table != null) {
                    foreignKey(table.keys, rows);
                }
            }
        }
    }

    private void objects(Statement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery(OBJECTS)) {
            while (rows.next()) {
                String type = rows.getString(1);
                String name = rows.getString(2);
                String sql = rows.getString(4);
                if (type.equals("table") && rows.getLong(5) == 0) {
                    add("virtual table", name);
                } else if (type.equals("table") && !ignored.test(name)) {
                    tables.put(SqlExpression.folded(name), new Raw(name, sql));
                } else if (type.equals("index") && sql != null) {
                    indexTexts.put(name, sql);
                } else if (type.equals("view") || type.equals("trigger")) {
                    add(type, name);
                    Raw table = tables.get(SqlExpression.folded(rows.getString(3)));
                    if (type.equals("trigger") && table != null) {
                        table.triggers.add(sql);
                    }
                }
            }
        }
    }

    private void add(String kind, String name) {
        if (!ignored.test(name)) {
            others.add(new Other(kind, name));
        }
    }

    private static void foreignKey(List<RawKey> keys, ResultSet rows) throws SQLException {
        int id = rows.getInt(2);
        if (keys.isEmpty() || keys.get(keys.size() - 1).id() != id) {
            keys.add(new RawKey(
                    id, rows.getString(3), rows.getString(6), rows.getString(7), new ArrayList<>(), new ArrayList<>()));
        }
        RawKey key = keys.get(keys.size() - 1);
        key.columns().add(rows.getString(4));
        key.targets().add(rows.getString(5));
    }

    private PhysicalSchema schema() {
        List<PhysicalTable> found = new ArrayList<>();
        tables.values().forEach(raw -> found.add(table(raw)));
        found.sort(Comparator.comparing(PhysicalTable::name));
        others.sort(Comparator.comparing(Other::kind).thenComparing(Other::name));
        return new PhysicalSchema("", found, others);
    }

    private PhysicalTable table(Raw raw) {
        SqliteTableText text = SqliteTableText.of(raw.sql);
        Scope scope = new Scope(raw.name, raw.columnNames());
        List<Clause> clauses = new ArrayList<>();
        List<String> strange = new ArrayList<>(text.strange());
        if (text.columns().size() != raw.columns.size()) {
            strange.add("the list of columns");
        }
        SqliteTableText.Primary primary = text.primary();
        List<String> key = raw.primary();
        if (primary != null) {
            clause(clauses, SqliteOptions.PRIMARY_KEY, key, primary.conflict());
            strange(raw, primary, strange);
        }
        List<PhysicalColumn> columns = columns(raw, text, scope, clauses);
        Map<String, String> collations = new HashMap<>();
        columns.forEach(column -> collations.put(column.name(), SqliteText.collation(column.collation())));
        List<PhysicalIndex> indexes = indexes(raw, text, scope, collations, clauses);
        List<PhysicalForeignKey> keys = foreignKeys(raw, text, scope, clauses, strange);
        List<PhysicalCheck> checks = text.checks().stream()
                .map(check -> new PhysicalCheck(
                        check.name() == null ? "" : check.name(), SqlExpression.of(check.condition(), scope), true))
                .toList();
        return SqliteSchema.sorted(new PhysicalTable(
                raw.name,
                columns,
                key.isEmpty() ? null : new PhysicalKey(primary == null ? null : primary.name(), key),
                indexes,
                keys,
                checks,
                null,
                new SqliteOptions(raw.withoutRowid, raw.strict, clauses, strange).text(),
                raw.triggers));
    }

    private static void strange(Raw raw, SqliteTableText.Primary primary, List<String> strange) {
        boolean number = raw.primary().size() == 1
                && raw.columns.stream().anyMatch(c -> c.key() == 1 && c.type().equalsIgnoreCase("integer"));
        if (primary.descending() && number) {
            strange.add("INTEGER PRIMARY KEY DESC");
        }
        for (SqliteTableText.Part part : primary.parts()) {
            if (part.descending() || part.collation() != null) {
                strange.add("PRIMARY KEY (" + part.column() + (part.descending() ? " DESC)" : " COLLATE)"));
            }
        }
    }

    private static void clause(
            List<Clause> clauses, String constraint, List<String> columns, @Nullable String conflict) {
        if (conflict != null) {
            clauses.add(new Clause(constraint, columns, "ON CONFLICT " + conflict));
        }
    }

    private static List<PhysicalColumn> columns(Raw raw, SqliteTableText text, Scope scope, List<Clause> clauses) {
        SqliteTableText.Primary primary = text.primary();
        boolean single = raw.primary().size() == 1 && !raw.withoutRowid && primary != null && !primary.descending();
        List<PhysicalColumn> columns = new ArrayList<>();
        for (RawColumn column : raw.columns) {
            Optional<SqliteTableText.Column> said = text.columns().stream()
                    .filter(c -> SqlExpression.same(c.name(), column.name()))
                    .findFirst();
            boolean rowid = single && column.key() == 1 && column.type().equalsIgnoreCase("integer");
            boolean generated = column.hidden() >= 2;
            String collation = SqliteText.collation(
                    said.map(SqliteTableText.Column::collation).orElse(null));
            said.ifPresent(c -> clause(clauses, SqliteOptions.NOT_NULL, List.of(column.name()), c.conflict()));
            columns.add(new PhysicalColumn(
                    column.name(),
                    SqliteText.type(column.type()),
                    !column.notNull() && !rowid,
                    generated ? null : SqliteText.defaultValue(column.defaultSql()),
                    generated
                            ? said.map(SqliteTableText.Column::generated)
                                    .map(tokens -> SqlExpression.of(tokens, scope))
                                    .orElse("")
                            : null,
                    column.hidden() == 3,
                    rowid && primary != null && primary.autoincrement() ? SqliteSchema.AUTOINCREMENT : null,
                    collation.equals("BINARY") ? null : collation,
                    null));
        }
        return columns;
    }

    private List<PhysicalIndex> indexes(
            Raw raw, SqliteTableText text, Scope scope, Map<String, String> collations, List<Clause> clauses) {
        List<PhysicalIndex> indexes = new ArrayList<>();
        List<SqliteTableText.Unique> uniques = new ArrayList<>(text.uniques());
        raw.indexes.forEach((name, index) -> {
            if (index.origin().equals("pk")) {
                return;
            }
            SqliteIndexText said = index.origin().equals("c")
                    ? SqliteIndexText.of(indexTexts.getOrDefault(name, ""), scope)
                    : SqliteIndexText.NONE;
            List<PhysicalIndex.Part> parts = new ArrayList<>();
            for (int i = 0; i < index.parts().size(); i++) {
                RawPart part = index.parts().get(i);
                String column = part.column();
                boolean expression = column == null;
                String usual = expression ? "BINARY" : collations.getOrDefault(column, "BINARY");
                parts.add(new PhysicalIndex.Part(
                        column == null ? said.expression(i) : column,
                        expression,
                        part.descending(),
                        part.collation().equals(usual) ? "" : "COLLATE " + part.collation()));
            }
            String shown = name;
            if (index.origin().equals("u")) {
                List<String> columns =
                        parts.stream().map(PhysicalIndex.Part::text).toList();
                SqliteTableText.Unique unique = uniques.stream()
                        .filter(u -> u.parts().stream()
                                .map(part -> scope.column(part.column()))
                                .toList()
                                .equals(columns))
                        .findFirst()
                        .orElse(null);
                // The engine numbers those without a name, by an order that changes.
                shown = Names.index(
                        raw.name,
                        new Index(
                                null,
                                columns.stream()
                                        .map(column -> new Index.Part(column, false, false))
                                        .toList(),
                                true,
                                null,
                                null));
                if (unique != null) {
                    uniques.remove(unique);
                    shown = unique.name() == null ? shown : unique.name();
                    clause(clauses, SqliteOptions.UNIQUE, columns, unique.conflict());
                }
            }
            indexes.add(new PhysicalIndex(
                    shown,
                    parts,
                    index.unique(),
                    null,
                    said.where(),
                    index.origin().equals("u"),
                    true));
        });
        return indexes;
    }

    private List<PhysicalForeignKey> foreignKeys(
            Raw raw, SqliteTableText text, Scope scope, List<Clause> clauses, List<String> strange) {
        List<PhysicalForeignKey> keys = new ArrayList<>();
        List<SqliteTableText.ForeignKey> said = text.foreignKeys();
        if (said.size() != raw.keys.size()) {
            strange.add("the list of foreign keys");
        }
        for (int i = 0; i < raw.keys.size(); i++) {
            RawKey key = raw.keys.get(i);
            Raw parent = tables.get(SqlExpression.folded(key.table()));
            Scope parentScope = new Scope("", parent == null ? List.of() : parent.columnNames());
            List<String> targets = key.targets().stream()
                    .flatMap(target -> target == null
                            ? java.util.stream.Stream.<String>empty()
                            : java.util.stream.Stream.of(parentScope.column(target)))
                    .toList();
            if (targets.isEmpty() && parent != null) {
                targets = parent.primary();
            }
            List<String> columns = key.columns().stream().map(scope::column).toList();
            SqliteTableText.ForeignKey words = i < said.size() ? said.get(i) : null;
            if (words != null && words.deferred()) {
                clauses.add(new Clause(SqliteOptions.FOREIGN_KEY, columns, "DEFERRABLE INITIALLY DEFERRED"));
            }
            String name = words == null ? null : words.name();
            keys.add(new PhysicalForeignKey(
                    name == null ? "" : name,
                    columns,
                    parent == null ? key.table() : parent.name,
                    targets,
                    key.onDelete(),
                    key.onUpdate(),
                    true));
        }
        return keys;
    }
}
