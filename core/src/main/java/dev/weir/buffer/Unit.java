package dev.weir.buffer;

import dev.weir.buffer.PendingRow.Group;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is applied or refused as a whole (rule M1.14): an atomic group, or the changes of one row that stand alone and
 * between which no group touched the row.
 *
 * @param epoch its place in the order of calls
 * @param ticket its place within the epoch
 * @param group the group; null if it stands alone
 * @param parts its changes, in order; one if it stands alone
 */
record Unit(long epoch, long ticket, @Nullable Group group, List<Part> parts) implements Comparable<Unit> {

    /** A change of one row; the key is null if the database makes it. */
    record Part(BufferedTable table, @Nullable Object key, RowChange change) {}

    @Override
    public int compareTo(Unit other) {
        int order = Long.compare(epoch, other.epoch);
        return order != 0 ? order : Long.compare(ticket, other.ticket);
    }
}
