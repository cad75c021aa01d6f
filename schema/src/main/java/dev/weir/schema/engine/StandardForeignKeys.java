package dev.weir.schema.engine;

import dev.weir.schema.diff.Change;
import dev.weir.schema.physical.PhysicalForeignKey;
import dev.weir.schema.physical.PhysicalTable;

/** Which foreign keys most engines want out of the way of a change. */
final class StandardForeignKeys {
    private StandardForeignKeys() {}

    /** Those of and to a column whose type changes, and those to a primary key or unique index that goes or changes. */
    static boolean inTheWay(PhysicalForeignKey key, PhysicalTable owner, Change change) {
        boolean refers = owner.name().equals(change.table());
        boolean referred = key.table().equals(change.table());
        if (change instanceof Change.AlterColumn alter) {
            String column = alter.to().name();
            return !alter.from().type().equals(alter.to().type())
                    && ((refers && key.columns().contains(column))
                            || (referred && key.targets().contains(column)));
        } else if (change instanceof Change.AlterPrimaryKey alter) {
            return referred && alter.from() != null && alter.from().columns().containsAll(key.targets());
        }
        return change instanceof Change.DropIndex drop
                && referred
                && drop.index().unique()
                && drop.index().columns().containsAll(key.targets());
    }
}
