package dev.weir.schema.engine;

import dev.weir.schema.diff.Change;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.physical.PhysicalTable;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Tables as they will be after a change, for tests of engines that make a table anew. */
final class Tables {
    private Tables() {}

    static PhysicalTable with(PhysicalTable table, Change change) {
        List<PhysicalColumn> columns = table.columns();
        var indexes = table.indexes();
        var keys = table.foreignKeys();
        var checks = table.checks();
        if (change instanceof Change.AlterColumn alter) {
            columns = columns.stream()
                    .map(c -> c.name().equals(alter.to().name()) ? alter.to() : c)
                    .toList();
        } else if (change instanceof Change.DropColumn drop) {
            columns = columns.stream()
                    .filter(c -> !c.name().equals(drop.column().name()))
                    .toList();
        } else if (change instanceof Change.DropForeignKey drop) {
            keys = keys.stream().filter(k -> !k.equals(drop.key())).toList();
        } else if (change instanceof Change.DropCheck drop) {
            checks = checks.stream().filter(c -> !c.equals(drop.check())).toList();
        } else if (change instanceof Change.DropIndex drop) {
            indexes = indexes.stream().filter(i -> !i.equals(drop.index())).toList();
        }
        return new PhysicalTable(
                table.name(),
                columns,
                table.primaryKey(),
                indexes,
                keys,
                checks,
                table.comment(),
                table.options(),
                table.attached());
    }

    static Map<String, String> sources(PhysicalTable target) {
        return target.columns().stream()
                .filter(column -> column.generated() == null)
                .collect(Collectors.toMap(PhysicalColumn::name, PhysicalColumn::name));
    }
}
