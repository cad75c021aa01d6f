package dev.weir.schema.physical;

import java.util.List;
import java.util.Optional;

/**
 * What a database has in the schema in use.
 *
 * @param name the schema's; empty where there are none
 * @param tables sorted by name
 * @param others what is no table, sorted: reported, never touched
 */
public record PhysicalSchema(String name, List<PhysicalTable> tables, List<Other> others) {
    /**
     * Something that is no table.
     *
     * @param kind {@code view}, {@code trigger}, {@code sequence}, {@code function}
     */
    public record Other(String kind, String name) {}

    /** A copy whose lists can't change. */
    public PhysicalSchema {
        tables = List.copyOf(tables);
        others = List.copyOf(others);
    }

    /** The table of that very name. */
    public Optional<PhysicalTable> table(String table) {
        return tables.stream().filter(t -> t.name().equals(table)).findFirst();
    }
}
