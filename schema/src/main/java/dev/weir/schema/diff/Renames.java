package dev.weir.schema.diff;

import dev.weir.schema.physical.PhysicalCheck;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.physical.PhysicalForeignKey;
import dev.weir.schema.physical.PhysicalIndex;
import dev.weir.schema.physical.PhysicalKey;
import dev.weir.schema.physical.PhysicalSchema;
import dev.weir.schema.physical.PhysicalTable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a schema looks like after a table or column was renamed: what refers to it follows. */
public final class Renames {
    private Renames() {}

    /** The schema after the change. */
    static PhysicalSchema apply(PhysicalSchema schema, Change.RenameTable rename) {
        List<PhysicalTable> tables = new ArrayList<>();
        for (PhysicalTable table : schema.tables()) {
            PhysicalTable renamed = new PhysicalTable(
                    table.name().equals(rename.table()) ? rename.to() : table.name(),
                    table.columns(),
                    table.primaryKey(),
                    table.indexes(),
                    table.foreignKeys().stream()
                            .map(key ->
                                    key.table().equals(rename.table()) ? target(key, rename.to(), key.targets()) : key)
                            .toList(),
                    table.checks(),
                    table.comment(),
                    table.options(),
                    table.attached());
            tables.add(renamed);
        }
        tables.sort(Comparator.comparing(PhysicalTable::name));
        return new PhysicalSchema(schema.name(), tables, schema.others());
    }

    /** The schema after the change. */
    static PhysicalSchema apply(PhysicalSchema schema, Change.RenameColumn rename) {
        List<PhysicalTable> tables = new ArrayList<>();
        for (PhysicalTable table : schema.tables()) {
            tables.add(table.name().equals(rename.table()) ? columns(table, rename) : targets(table, rename));
        }
        return new PhysicalSchema(schema.name(), tables, schema.others());
    }

    private static PhysicalTable targets(PhysicalTable table, Change.RenameColumn rename) {
        return table.withForeignKeys(table.foreignKeys().stream()
                .map(key -> key.table().equals(rename.table())
                        ? target(key, key.table(), names(key.targets(), rename))
                        : key)
                .toList());
    }

    private static PhysicalTable columns(PhysicalTable table, Change.RenameColumn rename) {
        PhysicalKey key = table.primaryKey();
        return targets(
                new PhysicalTable(
                        table.name(),
                        table.columns().stream()
                                .map(column -> column(column, rename))
                                .toList(),
                        key == null ? null : new PhysicalKey(key.name(), names(key.columns(), rename)),
                        table.indexes().stream()
                                .map(index -> index(index, rename))
                                .toList(),
                        table.foreignKeys().stream()
                                .map(foreign -> new PhysicalForeignKey(
                                        foreign.name(),
                                        names(foreign.columns(), rename),
                                        foreign.table(),
                                        foreign.targets(),
                                        foreign.onDelete(),
                                        foreign.onUpdate(),
                                        foreign.valid()))
                                .toList(),
                        table.checks().stream()
                                .map(check ->
                                        new PhysicalCheck(check.name(), text(check.condition(), rename), check.valid()))
                                .toList(),
                        table.comment(),
                        table.options(),
                        table.attached()),
                rename);
    }

    private static PhysicalColumn column(PhysicalColumn column, Change.RenameColumn rename) {
        PhysicalColumn renamed = column.name().equals(rename.column()) ? column.named(rename.to()) : column;
        return new PhysicalColumn(
                renamed.name(),
                renamed.type(),
                renamed.nullable(),
                renamed.defaultSql(),
                nullableText(renamed.generated(), rename),
                renamed.stored(),
                renamed.identity(),
                renamed.collation(),
                renamed.comment());
    }

    private static PhysicalIndex index(PhysicalIndex index, Change.RenameColumn rename) {
        return new PhysicalIndex(
                index.name(),
                index.parts().stream()
                        .map(part -> new PhysicalIndex.Part(
                                part.expression()
                                        ? text(part.text(), rename)
                                        : names(List.of(part.text()), rename).get(0),
                                part.expression(),
                                part.descending(),
                                part.options()))
                        .toList(),
                index.unique(),
                index.method(),
                nullableText(index.where(), rename),
                index.constraint(),
                index.valid());
    }

    private static PhysicalForeignKey target(PhysicalForeignKey key, String table, List<String> targets) {
        return new PhysicalForeignKey(
                key.name(), key.columns(), table, targets, key.onDelete(), key.onUpdate(), key.valid());
    }

    private static List<String> names(List<String> names, Change.RenameColumn rename) {
        return names.stream()
                .map(name -> name.equals(rename.column()) ? rename.to() : name)
                .toList();
    }

    private static String text(String expression, Change.RenameColumn rename) {
        return Expressions.rename(expression, rename.column(), rename.to());
    }

    private static @Nullable String nullableText(@Nullable String expression, Change.RenameColumn rename) {
        return expression == null ? null : text(expression, rename);
    }
}
