package dev.weir.db.engine;

import dev.weir.error.Failure;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** H2, in its own mode. */
final class H2Dialect extends StandardDialect {
    static final H2Dialect INSTANCE = new H2Dialect();

    private static final int ROWS_PER_INSERT = 100;
    private static final int CHANGED_ROW = 90131;

    private final Bulk bulk = new LoopBulk(this, new H2AssignmentSql(), ROWS_PER_INSERT);

    private H2Dialect() {
        super("h2", "BINARY LARGE OBJECT", "TIMESTAMP(6) WITH TIME ZONE");
    }

    @Override
    public Failure classify(SQLException error) {
        SQLException root = StandardFailure.root(error);
        return switch (root.getErrorCode()) {
            // Closed, broken, shutting down, input and output.
            case 90007, 90028, 90031, 90067, 90098, 90121 -> Failure.CONNECTION;
            // Lock timeout, deadlock, changed row, cancelled, out of memory or disk, file locked.
            case 50200, 40001, CHANGED_ROW, 57014, 90108, 90100, 90020 -> Failure.TRANSIENT;
            default -> StandardFailure.classify(root);
        };
    }

    @Override
    public boolean conflict(SQLException error) {
        return root(error).getErrorCode() == CHANGED_ROW || super.conflict(error);
    }

    @Override
    public boolean schemaChanged(SQLException error) {
        SQLException root = root(error);
        return switch (root.getErrorCode()) {
            // The wrong kind of object, and what views can't do; a function, view, trigger's class or schema that is
            // gone;
            // an invalid view; types that don't compare; a generated column.
            case 42809, 50100, 90022, 90037, 90043, 90079, 90086, 90087, 90109, 90110, 90154 -> true;
            default -> StandardFailure.schemaChanged(root);
        };
    }

    @Override
    public Optional<TableInfo> describe(Connection connection, String name) throws SQLException {
        return H2Catalog.describe(connection, name);
    }

    @Override
    public ColumnInfo resultColumn(ResultSetMetaData answer, int index) throws SQLException {
        String type = answer.getColumnTypeName(index);
        return PlainValues.column(
                answer.getColumnLabel(index),
                type,
                type.equals("UUID") ? ValueKind.UUID : PlainValues.kind(answer.getColumnType(index)));
    }

    @Override
    public List<String> tableNames(Connection connection) throws SQLException {
        return H2Catalog.tableNames(connection);
    }

    @Override
    public String limit(String select, @Nullable Long limit, @Nullable Long offset) {
        return select
                + (offset == null ? "" : " OFFSET " + offset + " ROWS")
                + (limit == null ? "" : " FETCH NEXT " + limit + " ROWS ONLY");
    }

    @Override
    public boolean upsertsCollide() {
        return true;
    }

    @Override
    public String upsert(TableInfo table, List<ColumnInfo> insert, List<ColumnInfo> key, List<ColumnInfo> update) {
        String values = insert.stream().map(column -> typed(column, "?")).collect(Collectors.joining(", "));
        String aliases =
                IntStream.range(0, insert.size()).mapToObj(i -> "s" + i).collect(Collectors.joining(", "));
        return "MERGE INTO " + quote(table) + " AS t USING (VALUES (" + values + ")) AS s(" + aliases + ") ON "
                + key.stream()
                        .map(column -> "t." + quote(column.name()) + " = s.s" + insert.indexOf(column))
                        .collect(Collectors.joining(" AND "))
                + (update.isEmpty()
                        ? ""
                        : " WHEN MATCHED THEN UPDATE SET "
                                + update.stream()
                                        .map(column -> quote(column.name()) + " = s.s" + insert.indexOf(column))
                                        .collect(Collectors.joining(", ")))
                + " WHEN NOT MATCHED THEN INSERT (" + Statements.names(this, insert) + ") VALUES (" + aliases + ")";
    }

    @Override
    public String returning(String insert, List<ColumnInfo> columns) {
        return "SELECT " + Statements.names(this, columns) + " FROM FINAL TABLE (" + insert + ")";
    }

    @Override
    public String nextValue(String table) {
        return "SELECT \"value\" FROM FINAL TABLE (MERGE INTO " + quote(table)
                + " AS t USING (VALUES (CAST(? AS VARCHAR), CAST(? AS BIGINT))) AS s(name, start) ON t.\"name\" = s.name"
                + " WHEN MATCHED THEN UPDATE SET \"value\" = t.\"value\" + 1"
                + " WHEN NOT MATCHED THEN INSERT (\"name\", \"value\") VALUES (s.name, s.start))";
    }

    @Override
    public void lockTimeout(Connection connection, Duration timeout) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET @weir_lock_timeout = COALESCE(@weir_lock_timeout, LOCK_TIMEOUT())");
            statement.execute("SET LOCK_TIMEOUT " + Math.max(1, Math.min(timeout.toMillis(), Integer.MAX_VALUE)));
        }
    }

    @Override
    public Bulk bulk() {
        return bulk;
    }

    @Override
    public void release(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            int before;
            try (ResultSet rows = statement.executeQuery("SELECT CAST(@weir_lock_timeout AS INTEGER)")) {
                rows.next();
                before = rows.getInt(1);
                if (rows.wasNull()) {
                    return;
                }
            }
            statement.execute("SET LOCK_TIMEOUT " + before);
            statement.execute("SET @weir_lock_timeout = NULL");
        }
    }

    @Override
    String ownText(int length) {
        return length == 0 ? "CHARACTER LARGE OBJECT" : "VARCHAR(" + length + ")";
    }

    /** A type wide enough for every value of the kind: a cast to the column's own would cut what is too long. */
    private static String typed(ColumnInfo column, String ref) {
        String type = switch (column.kind()) {
            case INTEGER -> "BIGINT";
            case DECIMAL -> "DECFLOAT";
            case DOUBLE -> "DOUBLE PRECISION";
            case BOOLEAN -> "BOOLEAN";
            case TEXT -> "CHARACTER VARYING";
            case BYTES -> "BINARY VARYING";
            case UUID -> "UUID";
            case DATE -> "DATE";
            case TIME -> "TIME(9)";
            case TIMESTAMP -> "TIMESTAMP(9)";
            case INSTANT -> "TIMESTAMP(9) WITH TIME ZONE";
            case OTHER -> column.typeName();
        };
        if (column.typeName().endsWith("LARGE OBJECT")) {
            type = column.typeName();
        }
        return "CAST(" + ref + " AS " + type + ")";
    }

    /** Parameters with a type: between two without one the engine cannot choose, and beside a column it takes the column's. */
    private static final class H2AssignmentSql extends AssignmentSql {
        @Override
        String value(ColumnInfo column, String ref) {
            return typed(column, ref);
        }
    }
}
