package dev.weir.schema.physical;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A table as the catalog describes it.
 *
 * @param primaryKey null if there is none
 * @param comment null if there is none
 * @param options what the engine says of the table as a whole, such as {@code WITHOUT ROWID}; empty by default
 * @param attached statements that make again what hangs on the table and goes with it (SQLite's triggers)
 */
public record PhysicalTable(
        String name,
        List<PhysicalColumn> columns,
        @Nullable PhysicalKey primaryKey,
        List<PhysicalIndex> indexes,
        List<PhysicalForeignKey> foreignKeys,
        List<PhysicalCheck> checks,
        @Nullable String comment,
        String options,
        List<String> attached) {
    /** A copy whose lists can't change. */
    public PhysicalTable {
        columns = List.copyOf(columns);
        indexes = List.copyOf(indexes);
        foreignKeys = List.copyOf(foreignKeys);
        checks = List.copyOf(checks);
        attached = List.copyOf(attached);
    }

    /** The column of that very name. */
    public Optional<PhysicalColumn> column(String column) {
        return columns.stream().filter(c -> c.name().equals(column)).findFirst();
    }

    /** The same with other columns. */
    public PhysicalTable withColumns(List<PhysicalColumn> newColumns) {
        return new PhysicalTable(
                name, newColumns, primaryKey, indexes, foreignKeys, checks, comment, options, attached);
    }

    /** The same with other foreign keys. */
    public PhysicalTable withForeignKeys(List<PhysicalForeignKey> newForeignKeys) {
        return new PhysicalTable(
                name, columns, primaryKey, indexes, newForeignKeys, checks, comment, options, attached);
    }

    /** The same with other indexes. */
    public PhysicalTable withIndexes(List<PhysicalIndex> newIndexes) {
        return new PhysicalTable(
                name, columns, primaryKey, newIndexes, foreignKeys, checks, comment, options, attached);
    }

    /** The same with other statements that make again what hangs on it. */
    public PhysicalTable withAttached(List<String> newAttached) {
        return new PhysicalTable(
                name, columns, primaryKey, indexes, foreignKeys, checks, comment, options, newAttached);
    }
}
