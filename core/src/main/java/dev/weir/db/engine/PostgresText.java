package dev.weir.db.engine;

import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Values as elements of PostgreSQL's arrays. */
final class PostgresText {
    /** What the driver makes of {@code infinity} in a timestamp with time zone. */
    static final Instant FOREVER = OffsetDateTime.MAX.toInstant();

    static final Instant EVER = OffsetDateTime.MIN.toInstant();

    private PostgresText() {}

    static boolean isJson(ColumnInfo column) {
        return column.typeName().equals("json") || column.typeName().equals("jsonb");
    }

    /**
     * The type in which the values of a column travel: without length or precision, so that a value that does not fit is
     * refused when it is assigned, where an explicit cast would cut it. Null if there is none.
     */
    static @Nullable String travelType(ColumnInfo column) {
        return switch (column.kind()) {
            case INTEGER -> "int8";
            case DECIMAL -> "numeric";
            case DOUBLE -> "float8";
            case BOOLEAN -> "bool";
            case TEXT -> "text";
            case BYTES -> "bytea";
            case UUID -> "uuid";
            case DATE -> "date";
            case TIME -> "time";
            case TIMESTAMP -> "timestamp";
            case INSTANT -> "timestamptz";
            case OTHER -> null;
        };
    }

    static void bindArray(PreparedStatement statement, int index, ColumnInfo column, Values values)
            throws SQLException {
        if (values instanceof Values.Longs longs) {
            // The driver takes the primitive array as it is, in binary.
            statement.setObject(
                    index,
                    longs.size() == longs.data().length ? longs.data() : Arrays.copyOf(longs.data(), longs.size()));
            return;
        }
        String type = requireTravelType(column);
        Array array = statement.getConnection().createArrayOf(type, elements(column, values));
        statement.setArray(index, array);
    }

    static String requireTravelType(ColumnInfo column) throws SQLException {
        String type = travelType(column);
        if (type == null) {
            throw new SQLException(
                    "Weir does not write columns of this type in bulk: column=" + column.name() + ", type="
                            + column.typeName(),
                    "0A000");
        }
        return type;
    }

    private static @Nullable Object[] elements(ColumnInfo column, Values values) throws SQLException {
        int rows = values.size();
        @Nullable Object[] elements = switch (column.kind()) {
            case INTEGER -> new Long[rows];
            case DOUBLE -> new Double[rows];
            case BOOLEAN -> new Boolean[rows];
            case BYTES -> new byte[rows][];
            default -> new String[rows];
        };
        boolean asText = elements instanceof String[];
        for (int row = 0; row < rows; row++) {
            Object value = values.get(row);
            elements[row] = value == null || !asText ? value : text(column, value);
        }
        return elements;
    }

    private static String text(ColumnInfo column, Object value) throws SQLException {
        if (value instanceof LocalDate date) {
            return date.equals(LocalDate.MAX) ? "infinity" : date.equals(LocalDate.MIN) ? "-infinity" : date(date, "");
        } else if (value instanceof LocalTime time) {
            requireMicros(column, time.getNano());
            return time.toString();
        } else if (value instanceof LocalDateTime local) {
            requireMicros(column, local.equals(LocalDateTime.MAX) ? 0 : local.getNano());
            return local.equals(LocalDateTime.MAX)
                    ? "infinity"
                    : local.equals(LocalDateTime.MIN)
                            ? "-infinity"
                            : date(local.toLocalDate(), " " + local.toLocalTime());
        } else if (value instanceof Instant instant) {
            if (instant.equals(FOREVER) || instant.equals(EVER)) {
                return instant.equals(FOREVER) ? "infinity" : "-infinity";
            }
            requireMicros(column, instant.getNano());
            OffsetDateTime utc = instant.atOffset(ZoneOffset.UTC);
            return date(utc.toLocalDate(), " " + utc.toLocalTime() + "+00");
        }
        return value.toString();
    }

    private static String date(LocalDate date, String time) {
        int year = date.get(ChronoField.YEAR_OF_ERA);
        String digits = year < 1000 ? "0".repeat(year < 10 ? 3 : year < 100 ? 2 : 1) + year : String.valueOf(year);
        String month = (date.getMonthValue() < 10 ? "-0" : "-") + date.getMonthValue();
        String day = (date.getDayOfMonth() < 10 ? "-0" : "-") + date.getDayOfMonth();
        return digits + month + day + time + (date.getYear() <= 0 ? " BC" : "");
    }

    static void requireMicros(ColumnInfo column, int nanos) throws SQLException {
        if (nanos % 1_000 != 0) {
            throw StandardFailure.unfit(column, "PostgreSQL keeps times to the microsecond");
        }
    }
}
