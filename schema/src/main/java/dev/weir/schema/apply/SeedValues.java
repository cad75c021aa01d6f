package dev.weir.schema.apply;

import dev.weir.db.engine.ValueKind;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.UUID;

/** Texts of files as the values that columns hold. */
final class SeedValues {
    private SeedValues() {}

    /**
     * A text as a value.
     *
     * @throws java.time.DateTimeException if it says no time
     * @throws IllegalArgumentException if it says no id or bytes
     */
    static Object of(ValueKind kind, String text) {
        return switch (kind) {
            case DATE -> LocalDate.parse(text);
            case TIME -> LocalTime.parse(text);
            case TIMESTAMP -> hasZone(text) ? LocalDateTime.ofInstant(instant(text), ZoneOffset.UTC) : local(text);
            case INSTANT -> hasZone(text) ? instant(text) : local(text).toInstant(ZoneOffset.UTC);
            case UUID -> UUID.fromString(text);
            case BYTES -> HexFormat.of().parseHex(text.startsWith("0x") ? text.substring(2) : text);
            default -> text;
        };
    }

    /** How such a text is written. */
    static String cure(ValueKind kind) {
        return switch (kind) {
            case DATE -> "write it as 2026-01-31";
            case TIME -> "write it as 12:30:00";
            case TIMESTAMP, INSTANT -> "write it as 2026-01-31T12:30:00Z; without a zone it is UTC";
            case BYTES -> "write it in hexadecimal digits, as 0x00ff";
            default -> "correct it";
        };
    }

    private static boolean hasZone(String text) {
        return text.endsWith("Z") || text.matches(".*T?\\d\\d:\\d\\d.*[+-]\\d\\d(:?\\d\\d)?");
    }

    private static Instant instant(String text) {
        return OffsetDateTime.parse(text.replace(' ', 'T')).toInstant();
    }

    private static LocalDateTime local(String text) {
        return LocalDateTime.parse(text.replace(' ', 'T'));
    }
}
