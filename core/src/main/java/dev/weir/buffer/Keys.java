package dev.weir.buffer;

/** The order in which rows are written, the same for every writer, so that two of them lock rows in one order. */
final class Keys {
    private Keys() {}

    @SuppressWarnings("unchecked")
    static int compare(Object a, Object b) {
        return ((Comparable<Object>) a).compareTo(b);
    }
}
