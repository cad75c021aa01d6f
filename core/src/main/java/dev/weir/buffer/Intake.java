package dev.weir.buffer;

import dev.weir.buffer.PendingRow.Entry;
import dev.weir.buffer.PendingRow.Group;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes operations into the open epoch: counters into cells, everything else into the row log.
 *
 * <p><b>Concurrency.</b> The rules are those of {@code verification/models/m1_cut.py}. Cells: see {@link Cell}. The row log is
 * striped by row; whoever appends holds the stripes of all its rows, taken in ascending order, so that a group lies in one
 * epoch and all rows see the same order of groups. {@link #cut} first moves {@code openCells}, then cuts the cells, then takes
 * all stripes and moves {@code openRows}. An epoch so means: its cell deltas first, then its row log. An entry of the row log
 * freezes the live cell of each column it touches, and in its epoch no new cell is made for the row.
 *
 * <p>Lock order: cut lock, plan lock, stripes in ascending order.
 */
final class Intake {
    private static final int STRIPES = 64;

    private final Stripe[] stripes = new Stripe[STRIPES];
    private final DirtyCells dirty;
    private final Tally operations = new Tally();
    private final AtomicLong tickets = new AtomicLong();
    private final Limits limits;
    private final Runnable touched;

    /** Of a batch of cells that is being cut: whether a change that comes to nothing counts. Under the cut lock. */
    private final boolean[] nothing = new boolean[DirtyCells.BATCH];

    private volatile long openCells = 1;

    /** Written under all stripe locks, read under any. */
    private long openRows = 1;

    /** The last epoch on disk; entries up to it may be merged. */
    volatile long durable;

    /** The last epoch that a plan has taken. Written before the plan visits any stripe. */
    volatile long planned;

    private static final class Stripe {
        final ReentrantLock lock = new ReentrantLock();
        ArrayList<Object> log = new ArrayList<>();
    }

    /**
     * @param touched called after something was put into the open epoch
     */
    Intake(Limits limits, Runnable touched) {
        this.limits = limits;
        this.touched = touched;
        // Counted by the chunk, because counting each would cost its call.
        this.dirty = new DirtyCells(
                Runtime.getRuntime().availableProcessors() * 2,
                () -> limits.growEpoch(DirtyCells.CHUNK * EncodedSize.LONG_COUNTER));
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new Stripe();
        }
    }

    /** The epoch that what was added to cells before this call is in, at the latest. */
    long openCells() {
        return openCells;
    }

    /** Counts one operation if that costs next to nothing; answers whether it did. */
    boolean countsHere() {
        return operations.addHere();
    }

    void countOperations(long n) {
        operations.add(n);
    }

    long operations() {
        return operations.sum();
    }

    /** Whether something was added to cells since the last cut. Under the cut lock. */
    boolean hasTouchedCells() {
        return !dirty.isEmpty();
    }

    /** Looks after a cell that was just added to: it is counted as pending, the next cut takes it, and it stays small. */
    void settle(Cell cell, long sum) {
        if (!cell.isCounted()) {
            count(cell);
        }
        if (!cell.isDirty()) {
            touch(cell);
        }
        if (!Cell.live(sum)) {
            retire(cell);
        }
    }

    /**
     * Counts a row as pending that was let in uncounted. Before the cell is touched, so that a later plan gives back what is
     * taken here; whoever froze the cell meanwhile gave nothing back.
     */
    private void count(Cell cell) {
        if (cell.markCounted()) {
            limits.take(cell.column.table, 1, Limits.CELL_BYTES);
            if (cell.isDead()) {
                giveUp(cell);
            }
        }
    }

    /** Makes sure that the next cut takes the cell. */
    void touch(Cell cell) {
        cell.idle = false;
        if (!cell.column.table.longKey) {
            limits.growEpoch(EncodedSize.ofValue(cell.key()));
        }
        dirty.touch(cell);
        touched.run();
    }

    private static int stripeOf(BufferedTable table, @Nullable Object key) {
        int hash = key == null ? (int) Thread.currentThread().getId() : key.hashCode();
        hash = (hash + System.identityHashCode(table)) * 0x9E3779B9;
        return hash >>> 26;
    }

    ReentrantLock lockOf(BufferedTable table, @Nullable Object key) {
        return stripes[stripeOf(table, key)].lock;
    }

    /**
     * An operation that was taken in.
     *
     * @param epoch the epoch that holds it, at the latest
     * @param untilFlushed whether its caller has to wait until it is flushed
     */
    record Accepted(long epoch, boolean untilFlushed) {}

    /** What {@link #cellFor} found out besides the cell. */
    static final class Admission {
        boolean untilFlushed;
    }

    /** Adds without a total, on the path that may lock. */
    Accepted add(CounterColumn counter, Object key, long delta) {
        Admission admission = new Admission();
        while (true) {
            Cell cell = cellFor(counter, key, delta, admission);
            if (cell == null) {
                return append(
                        counter.table,
                        key,
                        RowChange.update(counter.column, new ColumnChange.Plus(delta), counter.table.missing));
            }
            long sum = cell.add(delta);
            if (Cell.dead(sum)) {
                giveUp(cell);
                continue;
            }
            settle(cell, sum);
            return new Accepted(openCells, admission.untilFlushed);
        }
    }

    /** Takes back what {@link #cellFor} admitted for a cell that somebody froze before it was added to. */
    void giveUp(Cell cell) {
        if (cell.clearCounted()) {
            limits.release(cell.column.table, 1, Limits.CELL_BYTES);
        }
    }

    /** The live cell of a row, made if need be; null if the row has to go to the row log now. */
    @Nullable Cell cellFor(CounterColumn counter, Object key, long delta, Admission admission) {
        if (delta > Cell.SMALL || delta < -Cell.SMALL) {
            return null;
        }
        Cell cell = counter.cells.get(key);
        if (cell == null || cell.isDead()) {
            // Asked for first: what is refused leaves no cell behind.
            admission.untilFlushed |= limits.admit(counter.table, 1, Limits.CELL_BYTES, EncodedSize.LONG_COUNTER);
            return admittedCell(counter, key);
        }
        if (!cell.isCounted() && cell.markCounted()) {
            try {
                admission.untilFlushed |= limits.admit(counter.table, 1, Limits.CELL_BYTES, EncodedSize.LONG_COUNTER);
            } catch (RuntimeException e) {
                if (!cell.clearCounted()) {
                    // Whoever froze the cell meanwhile has given back what was never taken.
                    limits.take(counter.table, 1, Limits.CELL_BYTES);
                }
                throw e;
            }
        } else if (!limits.open() || limits.isEpochFull(EncodedSize.LONG_COUNTER)) {
            admission.untilFlushed |= limits.admit(counter.table, 0, 0, EncodedSize.LONG_COUNTER);
        }
        return cell;
    }

    /** The live cell of a row that was let in, counted; null if the row has to go to the row log now. */
    private @Nullable Cell admittedCell(CounterColumn counter, Object key) {
        boolean counted = false;
        Stripe stripe = stripes[stripeOf(counter.table, key)];
        stripe.lock.lock();
        try {
            Cell cell = counter.cells.get(key);
            if (cell != null && !cell.isDead()) {
                counted = cell.markCounted();
                return cell;
            }
            PendingRow row = counter.table.rows.get(key);
            Entry last = row == null ? null : row.last();
            if (last != null && last.epoch == openRows) {
                return null;
            }
            cell = counter.newCell(key, openRows);
            counted = cell.markCounted();
            counter.cells.put(cell);
            return cell;
        } finally {
            stripe.lock.unlock();
            if (!counted) {
                limits.release(counter.table, 1, Limits.CELL_BYTES);
            }
        }
    }

    /** Freezes a cell whose accumulator has grown large; its row starts another. */
    private void retire(Cell cell) {
        Stripe stripe = stripes[stripeOf(cell.column.table, cell.key())];
        stripe.lock.lock();
        try {
            if (!cell.isDead()) {
                freeze(stripe, rowOf(cell.column.table, cell.key()), cell, true);
            }
        } finally {
            stripe.lock.unlock();
        }
        touched.run();
    }

    private static PendingRow rowOf(BufferedTable table, @Nullable Object key) {
        if (key == null) {
            return new PendingRow(table, null);
        }
        PendingRow row = table.rows.get(key);
        if (row == null) {
            row = new PendingRow(table, key);
            table.rows.put(key, row);
        }
        return row;
    }

    /**
     * Ends a cell: what no cut has taken goes to the row log.
     *
     * @param alone whether no other entry of the row follows; then one is made in any case, which brings the row to the next
     *     plan
     */
    private void freeze(Stripe stripe, PendingRow row, Cell cell, boolean alone) {
        Cell.Frozen frozen = cell.freeze();
        cell.column.cells.remove(cell);
        if (cell.clearCounted()) {
            limits.release(row.table, 1, Limits.CELL_BYTES);
        }
        List<Cell.Frozen> before = row.frozen;
        if (before == null) {
            before = new ArrayList<>(1);
            row.frozen = before;
        }
        before.add(frozen);
        if (frozen.counts() || alone) {
            appendUnasked(stripe, row, cell.column.column, frozen.rest());
        }
    }

    private void appendUnasked(Stripe stripe, PendingRow row, int column, long delta) {
        RowChange change = RowChange.update(column, new ColumnChange.Plus(delta), row.table.missing);
        limits.growEpoch(EncodedSize.of(row.key, change));
        Appended appended = append(stripe, row, change);
        limits.take(row.table, appended.made ? 1 : 0, appended.bytes);
    }

    private void freezeTouched(Stripe stripe, PendingRow row, RowChange change) {
        if (row.key == null) {
            return;
        }
        for (CounterColumn counter : row.table.counters()) {
            if (counter == null || !touches(row.table, change, counter.column)) {
                continue;
            }
            Cell cell = counter.cells.get(row.key);
            if (cell != null && !cell.isDead()) {
                freeze(stripe, row, cell, false);
            }
        }
    }

    private static boolean touches(BufferedTable table, RowChange change, int column) {
        if (change.delete() || change.insert() != null || change.update() == null) {
            return true;
        }
        RowChange.Missing missing = change.update().missing();
        if (!missing.equals(table.missing) && (missing.defaults() != null || table.missing.defaults() != null)) {
            // It may make the row, which what was counted before must not find; or miss the row that this makes.
            return true;
        }
        for (int c : change.update().columns()) {
            if (c == column) {
                return true;
            }
        }
        return false;
    }

    /** Appends a change of one row to the row log. */
    Accepted append(BufferedTable table, @Nullable Object key, RowChange change) {
        long bytes = Limits.ENTRY_BYTES + change.weight();
        long encoded = EncodedSize.of(key, change);
        limits.requireFits(encoded);
        Stripe stripe = stripes[stripeOf(table, key)];
        boolean flushed = false;
        while (true) {
            flushed |= limits.admit(table, 1, bytes, encoded);
            long epoch = 0;
            Appended appended = new Appended(false, 0);
            stripe.lock.lock();
            try {
                if (limits.enterEpoch(encoded)) {
                    PendingRow row = rowOf(table, key);
                    freezeTouched(stripe, row, change);
                    appended = append(stripe, row, change);
                    epoch = openRows;
                }
            } finally {
                stripe.lock.unlock();
            }
            limits.release(table, appended.made ? 0 : 1, bytes - appended.bytes);
            if (epoch > 0) {
                touched.run();
                return new Accepted(epoch, flushed);
            }
        }
    }

    /** What an append took: a new entry or a place in the last one, and memory. */
    private record Appended(boolean made, long bytes) {}

    private Appended append(Stripe stripe, PendingRow row, RowChange change) {
        Entry last = row.last();
        if (last != null && last.group == null && last.epoch == openRows) {
            RowChange both = last.change.then(change);
            if (both != null) {
                long more = both.weight() - last.change.weight();
                limits.growEpoch(EncodedSize.of(row.key, both)
                        - EncodedSize.of(row.key, last.change)
                        - EncodedSize.of(row.key, change));
                last.change = both;
                return new Appended(false, more);
            }
        }
        mergeOld(row);
        Entry entry = new Entry(row, null, openRows, tickets.getAndIncrement(), change);
        row.entries.add(entry);
        stripe.log.add(entry);
        return new Appended(true, Limits.ENTRY_BYTES + change.weight());
    }

    /** Merges the row's two newest entries if both stand alone, are on disk, and no plan has taken them. */
    private void mergeOld(PendingRow row) {
        int n = row.entries.size();
        if (n < 2) {
            return;
        }
        Entry a = row.entries.get(n - 2);
        Entry b = row.entries.get(n - 1);
        if (a.group != null || b.group != null || a.epoch <= planned || b.epoch > durable) {
            return;
        }
        if (hasCellBornAfter(a.epoch, row)) {
            return;
        }
        RowChange both = a.change.then(b.change);
        if (both != null) {
            long fewer = a.change.weight() + b.change.weight() - both.weight();
            row.entries.remove(n - 1);
            row.entries.set(n - 2, new Entry(row, null, b.epoch, a.ticket, both));
            limits.release(row.table, 1, Limits.ENTRY_BYTES + fewer);
        }
    }

    /** Whether something was counted on the row between its entry of that epoch and now. */
    private static boolean hasCellBornAfter(long epoch, PendingRow row) {
        Object key = row.key;
        if (key == null) {
            return false;
        }
        if (row.frozen != null) {
            for (Cell.Frozen frozen : row.frozen) {
                if (frozen.cell().born > epoch) {
                    return true;
                }
            }
        }
        for (CounterColumn counter : row.table.counters()) {
            Cell cell = counter == null ? null : counter.cells.get(key);
            if (cell != null && !cell.isDead() && cell.born > epoch) {
                return true;
            }
        }
        return false;
    }

    /** One operation of a group. */
    record Operation(BufferedTable table, @Nullable Object key, RowChange change) {}

    /** What operations take in the journal, at the most. */
    static long encoded(List<Operation> operations) {
        return request(operations).encoded();
    }

    /** Refuses what no epoch has room for. */
    void requireFits(long encoded) {
        limits.requireFits(encoded);
    }

    private static Limits.Request request(List<Operation> group) {
        Limits.Request request = new Limits.Request(group.size());
        for (Operation operation : group) {
            request.add(
                    operation.table,
                    1,
                    Limits.ENTRY_BYTES + operation.change.weight(),
                    EncodedSize.of(operation.key, operation.change));
        }
        return request;
    }

    /** Appends a group to the row log. */
    Accepted append(List<Operation> group) {
        Limits.Request request = request(group);
        limits.requireFits(request.encoded());
        boolean flushed = false;
        while (true) {
            flushed |= limits.admit(request);
            long epoch = append(group, null, () -> limits.enterEpoch(request.encoded()));
            if (epoch > 0) {
                return new Accepted(epoch, flushed);
            }
            limits.release(request);
        }
    }

    /**
     * Appends a group of a hand-over row, which was let in already.
     *
     * @return null if the journal has made no room for it within {@code blockTimeout}
     */
    @Nullable Accepted appendCommitted(List<Operation> group, String handover) {
        Limits.Request request = request(group);
        while (limits.awaitEpoch()) {
            limits.take(request);
            long epoch = append(group, handover, () -> limits.enterEpochLast(request.encoded()));
            if (epoch > 0) {
                return new Accepted(epoch, false);
            }
            limits.release(request);
        }
        return null;
    }

    /** Appends a group of a hand-over row that was left behind, and is taken up a few at a time. */
    void append(List<Operation> group, String handover) {
        Limits.Request request = request(group);
        limits.take(request);
        long unused = append(group, handover, () -> {
            limits.growEpoch(request.encoded());
            return true;
        });
    }

    /**
     * Appends a group.
     *
     * @param enter asked under the locks whether the open epoch takes it
     * @return the epoch; 0 if it does not
     */
    private long append(List<Operation> group, @Nullable String handover, BooleanSupplier enter) {
        long mask = 0;
        int first = STRIPES;
        int[] at = new int[group.size()];
        for (int i = 0; i < at.length; i++) {
            Operation operation = group.get(i);
            at[i] = stripeOf(operation.table, operation.key);
            mask |= 1L << at[i];
            first = Math.min(first, at[i]);
        }
        long epoch;
        lock(mask);
        try {
            if (!enter.getAsBoolean()) {
                return 0;
            }
            epoch = openRows;
            Group made = new Group(at.length, handover);
            made.epoch = epoch;
            for (int i = 0; i < at.length; i++) {
                Operation operation = group.get(i);
                PendingRow row = rowOf(operation.table, operation.key);
                freezeTouched(stripes[at[i]], row, operation.change);
                mergeOld(row);
                Entry entry = new Entry(row, made, epoch, 0, operation.change);
                made.entries[i] = entry;
                row.entries.add(entry);
            }
            made.ticket = tickets.getAndIncrement();
            for (Entry entry : made.entries) {
                entry.ticket = made.ticket;
            }
            stripes[first].log.add(made);
        } finally {
            unlock(mask);
        }
        touched.run();
        return epoch;
    }

    private void lock(long mask) {
        for (long rest = mask; rest != 0; rest &= rest - 1) {
            stripes[Long.numberOfTrailingZeros(rest)].lock.lock();
        }
    }

    private void unlock(long mask) {
        for (long rest = mask; rest != 0; rest &= rest - 1) {
            stripes[Long.numberOfTrailingZeros(rest)].lock.unlock();
        }
    }

    /** Takes the counters of an epoch that is being cut. */
    interface CounterSink {
        /**
         * A cell that was touched; {@code delta} is 0 if it comes to nothing or was frozen.
         *
         * @param counts whether the delta has an effect
         */
        void cell(Cell cell, long delta, boolean counts);
    }

    /**
     * Cuts the open epoch. Under the cut lock.
     *
     * @return its row log in call order: {@link Entry} and {@link Group}
     */
    List<Object> cut(CounterSink counters) {
        long epoch = openCells;
        openCells = epoch + 1;
        dirty.drain((cells, count) -> {
            // Looked at first: whoever freezes a cell later has the flag to go by until the cut takes it.
            for (int i = 0; i < count; i++) {
                nothing[i] = cells[i].nothingCounts();
            }
            Cell.clean(cells, count);
            for (int i = 0; i < count; i++) {
                long delta = cells[i].cut();
                counters.cell(cells[i], delta, nothing[i] || delta != 0);
            }
        });
        List<Object> log = new ArrayList<>();
        lock(-1L);
        try {
            for (Stripe stripe : stripes) {
                if (!stripe.log.isEmpty()) {
                    log.addAll(stripe.log);
                    stripe.log = new ArrayList<>();
                }
            }
            openRows = epoch + 1;
            limits.nextEpoch();
        } finally {
            unlock(-1L);
        }
        limits.epochOpened();
        log.sort(Comparator.comparingLong(Intake::ticketOf));
        return log;
    }

    static long ticketOf(Object entryOrGroup) {
        return entryOrGroup instanceof Entry entry ? entry.ticket : ((Group) entryOrGroup).ticket;
    }

    /** Lets go of entries that are in the database. */
    void forget(PendingRow row, long to) {
        Stripe stripe = stripes[stripeOf(row.table, row.key)];
        stripe.lock.lock();
        try {
            row.entries.subList(0, row.after(to)).clear();
            if (row.key != null && row.isIdle()) {
                row.table.rows.remove(row.key, row);
            }
        } finally {
            stripe.lock.unlock();
        }
    }

    /** Ends a cell that was not used for a while. Under the cut and the plan lock. */
    void evict(Cell cell) {
        Stripe stripe = stripes[stripeOf(cell.column.table, cell.key())];
        stripe.lock.lock();
        try {
            if (cell.isDead() || cell.isDirty() || cell.isCounted() || cell.accumulator() != cell.planned) {
                return;
            }
            Cell.Frozen frozen = cell.freeze();
            cell.column.cells.remove(cell);
            if (frozen.rest() != 0) {
                appendUnasked(stripe, rowOf(cell.column.table, cell.key()), cell.column.column, frozen.rest());
                touched.run();
            }
        } finally {
            stripe.lock.unlock();
        }
    }
}
