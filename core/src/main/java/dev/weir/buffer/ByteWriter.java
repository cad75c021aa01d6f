package dev.weir.buffer;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A growing byte array. Numbers are variable-length, seven bits a byte, lowest first. Not thread-safe. */
final class ByteWriter {
    private byte[] bytes;
    private int length;

    ByteWriter(int capacity) {
        bytes = new byte[capacity];
    }

    /** The array, of which the first {@link #length()} bytes count. Valid until the next write. */
    byte[] array() {
        return bytes;
    }

    int length() {
        return length;
    }

    void clear() {
        length = 0;
    }

    private void ensure(int more) {
        if (bytes.length - length < more) {
            long wanted = Math.max((long) length + more, bytes.length * 2L);
            if (wanted > Integer.MAX_VALUE - 16) {
                if ((long) length + more > Integer.MAX_VALUE - 16) {
                    throw new IllegalStateException("An epoch holds at most 2 GiB.");
                }
                wanted = Integer.MAX_VALUE - 16;
            }
            bytes = Arrays.copyOf(bytes, (int) wanted);
        }
    }

    void writeByte(int value) {
        ensure(1);
        bytes[length++] = (byte) value;
    }

    void writeUnsigned(long value) {
        ensure(10);
        byte[] b = bytes;
        int n = length;
        long v = value;
        while ((v & ~0x7FL) != 0) {
            b[n++] = (byte) ((v & 0x7F) | 0x80);
            v >>>= 7;
        }
        b[n++] = (byte) v;
        length = n;
    }

    /** Small magnitudes take few bytes, whatever the sign. */
    void writeSigned(long value) {
        writeUnsigned((value << 1) ^ (value >> 63));
    }

    void writeFixedInt(int value) {
        ensure(4);
        for (int i = 0; i < 4; i++) {
            bytes[length++] = (byte) (value >>> (8 * i));
        }
    }

    void writeBytes(byte[] value) {
        writeUnsigned(value.length);
        ensure(value.length);
        System.arraycopy(value, 0, bytes, length, value.length);
        length += value.length;
    }

    @SuppressWarnings("deprecation")
    void writeString(String value) {
        int n = value.length();
        boolean ascii = true;
        for (int i = 0; i < n && ascii; i++) {
            ascii = value.charAt(i) < 0x80;
        }
        if (ascii) {
            writeUnsigned(n);
            ensure(n);
            value.getBytes(0, n, bytes, length);
            length += n;
        } else {
            writeBytes(value.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** A value in its canonical Java type, with a tag. */
    void writeValue(@Nullable Object value) {
        if (value == null) {
            writeByte(ByteReader.NULL);
        } else if (value instanceof Long v) {
            writeByte(ByteReader.LONG);
            writeSigned(v);
        } else if (value instanceof String v) {
            writeByte(ByteReader.STRING);
            writeString(v);
        } else if (value instanceof Boolean v) {
            writeByte(v ? ByteReader.TRUE : ByteReader.FALSE);
        } else if (value instanceof Instant v) {
            writeByte(ByteReader.INSTANT);
            writeSigned(v.getEpochSecond());
            writeUnsigned(v.getNano());
        } else if (value instanceof LocalDateTime v) {
            writeByte(ByteReader.TIMESTAMP);
            writeSigned(v.toEpochSecond(ZoneOffset.UTC));
            writeUnsigned(v.getNano());
        } else if (value instanceof BigDecimal v) {
            writeByte(ByteReader.DECIMAL);
            writeSigned(v.scale());
            writeBytes(v.unscaledValue().toByteArray());
        } else if (value instanceof Double v) {
            writeByte(ByteReader.DOUBLE);
            long bits = Double.doubleToRawLongBits(v);
            writeFixedInt((int) bits);
            writeFixedInt((int) (bits >>> 32));
        } else if (value instanceof byte[] v) {
            writeByte(ByteReader.BYTES);
            writeBytes(v);
        } else if (value instanceof Bytes v) {
            writeByte(ByteReader.KEY_BYTES);
            writeBytes(v.value());
        } else if (value instanceof UUID v) {
            writeByte(ByteReader.UUID);
            writeSigned(v.getMostSignificantBits());
            writeSigned(v.getLeastSignificantBits());
        } else if (value instanceof LocalDate v) {
            writeByte(ByteReader.DATE);
            writeSigned(v.toEpochDay());
        } else if (value instanceof LocalTime v) {
            writeByte(ByteReader.TIME);
            writeUnsigned(v.toNanoOfDay());
        } else if (value instanceof CompositeKey v) {
            writeByte(ByteReader.COMPOSITE);
            writeUnsigned(v.parts().size());
            v.parts().forEach(this::writeValue);
        } else {
            throw new IllegalArgumentException("A buffered value has a canonical type: type="
                    + value.getClass().getName() + ".");
        }
    }
}
