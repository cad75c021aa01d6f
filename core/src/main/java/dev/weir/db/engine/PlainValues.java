package dev.weir.db.engine;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Values of plain SQL, which belong to no column of the catalog: what they are says their own type, or the answer's. */
public final class PlainValues {
    private static final Map<ValueKind, ColumnInfo> NAMELESS = new EnumMap<>(ValueKind.class);

    static {
        for (ValueKind kind : ValueKind.values()) {
            NAMELESS.put(kind, column("?", "", kind));
        }
    }

    private PlainValues() {}

    public static ColumnInfo column(String name, String typeName, ValueKind kind) {
        return new ColumnInfo(name, typeName, kind, true, false, false, null, null, null, true);
    }

    /** Binds a value by its own Java type. */
    public static void bind(Dialect dialect, PreparedStatement statement, int index, @Nullable Object value)
            throws SQLException {
        if (value == null) {
            statement.setNull(index, Types.NULL);
        } else if (value instanceof String text) {
            statement.setString(index, text);
        } else if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            // As an int, not as the canonical long: functions such as substr know no other form on PostgreSQL.
            statement.setInt(index, ((Number) value).intValue());
        } else if (value instanceof Long number) {
            statement.setLong(index, number);
        } else if (value instanceof Enum<?> constant) {
            statement.setString(index, constant.name());
        } else {
            bindTyped(dialect, statement, index, value);
        }
    }

    private static void bindTyped(Dialect dialect, PreparedStatement statement, int index, Object value)
            throws SQLException {
        ValueKind kind = ValueKind.OTHER;
        Object canonical = value;
        if (value instanceof Double) {
            kind = ValueKind.DOUBLE;
        } else if (value instanceof Float number) {
            kind = ValueKind.DOUBLE;
            canonical = number.doubleValue();
        } else if (value instanceof BigDecimal) {
            kind = ValueKind.DECIMAL;
        } else if (value instanceof BigInteger number) {
            kind = ValueKind.DECIMAL;
            canonical = new BigDecimal(number);
        } else if (value instanceof Boolean) {
            kind = ValueKind.BOOLEAN;
        } else if (value instanceof byte[]) {
            kind = ValueKind.BYTES;
        } else if (value instanceof UUID) {
            kind = ValueKind.UUID;
        } else if (value instanceof LocalDate) {
            kind = ValueKind.DATE;
        } else if (value instanceof LocalTime) {
            kind = ValueKind.TIME;
        } else if (value instanceof LocalDateTime) {
            kind = ValueKind.TIMESTAMP;
        } else if (value instanceof Instant) {
            kind = ValueKind.INSTANT;
        } else if (value instanceof OffsetDateTime time) {
            kind = ValueKind.INSTANT;
            canonical = time.toInstant();
        } else if (value instanceof ZonedDateTime time) {
            kind = ValueKind.INSTANT;
            canonical = time.toInstant();
        } else if (value instanceof Timestamp time) {
            kind = ValueKind.INSTANT;
            canonical = time.toInstant();
        }
        dialect.bind(statement, index, nameless(kind), canonical);
    }

    private static ColumnInfo nameless(ValueKind kind) {
        ColumnInfo column = NAMELESS.get(kind);
        if (column == null) {
            throw new IllegalStateException("A kind without its column: kind=" + kind);
        }
        return column;
    }

    /** The columns of an answer, by what the driver says of them. */
    public static List<ColumnInfo> columns(Dialect dialect, ResultSetMetaData answer) throws SQLException {
        List<ColumnInfo> columns = new ArrayList<>(answer.getColumnCount());
        for (int i = 1; i <= answer.getColumnCount(); i++) {
            columns.add(dialect.resultColumn(answer, i));
        }
        return columns;
    }

    /** What JDBC's type numbers mean where an engine says nothing else. */
    static ValueKind kind(int jdbcType) {
        return switch (jdbcType) {
            case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT -> ValueKind.INTEGER;
            case Types.DECIMAL, Types.NUMERIC -> ValueKind.DECIMAL;
            case Types.REAL, Types.FLOAT, Types.DOUBLE -> ValueKind.DOUBLE;
            case Types.BOOLEAN, Types.BIT -> ValueKind.BOOLEAN;
            case Types.CHAR,
                    Types.VARCHAR,
                    Types.LONGVARCHAR,
                    Types.NCHAR,
                    Types.NVARCHAR,
                    Types.LONGNVARCHAR,
                    Types.CLOB -> ValueKind.TEXT;
            case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB -> ValueKind.BYTES;
            case Types.DATE -> ValueKind.DATE;
            case Types.TIME -> ValueKind.TIME;
            case Types.TIMESTAMP -> ValueKind.TIMESTAMP;
            case Types.TIMESTAMP_WITH_TIMEZONE -> ValueKind.INSTANT;
            default -> ValueKind.OTHER;
        };
    }

    /** Reads a value; what is of no known kind is taken by the type of the object that the driver gives. */
    public static @Nullable Object read(Dialect dialect, ResultSet rows, int index, ColumnInfo column)
            throws SQLException {
        if (column.kind() != ValueKind.OTHER) {
            return dialect.read(rows, index, column);
        }
        Object value = rows.getObject(index);
        if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        if (value instanceof Float number) {
            return number.doubleValue();
        }
        if (value instanceof BigInteger number) {
            return new BigDecimal(number);
        }
        if (value instanceof Timestamp time) {
            return time.toLocalDateTime();
        }
        if (value instanceof OffsetDateTime time) {
            return time.toInstant();
        }
        if (value instanceof Clob text) {
            return text.getSubString(1, Math.toIntExact(text.length()));
        }
        if (value instanceof Blob bytes) {
            return bytes.getBytes(1, Math.toIntExact(bytes.length()));
        }
        return value;
    }
}
