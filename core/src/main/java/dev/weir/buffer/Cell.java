package dev.weir.buffer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A counter of one row and column: what was added since the cell was made. Callers add without a lock; the cut takes the
 * difference to the last cut.
 *
 * <p><b>Concurrency.</b> {@link #accumulator}, {@link #lastCut} and {@link #dirty} are accessed by sequentially consistent
 * operations only, but that a cut clears the flags of many cells and then fences once ({@link #clean}). Protocol, checked in {@code verification/models/m1_cut.py}: an adder first adds, then looks at
 * {@code dirty}, and if it is not set reserves a slot in {@link DirtyCells} <em>before</em> it sets it; the cut clears
 * {@code dirty} <em>before</em> it reads the accumulator, and moves {@code lastCut} by compare-and-set. Whoever freezes the
 * cell (under the row's stripe lock) swaps {@link #DEAD} into the accumulator and then {@link #FROZEN} into
 * {@code lastCut}; the difference is the rest that no cut has taken. An adder whose sum lies in the dead range has added
 * nothing and goes to the row log. {@code planned} belongs to the plan lock; {@code born} is final;
 * {@code origin} and {@code validUntil} are a hint that any thread may replace whole (the first is written before the
 * second, and only by whoever holds the row's stripe lock).
 */
class Cell extends CellHead {
    /** A live accumulator stays within this range; a larger one is frozen, and the row starts a new cell. */
    static final long LIVE = 1L << 61;

    /** The largest delta that may be added without a lock: so no number of racing adders leaves the dead range. */
    static final long SMALL = 1L << 40;

    static final long DEAD = Long.MIN_VALUE + LIVE;
    static final long FROZEN = Long.MIN_VALUE;

    private static final VarHandle ACCUMULATOR;
    private static final VarHandle LAST_CUT;
    private static final VarHandle DIRTY;
    private static final VarHandle COUNTED;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            ACCUMULATOR = lookup.findVarHandle(CellHead.class, "accumulator", long.class);
            LAST_CUT = lookup.findVarHandle(Cell.class, "lastCut", long.class);
            DIRTY = lookup.findVarHandle(CellHead.class, "dirty", boolean.class);
            COUNTED = lookup.findVarHandle(CellHead.class, "counted", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile long lastCut;

    /** The open epoch of the row log when the cell was made: what it holds comes after all entries of earlier epochs. */
    final long born;

    /** The accumulator up to which a plan has taken. Guarded by the plan lock. */
    long planned;

    /** The last cut when the cell was frozen. Guarded by the row's stripe lock. */
    long cutAtFreeze;

    /** A value of {@link #unplanned}: it does not wait. */
    static final byte PLANNED = 0;

    /** A value of {@link #unplanned}: it waits, and was found with nothing that counts. */
    static final byte TOUCHED = 1;

    /** A value of {@link #unplanned}: it waits, and what cuts took of it counts, also if it comes to nothing. */
    static final byte COUNTS = 2;

    Cell(CounterColumn column, long longKey, long born) {
        super(column, longKey);
        this.born = born;
    }

    /** The row's key. */
    Object key() {
        return longKey;
    }

    long add(long delta) {
        return (long) ACCUMULATOR.getAndAdd(this, delta) + delta;
    }

    /** Whether {@link #origin} may be used at this tick. */
    boolean hasBase(int tick) {
        int until = validUntil;
        return until - tick >= 0 && until != NO_BASE;
    }

    long accumulator() {
        return accumulator;
    }

    /** Whether an addition that made the sum what is given leaves nothing to do: it is counted, and the next cut takes it. */
    boolean isSettled(long sum) {
        return live(sum) && dirty && counted;
    }

    /** Whether a sum is neither dead nor too large. */
    static boolean live(long sum) {
        return (sum + LIVE) >>> 62 == 0;
    }

    static boolean dead(long sum) {
        return sum < -(1L << 62);
    }

    boolean isDead() {
        return dead(accumulator);
    }

    boolean isDirty() {
        return dirty;
    }

    boolean markDirty() {
        return DIRTY.compareAndSet(this, false, true);
    }

    boolean isCounted() {
        return counted;
    }

    boolean markCounted() {
        return COUNTED.compareAndSet(this, false, true);
    }

    boolean clearCounted() {
        return COUNTED.compareAndSet(this, true, false);
    }

    /** Begins a cut of many cells: additions from now on touch them again. */
    static void clean(Cell[] cells, int count) {
        for (int i = 0; i < count; i++) {
            DIRTY.setOpaque(cells[i], false);
        }
        VarHandle.fullFence();
    }

    /** What was added since the last cut, now taken by this one; 0 if the cell is frozen. After {@link #clean}. */
    long cut() {
        while (true) {
            long last = lastCut;
            if (last == FROZEN) {
                return 0;
            }
            long now = accumulator;
            if (dead(now) || now == last) {
                return 0;
            }
            if (LAST_CUT.compareAndSet(this, last, now)) {
                return now - last;
            }
        }
    }

    /** The accumulator at the last cut, or {@link #FROZEN}. */
    long lastCut() {
        return lastCut;
    }

    /**
     * Whether additions that come to nothing have an effect all the same: a row is made, or a NULL becomes 0. Not when a cut
     * has taken more of the cell before: an addition that was taken may touch the cell late, when somebody else has deleted
     * the row that it made.
     */
    boolean nothingCounts() {
        return column.nothingCounts && lastCut == 0;
    }

    /**
     * Ends the cell. Under the row's stripe lock, once.
     *
     * @return the accumulator at the last cut, and what was added since
     */
    Frozen freeze() {
        boolean nothing = isDirty() && nothingCounts();
        long now = (long) ACCUMULATOR.getAndSet(this, DEAD);
        long last = (long) LAST_CUT.getAndSet(this, FROZEN);
        cutAtFreeze = last;
        return new Frozen(this, last, now - last, nothing || now != last);
    }

    /**
     * A cell that was frozen.
     *
     * @param counts whether {@code rest} has an effect
     */
    record Frozen(Cell cell, long lastCut, long rest, boolean counts) {
        /** What cuts took of it and no plan did. Under the plan lock. */
        long unplanned() {
            return lastCut - cell.planned;
        }
    }
}
