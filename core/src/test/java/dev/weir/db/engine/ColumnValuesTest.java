package dev.weir.db.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ColumnValuesTest {
    private static final Instant AT = Instant.parse("2000-10-10T20:55:36.123456Z");

    private static ColumnInfo column(
            ValueKind kind, @Nullable Integer length, @Nullable Integer precision, @Nullable Integer scale) {
        return new ColumnInfo("c", "declared", kind, true, false, false, length, precision, scale, true);
    }

    private static ColumnInfo column(ValueKind kind) {
        return column(kind, null, null, null);
    }

    private static void accepts(ColumnInfo column, Object given, Object canonical) {
        assertThat(ColumnValues.canonical(column, given)).isEqualTo(canonical).hasSameClassAs(canonical);
    }

    private static void refuses(ColumnInfo column, Object given, String... parts) {
        assertThatThrownBy(() -> ColumnValues.canonical(column, given))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("column=c")
                .hasMessageContaining("Cure:")
                .hasMessageContainingAll(parts);
    }

    @Test
    void integers_ofAnyJavaType_becomeLongs() {
        ColumnInfo column = column(ValueKind.INTEGER, null, 64, null);
        accepts(column, 5, 5L);
        accepts(column, (short) -5, -5L);
        accepts(column, (byte) 5, 5L);
        accepts(column, Long.MIN_VALUE, Long.MIN_VALUE);
        accepts(column, BigInteger.valueOf(Long.MAX_VALUE), Long.MAX_VALUE);
        accepts(column, BigInteger.valueOf(Long.MIN_VALUE), Long.MIN_VALUE);
        refuses(column, BigInteger.ONE.shiftLeft(63), "64 bits", "BigInteger of 64 bits");
        refuses(column, "5", "java.lang.String");
        refuses(column, 5.0, "java.lang.Double");
        refuses(column, BigDecimal.ONE, "java.math.BigDecimal");
        refuses(column, true, "java.lang.Boolean");
    }

    @Test
    void integers_areHeldToTheColumnsBits() {
        ColumnInfo small = column(ValueKind.INTEGER, null, 16, null);
        accepts(small, 32_767, 32_767L);
        accepts(small, -32_768, -32_768L);
        refuses(small, 32_768, "-32768 to 32767");
        refuses(small, -32_769L, "-32768 to 32767");
        ColumnInfo unsigned = column(ValueKind.INTEGER, null, 33, null);
        accepts(unsigned, 4_294_967_295L, 4_294_967_295L);
        accepts(unsigned, 0, 0L);
        refuses(unsigned, 4_294_967_296L, "0 to 4294967295");
        refuses(unsigned, -1, "unsigned");
        ColumnInfo huge = column(ValueKind.INTEGER, null, 65, null);
        accepts(huge, Long.MAX_VALUE, Long.MAX_VALUE);
        refuses(huge, -1L, "unsigned");
    }

    @Test
    void decimals_getTheColumnsScale_andLoseNothing() {
        ColumnInfo column = column(ValueKind.DECIMAL, null, 5, 2);
        accepts(column, new BigDecimal("1"), new BigDecimal("1.00"));
        accepts(column, new BigDecimal("1.500"), new BigDecimal("1.50"));
        accepts(column, 999, new BigDecimal("999.00"));
        accepts(column, BigInteger.TEN, new BigDecimal("10.00"));
        accepts(column, new BigDecimal("-999.99"), new BigDecimal("-999.99"));
        accepts(column, new BigDecimal("0E+5"), new BigDecimal("0.00"));
        refuses(column, new BigDecimal("1.005"), "2 digits after the point", "with 3");
        refuses(column, new BigDecimal("1000"), "3 digits before the point", "with 4");
        refuses(column, new BigDecimal("1E+1000000000"), "before the point");
        refuses(column, new BigDecimal("1E-1000000000"), "after the point");
        refuses(column, 1.5, "java.lang.Double", "BigDecimal");
        refuses(column, "1.5", "java.lang.String");
        accepts(column(ValueKind.DECIMAL), new BigDecimal("1.50"), new BigDecimal("1.50"));
    }

    @Test
    void doubles_takeFiniteNumbers_andIntegersThatFit() {
        ColumnInfo column = column(ValueKind.DOUBLE);
        accepts(column, 0.1, 0.1);
        accepts(column, 1.5f, 1.5);
        accepts(column, 7, 7.0);
        accepts(column, 1L << 53, 0x1p53);
        refuses(column, (1L << 53) + 1, "53 bits");
        refuses(column, Double.NaN, "finite");
        refuses(column, Double.POSITIVE_INFINITY, "finite");
        refuses(column, BigDecimal.ONE, "java.math.BigDecimal");
    }

    @Test
    void text_isCountedInCharacters_andIsUnicode() {
        ColumnInfo column = column(ValueKind.TEXT, 3, null, null);
        accepts(column, "abc", "abc");
        accepts(column, "\uD83D\uDE00\uD83D\uDE00\uD83D\uDE00", "\uD83D\uDE00\uD83D\uDE00\uD83D\uDE00");
        accepts(column, Size.XL, "XL");
        refuses(column, "abcd", "3 characters", "String of 4");
        refuses(column, "a\uD83D", "surrogate");
        refuses(column, "\uDE00a", "surrogate");
        refuses(column, 5, "java.lang.Integer");
        refuses(column, 'a', "java.lang.Character");
    }

    private enum Size {
        XL
    }

    @Test
    void bytes_areCopied_andCounted() {
        ColumnInfo column = column(ValueKind.BYTES, 2, null, null);
        byte[] given = {1, 2};
        Object canonical = ColumnValues.canonical(column, given);
        assertThat(canonical).isEqualTo(new byte[] {1, 2}).isNotSameAs(given);
        refuses(column, new byte[3], "2 bytes", "byte[] of 3");
        refuses(column, "ab", "java.lang.String");
    }

    @Test
    void times_meanOnePointOrOneReading() {
        ColumnInfo instant = column(ValueKind.INSTANT, null, null, 6);
        accepts(instant, AT, AT);
        accepts(instant, OffsetDateTime.parse("2000-10-10T22:55:36.123456+02:00"), AT);
        accepts(instant, ZonedDateTime.ofInstant(AT, ZoneId.of("Europe/Berlin")), AT);
        accepts(instant, Timestamp.from(AT), AT);
        refuses(instant, LocalDateTime.parse("2000-10-10T20:55:36"), "java.time.LocalDateTime", "atZone");
        refuses(instant, "2000-10-10T20:55:36Z", "java.lang.String");
        ColumnInfo timestamp = column(ValueKind.TIMESTAMP, null, null, 6);
        LocalDateTime reading = LocalDateTime.parse("2000-10-10T20:55:36.123456");
        accepts(timestamp, reading, reading);
        accepts(timestamp, AT, reading);
        accepts(timestamp, OffsetDateTime.parse("2000-10-10T22:55:36.123456+02:00"), reading);
        accepts(timestamp, Timestamp.valueOf(reading), reading);
        ColumnInfo date = column(ValueKind.DATE);
        accepts(date, LocalDate.of(2000, 2, 29), LocalDate.of(2000, 2, 29));
        refuses(date, AT, "java.time.Instant");
        accepts(column(ValueKind.TIME, null, null, 0), LocalTime.of(1, 2, 3), LocalTime.of(1, 2, 3));
    }

    @Test
    void times_finerThanTheColumn_orOutOfItsYears_areRefused() {
        refuses(column(ValueKind.INSTANT, null, null, 3), AT, "3 digits", "MILLIS");
        refuses(column(ValueKind.INSTANT, null, null, 0), AT, "0 digits", "SECONDS");
        refuses(column(ValueKind.INSTANT, null, null, 6), AT.plusNanos(1), "MICROS");
        accepts(column(ValueKind.INSTANT, null, null, 9), AT.plusNanos(1), AT.plusNanos(1));
        refuses(column(ValueKind.TIME, null, null, 0), LocalTime.of(1, 2, 3, 1), "0 digits");
        refuses(column(ValueKind.TIMESTAMP, null, null, 0), AT, "0 digits");
        refuses(column(ValueKind.INSTANT), Instant.MAX, "1 to 9999");
        refuses(column(ValueKind.TIMESTAMP), Instant.MIN, "1 to 9999");
        refuses(column(ValueKind.TIMESTAMP), LocalDateTime.MAX, "1 to 9999");
        refuses(column(ValueKind.DATE), LocalDate.of(10_000, 1, 1), "1 to 9999");
        refuses(column(ValueKind.DATE), LocalDate.of(0, 1, 1), "1 to 9999");
    }

    @Test
    void otherKinds_takeTheirOwnType() {
        UUID uuid = UUID.randomUUID();
        accepts(column(ValueKind.UUID), uuid, uuid);
        refuses(column(ValueKind.UUID), uuid.toString(), "java.lang.String", "UUID.fromString");
        accepts(column(ValueKind.BOOLEAN), true, true);
        refuses(column(ValueKind.BOOLEAN), 1, "java.lang.Integer");
        Object anything = new Object();
        assertThat(ColumnValues.canonical(column(ValueKind.OTHER), anything)).isSameAs(anything);
    }

    @Test
    void null_isForNullableColumns() {
        assertThat(ColumnValues.canonical(column(ValueKind.TEXT), null)).isNull();
        ColumnInfo required = new ColumnInfo("c", "text", ValueKind.TEXT, false, true, false, null, null, null, true);
        assertThatThrownBy(() -> ColumnValues.canonical(required, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("column=c")
                .hasMessageContaining("default");
    }

    @Test
    void messages_doNotHoldTheValue() {
        assertThatThrownBy(() -> ColumnValues.canonical(column(ValueKind.TEXT, 3, null, null), "secret"))
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> ColumnValues.canonical(column(ValueKind.INTEGER, null, 16, null), 987_654_321))
                .hasMessageNotContaining("987");
    }

    @Test
    void comparisons_takeValuesThatTheColumnCouldNotHold() {
        assertThat(ColumnValues.comparable(column(ValueKind.INTEGER, null, 16, null), 70_000))
                .isEqualTo(70_000L);
        assertThat(ColumnValues.comparable(column(ValueKind.TEXT, 1, null, null), "abc"))
                .isEqualTo("abc");
        assertThatThrownBy(() -> ColumnValues.comparable(column(ValueKind.INTEGER), "5"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
