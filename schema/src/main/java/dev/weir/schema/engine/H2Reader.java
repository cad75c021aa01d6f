package dev.weir.schema.engine;

import dev.weir.schema.physical.PhysicalCheck;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.physical.PhysicalForeignKey;
import dev.weir.schema.physical.PhysicalIndex;
import dev.weir.schema.physical.PhysicalKey;
import dev.weir.schema.physical.PhysicalSchema;
import dev.weir.schema.physical.PhysicalSchema.Other;
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
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Reads H2's catalog, of the schema in use, in ten queries. They are joined here: the engine has no index on its catalog. */
final class H2Reader {
    private static final String TABLES = """
            SELECT TABLE_NAME, TABLE_TYPE, STORAGE_TYPE, REMARKS FROM INFORMATION_SCHEMA.TABLES
            WHERE TABLE_SCHEMA = CURRENT_SCHEMA ORDER BY TABLE_NAME""";

    private static final String COLUMNS = """
            SELECT TABLE_NAME, COLUMN_NAME, DATA_TYPE_SQL(TABLE_SCHEMA, TABLE_NAME, 'TABLE', DTD_IDENTIFIER), DOMAIN_SCHEMA,
              DOMAIN_NAME, IS_NULLABLE, COLUMN_DEFAULT, GENERATION_EXPRESSION, IDENTITY_GENERATION, REMARKS
            FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = CURRENT_SCHEMA ORDER BY TABLE_NAME, ORDINAL_POSITION""";

    private static final String CONSTRAINTS = """
            SELECT TABLE_NAME, CONSTRAINT_NAME, CONSTRAINT_TYPE, NULLS_DISTINCT FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS
            WHERE TABLE_SCHEMA = CURRENT_SCHEMA AND CONSTRAINT_SCHEMA = CURRENT_SCHEMA ORDER BY CONSTRAINT_NAME""";

    /** The view goes on telling a column's old name after a rename; the constraint's index has the new one. */
    private static final String CONSTRAINT_COLUMNS = """
            SELECT k.CONSTRAINT_SCHEMA, k.CONSTRAINT_NAME, k.TABLE_SCHEMA, k.TABLE_NAME, k.COLUMN_NAME,
              k.POSITION_IN_UNIQUE_CONSTRAINT, i.COLUMN_NAME, c.COLUMN_NAME
            FROM INFORMATION_SCHEMA.KEY_COLUMN_USAGE k
            JOIN INFORMATION_SCHEMA.TABLE_CONSTRAINTS t
              ON t.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND t.CONSTRAINT_NAME = k.CONSTRAINT_NAME
            LEFT JOIN INFORMATION_SCHEMA.INDEX_COLUMNS i
              ON i.INDEX_SCHEMA = t.INDEX_SCHEMA AND i.INDEX_NAME = t.INDEX_NAME AND i.ORDINAL_POSITION = k.ORDINAL_POSITION
            LEFT JOIN INFORMATION_SCHEMA.COLUMNS c
              ON c.TABLE_SCHEMA = k.TABLE_SCHEMA AND c.TABLE_NAME = k.TABLE_NAME AND c.COLUMN_NAME = k.COLUMN_NAME
            ORDER BY k.CONSTRAINT_SCHEMA, k.CONSTRAINT_NAME, k.ORDINAL_POSITION""";

    private static final String REFERENCES = """
            SELECT CONSTRAINT_NAME, UNIQUE_CONSTRAINT_SCHEMA, UNIQUE_CONSTRAINT_NAME, DELETE_RULE, UPDATE_RULE
            FROM INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = CURRENT_SCHEMA""";

    private static final String CHECKS = """
            SELECT CONSTRAINT_NAME, CHECK_CLAUSE FROM INFORMATION_SCHEMA.CHECK_CONSTRAINTS
            WHERE CONSTRAINT_SCHEMA = CURRENT_SCHEMA""";

    /** Without those that serve a constraint. */
    private static final String INDEXES = """
            SELECT TABLE_NAME, INDEX_NAME, INDEX_TYPE_NAME, NULLS_DISTINCT FROM INFORMATION_SCHEMA.INDEXES
            WHERE TABLE_SCHEMA = CURRENT_SCHEMA AND NOT IS_GENERATED AND INDEX_TYPE_NAME <> 'PRIMARY KEY'
            ORDER BY INDEX_NAME""";

    private static final String INDEX_COLUMNS = """
            SELECT INDEX_NAME, COLUMN_NAME, ORDERING_SPECIFICATION, NULL_ORDERING FROM INFORMATION_SCHEMA.INDEX_COLUMNS
            WHERE TABLE_SCHEMA = CURRENT_SCHEMA ORDER BY INDEX_NAME, ORDINAL_POSITION""";

    private static final String PLACE = """
            SELECT CURRENT_SCHEMA, (SELECT SETTING_VALUE FROM INFORMATION_SCHEMA.SETTINGS
              WHERE UPPER(SETTING_NAME) = 'DEFAULT_NULL_ORDERING')""";

    private static final String OTHERS = """
            SELECT 'sequence', SEQUENCE_NAME FROM INFORMATION_SCHEMA.SEQUENCES WHERE SEQUENCE_SCHEMA = CURRENT_SCHEMA
            UNION SELECT 'function', ROUTINE_NAME FROM INFORMATION_SCHEMA.ROUTINES WHERE ROUTINE_SCHEMA = CURRENT_SCHEMA
            UNION SELECT 'trigger', TRIGGER_NAME FROM INFORMATION_SCHEMA.TRIGGERS WHERE TRIGGER_SCHEMA = CURRENT_SCHEMA
            UNION SELECT 'domain', DOMAIN_NAME FROM INFORMATION_SCHEMA.DOMAINS WHERE DOMAIN_SCHEMA = CURRENT_SCHEMA
            UNION SELECT 'constant', CONSTANT_NAME FROM INFORMATION_SCHEMA.CONSTANTS
              WHERE CONSTANT_SCHEMA = CURRENT_SCHEMA
            UNION SELECT 'synonym', SYNONYM_NAME FROM INFORMATION_SCHEMA.SYNONYMS WHERE SYNONYM_SCHEMA = CURRENT_SCHEMA""";

    private final Map<String, Raw> tables = new TreeMap<>();
    private final List<Other> others = new ArrayList<>();
    private final Predicate<String> ignored;
    private String schema = "";
    private String nulls = "LOW";

    private H2Reader(Predicate<String> ignored) {
        this.ignored = ignored;
    }

    /** A table while it is put together. */
    private static final class Raw {
        final @Nullable String comment;
        final List<PhysicalColumn> columns = new ArrayList<>();
        final List<PhysicalIndex> indexes = new ArrayList<>();
        final List<PhysicalForeignKey> keys = new ArrayList<>();
        final List<PhysicalCheck> checks = new ArrayList<>();

        @Nullable PhysicalKey primary;

        Raw(@Nullable String comment) {
            this.comment = comment;
        }
    }

    private record ConstraintColumn(String schema, String table, String column, int target) {}

    private record Reference(String schema, String constraint, String onDelete, String onUpdate) {}

    static PhysicalSchema read(Connection connection, Predicate<String> ignored) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return new H2Reader(ignored).read(statement);
        }
    }

    private PhysicalSchema read(Statement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery(PLACE)) {
            rows.next();
            schema = rows.getString(1);
            String order = rows.getString(2);
            nulls = order == null ? nulls : order;
        }
        tables(statement);
        columns(statement);
        constraints(statement);
        indexes(statement);
        try (ResultSet rows = statement.executeQuery(OTHERS)) {
            while (rows.next()) {
                other(rows.getString(1), rows.getString(2));
            }
        }
        others.sort(Comparator.comparing(Other::kind).thenComparing(Other::name));
        List<PhysicalTable> found = new ArrayList<>();
        tables.forEach((name, raw) -> found.add(H2Schema.sorted(new PhysicalTable(
                name, raw.columns, raw.primary, raw.indexes, raw.keys, raw.checks, raw.comment, "", List.of()))));
        return new PhysicalSchema(schema, found, others);
    }

    private void other(String kind, String name) {
        if (!ignored.test(name)) {
            others.add(new Other(kind, name));
        }
    }

    private void tables(Statement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery(TABLES)) {
            while (rows.next()) {
                String name = rows.getString(1);
                String type = rows.getString(2).toLowerCase(Locale.ROOT);
                String storage = rows.getString(3);
                if (ignored.test(name) || type.contains("temporary")) {
                    continue;
                }
                if (type.contains("view")) {
                    other("view", name);
                } else if (storage.equals("CACHED") || storage.equals("MEMORY")) {
                    tables.put(name, new Raw(rows.getString(4)));
                } else {
                    other(storage.toLowerCase(Locale.ROOT), name);
                }
            }
        }
    }

    private void columns(Statement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery(COLUMNS)) {
            while (rows.next()) {
                Raw table = tables.get(rows.getString(1));
                if (table == null) {
                    continue;
                }
                String domain = rows.getString(5);
                String generated = rows.getString(8);
                String identity = rows.getString(9);
                table.columns.add(new PhysicalColumn(
                        rows.getString(2),
                        domain == null
                                ? H2Types.canonical(rows.getString(3))
                                : outside(rows.getString(4), ".") + SqlExpression.quote(domain),
                        rows.getString(6).equals("YES"),
                        identity == null && generated == null ? rows.getString(7) : null,
                        generated,
                        generated != null,
                        identity,
                        null,
                        rows.getString(10)));
            }
        }
    }

    /** The schema in quotes, unless it is the one in use. */
    private String outside(String name, String behind) {
        return name.equals(schema) ? "" : SqlExpression.quote(name) + behind;
    }

    private void constraints(Statement statement) throws SQLException {
        Map<List<String>, List<ConstraintColumn>> columns = new HashMap<>();
        try (ResultSet rows = statement.executeQuery(CONSTRAINT_COLUMNS)) {
            while (rows.next()) {
                columns.computeIfAbsent(List.of(rows.getString(1), rows.getString(2)), name -> new ArrayList<>())
                        .add(new ConstraintColumn(
                                rows.getString(3),
                                rows.getString(4),
                                rows.getString(8) == null ? rows.getString(7) : rows.getString(5),
                                rows.getInt(6)));
            }
        }
        Map<String, Reference> references = new HashMap<>();
        try (ResultSet rows = statement.executeQuery(REFERENCES)) {
            while (rows.next()) {
                references.put(
                        rows.getString(1),
                        new Reference(rows.getString(2), rows.getString(3), rows.getString(4), rows.getString(5)));
            }
        }
        Map<String, String> conditions = new HashMap<>();
        try (ResultSet rows = statement.executeQuery(CHECKS)) {
            while (rows.next()) {
                conditions.put(rows.getString(1), rows.getString(2));
            }
        }
        try (ResultSet rows = statement.executeQuery(CONSTRAINTS)) {
            while (rows.next()) {
                Raw table = tables.get(rows.getString(1));
                String name = rows.getString(2);
                if (table == null) {
                    continue;
                }
                List<ConstraintColumn> own = columns.getOrDefault(List.of(schema, name), List.of());
                List<String> names = own.stream().map(ConstraintColumn::column).toList();
                switch (rows.getString(3)) {
                    case "PRIMARY KEY" -> table.primary = new PhysicalKey(name, names);
                    case "UNIQUE" -> table.indexes.add(unique(name, names, rows.getString(4)));
                    case "CHECK" -> table.checks.add(new PhysicalCheck(name, conditions.getOrDefault(name, ""), true));
                    default -> {
                        Reference reference = references.get(name);
                        if (reference != null) {
                            table.keys.add(foreignKey(name, own, reference, columns));
                        }
                    }
                }
            }
        }
    }

    private static PhysicalIndex unique(String name, List<String> columns, @Nullable String nullsDistinct) {
        return new PhysicalIndex(
                name,
                columns.stream()
                        .map(column -> new PhysicalIndex.Part(column, false, false, ""))
                        .toList(),
                true,
                method("UNIQUE INDEX", nullsDistinct),
                null,
                true,
                true);
    }

    private PhysicalForeignKey foreignKey(
            String name,
            List<ConstraintColumn> own,
            Reference reference,
            Map<List<String>, List<ConstraintColumn>> columns) {
        List<ConstraintColumn> unique =
                columns.getOrDefault(List.of(reference.schema(), reference.constraint()), List.of());
        List<String> targets = own.stream()
                .filter(column -> column.target() <= unique.size())
                .map(column -> unique.get(column.target() - 1).column())
                .toList();
        String table = unique.isEmpty() ? "" : unique.get(0).table();
        String place = unique.isEmpty() || unique.get(0).schema().equals(schema)
                ? ""
                : unique.get(0).schema() + ".";
        return new PhysicalForeignKey(
                name,
                own.stream().map(ConstraintColumn::column).toList(),
                place + table,
                targets,
                reference.onDelete(),
                reference.onUpdate(),
                true);
    }

    private void indexes(Statement statement) throws SQLException {
        Map<String, List<PhysicalIndex.Part>> parts = new LinkedHashMap<>();
        try (ResultSet rows = statement.executeQuery(INDEX_COLUMNS)) {
            while (rows.next()) {
                boolean descending = "DESC".equals(rows.getString(3));
                String order = rows.getString(4);
                parts.computeIfAbsent(rows.getString(1), name -> new ArrayList<>())
                        .add(new PhysicalIndex.Part(
                                rows.getString(2),
                                false,
                                descending,
                                order == null || order.equals(usualOrder(descending)) ? "" : "NULLS " + order));
            }
        }
        try (ResultSet rows = statement.executeQuery(INDEXES)) {
            while (rows.next()) {
                Raw table = tables.get(rows.getString(1));
                String type = rows.getString(3);
                List<PhysicalIndex.Part> columns = parts.get(rows.getString(2));
                if (table != null && columns != null) {
                    table.indexes.add(new PhysicalIndex(
                            rows.getString(2),
                            columns,
                            type.startsWith("UNIQUE"),
                            method(type, rows.getString(4)),
                            null,
                            false,
                            true));
                }
            }
        }
    }

    private String usualOrder(boolean descending) {
        return switch (nulls) {
            case "FIRST" -> "FIRST";
            case "LAST" -> "LAST";
            case "HIGH" -> descending ? "FIRST" : "LAST";
            default -> descending ? "LAST" : "FIRST";
        };
    }

    /** What is not usual of an index, in the words that stand before INDEX. */
    private static @Nullable String method(String type, @Nullable String nullsDistinct) {
        if (nullsDistinct != null && !nullsDistinct.equals("YES")) {
            return nullsDistinct.equals("NO") ? H2Schema.NULLS_NOT_DISTINCT : H2Schema.NULLS_ALL_DISTINCT;
        }
        return type.contains("HASH") ? "hash" : type.contains("SPATIAL") ? "spatial" : null;
    }
}
