package dev.weir.buffer;

import java.util.Arrays;

/** Sorts keys and carries their values along. */
final class LongSort {
    private LongSort() {}

    /** Sorts the first {@code n} keys ascending, and the values with them; equal keys keep their order. */
    static void sort(long[] keys, long[] values, int n) {
        boolean sorted = true;
        for (int i = 1; i < n && sorted; i++) {
            sorted = keys[i - 1] <= keys[i];
        }
        if (sorted) {
            return;
        }
        long min = Long.MAX_VALUE;
        long max = Long.MIN_VALUE;
        for (int i = 0; i < n; i++) {
            min = Math.min(min, keys[i]);
            max = Math.max(max, keys[i]);
        }
        int bits = 64 - Long.numberOfLeadingZeros(Math.max(1, n - 1));
        if (max - min >= 0 && max - min < 1L << (63 - bits)) {
            // Key and position fit into one number: sort that.
            long[] packed = new long[n];
            for (int i = 0; i < n; i++) {
                packed[i] = ((keys[i] - min) << bits) | i;
            }
            Arrays.sort(packed);
            long[] old = Arrays.copyOf(values, n);
            for (int i = 0; i < n; i++) {
                keys[i] = (packed[i] >>> bits) + min;
                values[i] = old[(int) (packed[i] & ((1L << bits) - 1))];
            }
            return;
        }
        Integer[] order = new Integer[n];
        Arrays.setAll(order, i -> i);
        long[] oldKeys = Arrays.copyOf(keys, n);
        long[] oldValues = Arrays.copyOf(values, n);
        Arrays.sort(order, (a, b) -> Long.compare(oldKeys[a], oldKeys[b]));
        for (int i = 0; i < n; i++) {
            keys[i] = oldKeys[order[i]];
            values[i] = oldValues[order[i]];
        }
    }
}
