package dev.weir.buffer;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row with pending entries in the row log. Guarded by the row's stripe lock; {@code table} and {@code key} are final.
 */
final class PendingRow {
    final BufferedTable table;

    /** The canonical key; null for an insert whose key the database makes. */
    final @Nullable Object key;

    /** Pending entries, oldest first. */
    final ArrayList<Entry> entries = new ArrayList<>(2);

    /** Cells of this row that were frozen and that no plan has taken yet. */
    @Nullable List<Cell.Frozen> frozen;

    /** Whether it waits for the next plan. Guarded by the cut lock. */
    boolean unplanned;

    PendingRow(BufferedTable table, @Nullable Object key) {
        this.table = table;
        this.key = key;
    }

    /** Where the entries of later epochs begin; entries are in the order of their epochs. */
    int after(long epoch) {
        int low = 0;
        int high = entries.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (entries.get(middle).epoch <= epoch) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    @Nullable Entry last() {
        return entries.isEmpty() ? null : entries.get(entries.size() - 1);
    }

    boolean isIdle() {
        return entries.isEmpty() && frozen == null;
    }

    /** A pending change of one row. Immutable once its epoch is cut. */
    static final class Entry {
        final PendingRow row;

        /** The group it belongs to; null if it stands alone. */
        final @Nullable Group group;

        /** The epoch that holds it; after merging entries of several journalled epochs, the last of them. */
        long epoch;

        /** Its place in the epoch: entries of one row, and groups, are in call order. */
        long ticket;

        RowChange change;

        Entry(PendingRow row, @Nullable Group group, long epoch, long ticket, RowChange change) {
            this.row = row;
            this.group = group;
            this.epoch = epoch;
            this.ticket = ticket;
            this.change = change;
        }
    }

    /** Several entries that take effect together or not at all. */
    static final class Group {
        final Entry[] entries;

        /** The hand-over row that its flush deletes; null if it did not come from a transaction. */
        final @Nullable String handover;

        long epoch;
        long ticket;

        Group(int size, @Nullable String handover) {
            this.entries = new Entry[size];
            this.handover = handover;
        }
    }
}
