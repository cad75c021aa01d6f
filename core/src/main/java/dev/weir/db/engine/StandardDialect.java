package dev.weir.db.engine;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What most engines and their drivers have in common: an engine's dialect overrides what differs. */
abstract class StandardDialect implements Dialect {
    private final String name;
    private final String ownBytes;
    private final String ownInstant;

    /**
     * For an engine.
     *
     * @param ownBytes the type of bytes in Weir's own tables
     * @param ownInstant the type of points in time there
     */
    StandardDialect(String name, String ownBytes, String ownInstant) {
        this.name = name;
        this.ownBytes = ownBytes;
        this.ownInstant = ownInstant;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    @Override
    public final void bind(PreparedStatement statement, int index, ColumnInfo column, @Nullable Object value)
            throws SQLException {
        if (value == null) {
            statement.setNull(index, Types.NULL);
        } else {
            bindValue(statement, index, column, value);
        }
    }

    void bindValue(PreparedStatement statement, int index, ColumnInfo column, Object value) throws SQLException {
        switch (column.kind()) {
            case INTEGER -> statement.setLong(index, (Long) value);
            case DECIMAL -> statement.setBigDecimal(index, (BigDecimal) value);
            case DOUBLE -> statement.setDouble(index, (Double) value);
            case BOOLEAN -> statement.setBoolean(index, (Boolean) value);
            case TEXT -> statement.setString(index, (String) value);
            case BYTES -> statement.setBytes(index, (byte[]) value);
            case INSTANT -> statement.setObject(index, ((Instant) value).atOffset(ZoneOffset.UTC));
            case UUID, DATE, TIME, TIMESTAMP, OTHER -> statement.setObject(index, value);
        }
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
                double value = rows.getDouble(index);
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
    public String limit(String select, @Nullable Long limit, @Nullable Long offset) {
        return select + (limit == null ? "" : " LIMIT " + limit) + (offset == null ? "" : " OFFSET " + offset);
    }

    @Override
    public String upsert(TableInfo table, List<ColumnInfo> insert, List<ColumnInfo> key, List<ColumnInfo> update) {
        return insert(table, insert, 1) + " ON CONFLICT (" + Statements.names(this, key) + ") DO "
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
    public void prepareForFlush(Connection connection) throws SQLException {
        Objects.requireNonNull(connection, "connection");
    }

    @Override
    public final String createOwnTable(String table, List<OwnColumn> columns, List<String> primaryKey) {
        List<String> lines = new ArrayList<>();
        for (OwnColumn column : columns) {
            lines.add(quote(column.name()) + " " + ownType(column));
        }
        lines.add("PRIMARY KEY (" + primaryKey.stream().map(this::quote).collect(Collectors.joining(", ")) + ")");
        return "CREATE TABLE IF NOT EXISTS " + quote(table) + " (\n  " + String.join(",\n  ", lines) + "\n)"
                + ownTableOptions();
    }

    /** The type of a column of one of Weir's own tables, and whether it takes NULL. */
    String ownType(OwnColumn column) {
        String type = switch (column.kind()) {
            case INTEGER -> "bigint";
            case TEXT -> ownText(column.length());
            case BYTES -> ownBytes;
            case INSTANT -> ownInstant;
            default -> throw new IllegalArgumentException("An own table knows few kinds: kind=" + column.kind());
        };
        return type + (column.nullable() ? "" : " NOT NULL");
    }

    /** A text that compares byte for byte; of any length, and never compared, if {@code length} is 0. */
    abstract String ownText(int length);

    /** What follows the closing parenthesis. */
    String ownTableOptions() {
        return "";
    }
}
