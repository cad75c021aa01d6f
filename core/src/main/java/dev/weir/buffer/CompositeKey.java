package dev.weir.buffer;

import java.util.List;

/** A key of several columns, in the order of the table's buffer key. */
record CompositeKey(List<Object> parts) implements Comparable<CompositeKey> {
    CompositeKey {
        parts = List.copyOf(parts);
    }

    @Override
    public int compareTo(CompositeKey other) {
        for (int i = 0; i < parts.size(); i++) {
            int order = Keys.compare(parts.get(i), other.parts.get(i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }
}
