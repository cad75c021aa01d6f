package dev.weir.buffer;

import dev.weir.buffer.PendingRow.Group;
import dev.weir.buffer.Plan.Deltas;
import dev.weir.buffer.Plan.Piece;
import dev.weir.buffer.Plan.Pieces;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Changes ready to be applied: counters as columns of numbers, everything else row by row, composed. Sorted by key.
 */
final class Batch {
    /** Sums of one counter column, keys ascending and distinct: {@code longKeys} if the key is a long, else {@code keys}. */
    @SuppressWarnings("ArrayRecordComponent")
    record Sums(CounterColumn column, long[] longKeys, Object[] keys, long[] deltas) {
        int size() {
            return deltas.length;
        }
    }

    /** A row's composed changes, to be applied one after the other, and the units that they come from. */
    static final class Merged {
        final BufferedTable table;
        final @Nullable Object key;
        final List<RowChange> changes = new ArrayList<>(1);
        final List<Unit> units = new ArrayList<>(1);

        Merged(BufferedTable table, @Nullable Object key) {
            this.table = table;
            this.key = key;
        }

        void add(RowChange change) {
            int last = changes.size() - 1;
            RowChange both = last < 0 ? null : changes.get(last).then(change);
            if (both != null) {
                changes.set(last, both);
            } else {
                changes.add(change);
            }
        }
    }

    final List<Sums> counters = new ArrayList<>();
    final List<Merged> rows = new ArrayList<>();

    /** The whole plan but the groups of {@code skipped} hand-overs. */
    static Batch of(Plan plan, Set<String> skipped) {
        if (!skipped.isEmpty()) {
            return of(units(plan, skipped));
        }
        Batch batch = new Batch();
        plan.counters.forEach((column, deltas) -> {
            Sums sums = sums(column, deltas, plan.rows.get(column.table));
            if (sums.size() > 0) {
                batch.counters.add(sums);
            }
        });
        for (Map<Object, Pieces> table : plan.rows.values()) {
            for (Pieces pieces : table.values()) {
                batch.rows.add(merge(pieces));
            }
        }
        for (Pieces pieces : plan.keyless) {
            batch.rows.add(merge(pieces));
        }
        batch.sort();
        return batch;
    }

    private static Merged merge(Pieces pieces) {
        Merged merged = new Merged(pieces.table, pieces.key);
        if (pieces.list.size() > 1) {
            pieces.list.sort(ORDER);
        }
        for (Piece piece : pieces.list) {
            merged.add(piece.change());
        }
        return merged;
    }

    private static final Comparator<Piece> ORDER =
            Comparator.comparingLong(Piece::epoch).thenComparingLong(Piece::ticket);

    private static Sums sums(CounterColumn column, Deltas deltas, @Nullable Map<Object, Pieces> mixed) {
        int n = deltas.size;
        if (column.table.longKey) {
            long[] keys = new long[n];
            long[] values = new long[n];
            int used = 0;
            for (int i = 0; i < n; i++) {
                Cell cell = deltas.cells[i];
                if (mixed == null || !mixed.containsKey(cell.longKey)) {
                    keys[used] = cell.longKey;
                    values[used++] = deltas.deltas[i];
                }
            }
            return longSums(column, keys, values, used);
        }
        Map<Object, Long> byKey = new HashMap<>(n * 2);
        for (int i = 0; i < n; i++) {
            Object key = deltas.cells[i].key();
            if (mixed == null || !mixed.containsKey(key)) {
                byKey.merge(key, deltas.deltas[i], Math::addExact);
            }
        }
        Object[] keys = byKey.keySet().toArray();
        Arrays.sort(keys, Keys::compare);
        long[] values = new long[keys.length];
        for (int i = 0; i < keys.length; i++) {
            values[i] = byKey.getOrDefault(keys[i], 0L);
        }
        return new Sums(column, new long[0], keys, values);
    }

    private static Sums longSums(CounterColumn column, long[] keys, long[] values, int used) {
        LongSort.sort(keys, values, used);
        int n = 0;
        for (int i = 0; i < used; i++) {
            if (n > 0 && keys[n - 1] == keys[i]) {
                values[n - 1] = Math.addExact(values[n - 1], values[i]);
            } else {
                keys[n] = keys[i];
                values[n++] = values[i];
            }
        }
        return new Sums(column, Arrays.copyOf(keys, n), new Object[0], Arrays.copyOf(values, n));
    }

    /** Some units, in their order. */
    static Batch of(List<Unit> units) {
        Batch batch = new Batch();
        IdentityHashMap<BufferedTable, Map<Object, Merged>> byRow = new IdentityHashMap<>();
        for (Unit unit : units) {
            for (Unit.Part part : unit.parts()) {
                Merged merged;
                if (part.key() == null) {
                    merged = new Merged(part.table(), null);
                    batch.rows.add(merged);
                } else {
                    merged = byRow.computeIfAbsent(part.table(), t -> new HashMap<>())
                            .computeIfAbsent(part.key(), k -> {
                                Merged made = new Merged(part.table(), k);
                                batch.rows.add(made);
                                return made;
                            });
                }
                merged.add(part.change());
                merged.units.add(unit);
            }
        }
        batch.sort();
        return batch;
    }

    private void sort() {
        // Alike for every writer: two that lock the same rows in different orders would wait for each other.
        counters.sort(Comparator.<Sums, String>comparing(sums -> sums.column.table.name)
                .thenComparingInt(sums -> sums.column.column));
        rows.sort(Batch::compare);
    }

    private static int compare(Merged a, Merged b) {
        if (a.table != b.table) {
            return a.table.name.compareTo(b.table.name);
        }
        Object x = a.key;
        Object y = b.key;
        if (x instanceof Long i && y instanceof Long j) {
            return Long.compare(i, j);
        }
        if (x == null || y == null) {
            return x == null ? y == null ? 0 : 1 : -1;
        }
        return Keys.compare(x, y);
    }

    /** The units of a plan in their order, without the groups of {@code skipped} hand-overs and with no hand-over twice. */
    static List<Unit> units(Plan plan, Set<String> skipped) {
        List<Unit> units = new ArrayList<>();
        IdentityHashMap<Group, Unit> groups = new IdentityHashMap<>();
        List<Pieces> all = new ArrayList<>(plan.keyless);
        plan.rows.values().forEach(table -> all.addAll(table.values()));
        for (Pieces pieces : all) {
            pieces.list.sort(ORDER);
            Piece first = null;
            List<RowChange> alone = new ArrayList<>(1);
            for (Piece piece : pieces.list) {
                if (piece.group() == null) {
                    first = first == null ? piece : first;
                    int last = alone.size() - 1;
                    RowChange both = last < 0 ? null : alone.get(last).then(piece.change());
                    if (both != null) {
                        alone.set(last, both);
                    } else {
                        alone.add(piece.change());
                    }
                } else {
                    flush(units, pieces, first, alone);
                    first = null;
                    groups.computeIfAbsent(piece.group(), group -> unit(group));
                }
            }
            flush(units, pieces, first, alone);
        }
        plan.counters.forEach((column, deltas) -> {
            Sums sums = sums(column, deltas, plan.rows.get(column.table));
            for (int i = 0; i < sums.size(); i++) {
                Object key = column.table.longKey ? (Object) sums.longKeys[i] : sums.keys[i];
                RowChange change =
                        RowChange.update(column.column, new ColumnChange.Plus(sums.deltas[i]), column.table.missing);
                units.add(new Unit(plan.to, -1, null, List.of(new Unit.Part(column.table, key, change))));
            }
        });
        Map<String, Unit> once = new LinkedHashMap<>();
        for (Unit unit : groups.values()) {
            String handover = unit.group() == null ? null : unit.group().handover;
            if (handover == null) {
                units.add(unit);
            } else if (!skipped.contains(handover)) {
                once.putIfAbsent(handover, unit);
            }
        }
        units.addAll(once.values());
        units.sort(Comparator.naturalOrder());
        return units;
    }

    private static void flush(List<Unit> units, Pieces pieces, @Nullable Piece first, List<RowChange> alone) {
        if (first != null) {
            for (RowChange change : alone) {
                units.add(new Unit(
                        first.epoch(), first.ticket(), null, List.of(new Unit.Part(pieces.table, pieces.key, change))));
            }
            alone.clear();
        }
    }

    private static Unit unit(Group group) {
        List<Unit.Part> parts = new ArrayList<>(group.entries.length);
        for (PendingRow.Entry entry : group.entries) {
            parts.add(new Unit.Part(entry.row.table, entry.row.key, entry.change));
        }
        return new Unit(group.epoch, group.ticket, group, parts);
    }
}
