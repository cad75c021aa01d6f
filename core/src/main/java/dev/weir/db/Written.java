package dev.weir.db;

import dev.weir.db.engine.TableInfo;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a statement writes: tables by name, or any. */
record Written(Set<String> tables, boolean all) {
    static final Written ANY = new Written(Set.of(), true);

    static Written of(TableInfo table) {
        return new Written(Set.of(table.name()), false);
    }

    static Written of(List<TableInfo> tables) {
        Set<String> names = new LinkedHashSet<>();
        tables.forEach(table -> names.add(table.name()));
        return new Written(names, false);
    }
}
