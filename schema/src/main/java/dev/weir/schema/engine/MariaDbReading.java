package dev.weir.schema.engine;

import dev.weir.schema.physical.PhysicalCheck;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.physical.PhysicalForeignKey;
import dev.weir.schema.physical.PhysicalIndex;
import dev.weir.schema.physical.PhysicalKey;
import dev.weir.schema.physical.PhysicalSchema;
import dev.weir.schema.physical.PhysicalTable;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads MariaDB's or MySQL's catalog, always under the same {@code sql_mode} and time zone: both change how it spells
 * expressions and the defaults of timestamps.
 *
 * <p>A column's own check is part of its type, because it comes and goes with the column's definition only; the one that
 * makes a {@code longtext} a JSON column is the type {@code json}. The index that the engine makes for a foreign key which
 * has none is left out: it bears the key's name, has just its columns, and comes and goes with it.
 */
final class MariaDbReading {
    static final String AUTO_INCREMENT = "AUTO_INCREMENT";
    static final String NO_ACTION = "NO ACTION";
    private static final String PRIMARY = "PRIMARY";

    private final Connection connection;
    private final boolean mysql;
    private final Map<String, Found> tables = new TreeMap<>();
    private final List<PhysicalSchema.Other> others = new ArrayList<>();
    private String schema = "";

    MariaDbReading(Connection connection, boolean mysql) {
        this.connection = connection;
        this.mysql = mysql;
    }

    /** A table as far as it is read. */
    private static final class Found {
        final String collation;
        final String options;
        final @Nullable String comment;
        final Map<String, String> columnChecks = new HashMap<>();
        final List<PhysicalColumn> columns = new ArrayList<>();
        final List<String> key = new ArrayList<>();
        final Map<String, PhysicalIndex> indexes = new TreeMap<>();
        final Map<String, PhysicalForeignKey> foreignKeys = new TreeMap<>();
        final List<PhysicalCheck> checks = new ArrayList<>();

        Found(String collation, String options, @Nullable String comment) {
            this.collation = collation;
            this.options = options;
            this.comment = comment;
        }
    }

    /** What happens to the rows that refer. */
    private record Actions(String onDelete, String onUpdate) {}

    /** One row of an answer. */
    private interface RowReader {
        void read(ResultSet rows) throws SQLException;
    }

    PhysicalSchema read(Predicate<String> ignored) throws SQLException {
        readTables(ignored);
        readChecks();
        readColumns();
        readIndexes();
        readForeignKeys();
        readOthers();
        List<PhysicalTable> read = new ArrayList<>();
        tables.forEach((name, found) -> {
            found.indexes
                    .values()
                    .removeIf(index -> found.foreignKeys.values().stream()
                            .anyMatch(key -> MariaDbForeignKeys.ownIndex(index, key)));
            found.checks.sort(Comparator.comparing(PhysicalCheck::name));
            read.add(new PhysicalTable(
                    name,
                    found.columns,
                    found.key.isEmpty() ? null : new PhysicalKey(null, found.key),
                    List.copyOf(found.indexes.values()),
                    List.copyOf(found.foreignKeys.values()),
                    found.checks,
                    found.comment,
                    found.options,
                    List.of()));
        });
        others.sort(Comparator.comparing(PhysicalSchema.Other::kind).thenComparing(PhysicalSchema.Other::name));
        return new PhysicalSchema(schema, read, others);
    }

    /** The catalog compares names without case, also where the server tells them apart. */
    private static String here(String column) {
        return column + " = DATABASE() AND (@@lower_case_table_names > 0 OR BINARY " + column
                + " = CAST(DATABASE() AS BINARY))";
    }

    private void query(String sql, RowReader reader) throws SQLException {
        String settled =
                mysql ? sql : "SET STATEMENT sql_mode = '" + MariaDbSession.MODE + "', time_zone = '+00:00' FOR " + sql;
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(settled)) {
            while (rows.next()) {
                reader.read(rows);
            }
        }
    }

    private Optional<Found> table(ResultSet rows) throws SQLException {
        return Optional.ofNullable(tables.get(rows.getString("TABLE_NAME")));
    }

    private void readTables(Predicate<String> ignored) throws SQLException {
        query(
                "SELECT s.SCHEMA_NAME, s.DEFAULT_COLLATION_NAME, t.TABLE_NAME, t.TABLE_TYPE, t.ENGINE,"
                        + " t.TABLE_COLLATION, t.CREATE_OPTIONS, t.TABLE_COMMENT FROM information_schema.SCHEMATA s"
                        + " LEFT JOIN information_schema.TABLES t ON t.TABLE_SCHEMA = s.SCHEMA_NAME AND "
                        + here("t.TABLE_SCHEMA") + " WHERE " + here("s.SCHEMA_NAME"),
                rows -> {
                    schema = rows.getString("SCHEMA_NAME");
                    String name = rows.getString("TABLE_NAME");
                    if (name == null) {
                        return;
                    }
                    String type = rows.getString("TABLE_TYPE");
                    switch (type) {
                        case "VIEW", "SYSTEM VIEW" -> others.add(new PhysicalSchema.Other("view", name));
                        case "SEQUENCE" -> others.add(new PhysicalSchema.Other("sequence", name));
                        default -> {
                            if (!ignored.test(name)) {
                                tables.put(name, found(rows, type.equals("SYSTEM VERSIONED")));
                            }
                        }
                    }
                });
        if (schema.isEmpty()) {
            throw new SQLException("A schema can be read only where a database is in use; name one in the JDBC URL");
        }
    }

    private static Found found(ResultSet rows, boolean versioned) throws SQLException {
        String collation = Objects.requireNonNullElse(rows.getString("TABLE_COLLATION"), "");
        String engine = Objects.requireNonNullElse(rows.getString("ENGINE"), "InnoDB");
        List<String> options = new ArrayList<>();
        if (!engine.equals("InnoDB")) {
            options.add("ENGINE=" + engine);
        }
        if (!collation.equals(rows.getString("DEFAULT_COLLATION_NAME"))) {
            options.add("COLLATE=" + collation);
        }
        String created = Objects.requireNonNullElse(rows.getString("CREATE_OPTIONS"), "")
                .replace("partitioned", "")
                .strip();
        if (!created.isEmpty()) {
            options.add(created);
        }
        if (versioned) {
            options.add("WITH SYSTEM VERSIONING");
        }
        return new Found(collation, String.join(" ", options), text(rows, "TABLE_COMMENT"));
    }

    private static @Nullable String text(ResultSet rows, String column) throws SQLException {
        String text = rows.getString(column);
        return text == null || text.isEmpty() ? null : text;
    }

    private void readChecks() throws SQLException {
        query(
                mysql
                        ? "SELECT t.TABLE_NAME, c.CONSTRAINT_NAME, 'Table' AS LEVEL, c.CHECK_CLAUSE"
                                + " FROM information_schema.CHECK_CONSTRAINTS c"
                                + " JOIN information_schema.TABLE_CONSTRAINTS t"
                                + " ON t.CONSTRAINT_SCHEMA = c.CONSTRAINT_SCHEMA"
                                + " AND t.CONSTRAINT_NAME = c.CONSTRAINT_NAME AND t.CONSTRAINT_TYPE = 'CHECK'"
                                + " WHERE " + here("c.CONSTRAINT_SCHEMA")
                        : "SELECT TABLE_NAME, CONSTRAINT_NAME, LEVEL, CHECK_CLAUSE"
                                + " FROM information_schema.CHECK_CONSTRAINTS WHERE " + here("CONSTRAINT_SCHEMA"),
                rows -> {
                    Optional<Found> table = table(rows);
                    String name = rows.getString("CONSTRAINT_NAME");
                    String condition = MariaDbText.withoutSchema(rows.getString("CHECK_CLAUSE"), schema);
                    boolean own = rows.getString("LEVEL").equals("Column");
                    table.ifPresent(found -> {
                        if (own) {
                            found.columnChecks.put(name, condition);
                        } else {
                            found.checks.add(new PhysicalCheck(name, condition, true));
                        }
                    });
                });
    }

    private void readColumns() throws SQLException {
        query(
                "SELECT TABLE_NAME, COLUMN_NAME, COLUMN_DEFAULT, IS_NULLABLE, DATA_TYPE, COLUMN_TYPE, EXTRA,"
                        + " COLLATION_NAME, COLUMN_COMMENT, GENERATION_EXPRESSION FROM information_schema.COLUMNS"
                        + " WHERE " + here("TABLE_SCHEMA") + " ORDER BY TABLE_NAME, ORDINAL_POSITION",
                rows -> {
                    Optional<Found> table = table(rows);
                    if (table.isPresent()) {
                        table.get().columns.add(column(rows, table.get()));
                    }
                });
    }

    private PhysicalColumn column(ResultSet rows, Found table) throws SQLException {
        String name = rows.getString("COLUMN_NAME");
        String extra = rows.getString("EXTRA");
        String lower = extra.toLowerCase(Locale.ROOT);
        String expression = text(rows, "GENERATION_EXPRESSION");
        boolean identity = lower.contains("auto_increment");
        String collation = rows.getString("COLLATION_NAME");
        String check = table.columnChecks.get(name);
        String type = rows.getString("COLUMN_TYPE");
        if (type.equals("longtext")
                && "utf8mb4_bin".equals(collation)
                && valid(name).equals(check)) {
            type = "json";
            collation = null;
            check = null;
        }
        return new PhysicalColumn(
                name,
                MariaDbType.spelled(type, lower.contains("invisible"), check),
                rows.getString("IS_NULLABLE").equals("YES"),
                identity || expression != null ? null : defaultSql(rows, extra),
                expression == null ? null : MariaDbText.withoutSchema(expression, schema),
                expression != null && !lower.contains("virtual"),
                identity ? AUTO_INCREMENT : null,
                table.collation.equals(collation) ? null : collation,
                text(rows, "COLUMN_COMMENT"));
    }

    /** The check that is all there is to JSON. */
    private static String valid(String column) {
        return "json_valid(`" + column.replace("`", "``") + "`)";
    }

    private @Nullable String defaultSql(ResultSet rows, String extra) throws SQLException {
        String spelled = rows.getString("COLUMN_DEFAULT");
        String standard = spelled == null || spelled.equals("NULL") && !mysql ? "" : spelled;
        if (spelled != null && mysql) {
            standard = mysqlDefault(spelled, rows.getString("DATA_TYPE"), extra);
        }
        int onUpdate = extra.toLowerCase(Locale.ROOT).indexOf("on update ");
        String whole = MariaDbText.withoutSchema(standard, schema)
                + (onUpdate < 0 ? "" : " " + extra.substring(onUpdate).toLowerCase(Locale.ROOT));
        return whole.isBlank() ? null : whole.strip();
    }

    /** MySQL's catalog tells a literal without its quotes. */
    private static String mysqlDefault(String spelled, String type, String extra) {
        String lower = spelled.toLowerCase(Locale.ROOT);
        if (lower.startsWith("current_timestamp")) {
            return lower.contains("(") ? lower : lower + "()";
        }
        if (extra.contains("DEFAULT_GENERATED")) {
            return "(" + spelled + ")";
        }
        return switch (type.toLowerCase(Locale.ROOT)) {
            case "tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double", "year", "bit" ->
                spelled;
            default -> MariaDbText.literal(spelled);
        };
    }

    private void readIndexes() throws SQLException {
        Map<String, List<PhysicalIndex.Part>> parts = new LinkedHashMap<>();
        query(
                "SELECT TABLE_NAME, INDEX_NAME, NON_UNIQUE, COLUMN_NAME, COLLATION, SUB_PART, INDEX_TYPE, "
                        + (mysql ? "EXPRESSION" : "NULL AS EXPRESSION")
                        + " FROM information_schema.STATISTICS WHERE " + here("TABLE_SCHEMA")
                        + " ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX",
                rows -> {
                    Optional<Found> table = table(rows);
                    String name = rows.getString("INDEX_NAME");
                    if (table.isEmpty()) {
                        return;
                    }
                    if (name.equals(PRIMARY)) {
                        table.get().key.add(rows.getString("COLUMN_NAME"));
                        return;
                    }
                    String method = rows.getString("INDEX_TYPE").toLowerCase(Locale.ROOT);
                    List<PhysicalIndex.Part> ofIndex =
                            parts.computeIfAbsent(rows.getString("TABLE_NAME") + '\0' + name, key -> new ArrayList<>());
                    ofIndex.add(part(rows, method));
                    table.get()
                            .indexes
                            .put(
                                    name,
                                    new PhysicalIndex(
                                            name,
                                            ofIndex,
                                            !rows.getBoolean("NON_UNIQUE"),
                                            method.equals("btree") ? null : method,
                                            null,
                                            false,
                                            true));
                });
    }

    private static PhysicalIndex.Part part(ResultSet rows, String method) throws SQLException {
        String expression = rows.getString("EXPRESSION");
        String prefix = method.equals("spatial") || method.equals("fulltext") ? null : rows.getString("SUB_PART");
        return new PhysicalIndex.Part(
                expression == null ? rows.getString("COLUMN_NAME") : expression,
                expression != null,
                "D".equals(rows.getString("COLLATION")),
                prefix == null ? "" : prefix);
    }

    private void readForeignKeys() throws SQLException {
        Map<String, Actions> actions = new HashMap<>();
        query(
                "SELECT TABLE_NAME, CONSTRAINT_NAME, DELETE_RULE, UPDATE_RULE"
                        + " FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE " + here("CONSTRAINT_SCHEMA"),
                rows -> actions.put(
                        rows.getString("TABLE_NAME") + '\0' + rows.getString("CONSTRAINT_NAME"),
                        new Actions(action(rows.getString("DELETE_RULE")), action(rows.getString("UPDATE_RULE")))));
        query(
                "SELECT TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME, REFERENCED_TABLE_SCHEMA, REFERENCED_TABLE_NAME,"
                        + " REFERENCED_COLUMN_NAME FROM information_schema.KEY_COLUMN_USAGE WHERE "
                        + here("TABLE_SCHEMA") + " AND REFERENCED_TABLE_NAME IS NOT NULL"
                        + " ORDER BY TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION",
                rows -> {
                    Optional<Found> table = table(rows);
                    String name = rows.getString("CONSTRAINT_NAME");
                    Actions rules = actions.get(rows.getString("TABLE_NAME") + '\0' + name);
                    if (table.isEmpty() || rules == null) {
                        return;
                    }
                    Map<String, PhysicalForeignKey> keys = table.get().foreignKeys;
                    PhysicalForeignKey known = keys.get(name);
                    String where = rows.getString("REFERENCED_TABLE_SCHEMA");
                    String target = rows.getString("REFERENCED_TABLE_NAME");
                    keys.put(
                            name,
                            new PhysicalForeignKey(
                                    name,
                                    and(known == null ? List.of() : known.columns(), rows.getString("COLUMN_NAME")),
                                    schema.equals(where) ? target : where + "." + target,
                                    and(
                                            known == null ? List.of() : known.targets(),
                                            rows.getString("REFERENCED_COLUMN_NAME")),
                                    rules.onDelete(),
                                    rules.onUpdate(),
                                    true));
                });
    }

    private static List<String> and(List<String> list, String last) {
        List<String> longer = new ArrayList<>(list);
        longer.add(last);
        return longer;
    }

    /** RESTRICT is what these engines do for NO ACTION. */
    private static String action(String rule) {
        return rule.equals("RESTRICT") ? NO_ACTION : rule;
    }

    private void readOthers() throws SQLException {
        query(
                "SELECT 'trigger' AS KIND, TRIGGER_NAME AS NAME FROM information_schema.TRIGGERS WHERE "
                        + here("TRIGGER_SCHEMA")
                        + " UNION ALL SELECT LOWER(ROUTINE_TYPE), ROUTINE_NAME FROM information_schema.ROUTINES WHERE "
                        + here("ROUTINE_SCHEMA")
                        + " UNION ALL SELECT 'event', EVENT_NAME FROM information_schema.EVENTS WHERE "
                        + here("EVENT_SCHEMA"),
                rows -> others.add(new PhysicalSchema.Other(rows.getString("KIND"), rows.getString("NAME"))));
    }
}
