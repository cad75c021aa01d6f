package dev.weir.db.engine;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL's bulk statements.
 *
 * <p>An update of some rows joins the table with arrays, and forbids the joins that read the whole table: the planner
 * prefers them as soon as it sees the arrays. An update of many rows joins it with a temporary table filled by binary COPY,
 * with a free plan. Inserts are a binary COPY. Where COPY can't be had (a wrapped connection, rules, row security, no right
 * to temporary tables, a type without an encoder), the array form serves any number of rows.
 */
final class PostgresBulk implements Bulk {
    /** From here on a temporary table is faster than arrays; chosen by measurement at 1,000, 5,000 and 50,000 rows. */
    private static final int ROWS_FOR_TEMPORARY_TABLE = 10_000;

    /** Below this the look whether COPY is allowed costs more than COPY saves. */
    private static final int ROWS_FOR_COPY = 100;

    private static final int MOST_PARAMETERS = 30_000;
    private static final int KEYS_PER_SELECT = 10_000;
    private static final AtomicLong TEMPORARY_TABLES = new AtomicLong();

    private final PostgresDialect dialect;
    private final PostgresAssignmentSql assignments = new PostgresAssignmentSql();

    PostgresBulk(PostgresDialect dialect) {
        this.dialect = dialect;
    }

    @Override
    public Result update(Connection connection, BulkUpdate update) throws SQLException {
        if (update.rows() == 0) {
            return Result.NONE;
        }
        List<ColumnInfo> columns = new ArrayList<>(update.key());
        List<Values> values = new ArrayList<>(update.keys());
        List<String> sets = new ArrayList<>();
        for (BulkUpdate.Assignment assignment : update.assignments()) {
            List<String> refs = new ArrayList<>();
            for (Values operand : AssignmentSql.operands(assignment)) {
                refs.add("d.c" + columns.size());
                columns.add(assignment.column());
                values.add(operand);
            }
            String name = dialect.quote(assignment.column().name());
            sets.add(name + " = " + assignments.expression(assignment, "t." + name, refs));
        }
        if (sets.isEmpty()) {
            String name = dialect.quote(update.key().get(0).name());
            sets.add(name + " = t." + name);
        }
        for (ColumnInfo column : columns) {
            PostgresText.requireTravelType(column);
        }
        String start = "UPDATE " + dialect.quote(update.table()) + " AS t SET " + String.join(", ", sets) + " FROM ";
        String end = " WHERE " + equalKeys(update.key());
        if (update.rows() >= ROWS_FOR_TEMPORARY_TABLE && canCopyToTemporaryTable(connection)) {
            return updateFromTemporaryTable(connection, start, end, columns, values);
        }
        return updateFromArrays(connection, start + arrays(columns) + end, columns, values);
    }

    private static Result updateFromTemporaryTable(
            Connection connection, String start, String end, List<ColumnInfo> columns, List<Values> values)
            throws SQLException {
        String table = "weir_bulk_" + TEMPORARY_TABLES.incrementAndGet();
        String definition = IntStream.range(0, columns.size())
                .mapToObj(i -> "c" + i + " " + PostgresText.travelType(columns.get(i)))
                .collect(Collectors.joining(", "));
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TEMPORARY TABLE " + table + " (" + definition + ") ON COMMIT DROP");
            PostgresCopy.copyTravelling(
                    connection, "COPY pg_temp." + table + " FROM STDIN (FORMAT binary)", columns, values);
            return new Result(3, statement.executeLargeUpdate(start + "pg_temp." + table + " AS d" + end));
        }
    }

    private static Result updateFromArrays(
            Connection connection, String sql, List<ColumnInfo> columns, List<Values> values) throws SQLException {
        String hash;
        String merge;
        try (Statement statement = connection.createStatement();
                ResultSet before = statement.executeQuery("SELECT current_setting('enable_hashjoin'),"
                        + " current_setting('enable_mergejoin'), set_config('enable_hashjoin', 'off', true),"
                        + " set_config('enable_mergejoin', 'off', true)")) {
            before.next();
            hash = before.getString(1);
            merge = before.getString(2);
        }
        long rows;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bindArrays(statement, columns, values);
            rows = statement.executeLargeUpdate();
        }
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT set_config('enable_hashjoin', ?, true), set_config('enable_mergejoin', ?, true)")) {
            statement.setString(1, hash);
            statement.setString(2, merge);
            statement.execute();
        }
        return new Result(1, rows);
    }

    private static boolean canCopyToTemporaryTable(Connection connection) throws SQLException {
        return PostgresCopy.available(connection)
                && ask(connection, "SELECT has_database_privilege(current_database(), 'TEMPORARY')");
    }

    @Override
    public Result insert(Connection connection, TableInfo table, List<ColumnInfo> columns, List<Values> values)
            throws SQLException {
        Statements.requireColumns(table, columns);
        int rows = values.get(0).size();
        if (rows == 0) {
            return Result.NONE;
        } else if (columns.stream().anyMatch(column -> PostgresText.travelType(column) == null)) {
            return insertValues(connection, table, columns, values);
        } else if (rows >= ROWS_FOR_COPY && canCopyInto(connection, table, columns)) {
            String sql = "COPY " + dialect.quote(table) + " (" + Statements.names(dialect, columns)
                    + ") FROM STDIN (FORMAT binary)";
            return new Result(1, PostgresCopy.copy(connection, sql, columns, values));
        }
        String selected = IntStream.range(0, columns.size())
                .mapToObj(i -> assignments.value(columns.get(i), "d.c" + i))
                .collect(Collectors.joining(", "));
        String sql = "INSERT INTO " + dialect.quote(table) + " (" + Statements.names(dialect, columns) + ") SELECT "
                + selected + " FROM " + arrays(columns);
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bindArrays(statement, columns, values);
            return new Result(1, statement.executeLargeUpdate());
        }
    }

    private boolean canCopyInto(Connection connection, TableInfo table, List<ColumnInfo> columns) throws SQLException {
        return PostgresCopy.available(connection)
                && columns.stream().allMatch(PostgresCopy::encodes)
                && ask(
                        connection,
                        "SELECT relkind IN ('r', 'p') AND NOT relhasrules AND NOT pg_catalog.row_security_active(oid)"
                                + " FROM pg_catalog.pg_class WHERE oid = '"
                                + dialect.quote(table).replace("'", "''") + "'::regclass");
    }

    private Result insertValues(Connection connection, TableInfo table, List<ColumnInfo> columns, List<Values> values)
            throws SQLException {
        int rows = values.get(0).size();
        int chunk = Math.max(1, MOST_PARAMETERS / columns.size());
        Result result = Result.NONE;
        for (int from = 0; from < rows; from += chunk) {
            int until = Math.min(rows, from + chunk);
            try (PreparedStatement statement =
                    connection.prepareStatement(Statements.insert(dialect, table, columns, until - from))) {
                Statements.bindRows(dialect, statement, columns, values, from, until);
                result = result.plus(new Result(1, statement.executeLargeUpdate()));
            }
        }
        return result;
    }

    @Override
    public Result delete(Connection connection, TableInfo table, List<ColumnInfo> key, List<Values> keys)
            throws SQLException {
        if (keys.get(0).size() == 0) {
            return Result.NONE;
        }
        String sql = "DELETE FROM " + dialect.quote(table) + " AS t USING " + arrays(key) + " WHERE " + equalKeys(key);
        return updateFromArrays(connection, sql, key, keys);
    }

    @Override
    public List<@Nullable Object[]> select(
            Connection connection, TableInfo table, List<ColumnInfo> key, List<Values> keys, List<ColumnInfo> columns)
            throws SQLException {
        List<ColumnInfo> selected = Statements.concat(key, columns);
        String names = selected.stream()
                .map(column -> "t." + dialect.quote(column.name()))
                .collect(Collectors.joining(", "));
        String from = " FROM " + dialect.quote(table) + " AS t";
        String sql = key.size() == 1
                ? "SELECT " + names + from + " WHERE t."
                        + dialect.quote(key.get(0).name()) + " = ANY (?::" + PostgresText.travelType(key.get(0)) + "[])"
                : "SELECT " + names + from + ", " + arrays(key) + " WHERE " + equalKeys(key);
        List<@Nullable Object[]> answer = new ArrayList<>();
        int rows = keys.get(0).size();
        for (int start = 0; start < rows; start += KEYS_PER_SELECT) {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                bindArrays(statement, key, slice(keys, start, Math.min(rows, start + KEYS_PER_SELECT)));
                try (ResultSet found = statement.executeQuery()) {
                    Statements.readAll(dialect, found, selected, answer);
                }
            }
        }
        return answer;
    }

    private static List<Values> slice(List<Values> values, int from, int until) {
        return from == 0 && until == values.get(0).size()
                ? values
                : values.stream().map(all -> slice(all, from, until)).toList();
    }

    private static Values slice(Values all, int from, int until) {
        if (all instanceof Values.Longs longs) {
            return new Values.Longs(Arrays.copyOfRange(longs.data(), from, until), until - from);
        }
        return new Values.Objects(Arrays.copyOfRange(((Values.Objects) all).data(), from, until), until - from);
    }

    private static void bindArrays(PreparedStatement statement, List<ColumnInfo> columns, List<Values> values)
            throws SQLException {
        for (int i = 0; i < columns.size(); i++) {
            PostgresText.bindArray(statement, i + 1, columns.get(i), values.get(i));
        }
    }

    /** {@code unnest(?::int8[], ?::text[]) AS d(c0, c1)}. */
    private static String arrays(List<ColumnInfo> columns) {
        String parameters = columns.stream()
                .map(column -> "?::" + PostgresText.travelType(column) + "[]")
                .collect(Collectors.joining(", "));
        String names = IntStream.range(0, columns.size()).mapToObj(i -> "c" + i).collect(Collectors.joining(", "));
        return "unnest(" + parameters + ") AS d(" + names + ")";
    }

    private String equalKeys(List<ColumnInfo> key) {
        return IntStream.range(0, key.size())
                .mapToObj(i -> "t." + dialect.quote(key.get(i).name()) + " = d.c" + i)
                .collect(Collectors.joining(" AND "));
    }

    private static boolean ask(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() && rows.getBoolean(1);
        }
    }

    /** Texts that are stored as JSON have to say so. */
    private static final class PostgresAssignmentSql extends AssignmentSql {
        @Override
        String value(ColumnInfo column, String ref) {
            return PostgresText.isJson(column) ? ref + "::" + column.typeName() : ref;
        }
    }
}
