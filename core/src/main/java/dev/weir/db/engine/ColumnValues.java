package dev.weir.db.engine;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoField;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Values on their way into a column: turned into the canonical Java type of its {@link ValueKind}, and refused when the
 * column could not store exactly what was given. Text is never parsed and nothing is rounded or cut. Stateless.
 *
 * <p>The binary floating-point types are inexact by their nature: what they round is not refused.
 */
public final class ColumnValues {
    /** Years that every engine stores, and that sort as text. */
    private static final int FIRST_YEAR = 1;

    private static final int LAST_YEAR = 9999;

    private static final long EXACT_IN_DOUBLE = 1L << 53;
    private static final int NANO_DIGITS = 9;
    private static final int LONG_BITS = 64;
    private static final int[] POWERS = {
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000
    };

    private ColumnValues() {}

    /**
     * The value as the column stores it.
     *
     * @return an object of the canonical type; never the caller's array; null for null
     * @throws IllegalArgumentException if the column cannot store the value exactly; the message names the rule, the column
     *     and the cure, but not the value
     */
    public static @Nullable Object canonical(ColumnInfo column, @Nullable Object value) {
        if (value == null) {
            if (!column.nullable()) {
                throw refused(
                        column,
                        "takes no NULL",
                        "null",
                        column.hasDefault() ? "leave the column out to get its default" : "give a value");
            }
            return null;
        }
        return switch (column.kind()) {
            case INTEGER -> inRange(column, integer(column, value));
            case DECIMAL -> fitted(column, decimal(column, value));
            case TEXT -> fitted(column, text(column, value));
            case BYTES -> fitted(column, bytes(column, value));
            case DATE -> inYears(column, date(column, value));
            case TIME -> inScale(column, time(column, value));
            case TIMESTAMP -> inScale(column, timestamp(column, value));
            case INSTANT -> inScale(column, instant(column, value));
            case DOUBLE, BOOLEAN, UUID, OTHER -> comparable(column, value);
        };
    }

    /** The value in the column's canonical type for a comparison: it need not fit the column. */
    public static Object comparable(ColumnInfo column, Object value) {
        return switch (column.kind()) {
            case INTEGER -> integer(column, value);
            case DECIMAL -> decimal(column, value);
            case DOUBLE -> floating(column, value);
            case BOOLEAN -> {
                if (value instanceof Boolean) {
                    yield value;
                }
                throw mismatch(column, value, "a Boolean");
            }
            case TEXT -> text(column, value);
            case BYTES -> bytes(column, value);
            case UUID -> {
                if (value instanceof UUID) {
                    yield value;
                }
                throw mismatch(column, value, "a UUID; UUID.fromString reads one");
            }
            case DATE -> date(column, value);
            case TIME -> time(column, value);
            case TIMESTAMP -> timestamp(column, value);
            case INSTANT -> instant(column, value);
            case OTHER -> value;
        };
    }

    private static Long integer(ColumnInfo column, Object value) {
        if (value instanceof Long number) {
            return number;
        }
        if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        if (value instanceof BigInteger number) {
            if (number.bitLength() >= LONG_BITS) {
                throw refused(
                        column,
                        "takes integers of 64 bits",
                        "a BigInteger of " + number.bitLength() + " bits",
                        "give a smaller number");
            }
            return number.longValue();
        }
        throw mismatch(column, value, "a Long, Integer, Short, Byte or BigInteger");
    }

    private static Long inRange(ColumnInfo column, Long value) {
        Integer bits = column.precision();
        if (bits == null || bits == LONG_BITS) {
            return value;
        }
        boolean unsigned = bits % 2 != 0;
        if (unsigned && value < 0) {
            throw refused(column, "is unsigned", "a negative integer", "give a number from 0 upwards");
        }
        if (bits < LONG_BITS) {
            long limit = 1L << (bits - 1);
            if (value >= limit || value < -limit) {
                throw refused(
                        column,
                        unsigned
                                ? "takes integers from 0 to " + (limit - 1)
                                : "takes integers from " + -limit + " to " + (limit - 1),
                        "an integer outside",
                        "give a number in that range or widen the column");
            }
        }
        return value;
    }

    private static BigDecimal decimal(ColumnInfo column, Object value) {
        if (value instanceof BigDecimal number) {
            return number;
        }
        if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return BigDecimal.valueOf(((Number) value).longValue());
        }
        if (value instanceof BigInteger number) {
            return new BigDecimal(number);
        }
        if (value instanceof Double || value instanceof Float) {
            throw mismatch(column, value, "a BigDecimal or an integer; BigDecimal.valueOf turns a double into one");
        }
        throw mismatch(column, value, "a BigDecimal or an integer");
    }

    private static BigDecimal fitted(ColumnInfo column, BigDecimal value) {
        Integer scale = column.scale();
        BigDecimal fitted = value;
        if (scale != null && value.scale() != scale) {
            if (value.scale() > scale) {
                BigDecimal plain = value.stripTrailingZeros();
                if (plain.scale() > scale) {
                    throw refused(
                            column,
                            "takes " + scale + " digits after the point",
                            "a BigDecimal with " + plain.scale(),
                            "round it by setScale, naming the rounding");
                }
                fitted = plain;
            }
            // A huge negative scale would be written out digit by digit below: the precision rules first.
            checkPrecision(column, fitted, scale);
            return fitted.setScale(scale);
        }
        checkPrecision(column, fitted, scale == null ? 0 : scale);
        return fitted;
    }

    private static void checkPrecision(ColumnInfo column, BigDecimal value, int scale) {
        Integer precision = column.precision();
        if (precision == null || value.signum() == 0) {
            return;
        }
        long before = (long) value.precision() - value.scale();
        if (before > precision - scale) {
            throw refused(
                    column,
                    "takes " + (precision - scale) + " digits before the point",
                    "a number with " + before,
                    "give a smaller number or widen the column");
        }
    }

    private static Double floating(ColumnInfo column, Object value) {
        if (value instanceof Double || value instanceof Float) {
            double number = ((Number) value).doubleValue();
            if (!Double.isFinite(number)) {
                throw refused(column, "takes finite numbers", "NaN or an infinity", "give a number or null");
            }
            return number;
        }
        if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).doubleValue();
        }
        if (value instanceof Long number) {
            if (number <= EXACT_IN_DOUBLE && number >= -EXACT_IN_DOUBLE) {
                return number.doubleValue();
            }
            throw refused(
                    column,
                    "holds integers of up to 53 bits exactly",
                    "a larger Long",
                    "give a double or use a decimal column");
        }
        throw mismatch(column, value, "a Double, Float or an integer");
    }

    private static String text(ColumnInfo column, Object value) {
        if (value instanceof String text) {
            int half = halfPair(text);
            if (half >= 0) {
                throw refused(
                        column,
                        "takes Unicode text",
                        "a String of " + text.length() + " with half a surrogate pair at " + half,
                        "mend or replace that character");
            }
            return text;
        }
        if (value instanceof Enum<?> constant) {
            return constant.name();
        }
        throw mismatch(column, value, "a String or an enum constant");
    }

    private static String fitted(ColumnInfo column, String value) {
        int units = value.length();
        Integer longest = column.length();
        if (longest != null && units > longest) {
            int characters = value.codePointCount(0, units);
            if (characters > longest) {
                throw refused(
                        column,
                        "takes " + longest + " characters",
                        "a String of " + characters,
                        "shorten it or widen the column");
            }
        }
        return value;
    }

    /** Where a text has half of a surrogate pair, which no database can store; -1 if nowhere. */
    public static int halfPair(String text) {
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (Character.isSurrogate(unit)) {
                if (Character.isLowSurrogate(unit)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    return i;
                }
                i++;
            }
        }
        return -1;
    }

    private static byte[] bytes(ColumnInfo column, Object value) {
        if (value instanceof byte[] bytes) {
            return bytes.clone();
        }
        throw mismatch(column, value, "a byte[]");
    }

    private static byte[] fitted(ColumnInfo column, byte[] value) {
        Integer longest = column.length();
        if (longest != null && value.length > longest) {
            throw refused(
                    column,
                    "takes " + longest + " bytes",
                    "a byte[] of " + value.length,
                    "shorten it or widen the column");
        }
        return value;
    }

    private static LocalDate date(ColumnInfo column, Object value) {
        if (value instanceof LocalDate date) {
            return date;
        }
        if (value instanceof java.sql.Date date) {
            return date.toLocalDate();
        }
        throw mismatch(column, value, "a LocalDate");
    }

    private static LocalTime time(ColumnInfo column, Object value) {
        if (value instanceof LocalTime time) {
            return time;
        }
        throw mismatch(column, value, "a LocalTime");
    }

    private static LocalDateTime timestamp(ColumnInfo column, Object value) {
        if (value instanceof LocalDateTime time) {
            return time;
        }
        if (value instanceof Timestamp time) {
            return time.toLocalDateTime();
        }
        Instant instant = instantOf(value);
        if (instant != null) {
            return LocalDateTime.ofInstant(inYears(column, instant), ZoneOffset.UTC);
        }
        throw mismatch(column, value, "a LocalDateTime, Instant, OffsetDateTime or ZonedDateTime");
    }

    private static Instant instant(ColumnInfo column, Object value) {
        Instant instant = value instanceof Timestamp time ? time.toInstant() : instantOf(value);
        if (instant != null) {
            return inYears(column, instant);
        }
        throw mismatch(
                column,
                value,
                value instanceof LocalDateTime
                        ? "a point in time; LocalDateTime.atZone or toInstant says which one is meant"
                        : "an Instant, OffsetDateTime or ZonedDateTime");
    }

    private static @Nullable Instant instantOf(Object value) {
        if (value instanceof Instant instant) {
            return instant;
        }
        if (value instanceof OffsetDateTime time) {
            return time.toInstant();
        }
        return value instanceof ZonedDateTime time ? time.toInstant() : null;
    }

    private static final Instant BEGIN =
            LocalDateTime.of(FIRST_YEAR, 1, 1, 0, 0).toInstant(ZoneOffset.UTC);
    private static final Instant END =
            LocalDateTime.of(LAST_YEAR + 1, 1, 1, 0, 0).toInstant(ZoneOffset.UTC);

    private static Instant inYears(ColumnInfo column, Instant value) {
        if (value.isBefore(BEGIN) || !value.isBefore(END)) {
            throw outOfYears(column);
        }
        return value;
    }

    private static LocalDate inYears(ColumnInfo column, LocalDate value) {
        if (value.getYear() < FIRST_YEAR || value.getYear() > LAST_YEAR) {
            throw outOfYears(column);
        }
        return value;
    }

    private static LocalTime inScale(ColumnInfo column, LocalTime value) {
        checkScale(column, value.get(ChronoField.NANO_OF_SECOND));
        return value;
    }

    private static LocalDateTime inScale(ColumnInfo column, LocalDateTime value) {
        inYears(column, value.toLocalDate());
        checkScale(column, value.get(ChronoField.NANO_OF_SECOND));
        return value;
    }

    private static Instant inScale(ColumnInfo column, Instant value) {
        checkScale(column, value.get(ChronoField.NANO_OF_SECOND));
        return value;
    }

    private static void checkScale(ColumnInfo column, int nanos) {
        Integer scale = column.scale();
        if (scale != null && scale < NANO_DIGITS && nanos % POWERS[NANO_DIGITS - scale] != 0) {
            throw refused(
                    column,
                    "takes " + scale + " digits of a second's fraction",
                    "a time with more",
                    "use truncatedTo(ChronoUnit." + (scale >= 6 ? "MICROS" : scale >= 3 ? "MILLIS" : "SECONDS") + ")");
        }
    }

    private static IllegalArgumentException outOfYears(ColumnInfo column) {
        return refused(
                column,
                "takes the years " + FIRST_YEAR + " to " + LAST_YEAR,
                "a time outside",
                "give a time in those years or null");
    }

    private static IllegalArgumentException mismatch(ColumnInfo column, Object value, String wanted) {
        return refused(column, "takes no such type", value.getClass().getName(), "give " + wanted);
    }

    private static IllegalArgumentException refused(ColumnInfo column, String rule, String given, String cure) {
        return new IllegalArgumentException("The column " + rule + ": column=" + column.name() + ", type="
                + column.typeName() + ", given=" + given + ". Cure: " + cure + ".");
    }
}
