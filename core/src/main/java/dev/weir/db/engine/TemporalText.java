package dev.weir.db.engine;

import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;

/** Dates and times as SQLite stores them: text that sorts as the times do, once a closing {@code Z} is left out. */
final class TemporalText {
    private static final DateTimeFormatter OFFSET = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
            .appendOffset("+HH:mm", "Z")
            .toFormatter(Locale.ROOT);

    private TemporalText() {}

    static String write(ColumnInfo column, Object value) throws SQLException {
        if (value instanceof LocalTime time) {
            return time(time);
        } else if (value instanceof LocalDate date) {
            return date(column, date);
        } else if (value instanceof Instant instant) {
            if (instant.getEpochSecond() < -62_167_219_200L || instant.getEpochSecond() >= 253_402_300_800L) {
                throw StandardFailure.unfit(column, "A time that is text must be of the years 0 to 9999");
            }
            LocalDateTime utc = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
            return date(column, utc.toLocalDate()) + "T" + time(utc.toLocalTime()) + "Z";
        }
        LocalDateTime local = (LocalDateTime) value;
        return date(column, local.toLocalDate()) + "T" + time(local.toLocalTime()) + "Z";
    }

    /** A time as Weir writes it, or as {@code CURRENT_TIMESTAMP} does, or with an offset. Without any zone it is UTC. */
    static Instant readInstant(String text) {
        String iso = text.replace(' ', 'T');
        if (iso.length() == 10) {
            return LocalDate.parse(iso).atStartOfDay().toInstant(ZoneOffset.UTC);
        }
        int zone = Math.max(Math.max(iso.indexOf('Z'), iso.indexOf('+')), iso.indexOf('-', 10));
        return zone < 0
                ? LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC)
                : OffsetDateTime.parse(iso, OFFSET).toInstant();
    }

    private static String date(ColumnInfo column, LocalDate date) throws SQLException {
        if (date.getYear() < 0 || date.getYear() > 9999) {
            throw StandardFailure.unfit(column, "A date that is text must be of the years 0 to 9999");
        }
        char[] text = new char[10];
        digits(text, 0, 4, date.getYear());
        text[4] = '-';
        digits(text, 5, 2, date.getMonthValue());
        text[7] = '-';
        digits(text, 8, 2, date.getDayOfMonth());
        return new String(text);
    }

    private static String time(LocalTime time) {
        char[] text = new char[time.getNano() == 0 ? 8 : 18];
        digits(text, 0, 2, time.getHour());
        text[2] = ':';
        digits(text, 3, 2, time.getMinute());
        text[5] = ':';
        digits(text, 6, 2, time.getSecond());
        if (text.length > 8) {
            text[8] = '.';
            digits(text, 9, 9, time.getNano());
        }
        return new String(text);
    }

    private static void digits(char[] text, int at, int width, int value) {
        int rest = value;
        for (int i = at + width - 1; i >= at; i--) {
            text[i] = (char) ('0' + rest % 10);
            rest /= 10;
        }
    }
}
