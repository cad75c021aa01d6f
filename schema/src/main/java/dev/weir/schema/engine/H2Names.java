package dev.weir.schema.engine;

import dev.weir.schema.physical.PhysicalCheck;
import dev.weir.schema.physical.PhysicalForeignKey;
import dev.weir.schema.physical.PhysicalIndex;
import dev.weir.schema.physical.PhysicalKey;
import dev.weir.schema.physical.PhysicalTable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Names in place of those that H2 makes up. It makes them unique in one database; in another the same one may be taken. Not
 * thread-safe.
 */
final class H2Names {
    private static final Pattern MADE_UP =
            Pattern.compile("(?:CONSTRAINT|INDEX|CONSTRAINT_INDEX)_[0-9A-F]+(?:_[0-9A-F]+)*");

    private final PhysicalTable table;
    private final Set<String> taken = new HashSet<>();

    private H2Names(PhysicalTable table) {
        this.table = table;
    }

    /** A declared table, with Weir's names where it has none of its own. */
    static PhysicalTable named(PhysicalTable table) {
        return new H2Names(table).named();
    }

    private PhysicalTable named() {
        table.indexes().forEach(index -> taken.add(index.name()));
        table.foreignKeys().forEach(key -> taken.add(key.name()));
        table.checks().forEach(check -> taken.add(check.name()));
        PhysicalKey key = table.primaryKey();
        return H2Schema.sorted(new PhysicalTable(
                table.name(),
                table.columns(),
                key == null || key.name() == null
                        ? key
                        : new PhysicalKey(own(key.name(), List.of(), "pkey"), key.columns()),
                table.indexes().stream().map(this::index).toList(),
                table.foreignKeys().stream().map(this::foreignKey).toList(),
                table.checks().stream()
                        .map(check -> new PhysicalCheck(
                                own(check.name(), List.of(check.condition()), "check"),
                                check.condition(),
                                check.valid()))
                        .toList(),
                table.comment(),
                table.options(),
                table.attached()));
    }

    private PhysicalIndex index(PhysicalIndex index) {
        return new PhysicalIndex(
                own(index.name(), index.columns(), index.unique() ? "key" : "idx"),
                index.parts(),
                index.unique(),
                index.method(),
                index.where(),
                index.constraint(),
                index.valid());
    }

    private PhysicalForeignKey foreignKey(PhysicalForeignKey key) {
        return new PhysicalForeignKey(
                own(key.name(), key.columns(), "fkey"),
                key.columns(),
                key.table(),
                key.targets(),
                key.onDelete(),
                key.onUpdate(),
                key.valid());
    }

    private String own(String name, List<String> parts, String end) {
        if (!MADE_UP.matcher(name).matches()) {
            return name;
        }
        String base = Names.name(table.name(), parts, end);
        String free = base;
        for (int i = 2; !taken.add(free); i++) {
            free = Names.name(table.name(), parts, i + "_" + end);
        }
        return free;
    }
}
