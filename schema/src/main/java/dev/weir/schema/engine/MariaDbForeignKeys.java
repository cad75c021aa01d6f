package dev.weir.schema.engine;

import dev.weir.schema.diff.Change;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.physical.PhysicalForeignKey;
import dev.weir.schema.physical.PhysicalIndex;
import dev.weir.schema.physical.PhysicalKey;
import dev.weir.schema.physical.PhysicalTable;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What MariaDB and MySQL tie to foreign keys. A key needs an index that begins with its columns, on both sides. Where the
 * referring table has none the engine makes one that is called like the key, and drops it again when a declared one serves
 * too; when the key goes it stays.
 */
final class MariaDbForeignKeys {
    private MariaDbForeignKeys() {}

    /** Whether an index is the one that the engine makes for a key; one made by hand with its name and columns is too. */
    static boolean ownIndex(PhysicalIndex index, PhysicalForeignKey key) {
        return key.name().equalsIgnoreCase(index.name())
                && !index.unique()
                && index.method() == null
                && index.columns().equals(key.columns())
                && index.parts().stream()
                        .allMatch(part -> !part.descending() && part.options().isEmpty());
    }

    static boolean inTheWay(PhysicalForeignKey key, PhysicalTable owner, Change change) {
        boolean refers = owner.name().equals(change.table());
        boolean referred = key.table().equals(change.table());
        if (change instanceof Change.AlterColumn alter) {
            String column = alter.from().name();
            return (refers && key.columns().contains(column)
                            || referred && key.targets().contains(column))
                    && otherValues(alter.from(), alter.to());
        } else if (change instanceof Change.DropIndex drop) {
            return refers && serves(drop.index(), key.columns()) && !served(owner, key, drop.index())
                    || referred && serves(drop.index(), key.targets());
        } else if (change instanceof Change.AlterPrimaryKey alter) {
            return refers && loses(alter, key.columns()) && !indexed(owner, key.columns(), null)
                    || referred && loses(alter, key.targets());
        } else if (change instanceof Change.DropForeignKey drop) {
            // The index that goes with that key may be the one that serves this one.
            return refers
                    && !drop.key().name().equals(key.name())
                    && begins(drop.key().columns(), key.columns())
                    && !served(owner, key, null);
        }
        return false;
    }

    private static boolean otherValues(PhysicalColumn from, PhysicalColumn to) {
        return !Objects.equals(from.generated(), to.generated())
                || from.stored() != to.stored()
                || !Objects.equals(from.collation(), to.collation())
                || !MariaDbDdl.sameOrLonger(MariaDbType.of(from.type()), MariaDbType.of(to.type()));
    }

    private static boolean loses(Change.AlterPrimaryKey alter, List<String> columns) {
        return begins(columns(alter.from()), columns) && !begins(columns(alter.to()), columns);
    }

    private static List<String> columns(@Nullable PhysicalKey key) {
        return key == null ? List.of() : key.columns();
    }

    private static boolean served(PhysicalTable owner, PhysicalForeignKey key, @Nullable PhysicalIndex without) {
        return begins(columns(owner.primaryKey()), key.columns()) || indexed(owner, key.columns(), without);
    }

    private static boolean indexed(PhysicalTable table, List<String> columns, @Nullable PhysicalIndex without) {
        return table.indexes().stream().anyMatch(index -> !index.equals(without) && serves(index, columns));
    }

    private static boolean serves(PhysicalIndex index, List<String> columns) {
        return (index.method() == null || index.method().equals("hash"))
                && begins(index.columns(), columns)
                && index.parts().stream()
                        .limit(columns.size())
                        .allMatch(part -> !part.expression() && part.options().isEmpty());
    }

    private static boolean begins(List<String> longer, List<String> columns) {
        return longer.size() >= columns.size()
                && longer.subList(0, columns.size()).equals(columns);
    }
}
