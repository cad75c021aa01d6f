package dev.weir.buffer;

import dev.weir.buffer.PendingRow.Entry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one flush transaction writes: everything that a writer's epochs {@code from + 1} to {@code to} hold. Content and
 * borders never change once it is made, so that a COMMIT whose answer was lost is decided by the ledger alone.
 */
final class Plan {
    final String writer;
    final long from;
    final long to;

    /** Counter deltas by column, those of rows that also have entries included. */
    final IdentityHashMap<CounterColumn, Deltas> counters = new IdentityHashMap<>();

    /** Rows with entries, or with more than one cell. */
    final IdentityHashMap<BufferedTable, Map<Object, Pieces>> rows = new IdentityHashMap<>();

    /** Rows to insert whose keys the database makes. */
    final List<Pieces> keyless = new ArrayList<>();

    /** Rows that are let go when the plan is in the database. */
    final List<PendingRow> pending = new ArrayList<>();

    /** Hand-over rows that this plan applies and deletes. */
    final Set<String> handovers = new LinkedHashSet<>();

    /** What the limits get back, by table: rows and bytes. */
    final IdentityHashMap<BufferedTable, long[]> admitted = new IdentityHashMap<>();

    Plan(String writer, long from, long to) {
        this.writer = writer;
        this.from = from;
        this.to = to;
    }

    /** How many changes of rows it holds. */
    long size() {
        long size = keyless.size();
        for (Deltas deltas : counters.values()) {
            size += deltas.size;
        }
        for (Map<Object, Pieces> table : rows.values()) {
            size += table.size();
        }
        return size;
    }

    boolean isEmpty() {
        return counters.isEmpty() && rows.isEmpty() && keyless.isEmpty() && handovers.isEmpty();
    }

    void admit(BufferedTable table, long moreRows, long moreBytes) {
        long[] sums = admitted.computeIfAbsent(table, t -> new long[2]);
        sums[0] += moreRows;
        sums[1] += moreBytes;
    }

    void counter(Cell cell, long delta) {
        counters.computeIfAbsent(cell.column, c -> new Deltas()).add(cell, delta);
    }

    /** The pieces of a row, made if need be. */
    Pieces pieces(BufferedTable table, @Nullable Object key) {
        if (key == null) {
            Pieces made = new Pieces(table, null);
            keyless.add(made);
            return made;
        }
        return rows.computeIfAbsent(table, t -> new LinkedHashMap<>()).computeIfAbsent(key, k -> new Pieces(table, k));
    }

    void entry(Entry entry) {
        pieces(entry.row.table, entry.row.key)
                .list
                .add(new Piece(entry.epoch, entry.ticket, entry.change, entry.group));
        if (entry.group != null && entry.group.handover != null) {
            handovers.add(entry.group.handover);
        }
    }

    /** A change of a row and its place in the order of calls. */
    record Piece(long epoch, long ticket, RowChange change, PendingRow.@Nullable Group group) {}

    /** All that a plan holds of one row. */
    static final class Pieces {
        final BufferedTable table;
        final @Nullable Object key;
        final List<Piece> list = new ArrayList<>(2);

        Pieces(BufferedTable table, @Nullable Object key) {
            this.table = table;
            this.key = key;
        }
    }

    /** Deltas of one counter column. */
    static final class Deltas {
        Cell[] cells = new Cell[64];
        long[] deltas = new long[64];
        int size;

        /** The first place of each slot of a hash table over the rows, and the next place in each place's slot; made when asked. */
        private int @Nullable [] heads;

        private int[] next = {};

        void add(Cell cell, long delta) {
            heads = null;
            if (size == cells.length) {
                cells = Arrays.copyOf(cells, size * 2);
                deltas = Arrays.copyOf(deltas, size * 2);
            }
            cells[size] = cell;
            deltas[size++] = delta;
        }

        /**
         * Adds the deltas of the wanted rows' cells to their pieces, at the cells' birth. Looks at these cells alone: a landed
         * plan asks for each of its rows. Under the plan lock.
         */
        void collect(Map<Object, List<Piece>> wanted) {
            int[] first = index();
            wanted.forEach((key, pieces) -> {
                for (int i = first[slot(key.hashCode(), first)]; i >= 0; i = next[i]) {
                    if (isOf(cells[i], key)) {
                        pieces.add(piece(cells[i], deltas[i]));
                    }
                }
            });
        }

        private int[] index() {
            int[] index = heads;
            if (index == null) {
                index = new int[Math.max(1, Integer.highestOneBit(size) * 2)];
                Arrays.fill(index, -1);
                next = new int[size];
                for (int i = size - 1; i >= 0; i--) {
                    int slot = slot(hash(cells[i]), index);
                    next[i] = index[slot];
                    index[slot] = i;
                }
                heads = index;
            }
            return index;
        }

        private static int slot(int hash, int[] index) {
            return ((hash * 0x9E3779B9) >>> 7) & (index.length - 1);
        }

        private static int hash(Cell cell) {
            return cell instanceof ObjectCell ? cell.key().hashCode() : Long.hashCode(cell.longKey);
        }

        private static boolean isOf(Cell cell, Object key) {
            return cell instanceof ObjectCell ? cell.key().equals(key) : cell.longKey == (long) key;
        }
    }

    /** What a cell holds, before all entries of the epoch that it was born in. */
    static Piece piece(Cell cell, long delta) {
        return new Piece(
                cell.born,
                -1,
                RowChange.update(cell.column.column, new ColumnChange.Plus(delta), cell.column.table.missing),
                null);
    }
}
