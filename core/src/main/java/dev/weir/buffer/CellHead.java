package dev.weir.buffer;

/**
 * What each addition reads and writes of a {@link Cell}: in a class of its own because the JVM lays out the fields of a
 * superclass first, so that these lie together in one or two cache lines.
 */
abstract class CellHead {
    static final int NO_BASE = Integer.MIN_VALUE;

    /** The row's key if it is a long. */
    final long longKey;

    volatile long accumulator;

    /** Total minus accumulator, when the total was last asked for. */
    long origin;

    volatile int dirty;
    volatile int counted;

    /** The last tick at which {@code origin} may be used; a total was never asked for if it is {@link #NO_BASE}. */
    volatile int validUntil = NO_BASE;

    CellHead(long longKey) {
        this.longKey = longKey;
    }
}
