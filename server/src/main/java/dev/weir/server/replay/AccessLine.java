package dev.weir.server.replay;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One line of an access log in Common or Combined Log Format, parsed in place: a view of the bytes that were last given to
 * {@link #parse}, to be used again for the next line. The bytes must not change while the view is read. Not thread-safe.
 */
public final class AccessLine {
    /** The longest line, in bytes without its line end. */
    public static final int MAX_LINE_BYTES = 64 * 1024;

    /** The longest path and the longest address, in characters (code points). */
    public static final int MAX_KEY_CHARACTERS = 512;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long SIGNS = 0x8080808080808080L;

    /** Length of {@code 10/Oct/2000:13:55:36 -0700]}, the bracket included. */
    private static final int DATE_BYTES = 27;

    private static final long MIN_SECOND = Instant.parse("0001-01-01T00:00:00Z").getEpochSecond();
    private static final long MAX_SECOND = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();

    private byte[] data = new byte[0];
    private int end;
    private boolean ascii;
    private @Nullable String reason;

    private @Nullable String address;
    private @Nullable String path;
    private int methodFrom;
    private int methodTo;
    private int targetFrom;
    private int targetTo;
    private int pathTo;
    private int status;
    private long bytes;
    private long epochSecond;
    private int referrerFrom;
    private int referrerTo;
    private int agentFrom;
    private int agentTo;

    private long lastDateHigh;
    private long lastDateMiddle;
    private long lastDateLow;
    private short lastDateRest;
    private boolean lastDateKnown;
    private long lastDateSecond;

    /** A view of nothing yet. */
    public AccessLine() {}

    /**
     * Parses a line without its line end.
     *
     * @return whether it is accepted; if not, {@link #reason} says why and nothing else may be asked
     */
    public boolean parse(byte[] line, int from, int to) {
        data = line;
        end = to;
        reason = problem(from);
        return reason == null;
    }

    /** Why the last line was not accepted, without any of its text. */
    public String reason() {
        if (reason == null) {
            throw new IllegalStateException("An accepted line has no reason: ask parse first.");
        }
        return reason;
    }

    /** The first field. */
    public String address() {
        return present(address);
    }

    /** When the request was received. */
    public Instant at() {
        return Instant.ofEpochSecond(epochSecond);
    }

    /** When the request was received, in seconds since 1970. */
    public long epochSecond() {
        return epochSecond;
    }

    /** The request's method. */
    public String method() {
        return text(methodFrom, methodTo);
    }

    /** The request's target as written. */
    public String target() {
        return pathTo == targetTo ? path() : text(targetFrom, targetTo);
    }

    /** The target without its query string. */
    public String path() {
        return present(path);
    }

    /** The three digits of the status. */
    public int status() {
        return status;
    }

    /** Whether the size was given. */
    public boolean hasBytes() {
        return bytes >= 0;
    }

    /** The size; 0 if it was {@code -}. */
    public long bytes() {
        return Math.max(0, bytes);
    }

    /** The referrer as written; null if it was {@code -} or left out. */
    public @Nullable String referrer() {
        return optional(referrerFrom, referrerTo);
    }

    /** The agent as written; null if it was {@code -} or left out. */
    public @Nullable String agent() {
        return optional(agentFrom, agentTo);
    }

    private @Nullable String problem(int from) {
        int length = end - from;
        if (length == 0) {
            return "the line is empty";
        }
        if (length > MAX_LINE_BYTES) {
            return TOO_LONG;
        }
        ascii = isAscii(data, from, end);

        int addressTo = space(from);
        int identTo = addressTo < 0 ? -1 : space(addressTo + 1);
        int userTo = identTo < 0 ? -1 : space(identTo + 1);
        if (userTo < 0 || addressTo == from || identTo == addressTo + 1 || userTo == identTo + 1) {
            return "address, identity and user are not there";
        }

        int dateFrom = userTo + 2;
        int dateTo = userTo + 1 + DATE_BYTES;
        if (dateTo >= end || data[userTo + 1] != '[' || data[dateTo] != ']' || !date(dateFrom)) {
            return "the date is not like [10/Oct/2000:13:55:36 -0700] or not in the calendar";
        }

        int requestFrom = dateTo + 3;
        int requestTo = quoted(dateTo + 1);
        if (requestTo < 0) {
            return "the request is not there in quotes";
        }
        if (!request(requestFrom, requestTo)) {
            return "the request is not METHOD target or METHOD target HTTP/x.y";
        }

        int statusFrom = requestTo + 2;
        if (statusFrom + 3 >= end
                || data[requestTo + 1] != ' '
                || !isDigit(data[statusFrom])
                || !isDigit(data[statusFrom + 1])
                || !isDigit(data[statusFrom + 2])
                || data[statusFrom + 3] != ' ') {
            return "the status is not three digits";
        }
        status = (data[statusFrom] - '0') * 100 + (data[statusFrom + 1] - '0') * 10 + data[statusFrom + 2] - '0';

        int sizeTo = size(statusFrom + 4);
        if (sizeTo < 0) {
            return sizeTo == TOO_LARGE ? "the size is above 2^63-1" : "the size is neither - nor digits";
        }
        if (!tail(sizeTo)) {
            return "after the size there are no referrer and agent in quotes";
        }
        return keys(from, addressTo);
    }

    private static final String TOO_LONG = "the line is longer than 64 KiB";

    /** The reason for a line that is too long to be parsed at all. */
    static String tooLong() {
        return TOO_LONG;
    }

    private @Nullable String keys(int addressFrom, int addressTo) {
        String addressText = text(addressFrom, addressTo);
        if (tooManyCharacters(addressText)) {
            return "the address is longer than 512 characters";
        }
        String pathText = text(targetFrom, pathTo);
        if (tooManyCharacters(pathText)) {
            return "the path is longer than 512 characters";
        }
        address = addressText;
        path = pathText;
        return null;
    }

    private static boolean tooManyCharacters(String text) {
        return text.length() > MAX_KEY_CHARACTERS && text.codePointCount(0, text.length()) > MAX_KEY_CHARACTERS;
    }

    private int space(int from) {
        byte[] line = data;
        for (int i = from; i < end; i++) {
            if (line[i] == ' ') {
                return i;
            }
        }
        return -1;
    }

    /** Where the closing quote stands of a field that begins with {@code  "} at {@code from}; -1 if it is no such field. */
    private int quoted(int from) {
        byte[] line = data;
        if (from + 2 >= end || line[from] != ' ' || line[from + 1] != '"') {
            return -1;
        }
        for (int i = from + 2; i < end; i++) {
            byte b = line[i];
            if (b == '"') {
                return i;
            }
            if (b == '\\') {
                i++;
            }
        }
        return -1;
    }

    private boolean request(int from, int to) {
        byte[] line = data;
        int i = from;
        while (i < to && line[i] >= 'A' && line[i] <= 'Z') {
            i++;
        }
        if (i == from || i >= to || line[i] != ' ') {
            return false;
        }
        methodFrom = from;
        methodTo = i;
        targetFrom = i + 1;
        int query = -1;
        int j = targetFrom;
        for (; j < to && line[j] != ' '; j++) {
            if (line[j] == '?' && query < 0) {
                query = j;
            }
        }
        if (j == targetFrom) {
            return false;
        }
        targetTo = j;
        pathTo = query < 0 ? j : query;
        return j == to || protocol(j + 1, to);
    }

    private boolean protocol(int from, int to) {
        byte[] line = data;
        if (to - from < 8
                || line[from] != 'H'
                || line[from + 1] != 'T'
                || line[from + 2] != 'T'
                || line[from + 3] != 'P'
                || line[from + 4] != '/') {
            return false;
        }
        int major = digits(from + 5, to);
        if (major == from + 5 || major >= to || line[major] != '.') {
            return false;
        }
        int minor = digits(major + 1, to);
        return minor > major + 1 && minor == to;
    }

    private int digits(int from, int to) {
        int i = from;
        while (i < to && isDigit(data[i])) {
            i++;
        }
        return i;
    }

    private static final int NO_SIZE = -1;
    private static final int TOO_LARGE = -2;

    /** Where the size ends. */
    private int size(int from) {
        if (from >= end) {
            return NO_SIZE;
        }
        if (data[from] == '-') {
            bytes = -1;
            return from + 1;
        }
        long value = 0;
        int i = from;
        boolean large = false;
        for (; i < end && isDigit(data[i]); i++) {
            int digit = data[i] - '0';
            if (value > (Long.MAX_VALUE - digit) / 10) {
                large = true;
            } else {
                value = value * 10 + digit;
            }
        }
        if (i == from || (i < end && data[i] != ' ')) {
            return NO_SIZE;
        }
        bytes = value;
        return large ? TOO_LARGE : i;
    }

    private boolean tail(int from) {
        if (from == end) {
            referrerFrom = referrerTo = agentFrom = agentTo = -1;
            return true;
        }
        int closing = quoted(from);
        if (closing < 0) {
            return false;
        }
        referrerFrom = from + 2;
        referrerTo = closing;
        agentFrom = closing + 3;
        closing = quoted(closing + 1);
        agentTo = closing;
        return closing >= 0 && (closing + 1 == end || data[closing + 1] == ' ');
    }

    /** Lines of one second follow each other: the last date is kept, and compared as three longs and a short. */
    private boolean date(int from) {
        long high = (long) LONGS.get(data, from);
        long middle = (long) LONGS.get(data, from + 8);
        long low = (long) LONGS.get(data, from + 16);
        short rest = (short) (data[from + 24] | data[from + 25] << 8);
        if (lastDateKnown
                && high == lastDateHigh
                && middle == lastDateMiddle
                && low == lastDateLow
                && rest == lastDateRest) {
            epochSecond = lastDateSecond;
            return true;
        }
        if (!freshDate(from)) {
            return false;
        }
        lastDateHigh = high;
        lastDateMiddle = middle;
        lastDateLow = low;
        lastDateRest = rest;
        lastDateSecond = epochSecond;
        lastDateKnown = true;
        return true;
    }

    private boolean freshDate(int from) {
        byte[] line = data;
        if (line[from + 2] != '/'
                || line[from + 6] != '/'
                || line[from + 11] != ':'
                || line[from + 14] != ':'
                || line[from + 17] != ':'
                || line[from + 20] != ' '
                || (line[from + 21] != '+' && line[from + 21] != '-')) {
            return false;
        }
        int day = number(from, 2);
        int month = month(line[from + 3], line[from + 4], line[from + 5]);
        int year = number(from + 7, 4);
        int hour = number(from + 12, 2);
        int minute = number(from + 15, 2);
        int second = number(from + 18, 2);
        int zoneHour = number(from + 22, 2);
        int zoneMinute = number(from + 24, 2);
        if (day < 1 || month < 1 || year < 1 || day > daysIn(month, year)) {
            return false;
        }
        if (outside(hour, 23) || outside(minute, 59) || outside(second, 59)) {
            return false;
        }
        if (outside(zoneHour, 23) || outside(zoneMinute, 59)) {
            return false;
        }
        long local = daysSince1970(year, month, day) * 86_400 + hour * 3_600L + minute * 60L + second;
        long zone = zoneHour * 3_600L + zoneMinute * 60L;
        epochSecond = line[from + 21] == '-' ? local + zone : local - zone;
        return epochSecond >= MIN_SECOND && epochSecond <= MAX_SECOND;
    }

    private static boolean outside(int value, int max) {
        return value < 0 || value > max;
    }

    /** A number of exactly so many digits; -1 if it is none. */
    private int number(int from, int digits) {
        int value = 0;
        for (int i = from; i < from + digits; i++) {
            if (!isDigit(data[i])) {
                return -1;
            }
            value = value * 10 + data[i] - '0';
        }
        return value;
    }

    private static int month(byte first, byte second, byte third) {
        return switch (((first & 0xff) << 16) | ((second & 0xff) << 8) | (third & 0xff)) {
            case 'J' << 16 | 'a' << 8 | 'n' -> 1;
            case 'F' << 16 | 'e' << 8 | 'b' -> 2;
            case 'M' << 16 | 'a' << 8 | 'r' -> 3;
            case 'A' << 16 | 'p' << 8 | 'r' -> 4;
            case 'M' << 16 | 'a' << 8 | 'y' -> 5;
            case 'J' << 16 | 'u' << 8 | 'n' -> 6;
            case 'J' << 16 | 'u' << 8 | 'l' -> 7;
            case 'A' << 16 | 'u' << 8 | 'g' -> 8;
            case 'S' << 16 | 'e' << 8 | 'p' -> 9;
            case 'O' << 16 | 'c' << 8 | 't' -> 10;
            case 'N' << 16 | 'o' << 8 | 'v' -> 11;
            case 'D' << 16 | 'e' << 8 | 'c' -> 12;
            default -> -1;
        };
    }

    private static int daysIn(int month, int year) {
        return switch (month) {
            case 2 -> isLeap(year) ? 29 : 28;
            case 4, 6, 9, 11 -> 30;
            default -> 31;
        };
    }

    private static boolean isLeap(int year) {
        return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    }

    /** Days of the proleptic Gregorian calendar, counted in years that begin in March, so that a leap day comes last. */
    private static long daysSince1970(int year, int month, int day) {
        long y = month <= 2 ? year - 1 : year;
        long era = Math.floorDiv(y, 400);
        long yearOfEra = y - era * 400;
        long monthFromMarch = (month + 9L) % 12;
        long dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1;
        long dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
        return era * 146_097 + dayOfEra - 719_468;
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    private @Nullable String optional(int from, int to) {
        if (from < 0 || (to - from == 1 && data[from] == '-')) {
            return null;
        }
        return text(from, to);
    }

    private String text(int from, int to) {
        return ascii
                ? new String(data, from, to - from, StandardCharsets.ISO_8859_1)
                : LenientText.decode(data, from, to);
    }

    private static String present(@Nullable String value) {
        if (value == null) {
            throw new IllegalStateException("A line is asked after it was accepted: ask parse first.");
        }
        return value;
    }

    /** Whether there is neither a byte above 127 nor a zero. */
    private static boolean isAscii(byte[] data, int from, int to) {
        int i = from;
        for (; i + 8 <= to; i += 8) {
            long word = (long) LONGS.get(data, i);
            // The subtraction borrows into the sign of a byte that is zero (or follows a zero, which is as good).
            if (((word | word - ONES) & SIGNS) != 0) {
                return false;
            }
        }
        for (; i < to; i++) {
            if (data[i] <= 0) {
                return false;
            }
        }
        return true;
    }
}
