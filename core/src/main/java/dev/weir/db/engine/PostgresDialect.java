package dev.weir.db.engine;

import dev.weir.error.Failure;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/**
 * PostgreSQL. A type's name is that of {@code pg_type}, a domain's that of its base type. {@code infinity} is read as the
 * last (or first) value of the Java type, and written from it.
 */
final class PostgresDialect implements Dialect {
    static final PostgresDialect INSTANCE = new PostgresDialect();

    private final Bulk bulk = new PostgresBulk(this);

    private PostgresDialect() {}

    @Override
    public String name() {
        return "postgresql";
    }

    @Override
    public String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
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

    @Override
    public void bind(PreparedStatement statement, int index, ColumnInfo column, @Nullable Object value)
            throws SQLException {
        if (value == null) {
            statement.setNull(index, Types.NULL);
            return;
        }
        switch (column.kind()) {
            case INTEGER -> statement.setLong(index, (Long) value);
            case DECIMAL -> statement.setBigDecimal(index, (BigDecimal) value);
            case DOUBLE -> statement.setDouble(index, (Double) value);
            case BOOLEAN -> statement.setBoolean(index, (Boolean) value);
            case BYTES -> statement.setBytes(index, (byte[]) value);
            case UUID, DATE, TIME, TIMESTAMP -> statement.setObject(index, value);
            case INSTANT -> statement.setObject(index, offset((Instant) value));
            case TEXT -> {
                if (PostgresText.isJson(column)) {
                    statement.setObject(index, value, Types.OTHER);
                } else {
                    statement.setString(index, (String) value);
                }
            }
            case OTHER -> {
                if (value instanceof String) {
                    statement.setObject(index, value, Types.OTHER);
                } else {
                    statement.setObject(index, value);
                }
            }
        }
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
    public @Nullable Object read(ResultSet rows, int index, ColumnInfo column) throws SQLException {
        return switch (column.kind()) {
            case INTEGER -> {
                long value = rows.getLong(index);
                yield rows.wasNull() ? null : Long.valueOf(value);
            }
            case DECIMAL -> rows.getBigDecimal(index);
            case DOUBLE -> {
                double value = column.typeName().equals("float4") ? rows.getFloat(index) : rows.getDouble(index);
                yield rows.wasNull() ? null : Double.valueOf(value);
            }
            case BOOLEAN -> {
                boolean value = rows.getBoolean(index);
                yield rows.wasNull() ? null : Boolean.valueOf(value);
            }
            case TEXT -> rows.getString(index);
            case BYTES -> rows.getBytes(index);
            case UUID -> rows.getObject(index, UUID.class);
            case DATE -> rows.getObject(index, LocalDate.class);
            case TIME -> rows.getObject(index, LocalTime.class);
            case TIMESTAMP -> rows.getObject(index, LocalDateTime.class);
            case INSTANT -> {
                OffsetDateTime value = rows.getObject(index, OffsetDateTime.class);
                yield value == null ? null : value.toInstant();
            }
            case OTHER -> rows.getObject(index);
        };
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
    public String limit(String select, @Nullable Long limit, @Nullable Long offset) {
        return select + (limit == null ? "" : " LIMIT " + limit) + (offset == null ? "" : " OFFSET " + offset);
    }

    @Override
    public String upsert(TableInfo table, List<ColumnInfo> insert, List<ColumnInfo> key, List<ColumnInfo> update) {
        return Statements.insert(this, table, insert, 1) + " ON CONFLICT (" + Statements.names(this, key) + ") DO "
                + (update.isEmpty()
                        ? "NOTHING"
                        : "UPDATE SET "
                                + update.stream()
                                        .map(column -> quote(column.name()) + " = excluded." + quote(column.name()))
                                        .collect(Collectors.joining(", ")));
    }

    @Override
    public String returning(String insert, List<ColumnInfo> columns) {
        return insert + " RETURNING " + Statements.names(this, columns);
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
    public void prepareForFlush(Connection connection) {
        Objects.requireNonNull(connection, "connection");
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
    public String createOwnTable(String table, List<OwnColumn> columns, List<String> primaryKey) {
        List<String> lines = new ArrayList<>();
        for (OwnColumn column : columns) {
            String type = switch (column.kind()) {
                case INTEGER -> "bigint";
                case TEXT -> column.length() == 0 ? "text" : "varchar(" + column.length() + ") COLLATE \"C\"";
                case BYTES -> "bytea";
                case INSTANT -> "timestamptz";
                default -> throw new IllegalArgumentException("An own table knows few kinds: kind=" + column.kind());
            };
            lines.add(quote(column.name()) + " " + type + (column.nullable() ? "" : " NOT NULL"));
        }
        lines.add("PRIMARY KEY (" + primaryKey.stream().map(this::quote).collect(Collectors.joining(", ")) + ")");
        return "CREATE TABLE IF NOT EXISTS " + quote(table) + " (\n  " + String.join(",\n  ", lines) + "\n)";
    }
}
