package dev.weir.db.engine;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * MariaDB's and MySQL's bulk statements. An update fills a temporary table and joins it to the target, rows in the order of
 * the keys; it needs the right to CREATE TEMPORARY TABLES. Making and dropping a temporary table commits nothing.
 */
final class MariaDbBulk implements Bulk {
    /** The server turns longer IN lists into a subquery, whose order is its own. */
    private static final int KEYS_PER_STATEMENT = 500;

    private static final int ROWS_PER_INSERT = 1_000;
    private static final int MOST_PARAMETERS = 30_000;

    /** Of text and bytes in one statement: the smallest packet that servers are run with is 1 MiB. */
    private static final int MOST_BYTES = 512 * 1024;

    /** Half of the 16 MiB that a table in memory may take by default. */
    private static final int MOST_BYTES_IN_MEMORY = 8 * 1024 * 1024;

    private static final int LONGEST_IN_MEMORY = 255;
    private static final AtomicLong TEMPORARY_TABLES = new AtomicLong();

    private final MariaDbDialect dialect;
    private final AssignmentSql assignments = new AssignmentSql();

    MariaDbBulk(MariaDbDialect dialect) {
        this.dialect = dialect;
    }

    /** A column of the temporary table; {@code like} if it has the type of the target's column, not one of its own. */
    private record Carried(ColumnInfo column, Values values, boolean like) {}

    @Override
    public Result update(Connection connection, BulkUpdate update) throws SQLException {
        if (update.rows() == 0) {
            return Result.NONE;
        }
        List<Carried> carried = new ArrayList<>();
        for (int i = 0; i < update.key().size(); i++) {
            carried.add(new Carried(update.key().get(i), update.keys().get(i), true));
        }
        List<String> sets = new ArrayList<>();
        for (BulkUpdate.Assignment assignment : update.assignments()) {
            List<String> refs = new ArrayList<>();
            for (Values operand : AssignmentSql.operands(assignment)) {
                refs.add("d.c" + carried.size());
                carried.add(new Carried(assignment.column(), operand, ownType(assignment.column()) == null));
            }
            String target = "t." + dialect.quote(assignment.column().name());
            sets.add(target + " = " + assignments.expression(assignment, target, refs));
        }
        if (sets.isEmpty()) {
            String target = "t." + dialect.quote(update.key().get(0).name());
            sets.add(target + " = " + target);
        }
        String table = "`weir_bulk_" + TEMPORARY_TABLES.incrementAndGet() + "`";
        String joined = table + " AS d STRAIGHT_JOIN " + dialect.quote(update.table()) + " AS t ON "
                + IntStream.range(0, update.key().size())
                        .mapToObj(i -> "t." + dialect.quote(update.key().get(i).name()) + " = d.c" + i)
                        .collect(Collectors.joining(" AND "));
        int rowBytes = bytesInMemory(carried);
        int chunk = rowBytes == 0 ? update.rows() : Math.max(1, MOST_BYTES_IN_MEMORY / rowBytes);
        Result result = Result.NONE;
        try (Statement statement = connection.createStatement()) {
            statement.execute(create(table, update.table(), carried, rowBytes > 0));
            SQLException failure = null;
            try {
                for (int from = 0; from < update.rows(); from += chunk) {
                    if (from > 0) {
                        statement.execute("DELETE FROM " + table);
                    }
                    int until = Math.min(update.rows(), from + chunk);
                    result = result.plus(fill(connection, table, carried, from, until));
                    result = result.plus(join(statement, joined, String.join(", ", sets), until - from));
                }
            } catch (SQLException e) {
                failure = e;
                throw e;
            } finally {
                drop(statement, table, failure);
            }
        }
        return result.plus(new Result(2, 0));
    }

    private static void drop(Statement statement, String table, @Nullable SQLException failure) throws SQLException {
        try {
            statement.execute("DROP TEMPORARY TABLE " + table);
        } catch (SQLException e) {
            if (failure == null) {
                throw e;
            }
            failure.addSuppressed(e);
        }
    }

    private Result join(Statement statement, String joined, String sets, int keys) throws SQLException {
        long matched = statement.executeUpdate("UPDATE " + joined + " SET " + sets);
        if (matched == keys) {
            return new Result(1, matched);
        }
        // Keys are missing, or the connection counts changed rows instead of matched ones (useAffectedRows=true).
        try (ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM " + joined)) {
            rows.next();
            return new Result(2, rows.getLong(1));
        }
    }

    private String create(String table, TableInfo target, List<Carried> carried, boolean inMemory) {
        List<String> own = new ArrayList<>();
        List<String> like = new ArrayList<>();
        for (int i = 0; i < carried.size(); i++) {
            ColumnInfo column = carried.get(i).column();
            if (carried.get(i).like()) {
                like.add(dialect.quote(column.name()) + " AS c" + i);
            } else {
                own.add("c" + i + " " + ownType(column) + " NULL");
            }
        }
        return "CREATE TEMPORARY TABLE " + table
                + (own.isEmpty() ? "" : " (" + String.join(", ", own) + ")")
                + " ENGINE=" + (inMemory ? "MEMORY" : "InnoDB")
                + " SELECT " + String.join(", ", like) + " FROM " + dialect.quote(target) + " WHERE FALSE";
    }

    private Result fill(Connection connection, String table, List<Carried> carried, int from, int until)
            throws SQLException {
        String names = IntStream.range(0, carried.size()).mapToObj(i -> "c" + i).collect(Collectors.joining(", "));
        return new Result(
                rows(
                                connection,
                                "INSERT INTO " + table + " (" + names + ") VALUES ",
                                carried.stream().map(Carried::column).toList(),
                                carried.stream().map(Carried::values).toList(),
                                from,
                                until)
                        .statements(),
                0);
    }

    /** The type of an operand that is wider than its column may be, or is compared: null to take the column's. */
    private static @Nullable String ownType(ColumnInfo column) {
        return switch (column.kind()) {
            case INTEGER -> "BIGINT";
            case DECIMAL -> "DECIMAL(65, " + Objects.requireNonNullElse(column.scale(), 0) + ")";
            case DOUBLE -> "DOUBLE";
            case DATE -> "DATE";
            case TIME -> "TIME(6)";
            case TIMESTAMP -> "DATETIME(6)";
            case INSTANT -> "TIMESTAMP(6)";
            case BOOLEAN, TEXT, BYTES, UUID, OTHER -> null;
        };
    }

    /** How long a row is in a table in memory, where texts take their whole length; 0 if it does not belong there. */
    private static int bytesInMemory(List<Carried> carried) {
        int bytes = 16;
        for (Carried each : carried) {
            ColumnInfo column = each.column();
            if (column.kind() == ValueKind.TEXT || column.kind() == ValueKind.BYTES) {
                Integer length = column.length();
                if (length == null
                        || length > LONGEST_IN_MEMORY
                        || column.typeName().contains("text")
                        || column.typeName().contains("blob")) {
                    return 0;
                }
                bytes += 4 * length + 2;
            } else if (column.kind() == ValueKind.OTHER) {
                return 0;
            } else {
                bytes += column.kind() == ValueKind.DECIMAL ? 32 : 16;
            }
        }
        return bytes;
    }

    @Override
    public Result insert(Connection connection, TableInfo table, List<ColumnInfo> columns, List<Values> values)
            throws SQLException {
        Statements.requireColumns(table, columns);
        return rows(
                connection,
                "INSERT INTO " + dialect.quote(table) + " (" + Statements.names(dialect, columns) + ") VALUES ",
                columns,
                values,
                0,
                values.get(0).size());
    }

    private Result rows(
            Connection connection, String insert, List<ColumnInfo> columns, List<Values> values, int from, int until)
            throws SQLException {
        int most = Math.max(1, Math.min(ROWS_PER_INSERT, MOST_PARAMETERS / columns.size()));
        Result result = Result.NONE;
        int start = from;
        while (start < until) {
            int end = end(columns, values, start, Math.min(until, start + most));
            int rows = end - start;
            try (PreparedStatement statement =
                    connection.prepareStatement(insert + Statements.parameters(columns.size(), rows))) {
                do {
                    Statements.bindRows(dialect, statement, columns, values, start, end);
                    result = result.plus(new Result(1, statement.executeUpdate()));
                    start = end;
                    end = start >= until ? start : end(columns, values, start, Math.min(until, start + most));
                } while (end - start == rows && start < until);
            }
        }
        return result;
    }

    /** How far a statement may reach until its texts and bytes are too much for one packet; at least one row. */
    private static int end(List<ColumnInfo> columns, List<Values> values, int start, int most) {
        List<Values> large = IntStream.range(0, columns.size())
                .filter(i -> columns.get(i).kind() == ValueKind.TEXT
                        || columns.get(i).kind() == ValueKind.BYTES)
                .mapToObj(values::get)
                .toList();
        long bytes = 0;
        for (int row = start; row < most; row++) {
            for (Values column : large) {
                Object value = column.get(row);
                bytes += value instanceof String text
                        ? 3L * text.length()
                        : value instanceof byte[] raw ? 2L * raw.length : 0;
            }
            if (bytes > MOST_BYTES) {
                return Math.max(start + 1, row);
            }
        }
        return most;
    }

    @Override
    public Result delete(Connection connection, TableInfo table, List<ColumnInfo> key, List<Values> keys)
            throws SQLException {
        int rows = keys.get(0).size();
        Result result = Result.NONE;
        for (int from = 0; from < rows; from += KEYS_PER_STATEMENT) {
            int until = Math.min(rows, from + KEYS_PER_STATEMENT);
            try (PreparedStatement statement = connection.prepareStatement("DELETE FROM " + dialect.quote(table)
                    + " WHERE " + Statements.inList(dialect, key, until - from))) {
                Statements.bindRows(dialect, statement, key, keys, from, until);
                result = result.plus(new Result(1, statement.executeUpdate()));
            }
        }
        return result;
    }

    @Override
    public List<@Nullable Object[]> select(
            Connection connection, TableInfo table, List<ColumnInfo> key, List<Values> keys, List<ColumnInfo> columns)
            throws SQLException {
        return Statements.selectInLists(dialect, connection, table, key, keys, columns, KEYS_PER_STATEMENT);
    }
}
