package dev.weir.db.engine;

import org.jspecify.annotations.Nullable;

/**
 * One column of a bulk statement: a value for each row, in the canonical Java type of the column's {@link ValueKind}. The
 * arrays are shared, not copied: whoever makes one must not change it afterwards.
 */
public sealed interface Values {
    /** How many rows. */
    int size();

    /** The value of a row, boxed. */
    @Nullable Object get(int row);

    /** Values of a {@link ValueKind#INTEGER} column without NULLs; the first {@code size} elements count. */
    @SuppressWarnings("ArrayRecordComponent")
    record Longs(long[] data, int size) implements Values {
        @Override
        public Long get(int row) {
            return data[row];
        }
    }

    /** Values of any kind. */
    @SuppressWarnings("ArrayRecordComponent")
    record Objects(@Nullable Object[] data, int size) implements Values {
        @Override
        public @Nullable Object get(int row) {
            return data[row];
        }
    }
}
