package dev.weir.schema.physical;

import java.util.List;

/**
 * A foreign key.
 *
 * @param name empty on an engine where it has none
 * @param table the table it refers to; {@code schema.table} if that lies outside the schema in use
 * @param onDelete {@code NO ACTION}, {@code RESTRICT}, {@code CASCADE}, {@code SET NULL} or {@code SET DEFAULT}
 * @param onUpdate as {@code onDelete}
 * @param valid false for one that was added without looking at the rows
 */
public record PhysicalForeignKey(
        String name,
        List<String> columns,
        String table,
        List<String> targets,
        String onDelete,
        String onUpdate,
        boolean valid) {
    /** A copy whose lists can't change. */
    public PhysicalForeignKey {
        columns = List.copyOf(columns);
        targets = List.copyOf(targets);
    }

    /** Whether both are the same, names aside. */
    public boolean sameAs(PhysicalForeignKey other) {
        return columns.equals(other.columns)
                && table.equals(other.table)
                && targets.equals(other.targets)
                && onDelete.equals(other.onDelete)
                && onUpdate.equals(other.onUpdate);
    }
}
