package dev.weir.db.engine;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Rows in the format of PostgreSQL's binary COPY. One instance serves one COPY; it is not thread-safe.
 *
 * <p>The format: https://www.postgresql.org/docs/18/sql-copy.html; a value is what its type's receive function takes.
 */
final class PostgresCopy {
    private static final byte[] HEADER = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0};
    private static final int CHUNK = 1 << 16;

    /** More than any value of a fixed-size type takes, length included. */
    private static final int ROOM = 32;

    private static final long EPOCH_DAY_2000 = 10_957;
    private static final long EPOCH_SECOND_2000 = 946_684_800;
    private static final BigInteger LONGEST = BigInteger.valueOf(Long.MAX_VALUE / 1_000);

    private enum Encoding {
        INT2,
        INT4,
        INT8,
        NUMERIC,
        FLOAT4,
        FLOAT8,
        BOOL,
        TEXT,
        JSONB,
        BYTEA,
        UUID,
        DATE,
        TIME,
        TIMESTAMP,
        TIMESTAMPTZ
    }

    private final CopyIn copy;
    private byte[] buffer = new byte[CHUNK + 1024];
    private int position;

    private PostgresCopy(CopyIn copy) {
        this.copy = copy;
    }

    /** Whether the driver's own connection is behind this one. */
    static boolean available(Connection connection) throws SQLException {
        try {
            return connection.isWrapperFor(PGConnection.class);
        } catch (LinkageError e) {
            return false;
        }
    }

    static boolean encodes(ColumnInfo column) {
        return encoding(column) != null;
    }

    /** Sends the rows in the types of their columns. Answers how many rows the server took. */
    static long copy(Connection connection, String sql, List<ColumnInfo> columns, List<Values> values)
            throws SQLException {
        return copyRows(
                connection,
                sql,
                columns,
                columns.stream().map(PostgresCopy::encoding).toArray(Encoding[]::new),
                values);
    }

    /** Sends the rows in the types of {@link PostgresText#travelType}. */
    static long copyTravelling(Connection connection, String sql, List<ColumnInfo> columns, List<Values> values)
            throws SQLException {
        return copyRows(
                connection,
                sql,
                columns,
                columns.stream().map(column -> travelling(column.kind())).toArray(Encoding[]::new),
                values);
    }

    private static long copyRows(
            Connection connection, String sql, List<ColumnInfo> columns, Encoding[] encodings, List<Values> values)
            throws SQLException {
        CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql);
        try {
            PostgresCopy rows = new PostgresCopy(copy);
            rows.header();
            rows.write(columns.toArray(ColumnInfo[]::new), encodings, values.toArray(Values[]::new));
            rows.trailer();
            return copy.endCopy();
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    private void header() {
        System.arraycopy(HEADER, 0, buffer, 0, HEADER.length);
        position = HEADER.length;
        putInt(0);
        putInt(0);
    }

    private void trailer() throws SQLException {
        room(ROOM);
        putShort(-1);
        send();
        copy.flushCopy();
    }

    private void write(ColumnInfo[] columns, Encoding[] encodings, Values[] values) throws SQLException {
        int rows = values[0].size();
        long[] @Nullable [] longs = new long[values.length] @Nullable [];
        for (int i = 0; i < values.length; i++) {
            longs[i] = values[i] instanceof Values.Longs plain ? plain.data() : null;
        }
        for (int row = 0; row < rows; row++) {
            room(ROOM);
            putShort(values.length);
            for (int i = 0; i < values.length; i++) {
                room(ROOM);
                if (longs[i] != null) {
                    putInteger(columns[i], encodings[i], longs[i][row]);
                    continue;
                }
                Object value = values[i].get(row);
                if (value == null) {
                    putInt(-1);
                } else {
                    put(columns[i], encodings[i], value);
                }
            }
        }
    }

    private void put(ColumnInfo column, Encoding encoding, Object value) throws SQLException {
        switch (encoding) {
            case INT2, INT4, INT8 -> putInteger(column, encoding, (Long) value);
            case NUMERIC -> putNumeric(column, (BigDecimal) value);
            case FLOAT4 -> {
                putInt(4);
                putInt(Float.floatToIntBits(single(column, (Double) value)));
            }
            case FLOAT8 -> {
                putInt(8);
                putLong(Double.doubleToLongBits((Double) value));
            }
            case BOOL -> {
                putInt(1);
                buffer[position++] = (byte) ((Boolean) value ? 1 : 0);
            }
            case TEXT -> putBytes(((String) value).getBytes(StandardCharsets.UTF_8));
            case JSONB -> {
                byte[] text = ((String) value).getBytes(StandardCharsets.UTF_8);
                putInt(text.length + 1);
                buffer[position++] = 1;
                putRaw(text);
            }
            case BYTEA -> putBytes((byte[]) value);
            case UUID -> {
                UUID uuid = (UUID) value;
                putInt(16);
                putLong(uuid.getMostSignificantBits());
                putLong(uuid.getLeastSignificantBits());
            }
            case DATE -> {
                putInt(4);
                putInt(date(column, (LocalDate) value));
            }
            case TIME -> {
                LocalTime time = (LocalTime) value;
                PostgresText.requireMicros(column, time.getNano());
                putInt(8);
                putLong(time.toNanoOfDay() / 1_000);
            }
            case TIMESTAMP -> {
                LocalDateTime local = (LocalDateTime) value;
                putInt(8);
                putLong(
                        local.equals(LocalDateTime.MAX)
                                ? Long.MAX_VALUE
                                : local.equals(LocalDateTime.MIN)
                                        ? Long.MIN_VALUE
                                        : micros(column, local.toEpochSecond(ZoneOffset.UTC), local.getNano()));
            }
            case TIMESTAMPTZ -> {
                Instant instant = (Instant) value;
                putInt(8);
                putLong(
                        instant.equals(PostgresText.FOREVER)
                                ? Long.MAX_VALUE
                                : instant.equals(PostgresText.EVER)
                                        ? Long.MIN_VALUE
                                        : micros(column, instant.getEpochSecond(), instant.getNano()));
            }
        }
    }

    private void putInteger(ColumnInfo column, Encoding encoding, long value) throws SQLException {
        if (encoding == Encoding.INT8) {
            putInt(8);
            putLong(value);
        } else if (encoding == Encoding.INT4 && (int) value == value) {
            putInt(4);
            putInt((int) value);
        } else if (encoding == Encoding.INT2 && (short) value == value) {
            putInt(2);
            putShort((short) value);
        } else {
            throw StandardFailure.unfit(column, "An integer must be in the range of its column's type");
        }
    }

    /** Digits to the base of 10,000, the first one's weight, the sign, and how many decimal digits follow the point. */
    private void putNumeric(ColumnInfo column, BigDecimal given) throws SQLException {
        BigDecimal value = given.scale() < 0 ? given.setScale(0) : given;
        int scale = value.scale();
        if (scale > 16_383 || value.precision() - scale > 131_072) {
            throw StandardFailure.unfit(column, "A numeric has at most 131072 digits before and 16383 after the point");
        }
        int padding = (4 - scale % 4) % 4;
        BigInteger unscaled = value.unscaledValue();
        BigInteger magnitude = unscaled.abs();
        short[] digits;
        int count = 0;
        if (magnitude.compareTo(LONGEST) <= 0) {
            long rest = magnitude.longValue() * (padding == 0 ? 1 : padding == 1 ? 10 : padding == 2 ? 100 : 1_000);
            digits = new short[5];
            for (; rest > 0; rest /= 10_000) {
                digits[count++] = (short) (rest % 10_000);
            }
        } else {
            String text = magnitude + "0".repeat(padding);
            digits = new short[text.length() / 4 + 1];
            for (int end = text.length(); end > 0; end -= 4) {
                digits[count++] = Short.parseShort(text.substring(Math.max(0, end - 4), end));
            }
        }
        int weight = count == 0 ? 0 : count - 1 - (scale + padding) / 4;
        int last = 0;
        while (last < count && digits[last] == 0) {
            last++;
        }
        int sent = count - last;
        room(ROOM + 2 * sent);
        putInt(8 + 2 * sent);
        putShort(sent);
        putShort(weight);
        putShort(unscaled.signum() < 0 ? 0x4000 : 0);
        putShort(scale);
        for (int i = count - 1; i >= last; i--) {
            putShort(digits[i]);
        }
    }

    private static float single(ColumnInfo column, double value) throws SQLException {
        float single = (float) value;
        if ((Float.isInfinite(single) && !Double.isInfinite(value)) || (single == 0 && value != 0)) {
            throw StandardFailure.unfit(column, "A real must be in the range of its column's type");
        }
        return single;
    }

    private static int date(ColumnInfo column, LocalDate date) throws SQLException {
        if (date.equals(LocalDate.MAX)) {
            return Integer.MAX_VALUE;
        } else if (date.equals(LocalDate.MIN)) {
            return Integer.MIN_VALUE;
        }
        long days = date.toEpochDay() - EPOCH_DAY_2000;
        if (days <= Integer.MIN_VALUE || days >= Integer.MAX_VALUE) {
            throw StandardFailure.unfit(column, "A date must be in the range of its column's type");
        }
        return (int) days;
    }

    private static long micros(ColumnInfo column, long epochSecond, int nanos) throws SQLException {
        PostgresText.requireMicros(column, nanos);
        try {
            return Math.addExact(Math.multiplyExact(epochSecond - EPOCH_SECOND_2000, 1_000_000L), nanos / 1_000);
        } catch (ArithmeticException e) {
            throw StandardFailure.unfit(column, "A timestamp must be in the range of its column's type");
        }
    }

    private void putBytes(byte[] bytes) throws SQLException {
        putInt(bytes.length);
        putRaw(bytes);
    }

    private void putRaw(byte[] bytes) throws SQLException {
        if (bytes.length > CHUNK) {
            send();
            copy.writeToCopy(bytes, 0, bytes.length);
            return;
        }
        room(bytes.length);
        System.arraycopy(bytes, 0, buffer, position, bytes.length);
        position += bytes.length;
    }

    private void room(int bytes) throws SQLException {
        if (buffer.length - position < bytes) {
            send();
            if (buffer.length < bytes) {
                buffer = Arrays.copyOf(buffer, bytes);
            }
        }
    }

    private void send() throws SQLException {
        copy.writeToCopy(buffer, 0, position);
        position = 0;
    }

    private void putShort(int value) {
        buffer[position] = (byte) (value >> 8);
        buffer[position + 1] = (byte) value;
        position += 2;
    }

    private void putInt(int value) {
        buffer[position] = (byte) (value >> 24);
        buffer[position + 1] = (byte) (value >> 16);
        buffer[position + 2] = (byte) (value >> 8);
        buffer[position + 3] = (byte) value;
        position += 4;
    }

    private void putLong(long value) {
        putInt((int) (value >> 32));
        putInt((int) value);
    }

    private static @Nullable Encoding encoding(ColumnInfo column) {
        return switch (column.typeName()) {
            case "int2" -> Encoding.INT2;
            case "int4" -> Encoding.INT4;
            case "int8" -> Encoding.INT8;
            case "numeric" -> Encoding.NUMERIC;
            case "float4" -> Encoding.FLOAT4;
            case "float8" -> Encoding.FLOAT8;
            case "bool" -> Encoding.BOOL;
            case "text", "varchar", "bpchar", "citext", "json" -> Encoding.TEXT;
            case "jsonb" -> Encoding.JSONB;
            case "bytea" -> Encoding.BYTEA;
            case "uuid" -> Encoding.UUID;
            case "date" -> Encoding.DATE;
            case "time" -> Encoding.TIME;
            case "timestamp" -> Encoding.TIMESTAMP;
            case "timestamptz" -> Encoding.TIMESTAMPTZ;
            default -> null;
        };
    }

    private static Encoding travelling(ValueKind kind) {
        return switch (kind) {
            case INTEGER -> Encoding.INT8;
            case DECIMAL -> Encoding.NUMERIC;
            case DOUBLE -> Encoding.FLOAT8;
            case BOOLEAN -> Encoding.BOOL;
            case TEXT -> Encoding.TEXT;
            case BYTES -> Encoding.BYTEA;
            case UUID -> Encoding.UUID;
            case DATE -> Encoding.DATE;
            case TIME -> Encoding.TIME;
            case TIMESTAMP -> Encoding.TIMESTAMP;
            case INSTANT -> Encoding.TIMESTAMPTZ;
            case OTHER -> throw new IllegalArgumentException("No type for this kind: kind=" + kind);
        };
    }
}
