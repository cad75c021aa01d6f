package dev.weir.buffer;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what a {@link ByteWriter} wrote. Every fault of the bytes is a {@link JournalException}. Not thread-safe. */
final class ByteReader {
    static final int NULL = 0;
    static final int LONG = 1;
    static final int STRING = 2;
    static final int TRUE = 3;
    static final int FALSE = 4;
    static final int INSTANT = 5;
    static final int TIMESTAMP = 6;
    static final int DECIMAL = 7;
    static final int DOUBLE = 8;
    static final int BYTES = 9;
    static final int UUID = 10;
    static final int DATE = 11;
    static final int TIME = 12;
    static final int COMPOSITE = 13;
    static final int KEY_BYTES = 14;

    private final byte[] bytes;
    private final int end;
    private int at;

    ByteReader(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
    }

    boolean atEnd() {
        return at == end;
    }

    int readByte() {
        if (at >= end) {
            throw damaged();
        }
        return bytes[at++];
    }

    long readUnsigned() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int b = readByte();
            value |= (long) (b & 0x7F) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw damaged();
    }

    /** An unsigned number that counts things, each at least a byte long. */
    int readCount() {
        long value = readUnsigned();
        if (value < 0 || value > end - at) {
            throw damaged();
        }
        return (int) value;
    }

    long readSigned() {
        long value = readUnsigned();
        return (value >>> 1) ^ -(value & 1);
    }

    int readFixedInt() {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            value |= (readByte() & 0xFF) << (8 * i);
        }
        return value;
    }

    byte[] readBytes() {
        int n = readCount();
        at += n;
        return Arrays.copyOfRange(bytes, at - n, at);
    }

    String readString() {
        int n = readCount();
        at += n;
        return new String(bytes, at - n, n, StandardCharsets.UTF_8);
    }

    @Nullable Object readValue() {
        int tag = readByte();
        return switch (tag) {
            case NULL -> null;
            case LONG -> readSigned();
            case STRING -> readString();
            case TRUE -> true;
            case FALSE -> false;
            case INSTANT -> Instant.ofEpochSecond(readSigned(), readUnsigned());
            case TIMESTAMP -> LocalDateTime.ofEpochSecond(readSigned(), (int) readUnsigned(), ZoneOffset.UTC);
            case DECIMAL -> {
                int scale = (int) readSigned();
                yield new BigDecimal(new BigInteger(readBytes()), scale);
            }
            case DOUBLE -> {
                long low = readFixedInt() & 0xFFFFFFFFL;
                yield Double.longBitsToDouble(low | (long) readFixedInt() << 32);
            }
            case BYTES -> readBytes();
            case KEY_BYTES -> new Bytes(readBytes());
            case UUID -> new java.util.UUID(readSigned(), readSigned());
            case DATE -> LocalDate.ofEpochDay(readSigned());
            case TIME -> LocalTime.ofNanoOfDay(readUnsigned());
            case COMPOSITE -> {
                int n = readCount();
                List<Object> parts = new ArrayList<>(n);
                for (int i = 0; i < n; i++) {
                    Object part = readValue();
                    if (part == null) {
                        throw damaged();
                    }
                    parts.add(part);
                }
                yield new CompositeKey(parts);
            }
            default -> throw damaged();
        };
    }

    private static JournalException damaged() {
        return new JournalException(
                "An epoch's content is damaged although its checksum fits; it was written by a newer version or is a defect.",
                null);
    }
}
