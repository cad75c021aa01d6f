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
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads PostgreSQL's catalog in six queries, as of one moment, whatever the session's settings are. What belongs to an
 * extension is left out, and so are partitions: their parent stands for them.
 *
 * <p>A column whose default takes numbers from a sequence of its own has the identity {@code SERIAL} and no default. What
 * else an index is stands after its method ({@code btree INCLUDE ("b") NULLS NOT DISTINCT DEFERRABLE}) and in the options of
 * its columns; how a foreign key is checked stands after its action on update ({@code CASCADE MATCH FULL DEFERRABLE}); an
 * index that is a constraint but not unique is one that excludes. Storage parameters are nobody's declaration and not read;
 * nor are the included columns of a primary key and when it is checked, and {@code NO INHERIT} and {@code NOT ENFORCED}.
 */
final class PostgresSchemaCatalog {
    /** How the server spells constants depends on these. */
    private static final String SETTINGS = "SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, MDY';"
            + " SET LOCAL IntervalStyle = 'postgres'; SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex';"
            + " SET LOCAL quote_all_identifiers = off; SET LOCAL lc_monetary = 'C'; SET LOCAL jit = off";

    private final Connection connection;
    private final Predicate<String> ignored;
    private final long schema;
    private final Map<Long, TableRows> tables = new HashMap<>();
    private final List<Other> others = new ArrayList<>();
    private final Map<Long, String> methods = new HashMap<>();

    /** What was read of a table so far. */
    private static final class TableRows {
        final String name;
        final @Nullable String comment;
        final String options;
        final List<PhysicalColumn> columns = new ArrayList<>();
        final List<PhysicalIndex> indexes = new ArrayList<>();
        final List<PhysicalForeignKey> foreignKeys = new ArrayList<>();
        final List<PhysicalCheck> checks = new ArrayList<>();

        @Nullable PhysicalKey primaryKey;

        TableRows(String name, @Nullable String comment, String options) {
            this.name = name;
            this.comment = comment;
            this.options = options;
        }

        PhysicalTable table() {
            indexes.sort(Comparator.comparing(PhysicalIndex::name));
            foreignKeys.sort(Comparator.comparing(PhysicalForeignKey::name));
            checks.sort(Comparator.comparing(PhysicalCheck::name));
            return new PhysicalTable(
                    name, columns, primaryKey, indexes, foreignKeys, checks, comment, options, List.of());
        }
    }

    private PostgresSchemaCatalog(Connection connection, Predicate<String> ignored, long schema) {
        this.connection = connection;
        this.ignored = ignored;
        this.schema = schema;
    }

    static PhysicalSchema read(Connection connection, Predicate<String> ignored) throws SQLException {
        Savepoint before = null;
        String settings = SETTINGS;
        if (connection.getAutoCommit()) {
            connection.setAutoCommit(false);
            settings = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; " + SETTINGS;
        } else {
            before = connection.setSavepoint();
        }
        PhysicalSchema read;
        try {
            read = read(connection, ignored, settings);
        } catch (SQLException | RuntimeException e) {
            try {
                end(connection, before);
            } catch (SQLException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
        end(connection, before);
        return read;
    }

    /** Takes the settings back too. */
    private static void end(Connection connection, @Nullable Savepoint before) throws SQLException {
        if (before == null) {
            connection.rollback();
            connection.setAutoCommit(true);
        } else {
            connection.rollback(before);
            connection.releaseSavepoint(before);
        }
    }

    private static PhysicalSchema read(Connection connection, Predicate<String> ignored, String settings)
            throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(settings);
            try (ResultSet rows = statement.executeQuery("SELECT oid, nspname FROM pg_catalog.pg_namespace"
                    + " WHERE nspname = pg_catalog.current_schema()")) {
                if (!rows.next()) {
                    throw new SQLException("There must be a schema in use, but the search path names none that exists"
                            + " and may be used; create it, or set currentSchema in the address");
                }
                PostgresSchemaCatalog catalog = new PostgresSchemaCatalog(connection, ignored, rows.getLong(1));
                return catalog.read(rows.getString(2), connection.getMetaData().getDatabaseMajorVersion());
            }
        }
    }

    private PhysicalSchema read(String name, int version) throws SQLException {
        each(PostgresCatalogQueries.RELATIONS, this::relation);
        each(PostgresCatalogQueries.COLUMNS, this::column);
        each(PostgresCatalogQueries.constraints(version), this::constraint);
        try (PreparedStatement statement = connection.prepareStatement(PostgresCatalogQueries.indexes(version))) {
            statement.setLong(1, schema);
            try (ResultSet rows = statement.executeQuery()) {
                indexes(rows);
            }
        }
        each(PostgresCatalogQueries.OTHERS, this::other);
        others.sort(Comparator.comparing(Other::kind).thenComparing(Other::name));
        return new PhysicalSchema(
                name,
                tables.values().stream()
                        .map(TableRows::table)
                        .sorted(Comparator.comparing(PhysicalTable::name))
                        .toList(),
                others);
    }

    private interface RowReader {
        void read(ResultSet row) throws SQLException;
    }

    private void each(String query, RowReader reader) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setLong(1, schema);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    reader.read(rows);
                }
            }
        }
    }

    private void relation(ResultSet row) throws SQLException {
        String name = row.getString(2);
        if (ignored.test(name)) {
            return;
        }
        String partition = row.getString(5);
        switch (row.getString(3)) {
            case "r", "p" ->
                tables.put(
                        row.getLong(1),
                        new TableRows(name, row.getString(4), partition == null ? "" : "PARTITION BY " + partition));
            case "v" -> others.add(new Other("view", name));
            case "m" -> others.add(new Other("materialized view", name));
            case "f" -> others.add(new Other("foreign table", name));
            default -> others.add(new Other("sequence", name));
        }
    }

    private void column(ResultSet row) throws SQLException {
        TableRows table = tables.get(row.getLong(1));
        if (table == null) {
            return;
        }
        String expression = PostgresSpelling.stableOrNull(row.getString(5));
        String generated = row.getString(6);
        boolean serial = row.getBoolean(10);
        table.columns.add(new PhysicalColumn(
                row.getString(2),
                row.getString(3),
                !row.getBoolean(4),
                serial || !generated.isEmpty() ? null : expression,
                generated.isEmpty() ? null : expression,
                !generated.equals("v"),
                serial
                        ? PostgresDdl.SERIAL
                        : switch (row.getString(7)) {
                            case "a" -> "ALWAYS";
                            case "d" -> "BY DEFAULT";
                            default -> null;
                        },
                row.getString(8),
                row.getString(9)));
    }

    private void constraint(ResultSet row) throws SQLException {
        TableRows table = tables.get(row.getLong(1));
        if (table == null) {
            return;
        }
        String name = row.getString(2);
        boolean valid = row.getBoolean(4);
        switch (row.getString(3)) {
            case "p" -> table.primaryKey = new PhysicalKey(name, strings(row, 6));
            case "c" -> {
                String condition = PostgresSpelling.stableOrNull(row.getString(7));
                if (condition != null) {
                    table.checks.add(new PhysicalCheck(name, condition, valid));
                }
            }
            case "f" ->
                table.foreignKeys.add(new PhysicalForeignKey(
                        name,
                        strings(row, 6),
                        row.getString(8),
                        strings(row, 9),
                        row.getString(10),
                        row.getString(11),
                        valid));
            default -> methods.put(row.getLong(5), row.getString(11));
        }
    }

    /** One row a column of an index, the indexes one after the other. */
    private void indexes(ResultSet rows) throws SQLException {
        boolean more = rows.next();
        while (more) {
            long oid = rows.getLong(1);
            TableRows table = tables.get(rows.getLong(2));
            String name = rows.getString(3);
            String method = rows.getString(4);
            boolean unique = rows.getBoolean(5);
            boolean valid = rows.getBoolean(6);
            boolean nullsNotDistinct = rows.getBoolean(7);
            String where = PostgresSpelling.stableOrNull(rows.getString(8));
            List<PhysicalIndex.Part> parts = new ArrayList<>();
            List<String> included = new ArrayList<>();
            do {
                String column = rows.getString(10);
                if (!rows.getBoolean(9)) {
                    included.add(PostgresSpelling.quote(column));
                } else {
                    parts.add(part(column, rows));
                }
                more = rows.next();
            } while (more && rows.getLong(1) == oid);
            if (table != null) {
                String constraint = methods.get(oid);
                String full = method
                        + (included.isEmpty() ? "" : " INCLUDE (" + String.join(", ", included) + ")")
                        + (nullsNotDistinct ? " NULLS NOT DISTINCT" : "")
                        + (constraint == null ? "" : constraint);
                table.indexes.add(new PhysicalIndex(
                        name, parts, unique, full.equals("btree") ? null : full, where, constraint != null, valid));
            }
        }
    }

    private static PhysicalIndex.Part part(@Nullable String column, ResultSet row) throws SQLException {
        boolean descending = row.getBoolean(12);
        String expression = row.getString(11);
        return new PhysicalIndex.Part(
                column != null ? column : PostgresSpelling.bare(PostgresSpelling.stable(expression)),
                column == null,
                descending,
                row.getString(13));
    }

    private void other(ResultSet row) throws SQLException {
        String table = row.getString(3);
        if (table == null || !ignored.test(table)) {
            others.add(new Other(row.getString(1), row.getString(2)));
        }
    }

    private static List<String> strings(ResultSet row, int column) throws SQLException {
        return List.of((String[]) row.getArray(column).getArray());
    }
}
