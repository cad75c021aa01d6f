package dev.weir.benchmarks;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Writes PostgreSQL's binary COPY format by hand. Used by one thread. */
final class CopyBytes {
    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0};
    private static final long MICROS_TO_2000 = 946_684_800_000_000L;

    private final ByteBuffer buffer;

    CopyBytes(int capacity) {
        buffer = ByteBuffer.allocate(capacity);
        buffer.put(SIGNATURE).putInt(0).putInt(0);
    }

    CopyBytes row(int fields) {
        buffer.putShort((short) fields);
        return this;
    }

    CopyBytes int4(int value) {
        buffer.putInt(4).putInt(value);
        return this;
    }

    CopyBytes int8(long value) {
        buffer.putInt(8).putLong(value);
        return this;
    }

    CopyBytes text(@Nullable String value) {
        if (value == null) {
            buffer.putInt(-1);
        } else {
            byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
            buffer.putInt(bytes.length).put(bytes);
        }
        return this;
    }

    /** A timestamp with or without time zone, from microseconds since 1970. */
    CopyBytes timestamp(long epochMicros) {
        return int8(epochMicros - MICROS_TO_2000);
    }

    /** Ends the data. */
    CopyBytes end() {
        buffer.putShort((short) -1);
        return this;
    }

    byte[] array() {
        return buffer.array();
    }

    int length() {
        return buffer.position();
    }
}
