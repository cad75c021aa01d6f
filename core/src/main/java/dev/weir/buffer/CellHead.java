package dev.weir.buffer;

/**
 * What each addition reads and writes of a {@link Cell}: 24 bytes that lie together, because the JVM lays out a class's fields
 * after those of its superclass, the large ones first. In another cache line they would cost another transfer between
 * processors.
 */
abstract class CellHead extends CellKey {
    static final int NO_BASE = Integer.MIN_VALUE;

    /** Total minus accumulator, when the total was last asked for. */
    long origin;

    volatile long accumulator;

    /** The last tick at which {@code origin} may be used; a total was never asked for if it is {@link #NO_BASE}. */
    volatile int validUntil = NO_BASE;

    volatile boolean dirty;
    volatile boolean counted;

    /** Whether it waits for the next plan. Written under the cut lock. */
    volatile byte unplanned;

    /** Whether the last sweep found the cell clean and it was not touched since. A hint. */
    boolean idle;

    CellHead(CounterColumn column, long longKey) {
        super(column, longKey);
    }
}
