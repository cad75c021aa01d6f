package dev.weir.db.engine;

import dev.weir.error.Failure;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/**
 * PostgreSQL. A type's name is that of {@code pg_type}, a domain's that of its base type. {@code infinity} is read as the
 * last (or first) value of the Java type, and written from it.
 */
final class PostgresDialect extends StandardDialect {
    static final PostgresDialect INSTANCE = new PostgresDialect();

    private final Bulk bulk = new PostgresBulk(this);

    private PostgresDialect() {
        super("postgresql", "bytea", "timestamptz");
    }

    @Override
    public Failure classify(SQLException error) {
        SQLException root = StandardFailure.root(error);
        String state = root.getSQLState() == null ? "" : root.getSQLState();
        if (state.startsWith("57P0") || state.equals("25P03") || state.equals("25P04")) {
            return Failure.CONNECTION;
        } else if (state.startsWith("53") || state.equals("55P03") || state.equals("57014") || state.equals("58030")) {
            return Failure.TRANSIENT;
        } else if (state.equals("44000") || state.equals("54000") || state.equals("P0001")) {
            // A view's check option, a key too long for its index, a trigger's RAISE: the row is refused by rule.
            return Failure.DATA;
        }
        return StandardFailure.classify(root);
    }

    /** Not all of class 42: a missing right, or a name that is taken (also by a pooler's statement), is another matter. */
    @Override
    public boolean schemaChanged(SQLException error) {
        SQLException root = root(error);
        return switch (StandardFailure.state(root)) {
            // Tables, columns, types, functions that are gone or ambiguous; types and collations that do not go
            // together;
            // the wrong kind of object; generated columns; the schema itself.
            case "42P01",
                    "42703",
                    "42704",
                    "42883",
                    "42702",
                    "42725",
                    "42804",
                    "42846",
                    "42P18",
                    "42P21",
                    "42P22",
                    "42809",
                    "42P10",
                    "42P17",
                    "428C9",
                    "3F000" -> true;
            // A view in place of the table, which only the words tell.
            case "55000", "0A000" -> String.valueOf(root.getMessage()).contains("view");
            default -> false;
        };
    }

    @Override
    public void checkDeferredNow(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET CONSTRAINTS ALL IMMEDIATE");
        }
    }

    @Override
    void bindValue(PreparedStatement statement, int index, ColumnInfo column, Object value) throws SQLException {
        boolean untyped = switch (column.kind()) {
            case TEXT -> PostgresText.isJson(column);
            case OTHER -> value instanceof String;
            default -> false;
        };
        if (untyped) {
            statement.setObject(index, value, Types.OTHER);
        } else if (column.kind() == ValueKind.INSTANT) {
            statement.setObject(index, offset((Instant) value));
        } else {
            super.bindValue(statement, index, column, value);
        }
    }

    @Override
    public @Nullable Object read(ResultSet rows, int index, ColumnInfo column) throws SQLException {
        if (column.kind() == ValueKind.DOUBLE && column.typeName().equals("float4")) {
            double value = rows.getFloat(index);
            return rows.wasNull() ? null : Double.valueOf(value);
        }
        return super.read(rows, index, column);
    }

    private static OffsetDateTime offset(Instant instant) {
        if (instant.equals(PostgresText.FOREVER)) {
            return OffsetDateTime.MAX;
        } else if (instant.equals(PostgresText.EVER)) {
            return OffsetDateTime.MIN;
        }
        return instant.atOffset(ZoneOffset.UTC);
    }

    @Override
    public Optional<TableInfo> describe(Connection connection, String name) throws SQLException {
        return PostgresCatalog.describe(connection, name);
    }

    @Override
    public ColumnInfo resultColumn(ResultSetMetaData answer, int index) throws SQLException {
        int jdbcType = answer.getColumnType(index);
        ValueKind kind = PlainValues.kind(jdbcType);
        return switch (jdbcType) {
            // Only here: for its own columns the driver asks the catalog before it tells the name.
            case Types.TIMESTAMP, Types.TIME, Types.OTHER -> {
                String type = answer.getColumnTypeName(index);
                yield PlainValues.column(answer.getColumnLabel(index), type, PostgresCatalog.kind(type));
            }
            case Types.REAL -> PlainValues.column(answer.getColumnLabel(index), "float4", kind);
            default -> PlainValues.column(answer.getColumnLabel(index), "", kind);
        };
    }

    @Override
    public boolean aborted(Connection connection) throws SQLException {
        return connection.isWrapperFor(BaseConnection.class)
                && connection.unwrap(BaseConnection.class).getTransactionState() == TransactionState.FAILED;
    }

    @Override
    public List<String> tableNames(Connection connection) throws SQLException {
        return PostgresCatalog.tableNames(connection);
    }

    @Override
    public String nextValue(String table) {
        return "INSERT INTO " + quote(table) + " AS own (name, value) VALUES (?, ?)"
                + " ON CONFLICT (name) DO UPDATE SET value = own.value + 1 RETURNING value";
    }

    /** The value before is kept in a setting of Weir's own, so that {@link #release} can put it back. */
    @Override
    public void lockTimeout(Connection connection, Duration timeout) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT set_config('weir.lock_timeout', coalesce("
                        + "nullif(current_setting('weir.lock_timeout', true), ''), current_setting('lock_timeout')),"
                        + " false), set_config('lock_timeout', ?, false)")) {
            statement.setString(1, Math.max(1, Math.min(timeout.toMillis(), Integer.MAX_VALUE)) + "ms");
            statement.execute();
        }
    }

    @Override
    public Bulk bulk() {
        return bulk;
    }

    @Override
    public void release(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT set_config('lock_timeout', current_setting('weir.lock_timeout'), false),"
                    + " set_config('weir.lock_timeout', '', false)"
                    + " WHERE nullif(current_setting('weir.lock_timeout', true), '') IS NOT NULL");
        }
    }

    @Override
    String ownText(int length) {
        return length == 0 ? "text" : "varchar(" + length + ") COLLATE \"C\"";
    }
}
