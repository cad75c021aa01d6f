package dev.weir.buffer;

/**
 * What each addition and each cut read and write of a {@link Cell}: in a class of its own because the JVM lays out the fields
 * of a superclass first, so that these 56 bytes lie together in one or two cache lines.
 */
abstract class CellHead {
    static final int NO_BASE = Integer.MIN_VALUE;

    /** The row's key if it is a long. */
    final long longKey;

    volatile long accumulator;

    /** Total minus accumulator, when the total was last asked for. */
    long origin;

    volatile long lastCut;

    /** The last tick at which {@code origin} may be used; a total was never asked for if it is {@link #NO_BASE}. */
    volatile int validUntil = NO_BASE;

    volatile boolean dirty;
    volatile boolean counted;

    /** Whether it waits for the next plan. Guarded by the cut lock. */
    boolean unplanned;

    /** Whether the last sweep found the cell clean and it was not touched since. A hint. */
    boolean idle;

    final CounterColumn column;

    CellHead(CounterColumn column, long longKey) {
        this.column = column;
        this.longKey = longKey;
    }
}
