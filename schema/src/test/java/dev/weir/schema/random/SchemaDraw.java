package dev.weir.schema.random;

import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.ColumnType.Kind;
import dev.weir.schema.model.ForeignKey;
import dev.weir.schema.model.Index;
import dev.weir.schema.model.ReferentialAction;
import dev.weir.schema.model.Schema;
import dev.weir.schema.model.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Draws schemas, and schemas that came of others by changes. */
final class SchemaDraw {
    /** What an engine can and others can't. */
    record Engine(boolean partialIndexes, boolean expressionIndexes) {}

    /** A column as it is drawn. */
    record Drawn(
            ColumnType type,
            boolean notNull,
            Object defaultValue,
            String defaultSql,
            boolean unique,
            String comment,
            String generatedFrom,
            String renamedFrom) {
        Drawn renamed(String old) {
            return new Drawn(type, notNull, defaultValue, defaultSql, unique, comment, generatedFrom, old);
        }
    }

    /** A table as it is drawn. */
    static final class DrawnTable {
        String renamedFrom;
        boolean composite;

        /** Whether the key, and with it what refers to it, is of the narrower integer type. */
        boolean smallKey;

        final Map<String, Drawn> columns = new LinkedHashMap<>();
        final Map<String, String> references = new LinkedHashMap<>();
        final Map<String, ReferentialAction> actions = new LinkedHashMap<>();
        final List<Index> indexes = new ArrayList<>();
        final Map<String, String> checks = new LinkedHashMap<>();
        String comment;
    }

    final Map<String, DrawnTable> tables = new LinkedHashMap<>();
    final List<String> dropped = new ArrayList<>();
    private final Random random;
    private final Engine engine;

    SchemaDraw(Random random, Engine engine) {
        this.random = random;
        this.engine = engine;
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    SchemaDraw first() {
        int many = 1 + random.nextInt(4);
        for (int i = 0; i < many; i++) {
            tables.put("t" + i, table());
        }
        references();
        return this;
    }

    private DrawnTable table() {
        DrawnTable table = new DrawnTable();
        table.composite = chance(15);
        table.smallKey = chance(30);
        int many = 1 + random.nextInt(6);
        for (int i = 0; i < many; i++) {
            table.columns.put("c" + i, column());
        }
        table.comment = chance(10) ? "about 'it' " + random.nextInt(3) : null;
        computed(table);
        extras(table);
        return table;
    }

    private void computed(DrawnTable table) {
        table.columns.entrySet().removeIf(entry -> entry.getKey().equals("g"));
        table.columns.entrySet().stream()
                .filter(entry -> entry.getValue().type().kind() == Kind.STRING)
                .findFirst()
                .filter(entry -> chance(40))
                .ifPresent(entry -> table.columns.put(
                        "g",
                        new Drawn(
                                ColumnType.string(60),
                                false,
                                null,
                                null,
                                false,
                                null,
                                (chance(50) ? "lower(" : "upper(") + entry.getKey() + ")",
                                null)));
    }

    /** Indexes and checks on the columns that are there. */
    private void extras(DrawnTable table) {
        table.indexes.clear();
        table.checks.clear();
        List<String> indexable = table.columns.entrySet().stream()
                .filter(entry -> switch (entry.getValue().type().kind()) {
                    case TEXT, JSON, JSONB, BINARY, BOOLEAN -> false;
                    default -> true;
                })
                .map(Map.Entry::getKey)
                .toList();
        int many = indexable.isEmpty() ? 0 : random.nextInt(3);
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            String one = indexable.get(random.nextInt(indexable.size()));
            String two = indexable.get(random.nextInt(indexable.size()));
            String parts = one.equals(two) ? one : one + "," + two;
            if (seen.contains(parts)) {
                continue;
            }
            seen.add(parts);
            Index index = one.equals(two)
                    ? Index.on(one + (chance(30) ? " desc" : ""))
                    : Index.on(one, two + (chance(30) ? " desc" : ""));
            if (chance(25)) {
                index = index.withUnique();
            }
            if (engine.partialIndexes() && chance(25)) {
                index = index.where(one + " IS NOT NULL");
            }
            table.indexes.add(index);
        }
        if (engine.expressionIndexes() && chance(15)) {
            table.columns.entrySet().stream()
                    .filter(entry -> entry.getValue().type().kind() == Kind.STRING
                            && entry.getValue().generatedFrom() == null)
                    .findFirst()
                    .ifPresent(entry -> table.indexes.add(Index.on("(lower(" + entry.getKey() + "))")));
        }
        table.columns.forEach((name, column) -> {
            boolean number =
                    column.type().kind() == Kind.INTEGER || column.type().kind() == Kind.BIG_INTEGER;
            if (number && chance(30)) {
                table.checks.put("check_" + random.nextInt(1_000_000), name + (chance(50) ? " >= 0" : " > -5"));
            }
        });
    }

    private Drawn column() {
        ColumnType type;
        Object value = null;
        String sql = null;
        boolean unique = false;
        switch (random.nextInt(14)) {
            case 0, 1 -> {
                type = ColumnType.of(chance(50) ? Kind.INTEGER : Kind.BIG_INTEGER);
                type = chance(25) ? type.withoutSign() : type;
                value = chance(40) ? (Object) random.nextInt(9) : null;
                unique = chance(10);
            }
            case 2 -> {
                type = ColumnType.of(Kind.SMALL_INTEGER);
                value = chance(30) ? (Object) 7 : null;
            }
            case 3, 4, 5 -> {
                type = ColumnType.string(new int[] {20, 40, 60}[random.nextInt(3)]);
                value = chance(40)
                        ? List.of("it's", "Draft", "draft", "", "a\"b").get(random.nextInt(5))
                        : null;
                unique = chance(10);
            }
            case 6 -> type = ColumnType.of(Kind.TEXT);
            case 7 -> {
                int digits = random.nextInt(3);
                type = ColumnType.decimal(new int[] {8, 10, 14}[digits], new int[] {2, 2, 4}[digits]);
                value = chance(40) ? (Object) new java.math.BigDecimal("1.50") : null;
            }
            case 8 -> {
                type = ColumnType.of(Kind.BOOLEAN);
                value = chance(50) ? (Object) chance(50) : null;
            }
            case 9 -> {
                type = chance(50)
                        ? ColumnType.enumeration("draft", "live")
                        : ColumnType.enumeration("draft", "live", "it's gone");
                value = chance(50) ? "draft" : null;
            }
            case 10 -> {
                type = ColumnType.of(Kind.TIMESTAMP);
                sql = chance(50) ? "CURRENT_TIMESTAMP" : null;
            }
            case 11 -> type = ColumnType.of(chance(50) ? Kind.DATE : Kind.DATETIME);
            case 12 ->
                type = ColumnType.of(List.of(Kind.JSON, Kind.BINARY, Kind.UUID).get(random.nextInt(3)));
            default -> {
                type = ColumnType.of(Kind.FLOAT);
                value = chance(30) ? (Object) 1.5 : null;
            }
        }
        return new Drawn(
                type, chance(40), value, sql, unique, chance(10) ? "note " + random.nextInt(3) : null, null, null);
    }

    private void references() {
        List<String> names = List.copyOf(tables.keySet());
        for (DrawnTable table : tables.values()) {
            table.references.keySet().removeIf(column -> chance(25));
            table.references.values().removeIf(target -> !tables.containsKey(target));
            String target = names.get(random.nextInt(names.size()));
            if (chance(40)) {
                table.references.putIfAbsent("f" + random.nextInt(2), target);
            }
            table.actions.keySet().retainAll(table.references.keySet());
            table.references.keySet().forEach(column -> {
                if (!table.actions.containsKey(column) || chance(20)) {
                    table.actions.put(
                            column,
                            List.of(ReferentialAction.NO_ACTION, ReferentialAction.CASCADE, ReferentialAction.SET_NULL)
                                    .get(random.nextInt(3)));
                }
            });
        }
    }

    /** What this schema may become. */
    SchemaDraw next() {
        SchemaDraw next = new SchemaDraw(random, engine);
        Map<String, String> newNames = new LinkedHashMap<>();
        tables.forEach((name, table) -> {
            if (chance(12)) {
                next.dropped.add(name);
                return;
            }
            boolean renamed = chance(15);
            DrawnTable changed = changed(table);
            changed.renamedFrom = renamed ? name : null;
            newNames.put(name, renamed ? name + "_new" : name);
            next.tables.put(newNames.get(name), changed);
        });
        if (next.tables.isEmpty() || chance(20)) {
            next.tables.put("t9", table());
        }
        for (DrawnTable table : next.tables.values()) {
            table.references.replaceAll((column, target) -> newNames.getOrDefault(target, "?"));
        }
        next.references();
        return next;
    }

    private DrawnTable changed(DrawnTable table) {
        DrawnTable changed = new DrawnTable();
        changed.composite = chance(8) != table.composite;
        changed.smallKey = chance(12) != table.smallKey;
        changed.comment = chance(15) ? "other" : table.comment;
        Map<String, String> renames = new LinkedHashMap<>();
        table.columns.forEach((name, column) -> {
            if (column.generatedFrom() != null) {
                return;
            }
            int what = random.nextInt(100);
            if (what < 60) {
                changed.columns.put(name, column.renamed(null));
            } else if (what < 72) {
                changed.columns.put(name, varied(column));
            } else if (what < 80) {
                changed.columns.put(name, column());
            } else if (what < 90) {
                changed.columns.put("r_" + name, column.renamed(name));
                renames.put(name, "r_" + name);
            }
        });
        if (changed.columns.isEmpty() || chance(30)) {
            changed.columns.put("n" + random.nextInt(3), column());
        }
        changed.references.putAll(table.references);
        changed.actions.putAll(table.actions);
        if (chance(50)) {
            // The same indexes and checks, as far as their columns are still there.
            for (Index index : table.indexes) {
                if (index.parts().stream()
                        .allMatch(part -> !part.expression() && changed.columns.containsKey(part.text()))) {
                    boolean indexable = index.parts().stream().noneMatch(part -> switch (changed.columns
                            .get(part.text())
                            .type()
                            .kind()) {
                        case TEXT, JSON, JSONB, BINARY, BOOLEAN -> true;
                        default -> false;
                    });
                    if (indexable) {
                        changed.indexes.add(index);
                    }
                }
            }
            computed(changed);
        } else {
            computed(changed);
            extras(changed);
        }
        return changed;
    }

    /** The same column with one thing about it changed. */
    private Drawn varied(Drawn column) {
        ColumnType type = column.type();
        Object value = column.defaultValue();
        boolean notNull = column.notNull();
        switch (random.nextInt(3)) {
            case 0 -> notNull = !notNull;
            case 1 -> value = null;
            default -> {
                if (type.kind() == Kind.STRING) {
                    type = ColumnType.string(type.length() == 60 ? 20 : 60);
                } else if (type.kind() == Kind.INTEGER) {
                    type = ColumnType.of(Kind.BIG_INTEGER);
                } else if (type.kind() == Kind.BIG_INTEGER) {
                    type = ColumnType.of(Kind.INTEGER);
                } else if (type.kind() == Kind.DECIMAL) {
                    type = type.precision() == 14 ? ColumnType.decimal(8, 2) : ColumnType.decimal(14, 4);
                } else if (type.kind() == Kind.ENUM) {
                    type = type.values().size() == 2
                            ? ColumnType.enumeration("draft", "live", "it's gone")
                            : ColumnType.enumeration("draft", "live");
                }
            }
        }
        return new Drawn(type, notNull, value, column.defaultSql(), column.unique(), column.comment(), null, null);
    }

    Schema schema() {
        List<Table> declared = new ArrayList<>();
        tables.forEach((name, table) -> declared.add(declared(name, table)));
        dropped.forEach(name -> declared.add(Table.named(name).dropped().build()));
        return Schema.of(declared, List.of());
    }

    private Table declared(String name, DrawnTable table) {
        Table.Builder builder = Table.named(name);
        if (table.renamedFrom != null) {
            builder.renamedFrom(table.renamedFrom);
        }
        if (table.comment != null) {
            builder.comment(table.comment);
        }
        builder.column("id", key(table));
        if (table.composite) {
            builder.column("part", ColumnType.of(Kind.INTEGER));
            builder.primaryKey("id", "part");
        } else {
            builder.primaryKey("id");
        }
        table.columns.forEach((column, drawn) -> builder.column(column, drawn.type(), settings -> {
            if (drawn.notNull()) {
                settings.notNull();
            }
            if (drawn.defaultValue() != null) {
                settings.defaultValue(drawn.defaultValue());
            }
            if (drawn.defaultSql() != null) {
                settings.defaultSql(drawn.defaultSql());
            }
            if (drawn.unique()) {
                settings.unique();
            }
            if (drawn.comment() != null) {
                settings.comment(drawn.comment());
            }
            if (drawn.generatedFrom() != null) {
                settings.generated(drawn.generatedFrom());
            }
            if (drawn.renamedFrom() != null) {
                settings.renamedFrom(drawn.renamedFrom());
            }
            return settings;
        }));
        table.references.forEach((column, target) -> {
            DrawnTable there = tables.get(target);
            builder.column(column, key(there));
            if (there.composite) {
                builder.column(column + "_part", ColumnType.of(Kind.INTEGER));
            }
            builder.foreignKey(new ForeignKey(
                    null,
                    there.composite ? List.of(column, column + "_part") : List.of(column),
                    target,
                    there.composite ? List.of("id", "part") : List.of("id"),
                    table.actions.get(column),
                    ReferentialAction.NO_ACTION));
        });
        table.indexes.forEach(builder::index);
        table.checks.forEach(builder::check);
        return builder.build();
    }

    private static ColumnType key(DrawnTable table) {
        return ColumnType.of(table.smallKey ? Kind.INTEGER : Kind.BIG_INTEGER);
    }
}
