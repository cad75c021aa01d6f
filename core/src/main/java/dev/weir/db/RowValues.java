package dev.weir.db;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** Values of a row on their way into the program: as another type that holds the same, or not at all. */
final class RowValues {
    private RowValues() {}

    /** The value as {@code type}, which is no primitive. */
    static <T> T to(Class<T> type, Object value, String column) {
        if (type.isInstance(value)) {
            return type.cast(value);
        }
        Object converted;
        try {
            converted = convert(type, value);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    "The type must hold the column's value exactly: column=" + column + ", type=" + type.getName()
                            + ". Use a wider type.",
                    e);
        }
        if (converted == null) {
            throw new IllegalArgumentException("The type must fit the column's: column=" + column + ", type="
                    + type.getName() + ", value of " + value.getClass().getName() + ". Use that type.");
        }
        return type.cast(converted);
    }

    private static @Nullable Object convert(Class<?> type, Object value) {
        if (value instanceof Long number) {
            return fromLong(type, number);
        }
        if (value instanceof BigDecimal number) {
            return fromDecimal(type, number);
        }
        if (value instanceof Double number && type == Float.class) {
            float narrow = number.floatValue();
            if (narrow != number) {
                throw new ArithmeticException("inexact");
            }
            return narrow;
        }
        if (value instanceof Instant instant) {
            return type == LocalDateTime.class
                    ? LocalDateTime.ofInstant(instant, ZoneOffset.UTC)
                    : type == OffsetDateTime.class ? instant.atOffset(ZoneOffset.UTC) : null;
        }
        if (value instanceof LocalDateTime time) {
            return type == Instant.class
                    ? time.toInstant(ZoneOffset.UTC)
                    : type == OffsetDateTime.class ? time.atOffset(ZoneOffset.UTC) : null;
        }
        if (value instanceof String text && type.isEnum()) {
            for (Object constant : type.getEnumConstants()) {
                if (((Enum<?>) constant).name().equals(text)) {
                    return constant;
                }
            }
            throw new ArithmeticException("no such constant");
        }
        return null;
    }

    private static @Nullable Object fromLong(Class<?> type, long number) {
        if (type == Integer.class) {
            return Math.toIntExact(number);
        }
        if (type == Short.class) {
            return new BigDecimal(number).shortValueExact();
        }
        if (type == Byte.class) {
            return new BigDecimal(number).byteValueExact();
        }
        if (type == BigInteger.class) {
            return BigInteger.valueOf(number);
        }
        if (type == BigDecimal.class) {
            return BigDecimal.valueOf(number);
        }
        if (type == Double.class) {
            double nearest = number;
            if (BigDecimal.valueOf(number).compareTo(new BigDecimal(nearest)) != 0) {
                throw new ArithmeticException("inexact");
            }
            return nearest;
        }
        return null;
    }

    private static @Nullable Object fromDecimal(Class<?> type, BigDecimal number) {
        if (type == Long.class) {
            return number.longValueExact();
        }
        if (type == Integer.class) {
            return number.intValueExact();
        }
        if (type == BigInteger.class) {
            return number.toBigIntegerExact();
        }
        return type == Double.class ? number.doubleValue() : null;
    }
}
