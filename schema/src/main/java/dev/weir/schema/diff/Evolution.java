package dev.weir.schema.diff;

import dev.weir.schema.physical.PhysicalCheck;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.physical.PhysicalForeignKey;
import dev.weir.schema.physical.PhysicalIndex;
import dev.weir.schema.physical.PhysicalKey;
import dev.weir.schema.physical.PhysicalTable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A table as it will be after changes of it. */
public final class Evolution {
    private Evolution() {}

    /** The table after all the changes, which are of it; renames are not among them. */
    public static PhysicalTable after(PhysicalTable table, List<Change> changes) {
        PhysicalTable now = table;
        for (Change change : changes) {
            now = after(now, change);
        }
        return now;
    }

    /** The table after one change. */
    public static PhysicalTable after(PhysicalTable table, Change change) {
        List<PhysicalColumn> columns = table.columns();
        PhysicalKey key = table.primaryKey();
        List<PhysicalIndex> indexes = table.indexes();
        List<PhysicalForeignKey> foreignKeys = table.foreignKeys();
        List<PhysicalCheck> checks = table.checks();
        String comment = table.comment();
        if (change instanceof Change.AddColumn add) {
            columns = with(columns, add.column());
        } else if (change instanceof Change.DropColumn drop) {
            columns = without(
                    columns, column -> column.name().equals(drop.column().name()));
        } else if (change instanceof Change.AlterColumn alter) {
            columns = columns.stream()
                    .map(column -> column.name().equals(alter.to().name()) ? alter.to() : column)
                    .toList();
        } else if (change instanceof Change.AlterPrimaryKey alter) {
            key = alter.to();
        } else if (change instanceof Change.AddIndex add) {
            indexes = with(indexes, add.index());
        } else if (change instanceof Change.DropIndex drop) {
            indexes = without(indexes, drop.index()::equals);
        } else if (change instanceof Change.AddForeignKey add) {
            foreignKeys = with(foreignKeys, add.key());
        } else if (change instanceof Change.DropForeignKey drop) {
            foreignKeys = without(foreignKeys, drop.key()::equals);
        } else if (change instanceof Change.AddCheck add) {
            checks = with(checks, add.check());
        } else if (change instanceof Change.DropCheck drop) {
            checks = without(checks, drop.check()::equals);
        } else if (change instanceof Change.AlterComment alter) {
            comment = alter.to();
        } else if (change instanceof Change.RebuildTable rebuild) {
            return rebuild.to();
        }
        return rebuilt(table, columns, key, indexes, foreignKeys, checks, comment);
    }

    private static PhysicalTable rebuilt(
            PhysicalTable table,
            List<PhysicalColumn> columns,
            @Nullable PhysicalKey key,
            List<PhysicalIndex> indexes,
            List<PhysicalForeignKey> foreignKeys,
            List<PhysicalCheck> checks,
            @Nullable String comment) {
        return new PhysicalTable(
                table.name(), columns, key, indexes, foreignKeys, checks, comment, table.options(), table.attached());
    }

    private static <T> List<T> with(List<T> list, T more) {
        List<T> longer = new ArrayList<>(list);
        longer.add(more);
        return longer;
    }

    private static <T> List<T> without(List<T> list, Predicate<T> gone) {
        return list.stream().filter(gone.negate()).toList();
    }
}
