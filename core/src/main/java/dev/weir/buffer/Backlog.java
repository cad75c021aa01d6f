package dev.weir.buffer;

import dev.weir.buffer.PendingRow.Entry;
import dev.weir.buffer.PendingRow.Group;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What was cut and no plan has taken yet. All methods under the cut lock; between a cut and the end of its journal write the
 * lock is held, so that whoever has it finds nothing here that is not on disk.
 */
final class Backlog {
    private final Intake intake;
    private ArrayList<Cell> cells = new ArrayList<>();
    private ArrayList<PendingRow> rows = new ArrayList<>();
    private volatile long firstNanos;
    private long entries;

    Backlog(Intake intake) {
        this.intake = intake;
    }

    boolean isEmpty() {
        return cells.isEmpty() && rows.isEmpty();
    }

    /** How many changes wait, about. */
    long size() {
        return cells.size() + entries;
    }

    /** When the oldest change was cut; 0 if there is none. By any thread. */
    long firstNanos() {
        return firstNanos;
    }

    /**
     * A cell that was cut.
     *
     * @param counts whether what the cut took has an effect
     */
    void cell(Cell cell, boolean counts, long nanos) {
        byte before = cell.unplanned;
        if (before == Cell.PLANNED) {
            if (isEmpty()) {
                firstNanos = nanos;
            }
            cells.add(cell);
        }
        if (before != Cell.COUNTS) {
            cell.unplanned = counts ? Cell.COUNTS : Cell.TOUCHED;
        }
    }

    void log(List<Object> log, long nanos) {
        for (Object item : log) {
            if (item instanceof Entry entry) {
                row(entry.row, nanos);
            } else {
                for (Entry entry : ((Group) item).entries) {
                    row(entry.row, nanos);
                }
            }
        }
    }

    private void row(PendingRow row, long nanos) {
        entries++;
        if (!row.unplanned) {
            row.unplanned = true;
            if (isEmpty()) {
                firstNanos = nanos;
            }
            rows.add(row);
        }
    }

    /** Moves everything into a plan. Also under the plan lock. */
    void moveTo(Plan plan) {
        intake.planned = plan.to;
        IdentityHashMap<BufferedTable, Boolean> mixed = new IdentityHashMap<>();
        for (PendingRow row : rows) {
            row.unplanned = false;
            mixed.put(row.table, true);
            take(row, plan);
        }
        for (Cell cell : cells) {
            boolean nothing = cell.unplanned == Cell.COUNTS && cell.column.nothingCounts;
            cell.unplanned = Cell.PLANNED;
            long delta = delta(cell);
            BufferedTable table = cell.column.table;
            if (cell.clearCounted()) {
                plan.admit(table, 1, Limits.CELL_BYTES);
            }
            if (delta != 0 || nothing) {
                plan.counter(cell, delta);
                if (mixed.containsKey(table)) {
                    Map<Object, Plan.Pieces> pieces = plan.rows.get(table);
                    Plan.Pieces of = pieces == null ? null : pieces.get(cell.key());
                    if (of != null) {
                        of.list.add(Plan.piece(cell, delta));
                    }
                }
            }
        }
        cells = new ArrayList<>();
        rows = new ArrayList<>();
        entries = 0;
        firstNanos = 0;
    }

    /** What cuts took of the cell and no plan did; now this one does. */
    private long delta(Cell cell) {
        long last = cell.lastCut();
        if (last == Cell.FROZEN) {
            ReentrantLock lock = intake.lockOf(cell.column.table, cell.key());
            lock.lock();
            try {
                last = cell.cutAtFreeze;
            } finally {
                lock.unlock();
            }
        }
        long delta = last - cell.planned;
        cell.planned = last;
        return delta;
    }

    private void take(PendingRow row, Plan plan) {
        ReentrantLock lock = intake.lockOf(row.table, row.key);
        lock.lock();
        try {
            int end = row.after(plan.to);
            for (int i = row.after(plan.from); i < end; i++) {
                Entry entry = row.entries.get(i);
                plan.entry(entry);
                plan.admit(row.table, 1, Limits.ENTRY_BYTES + entry.change.weight());
            }
            plan.pending.add(row);
            row.frozen = null;
        } finally {
            lock.unlock();
        }
    }
}
