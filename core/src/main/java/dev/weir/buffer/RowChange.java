package dev.weir.buffer;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is pending for one row, in this order: it is deleted, inserted, updated; at least one of them. Columns are named by
 * their index in the {@link BufferedTable}. Immutable.
 *
 * <p>{@link #then} composes two changes of one row where that says the same as applying both, assuming that an insert meets
 * no row of its key; constraints are so checked on the coalesced row.
 */
record RowChange(
        boolean delete, @Nullable Insert insert, @Nullable Update update) {

    /** A new row: the values of the columns given. */
    @SuppressWarnings("ArrayRecordComponent")
    record Insert(int[] columns, @Nullable Object[] values) {
        int find(int column) {
            for (int i = 0; i < columns.length; i++) {
                if (columns[i] == column) {
                    return i;
                }
            }
            return -1;
        }

        Insert with(int column, @Nullable Object value) {
            int at = find(column);
            if (at >= 0) {
                @Nullable Object[] changed = values.clone();
                changed[at] = value;
                return new Insert(columns, changed);
            }
            int[] moreColumns = Arrays.copyOf(columns, columns.length + 1);
            @Nullable Object[] moreValues = Arrays.copyOf(values, values.length + 1);
            moreColumns[columns.length] = column;
            moreValues[values.length] = value;
            return new Insert(moreColumns, moreValues);
        }
    }

    /** Changes of columns of a row that should exist, and what to do if it does not. */
    @SuppressWarnings("ArrayRecordComponent")
    record Update(int[] columns, ColumnChange[] changes, Missing missing) {}

    /**
     * What becomes of an update whose row does not exist.
     *
     * @param defaults the row to insert then, before the update is applied to it; null unless {@code policy} is null
     * @param policy what else happens; null if {@code defaults} are inserted
     */
    record Missing(@Nullable MissingRow policy, @Nullable Insert defaults) {
        static final Missing DEAD_LETTER = new Missing(MissingRow.DEAD_LETTER, null);
        static final Missing IGNORE = new Missing(MissingRow.IGNORE, null);

        boolean same(Missing other) {
            if (defaults == null || other.defaults == null) {
                return defaults == null && other.defaults == null && policy == other.policy;
            }
            return Arrays.equals(defaults.columns, other.defaults.columns)
                    && Arrays.deepEquals(defaults.values, other.defaults.values);
        }
    }

    static final RowChange DELETE = new RowChange(true, null, null);

    static RowChange insert(Insert insert) {
        return new RowChange(false, insert, null);
    }

    static RowChange update(int column, ColumnChange change, Missing missing) {
        return new RowChange(false, null, new Update(new int[] {column}, new ColumnChange[] {change}, missing));
    }

    static RowChange update(Update update) {
        return new RowChange(false, null, update);
    }

    /** This change and then the next, as one; null if only both in turn say the same. */
    @Nullable RowChange then(RowChange next) {
        if (next.delete) {
            return next;
        }
        if (next.insert != null) {
            return delete && insert == null && update == null ? new RowChange(true, next.insert, next.update) : null;
        }
        if (next.update == null) {
            return this;
        }
        if (overflows(next.update)) {
            return null;
        }
        if (insert != null) {
            return new RowChange(delete, insert, update).updated(next.update);
        }
        if (delete || update == null || !update.missing.same(next.update.missing)) {
            return null;
        }
        return new RowChange(false, null, merge(update, next.update));
    }

    private boolean overflows(Update next) {
        Update changed = update;
        Insert inserted = insert;
        for (int i = 0; i < next.columns.length; i++) {
            ColumnChange change = next.changes[i];
            if (changed != null) {
                int at = find(changed.columns, next.columns[i]);
                if (at >= 0 && changed.changes[at].overflows(change)) {
                    return true;
                }
            }
            if (inserted != null) {
                int at = inserted.find(next.columns[i]);
                if (at >= 0 && new ColumnChange.Put(inserted.values[at]).overflows(change)) {
                    return true;
                }
            }
        }
        return false;
    }

    private RowChange updated(Update next) {
        Insert row = Objects.requireNonNull(insert);
        Update rest = update;
        for (int i = 0; i < next.columns.length; i++) {
            int column = next.columns[i];
            ColumnChange change = next.changes[i];
            int at = row.find(column);
            if (at >= 0) {
                row = row.with(column, change.apply(row.values[at]));
            } else if (change instanceof ColumnChange.Put put) {
                row = row.with(column, put.value());
                rest = rest == null ? null : without(rest, column);
            } else {
                Update one = new Update(new int[] {column}, new ColumnChange[] {change}, next.missing);
                rest = rest == null ? one : merge(rest, one);
            }
        }
        return new RowChange(delete, row, rest);
    }

    private static @Nullable Update without(Update update, int column) {
        int at = find(update.columns, column);
        if (at < 0) {
            return update;
        }
        int n = update.columns.length - 1;
        if (n == 0) {
            return null;
        }
        int[] columns = new int[n];
        ColumnChange[] changes = new ColumnChange[n];
        for (int i = 0, j = 0; i <= n; i++) {
            if (i != at) {
                columns[j] = update.columns[i];
                changes[j++] = update.changes[i];
            }
        }
        return new Update(columns, changes, update.missing);
    }

    /** Both updates as one; the policy for a missing row is the first one's. */
    static Update merge(Update first, Update next) {
        int[] columns = first.columns;
        ColumnChange[] changes = first.changes.clone();
        for (int i = 0; i < next.columns.length; i++) {
            int at = find(columns, next.columns[i]);
            if (at >= 0) {
                changes[at] = changes[at].then(next.changes[i]);
            } else {
                columns = Arrays.copyOf(columns, columns.length + 1);
                changes = Arrays.copyOf(changes, changes.length + 1);
                columns[columns.length - 1] = next.columns[i];
                changes[changes.length - 1] = next.changes[i];
            }
        }
        return new Update(columns, changes, first.missing);
    }

    private static int find(int[] columns, int column) {
        for (int i = 0; i < columns.length; i++) {
            if (columns[i] == column) {
                return i;
            }
        }
        return -1;
    }

    /** Memory it takes, estimated, in bytes. */
    long weight() {
        long weight = 24;
        if (insert != null) {
            weight += 48 + 8L * insert.columns.length;
            for (Object value : insert.values) {
                weight += weight(value);
            }
        }
        if (update != null) {
            weight += 56;
            for (ColumnChange change : update.changes) {
                weight += 28 + (change instanceof ColumnChange.Put put ? weight(put.value()) : 16);
            }
        }
        return weight;
    }

    private static long weight(@Nullable Object value) {
        if (value == null) {
            return 0;
        } else if (value instanceof String s) {
            return 44L + s.length();
        } else if (value instanceof byte[] b) {
            return 16L + b.length;
        }
        return 28;
    }
}
