package dev.weir.schema.diff;

import dev.weir.schema.physical.PhysicalTable;
import java.util.List;
import java.util.Map;

/**
 * What a database is to be, in its engine's words.
 *
 * @param tables all that are declared
 * @param dropped the names of tables that are to go
 * @param tableRenames the new name of a table by its old one
 * @param columnRenames by a table's new name: the new name of a column by its old one
 */
public record Wanted(
        List<PhysicalTable> tables,
        List<String> dropped,
        Map<String, String> tableRenames,
        Map<String, Map<String, String>> columnRenames) {
    /** A copy whose lists can't change. */
    public Wanted {
        tables = List.copyOf(tables);
        dropped = List.copyOf(dropped);
        tableRenames = Map.copyOf(tableRenames);
        columnRenames = Map.copyOf(columnRenames);
    }
}
