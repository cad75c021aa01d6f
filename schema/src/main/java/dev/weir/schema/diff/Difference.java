package dev.weir.schema.diff;

import dev.weir.schema.physical.PhysicalSchema;
import dev.weir.schema.physical.PhysicalTable;
import java.util.ArrayList;
import java.util.List;

/**
 * What lies between a database and what it is to be, not yet in an order that works.
 *
 * @param renames in the order in which they work
 * @param renamed the database as it is after them
 * @param created tables that are missing
 * @param dropped tables that are to go
 * @param altered tables that are there and differ
 */
public record Difference(
        List<Change> renames,
        PhysicalSchema renamed,
        List<PhysicalTable> created,
        List<PhysicalTable> dropped,
        List<AlteredTable> altered) {

    /**
     * A table that differs.
     *
     * @param from as it is, after renames
     * @param to as it is to be
     * @param changes what makes the one the other, in no order
     */
    public record AlteredTable(PhysicalTable from, PhysicalTable to, List<Change> changes) {
        /** A copy whose list can't change. */
        public AlteredTable {
            changes = List.copyOf(changes);
        }
    }

    /** A copy whose lists can't change. */
    public Difference {
        renames = List.copyOf(renames);
        created = List.copyOf(created);
        dropped = List.copyOf(dropped);
        altered = List.copyOf(altered);
    }

    /** All changes of tables that are there, and the renames. */
    public List<Change> changes() {
        List<Change> all = new ArrayList<>(renames);
        altered.forEach(table -> all.addAll(table.changes()));
        return all;
    }

    /** Whether there is none. */
    public boolean isEmpty() {
        return renames.isEmpty() && created.isEmpty() && dropped.isEmpty() && altered.isEmpty();
    }
}
