package dev.weir.buffer;

import dev.weir.buffer.RowChange.Insert;
import dev.weir.buffer.RowChange.Update;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** How many bytes something takes at the most in what {@link EpochEncoder} writes. */
final class EncodedSize {
    /** A counter's delta besides its key: its column, and the delta. */
    static final long COUNTER = 20;

    /** A counter with a long key. */
    static final long LONG_COUNTER = COUNTER + 10;

    /** A number, or a tag, or both. */
    private static final long NUMBER = 11;

    /** Texts from this length on are measured, because thrice their length may be far too much. */
    private static final int MEASURED = 4_096;

    private EncodedSize() {}

    /** An operation of the row log. */
    static long of(@Nullable Object key, RowChange change) {
        long size = 3 * NUMBER + ofValue(key);
        Insert insert = change.insert();
        if (insert != null) {
            size += of(insert);
        }
        Update update = change.update();
        if (update != null) {
            Insert defaults = update.missing().defaults();
            size += 2 * NUMBER + (defaults == null ? 0 : of(defaults));
            for (ColumnChange column : update.changes()) {
                size += 2 * NUMBER + of(column);
            }
        }
        return size;
    }

    private static long of(Insert insert) {
        long size = NUMBER;
        for (Object value : insert.values()) {
            size += NUMBER + ofValue(value);
        }
        return size;
    }

    private static long of(ColumnChange change) {
        if (change instanceof ColumnChange.Put put) {
            return ofValue(put.value());
        } else if (change instanceof ColumnChange.Max max) {
            return ofValue(max.value());
        } else if (change instanceof ColumnChange.Min min) {
            return ofValue(min.value());
        } else if (change instanceof ColumnChange.Clamp clamp) {
            return ofValue(clamp.add()) + ofValue(clamp.low()) + ofValue(clamp.high()) + ofValue(clamp.onNull());
        }
        return NUMBER;
    }

    /** A value in its canonical Java type, such as a key. */
    static long ofValue(@Nullable Object value) {
        if (value instanceof String text) {
            return NUMBER + (text.length() < MEASURED ? 3L * text.length() : utf8(text));
        } else if (value instanceof byte[] bytes) {
            return NUMBER + bytes.length;
        } else if (value instanceof Bytes bytes) {
            return NUMBER + bytes.value().length;
        } else if (value instanceof BigDecimal decimal) {
            return 2 * NUMBER + decimal.unscaledValue().bitLength() / 8 + 1;
        } else if (value instanceof CompositeKey key) {
            long size = NUMBER;
            for (Object part : key.parts()) {
                size += ofValue(part);
            }
            return size;
        }
        return 2 * NUMBER;
    }

    private static long utf8(String text) {
        long bytes = text.length();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            bytes += c < 0x80 ? 0 : c < 0x800 ? 1 : 2;
        }
        return bytes;
    }
}
