package dev.weir.schema.file;

import dev.weir.schema.model.Column;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.ColumnType.Kind;
import dev.weir.schema.model.DefaultValue;
import dev.weir.schema.model.ForeignKey;
import dev.weir.schema.model.Index;
import dev.weir.schema.model.ReferentialAction;
import dev.weir.schema.model.Seed;
import dev.weir.schema.model.Table;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes a table in the form that {@link TableReader} reads. */
final class TableWriter {
    private final StringBuilder out = new StringBuilder();
    private final Table table;

    private TableWriter(Table table) {
        this.table = table;
    }

    /**
     * The file of a table.
     *
     * @param remarks lines of comment that stand at the top
     */
    static String write(Table table, List<String> remarks) {
        return new TableWriter(table).write(remarks);
    }

    /** A file of one table whose name can't be that of the file. */
    static String writeNamed(Table table, List<String> remarks) {
        return "tables:\n  " + YamlText.of(table.name()) + ":\n"
                + write(table, remarks).indent(4);
    }

    private String write(List<String> remarks) {
        remarks.forEach(remark -> out.append("# ").append(remark).append('\n'));
        line("renamedFrom", table.renamedFrom());
        line("comment", table.comment());
        line("dropped", table.dropped() ? true : null);
        line("options", table.options().isEmpty() ? null : table.options());
        if (!table.columns().isEmpty()) {
            out.append("columns:\n");
            table.columns().forEach(column -> nested(column.name(), column(column)));
        }
        if (table.primaryKey().size() > 1) {
            line("primaryKey", table.primaryKey());
        }
        if (!table.foreignKeys().isEmpty()) {
            out.append("foreignKeys:\n");
            table.foreignKeys().forEach(key -> item(foreignKey(key)));
        }
        if (!table.indexes().isEmpty()) {
            out.append("indexes:\n");
            table.indexes().forEach(index -> item(index(index)));
        }
        if (!table.checks().isEmpty()) {
            out.append("checks:\n");
            table.checks().forEach(this::nested);
        }
        table.seed().ifPresent(this::seed);
        return out.toString();
    }

    private void line(String key, @Nullable Object value) {
        if (value != null) {
            out.append(key).append(": ").append(YamlText.of(value)).append('\n');
        }
    }

    private void nested(String key, Object value) {
        out.append("  ")
                .append(YamlText.of(key))
                .append(": ")
                .append(YamlText.of(value))
                .append('\n');
    }

    private void item(Object value) {
        out.append("  - ").append(YamlText.of(value)).append('\n');
    }

    private Map<String, Object> column(Column column) {
        Map<String, Object> map = new LinkedHashMap<>();
        ColumnType type = column.type();
        map.put("type", type(type));
        put(map, "length", type.length());
        put(map, "precision", type.precision());
        put(map, "scale", type.scale());
        put(map, "unsigned", type.unsigned() ? true : null);
        put(map, "values", type.values().isEmpty() ? null : type.values());
        put(map, "textType", type.kind() == Kind.TEXT ? type.raw() : null);
        boolean inKey = table.primaryKey().contains(column.name());
        put(map, "primary", (table.primaryKey().size() == 1 && inKey && !type.increments()) ? true : null);
        put(map, "nullable", (column.nullable() || inKey) ? null : false);
        DefaultValue value = column.defaultValue();
        if (value != null) {
            Object written = value.sql() == null ? value.value() : Map.of("sql", value.sql());
            put(map, "default", written);
        }
        put(map, "generated", column.generated());
        put(map, "stored", column.stored() ? null : false);
        if (!type.increments() && column.identity() != null) {
            map.put("identity", column.identity() == Column.Identity.ALWAYS ? "always" : "byDefault");
        }
        put(map, "collation", column.collation());
        put(map, "comment", column.comment());
        put(map, "renamedFrom", column.renamedFrom());
        return map;
    }

    private static Object type(ColumnType type) {
        if (type.kind() != Kind.RAW) {
            StringBuilder name = new StringBuilder();
            for (String word : type.kind().name().split("_", -1)) {
                name.append(name.isEmpty() ? Character.toLowerCase(word.charAt(0)) : word.charAt(0))
                        .append(word.substring(1).toLowerCase(Locale.ROOT));
            }
            return name.toString();
        }
        String raw = type.raw() == null ? "" : type.raw();
        return (raw.isEmpty() || ColumnReader.known(raw)) ? Map.of("raw", raw) : raw;
    }

    private static void put(Map<String, Object> map, String key, @Nullable Object value) {
        if (value != null) {
            map.put(key, value);
        }
    }

    private static Map<String, Object> foreignKey(ForeignKey key) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("columns", key.columns());
        Map<String, Object> target = new LinkedHashMap<>();
        target.put("table", key.table());
        target.put("columns", key.targets());
        map.put("references", target);
        put(map, "onDelete", action(key.onDelete()));
        put(map, "onUpdate", action(key.onUpdate()));
        put(map, "name", key.name());
        return map;
    }

    private static @Nullable String action(ReferentialAction action) {
        return action == ReferentialAction.NO_ACTION ? null : action.sql().toLowerCase(Locale.ROOT);
    }

    private static Map<String, Object> index(Index index) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("columns", index.parts().stream().map(TableWriter::part).toList());
        put(map, "unique", index.unique() ? true : null);
        put(map, "where", index.where());
        put(map, "method", index.method());
        put(map, "name", index.name());
        return map;
    }

    private static Object part(Index.Part part) {
        String text = (part.expression() ? "(" + part.text() + ")" : part.text()) + (part.descending() ? " desc" : "");
        if (Index.part(text).equals(part)) {
            return text;
        }
        Map<String, Object> map = new LinkedHashMap<>();
        map.put(part.expression() ? "expression" : "column", part.text());
        put(map, "desc", part.descending() ? true : null);
        put(map, "options", part.options().isEmpty() ? null : part.options());
        return map;
    }

    private void seed(Seed seed) {
        out.append("seed:\n");
        nested("key", seed.key());
        nested("mode", seed.enforce() ? "enforce" : "insert-only");
        if (!seed.rows().isEmpty()) {
            out.append("  rows:\n");
            seed.rows().forEach(row -> {
                out.append("  ");
                item(row);
            });
        }
    }
}
