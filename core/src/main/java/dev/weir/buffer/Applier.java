package dev.weir.buffer;

import dev.weir.buffer.Batch.Merged;
import dev.weir.buffer.Batch.Sums;
import dev.weir.buffer.RowChange.Insert;
import dev.weir.buffer.RowChange.Missing;
import dev.weir.buffer.RowChange.Update;
import dev.weir.db.engine.Bulk;
import dev.weir.db.engine.BulkUpdate;
import dev.weir.db.engine.BulkUpdate.Assignment;
import dev.weir.db.engine.ColumnInfo;
import dev.weir.db.engine.TableInfo;
import dev.weir.db.engine.ValueKind;
import dev.weir.db.engine.Values;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Turns a {@link Batch} into bulk statements on one connection. Deletes go from children to parents, inserts from parents to
 * children, then updates; each statement's count is checked against the keys it was given. One object a run.
 */
final class Applier {
    private final Bulk bulk;
    private final Connection connection;
    private Bulk.Result done = Bulk.Result.NONE;

    /** Rows that did not exist and whose change stands alone: dead letters. */
    final List<Unit.Part> missing = new ArrayList<>();

    /** Groups that a missing row makes impossible. If there are any, nothing of this run may be kept. */
    final Set<Unit> impossible = new LinkedHashSet<>();

    long ignored;

    Applier(Bulk bulk, Connection connection) {
        this.bulk = bulk;
        this.connection = connection;
    }

    Bulk.Result done() {
        return done;
    }

    void apply(Batch batch) throws SQLException {
        for (Sums sums : batch.counters) {
            counters(sums);
        }
        List<Merged> rows = batch.rows;
        for (int wave = 0; !rows.isEmpty(); wave++) {
            wave(rows, wave);
            int next = wave + 1;
            rows = rows.stream().filter(row -> row.changes.size() > next).toList();
        }
    }

    private void counters(Sums sums) throws SQLException {
        BufferedTable table = sums.column().table;
        int n = sums.size();
        List<Values> keys = table.longKey
                ? List.of(new Values.Longs(sums.longKeys(), n))
                : keyValues(table, Arrays.asList(sums.keys()));
        Values deltas = values(table.columnInfo(sums.column().column), sums.deltas());
        ColumnInfo column = table.columnInfo(sums.column().column);
        Bulk.Result result = update(
                new BulkUpdate(table.info, table.keyColumns(), keys, List.of(new BulkUpdate.Add(column, deltas))));
        if (result.rows() == n) {
            return;
        }
        List<Merged> absent = absent(table, keys, result)
                .mapToObj(i -> {
                    Merged merged = new Merged(table, table.longKey ? (Object) sums.longKeys()[i] : sums.keys()[i]);
                    merged.add(RowChange.update(
                            sums.column().column, new ColumnChange.Plus(sums.deltas()[i]), table.missing));
                    return merged;
                })
                .toList();
        checkMatched(table, result.rows(), n - absent.size());
        missing(table, absent, 0);
    }

    private static Values values(ColumnInfo column, long[] deltas) {
        if (column.kind() == ValueKind.INTEGER) {
            return new Values.Longs(deltas, deltas.length);
        }
        @Nullable Object[] decimals = new @Nullable Object[deltas.length];
        for (int i = 0; i < deltas.length; i++) {
            decimals[i] = BigDecimal.valueOf(deltas[i]);
        }
        return new Values.Objects(decimals, decimals.length);
    }

    private static void checkMatched(BufferedTable table, long matched, long expected) throws SQLException {
        if (matched != expected) {
            // Somebody else inserted or deleted rows in between: the transaction is tried again.
            throw new SQLException(
                    "A bulk statement matched other rows than those that exist: table=" + table.name, "40001");
        }
    }

    private Bulk.Result update(BulkUpdate update) throws SQLException {
        Bulk.Result result = bulk.update(connection, update);
        done = done.plus(result);
        return result;
    }

    /** The places of the keys that an update did not find. */
    private IntStream absent(BufferedTable table, List<Values> keys, Bulk.Result result) throws SQLException {
        if (result.missed() != null) {
            return result.missed().stream();
        }
        Set<Object> there = new HashSet<>();
        for (@Nullable Object[] row : bulk.select(connection, table.info, table.keyColumns(), keys, List.of())) {
            there.add(table.keyOfColumns(row));
        }
        return IntStream.range(0, keys.get(0).size()).filter(i -> !there.contains(keyAt(table, keys, i)));
    }

    private static Object keyAt(BufferedTable table, List<Values> keys, int place) {
        @Nullable Object[] parts = new @Nullable Object[keys.size()];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = keys.get(i).get(place);
        }
        return table.keyOfColumns(parts);
    }

    private void wave(List<Merged> rows, int wave) throws SQLException {
        Map<BufferedTable, List<Merged>> byTable = new LinkedHashMap<>();
        for (Merged row : rows) {
            byTable.computeIfAbsent(row.table, t -> new ArrayList<>()).add(row);
        }
        List<BufferedTable> order = parentsFirst(byTable.keySet());
        List<BufferedTable> reverse = new ArrayList<>(order);
        Collections.reverse(reverse);
        for (BufferedTable table : reverse) {
            delete(table, byTable.getOrDefault(table, List.of()), wave);
        }
        for (BufferedTable table : order) {
            List<Insert> inserts = new ArrayList<>();
            for (Merged row : byTable.getOrDefault(table, List.of())) {
                Insert insert = row.changes.get(wave).insert();
                if (insert != null) {
                    inserts.add(insert);
                }
            }
            insert(table, inserts);
        }
        for (BufferedTable table : order) {
            updates(table, byTable.getOrDefault(table, List.of()), wave);
        }
    }

    /** Tables so that one comes after those that its foreign keys point to; cycles are broken anywhere. */
    static List<BufferedTable> parentsFirst(Collection<BufferedTable> tables) {
        List<BufferedTable> sorted = new ArrayList<>(tables);
        sorted.sort(Comparator.comparing(table -> table.name));
        List<BufferedTable> order = new ArrayList<>();
        Set<BufferedTable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (BufferedTable table : sorted) {
            visit(table, sorted, seen, order);
        }
        return order;
    }

    private static void visit(
            BufferedTable table, List<BufferedTable> all, Set<BufferedTable> seen, List<BufferedTable> order) {
        if (seen.add(table)) {
            for (BufferedTable parent : all) {
                if (parent != table && refers(table.info, parent.info)) {
                    visit(parent, all, seen, order);
                }
            }
            order.add(table);
        }
    }

    private void delete(BufferedTable table, List<Merged> rows, int wave) throws SQLException {
        List<Object> keys = new ArrayList<>();
        for (Merged row : rows) {
            if (row.changes.get(wave).delete() && row.key != null) {
                keys.add(row.key);
            }
        }
        if (!keys.isEmpty()) {
            done = done.plus(bulk.delete(connection, table.info, table.keyColumns(), keyValues(table, keys)));
        }
    }

    private void insert(BufferedTable table, List<Insert> inserts) throws SQLException {
        Map<List<Integer>, List<Insert>> byColumns = new LinkedHashMap<>();
        int[] last = null;
        List<Insert> lastGroup = List.of();
        for (Insert insert : inserts) {
            if (insert.columns() != last && !Arrays.equals(insert.columns(), last)) {
                last = insert.columns();
                lastGroup =
                        byColumns.computeIfAbsent(Arrays.stream(last).boxed().toList(), k -> new ArrayList<>());
            }
            lastGroup.add(insert);
        }
        for (List<Insert> group : byColumns.values()) {
            int[] columns = group.get(0).columns();
            List<ColumnInfo> infos = new ArrayList<>();
            List<Values> values = new ArrayList<>();
            for (int c = 0; c < columns.length; c++) {
                infos.add(table.columnInfo(columns[c]));
                @Nullable Object[] column = new @Nullable Object[group.size()];
                for (int r = 0; r < column.length; r++) {
                    column[r] = group.get(r).values()[c];
                }
                values.add(new Values.Objects(column, column.length));
            }
            Bulk.Result result = bulk.insert(connection, table.info, infos, values);
            done = done.plus(result);
            if (result.rows() != group.size()) {
                throw new SQLException(
                        "An insert made " + result.rows() + " rows of " + group.size() + ": table=" + table.name
                                + ". A trigger or rule swallows them.",
                        "23000");
            }
        }
    }

    private void updates(BufferedTable table, List<Merged> rows, int wave) throws SQLException {
        Map<List<Object>, List<Merged>> byShape = new LinkedHashMap<>();
        Update last = null;
        List<Merged> alike = List.of();
        for (Merged row : rows) {
            Update update = row.changes.get(wave).update();
            if (update != null) {
                if (last == null || !areAlike(last, update)) {
                    last = update;
                    alike = byShape.computeIfAbsent(shape(update), k -> new ArrayList<>());
                }
                alike.add(row);
            }
        }
        for (List<Merged> group : byShape.values()) {
            update(table, group, wave);
        }
    }

    private static boolean areAlike(Update a, Update b) {
        if (a.columns() != b.columns() && !Arrays.equals(a.columns(), b.columns())) {
            return false;
        }
        for (int i = 0; i < a.changes().length; i++) {
            if (a.changes()[i].getClass() != b.changes()[i].getClass()) {
                return false;
            }
        }
        return true;
    }

    /** Which columns it changes, and how. */
    private static List<Object> shape(Update update) {
        List<Object> shape = new ArrayList<>(update.columns().length * 2);
        for (int i = 0; i < update.columns().length; i++) {
            shape.add(update.columns()[i]);
            shape.add(update.changes()[i].getClass());
        }
        return shape;
    }

    private static Update updateOf(Merged row, int wave) {
        return Objects.requireNonNull(row.changes.get(wave).update());
    }

    private void update(BufferedTable table, List<Merged> rows, int wave) throws SQLException {
        int n = rows.size();
        Update first = updateOf(rows.get(0), wave);
        List<Assignment> assignments = new ArrayList<>();
        for (int c = 0; c < first.columns().length; c++) {
            assignments.add(assignment(table.columnInfo(first.columns()[c]), rows, wave, c));
        }
        List<Object> keys = new ArrayList<>(n);
        for (Merged row : rows) {
            keys.add(Objects.requireNonNull(row.key));
        }
        List<Values> keyValues = keyValues(table, keys);
        Bulk.Result result = update(new BulkUpdate(table.info, table.keyColumns(), keyValues, assignments));
        if (result.rows() == n) {
            return;
        }
        List<Merged> absent =
                absent(table, keyValues, result).mapToObj(rows::get).toList();
        checkMatched(table, result.rows(), n - absent.size());
        missing(table, absent, wave);
    }

    private static Assignment assignment(ColumnInfo column, List<Merged> rows, int wave, int at) {
        int n = rows.size();
        ColumnChange kind = updateOf(rows.get(0), wave).changes()[at];
        if (kind instanceof ColumnChange.Plus) {
            long[] amounts = new long[n];
            for (int r = 0; r < n; r++) {
                amounts[r] = ((ColumnChange.Plus) updateOf(rows.get(r), wave).changes()[at]).amount();
            }
            return new BulkUpdate.Add(column, values(column, amounts));
        }
        @Nullable Object[] first = new @Nullable Object[n];
        @Nullable Object[] low = new @Nullable Object[n];
        @Nullable Object[] high = new @Nullable Object[n];
        @Nullable Object[] onNull = new @Nullable Object[n];
        boolean adds = false;
        for (int r = 0; r < n; r++) {
            ColumnChange change = updateOf(rows.get(r), wave).changes()[at];
            if (change instanceof ColumnChange.Put put) {
                first[r] = put.value();
            } else if (change instanceof ColumnChange.Max max) {
                first[r] = max.value();
            } else if (change instanceof ColumnChange.Min min) {
                first[r] = min.value();
            } else if (change instanceof ColumnChange.Clamp clamp) {
                first[r] = clamp.add();
                adds |= clamp.add() != null;
                low[r] = clamp.low();
                high[r] = clamp.high();
                onNull[r] = clamp.onNull();
            }
        }
        if (kind instanceof ColumnChange.Put) {
            return new BulkUpdate.Set(column, new Values.Objects(first, n));
        } else if (kind instanceof ColumnChange.Max) {
            return new BulkUpdate.Max(column, new Values.Objects(first, n));
        } else if (kind instanceof ColumnChange.Min) {
            return new BulkUpdate.Min(column, new Values.Objects(first, n));
        }
        if (adds) {
            for (int r = 0; r < n; r++) {
                if (first[r] == null) {
                    first[r] = column.kind() == ValueKind.INTEGER ? (Object) 0L : BigDecimal.ZERO;
                }
            }
        }
        return new BulkUpdate.Clamp(
                column,
                adds ? new Values.Objects(first, n) : null,
                new Values.Objects(low, n),
                new Values.Objects(high, n),
                new Values.Objects(onNull, n));
    }

    private void missing(BufferedTable table, List<Merged> rows, int wave) throws SQLException {
        List<Insert> inserts = new ArrayList<>();
        for (Merged row : rows) {
            Update update = updateOf(row, wave);
            Missing policy = update.missing();
            if (policy.defaults() != null) {
                inserts.add(insertOf(table, row, update, policy.defaults()));
            } else if (policy.policy() == MissingRow.IGNORE) {
                ignored++;
            } else {
                boolean grouped = false;
                for (Unit unit : row.units) {
                    if (unit.group() != null) {
                        impossible.add(unit);
                        grouped = true;
                    }
                }
                if (!grouped) {
                    missing.add(new Unit.Part(table, row.key, row.changes.get(wave)));
                }
            }
        }
        insert(table, inserts);
    }

    private static Insert insertOf(BufferedTable table, Merged row, Update update, Insert defaults) {
        Insert insert = defaults;
        for (int i = 0; i < update.columns().length; i++) {
            int column = update.columns()[i];
            int at = defaults.find(column);
            Object value = update.changes()[i].apply(at < 0 ? null : defaults.values()[at]);
            if (value instanceof BigDecimal && table.columnInfo(column).kind() == ValueKind.INTEGER) {
                throw new ArithmeticException("A row to insert has a number of more than 64 bits: table=" + table.name);
            }
            insert = insert.with(column, value);
        }
        Object[] parts = BufferedTable.parts(Objects.requireNonNull(row.key));
        for (int i = 0; i < parts.length; i++) {
            insert = insert.with(table.key[i], parts[i]);
        }
        return insert;
    }

    /** Keys as columns of values. */
    static List<Values> keyValues(BufferedTable table, List<Object> keys) {
        int n = keys.size();
        if (table.longKey) {
            long[] longs = new long[n];
            for (int i = 0; i < n; i++) {
                longs[i] = (long) keys.get(i);
            }
            return List.of(new Values.Longs(longs, n));
        }
        int width = table.key.length;
        @Nullable Object[][] columns = new @Nullable Object[width][n];
        for (int i = 0; i < n; i++) {
            Object[] parts = BufferedTable.parts(keys.get(i));
            for (int c = 0; c < width; c++) {
                columns[c][i] = parts[c];
            }
        }
        List<Values> values = new ArrayList<>(width);
        for (@Nullable Object[] column : columns) {
            values.add(new Values.Objects(column, n));
        }
        return values;
    }

    private static boolean refers(TableInfo child, TableInfo parent) {
        return child.schema().equals(parent.schema())
                && child.references().stream().anyMatch(parent.name()::equalsIgnoreCase);
    }
}
