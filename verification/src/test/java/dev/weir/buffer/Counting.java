package dev.weir.buffer;

import dev.weir.db.engine.ColumnInfo;
import dev.weir.db.engine.TableInfo;
import dev.weir.db.engine.ValueKind;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Counting on two rows with the buffer's own structures, {@link CellMap.Longs}, {@link Cell} and {@link DirtyCells}, put
 * together as {@link Intake} does: small enough that all interleavings of a few calls can be tried.
 *
 * <p><b>Concurrency.</b> As {@link Cell} and {@link Intake} say; one lock stands for the stripes.
 */
public final class Counting {
    private static final int ROWS = 2;
    private static final CounterColumn COLUMN = column();

    private final CellMap cells = new CellMap.Longs();
    private final DirtyCells dirty = new DirtyCells(1, () -> {});
    private final ReentrantLock lock = new ReentrantLock();
    private final Breach breach;

    /** What a freeze left for the row log. Guarded by the lock. */
    private final long[] rests = new long[ROWS];

    /** What cuts have taken. One cut at a time. */
    private final long[] taken = new long[ROWS];

    /** A rule that is broken. */
    public enum Breach {
        /** None. */
        NONE,
        /** The dirty flag is looked at before the addition, not after it. */
        FLAG_BEFORE_ADDITION,
        /** A cut takes what is there and not what it moved its mark over. */
        CUT_WITHOUT_COMPARISON,
        /** A freeze reads what is left before it closes the cell. */
        FREEZE_AFTER_READING,
        /** A cell is made without another look under the lock. */
        CELL_WITHOUT_SECOND_LOOK,
        /** The flag is set by whoever adds, and no slot is filled. */
        FLAG_WITHOUT_SLOT
    }

    /**
     * Rows without a cell.
     *
     * @param others how many other rows have a cell: at 42 the next one makes the table double
     */
    public Counting(Breach breach, int others) {
        this.breach = breach;
        for (int i = 0; i < others; i++) {
            cells.put(new Cell(COLUMN, 1_000 + i, 1));
        }
    }

    private static CounterColumn column() {
        ColumnInfo id = new ColumnInfo("id", "bigint", ValueKind.INTEGER, false, false, false, null, 63, null, true);
        ColumnInfo n = new ColumnInfo("n", "bigint", ValueKind.INTEGER, false, false, false, null, 63, null, true);
        TableInfo table = new TableInfo("", "rows", List.of(id, n), List.of("id"), List.of(), List.of(), true, false);
        return new BufferedTable(table, "rows", TableSettings.defaults(), null, null).counter(1);
    }

    private Cell cell(int row) {
        return breach == Breach.NONE ? new Cell(COLUMN, row, 1) : new BrokenCell(row, breach);
    }

    /** Adds to a row. */
    public void add(int row, long delta) {
        while (true) {
            Cell cell = cells.get((long) row);
            if (cell == null || cell.isDead()) {
                cell = make(row, cell);
            }
            boolean before = cell.isDirty();
            if (!Cell.dead(cell.add(delta))) {
                if (breach == Breach.FLAG_BEFORE_ADDITION ? !before : !cell.isDirty()) {
                    dirty.touch(cell);
                }
                return;
            }
        }
    }

    private Cell make(int row, @Nullable Cell seen) {
        lock.lock();
        try {
            Cell cell = breach == Breach.CELL_WITHOUT_SECOND_LOOK ? seen : cells.get((long) row);
            if (cell == null || cell.isDead()) {
                cell = cell(row);
                cells.put(cell);
            }
            return cell;
        } finally {
            lock.unlock();
        }
    }

    /** Ends a row's cell, as any other change of the row does, and answers all that was added to it. */
    public long freeze(int row) {
        lock.lock();
        try {
            Cell cell = cells.get((long) row);
            if (cell == null || cell.isDead()) {
                return 0;
            }
            Cell.Frozen frozen = cell.freeze();
            rests[row] += frozen.rest();
            cells.remove(cell);
            return frozen.lastCut() + frozen.rest();
        } finally {
            lock.unlock();
        }
    }

    /** Cuts, and answers what all cuts have taken of a row. By one thread at a time. */
    public long cut(int row) {
        dirty.drain((cells, count) -> {
            Cell.clean(cells, count);
            for (int i = 0; i < count; i++) {
                taken[(int) cells[i].longKey] += cells[i].cut();
            }
        });
        lock.lock();
        try {
            for (int i = 0; i < ROWS; i++) {
                taken[i] += rests[i];
                rests[i] = 0;
            }
        } finally {
            lock.unlock();
        }
        return taken[row];
    }

    private static final class BrokenCell extends Cell {
        private final Breach breach;

        BrokenCell(int row, Breach breach) {
            super(COLUMN, row, 1);
            this.breach = breach;
        }

        @Override
        long cut() {
            if (breach != Breach.CUT_WITHOUT_COMPARISON) {
                return super.cut();
            }
            long last = lastCut();
            long all = accumulator();
            super.cut();
            return last == FROZEN || dead(all) ? 0 : all - last;
        }

        @Override
        boolean markDirty() {
            // Whoever is told that another was first leaves the slot empty.
            return super.markDirty() && breach != Breach.FLAG_WITHOUT_SLOT;
        }

        @Override
        Frozen freeze() {
            if (breach != Breach.FREEZE_AFTER_READING) {
                return super.freeze();
            }
            long last = lastCut();
            long rest = accumulator() - last;
            super.freeze();
            return new Frozen(this, last, rest, rest != 0);
        }
    }
}
