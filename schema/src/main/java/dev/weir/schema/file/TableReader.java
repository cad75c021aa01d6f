package dev.weir.schema.file;

import dev.weir.schema.model.Column;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.ForeignKey;
import dev.weir.schema.model.Index;
import dev.weir.schema.model.Seed;
import dev.weir.schema.model.Table;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads one table of a YAML file. */
final class TableReader {
    private static final List<String> KEYS = List.of(
            "columns",
            "primaryKey",
            "foreignKeys",
            "indexes",
            "checks",
            "comment",
            "renamedFrom",
            "dropped",
            "seed",
            "options");

    /**
     * A table and where its parts stand.
     *
     * @param origins places by path, such as {@code columns[2]}; the table's own by the empty path
     */
    record Read(Table table, Map<String, String> origins) {}

    private final String name;
    private final YamlNode node;
    private final FileProblems.Of problems;
    private final Map<String, String> origins = new HashMap<>();
    private final List<Column> columns = new ArrayList<>();
    private final List<String> columnKey = new ArrayList<>();
    private final List<ForeignKey> foreignKeys = new ArrayList<>();
    private final List<Index> indexes = new ArrayList<>();
    private final Map<String, String> checks = new LinkedHashMap<>();

    private TableReader(String name, YamlNode node, FileProblems.Of problems) {
        this.name = name;
        this.node = node;
        this.problems = problems;
    }

    /** The table; null if so little of it can be read that nothing more should be said of it. */
    static @Nullable Read read(String name, YamlNode node, FileProblems.Of problems) {
        return new TableReader(name, node, problems).read();
    }

    private @Nullable Read read() {
        origins.put("", problems.at(node));
        if (!(node instanceof YamlNode.Mapping mapping)) {
            problems.add(node, "a table is a map", "table=" + name + " is " + node.kind(), "write columns: and more");
            return null;
        }
        Fields fields = new Fields(mapping, "a table", KEYS, problems);
        YamlNode.Mapping declared = fields.mapping("columns");
        boolean dropped = fields.flag("dropped", false);
        List<String> primaryKey = fields.texts("primaryKey");
        if (declared != null) {
            columns(declared, primaryKey, fields);
        }
        foreignKeys(fields);
        indexes(fields);
        checks(fields);
        place("primaryKey", fields.get("primaryKey"));
        place("renamedFrom", fields.get("renamedFrom"));
        String comment = fields.text("comment");
        String renamedFrom = fields.text("renamedFrom");
        String options = fields.text("options");
        Optional<Seed> seed = seed(fields);
        if (declared == null && !dropped) {
            if (!fields.has("columns")) {
                problems.add(
                        node,
                        "a table has columns",
                        "table=" + name,
                        "declare one under columns:, or say dropped: true");
            }
            return null;
        }
        return new Read(
                new Table(
                        name,
                        columns,
                        primaryKey.isEmpty() ? columnKey : primaryKey,
                        foreignKeys,
                        indexes,
                        checks,
                        comment,
                        renamedFrom,
                        dropped,
                        seed,
                        options == null ? "" : options),
                origins);
    }

    private void place(String path, @Nullable YamlNode at) {
        if (at != null) {
            origins.put(path, problems.at(at));
        }
    }

    private void columns(YamlNode.Mapping declared, List<String> primaryKey, Fields table) {
        List<YamlNode.Entry> entries = declared.entries();
        List<@Nullable ColumnReader> readers = new ArrayList<>();
        for (YamlNode.Entry entry : entries) {
            String column = entry.key().text();
            if (entry.value() instanceof YamlNode.Mapping mapping) {
                ColumnReader reader = new ColumnReader(mapping, column, problems);
                readers.add(reader);
                if (reader.primary()) {
                    columnKey.add(column);
                }
            } else {
                readers.add(null);
                problems.add(
                        entry.value(),
                        "a column is a map",
                        "column=" + column + " is " + entry.value().kind(),
                        "write {type: string} or the like");
            }
        }
        if (table.has("primaryKey") && !columnKey.isEmpty() && !new HashSet<>(primaryKey).containsAll(columnKey)) {
            problems.add(
                    table.place("primaryKey"),
                    "the primary key is declared once",
                    "primaryKey=" + primaryKey + " columns that are primary=" + columnKey,
                    "remove primary, or add those columns to primaryKey");
        }
        for (int i = 0; i < entries.size(); i++) {
            column(entries.get(i), readers.get(i), primaryKey.isEmpty() ? columnKey : primaryKey);
        }
    }

    private void column(YamlNode.Entry entry, @Nullable ColumnReader reader, List<String> key) {
        String column = entry.key().text();
        if (reader == null) {
            place("columns[" + columns.size() + "]", entry.key());
            columns.add(
                    new Column(column, ColumnType.raw("unreadable"), true, null, null, true, null, null, null, null));
            return;
        }
        if (reader.timestamps()) {
            for (Column both : Table.named(name).timestamps().build().columns()) {
                place("columns[" + columns.size() + "]", entry.key());
                columns.add(both);
            }
            return;
        }
        place("columns[" + columns.size() + "]", entry.key());
        place("columns[" + columns.size() + "].renamedFrom", reader.fields().get("renamedFrom"));
        columns.add(reader.column(key.contains(column)));
        if (reader.fields().flag("unique", false)) {
            index(
                    new Index(null, List.of(new Index.Part(column, false, false)), true, null, null),
                    reader.fields().place("unique"));
        }
        ForeignKey foreignKey = reader.foreignKey();
        if (foreignKey != null) {
            place("foreignKeys[" + foreignKeys.size() + "]", reader.fields().place("references"));
            foreignKeys.add(foreignKey);
        }
    }

    private void foreignKeys(Fields table) {
        for (YamlNode item : table.list("foreignKeys")) {
            if (!(item instanceof YamlNode.Mapping mapping)) {
                problems.add(
                        item, "a foreign key is a map", "it is " + item.kind(), "write {columns: .., references: ..}");
                continue;
            }
            Fields fields = new Fields(
                    mapping,
                    "a foreign key",
                    List.of("columns", "references", "onDelete", "onUpdate", "name"),
                    problems);
            YamlNode references = fields.get("references");
            ColumnReader.Target target = references == null ? null : ColumnReader.Target.of(references, problems);
            List<String> from = fields.texts("columns");
            String keyName = fields.text("name");
            var onDelete = ColumnReader.action(fields, "onDelete");
            var onUpdate = ColumnReader.action(fields, "onUpdate");
            if (references == null) {
                problems.add(
                        item, "a foreign key references something", "columns=" + from, "write references: and what");
            }
            if (target != null) {
                place("foreignKeys[" + foreignKeys.size() + "]", item);
                foreignKeys.add(new ForeignKey(keyName, from, target.table(), target.columns(), onDelete, onUpdate));
            }
        }
    }

    private void indexes(Fields table) {
        for (YamlNode item : table.list("indexes")) {
            if (!(item instanceof YamlNode.Mapping mapping)) {
                problems.add(item, "an index is a map", "it is " + item.kind(), "write {columns: [..]}");
                continue;
            }
            int before = problems.count();
            Fields fields =
                    new Fields(mapping, "an index", List.of("columns", "unique", "where", "name", "method"), problems);
            List<Index.Part> parts = new ArrayList<>();
            YamlNode declared = fields.get("columns");
            for (YamlNode part : (declared instanceof YamlNode.Sequence || declared == null)
                    ? fields.list("columns")
                    : List.of(declared)) {
                Index.Part read = part(part);
                if (read != null) {
                    parts.add(read);
                }
            }
            boolean told = problems.count() > before;
            Index index = new Index(
                    fields.text("name"),
                    parts,
                    fields.flag("unique", false),
                    fields.text("where"),
                    fields.text("method"));
            if (!parts.isEmpty() || !told) {
                index(index, item);
            }
        }
    }

    /** Adds an index, unless it is declared already: a unique column may be declared as an index, too. */
    private void index(Index index, YamlNode at) {
        if (!indexes.contains(index)) {
            place("indexes[" + indexes.size() + "]", at);
            indexes.add(index);
        }
    }

    private Index.@Nullable Part part(YamlNode node) {
        if (!(node instanceof YamlNode.Mapping mapping)) {
            String text = Fields.text(node, "a column of an index", problems);
            return text == null ? null : Index.part(text);
        }
        Fields fields = new Fields(
                mapping, "a column of an index", List.of("column", "expression", "desc", "options"), problems);
        boolean expression = fields.has("expression");
        String text = fields.text(expression ? "expression" : "column");
        boolean descending = fields.flag("desc", false);
        String options = fields.text("options");
        if (expression == fields.has("column")) {
            problems.add(
                    node,
                    "a part of an index is a column or an expression",
                    "keys="
                            + mapping.entries().stream()
                                    .map(entry -> entry.key().text())
                                    .toList(),
                    "write column: or expression:");
            return null;
        }
        return text == null ? null : new Index.Part(text, expression, descending, options == null ? "" : options);
    }

    private void checks(Fields table) {
        YamlNode.Mapping mapping = table.mapping("checks");
        if (mapping == null) {
            return;
        }
        for (YamlNode.Entry entry : mapping.entries()) {
            String condition = Fields.text(entry.value(), "a check's condition", problems);
            if (condition != null) {
                place("checks[" + checks.size() + "]", entry.key());
                checks.put(entry.key().text(), condition);
            }
        }
    }

    private Optional<Seed> seed(Fields table) {
        YamlNode.Mapping mapping = table.mapping("seed");
        if (mapping == null) {
            return Optional.empty();
        }
        place("seed", mapping);
        Fields fields = new Fields(mapping, "a seed", List.of("key", "mode", "rows"), problems);
        int before = problems.count();
        List<String> key = fields.texts("key");
        boolean keyTold = problems.count() > before;
        boolean enforce = "enforce".equals(fields.word("mode", List.of("insert-only", "enforce")));
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        for (YamlNode item : fields.list("rows")) {
            if (!(item instanceof YamlNode.Mapping row)) {
                problems.add(item, "a row of a seed is a map", "it is " + item.kind(), "write {column: value}");
                continue;
            }
            place("seed.rows[" + rows.size() + "]", row);
            rows.add(row(row));
        }
        return keyTold ? Optional.empty() : Optional.of(new Seed(key, enforce, rows));
    }

    private Map<String, @Nullable Object> row(YamlNode.Mapping mapping) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        for (YamlNode.Entry entry : mapping.entries()) {
            String column = entry.key().text();
            ColumnType type = columns.stream()
                    .filter(declared -> declared.name().equals(column))
                    .map(Column::type)
                    .findFirst()
                    .orElse(ColumnType.raw("unknown"));
            Object value = ScalarValues.of(entry.value(), type, true, "the value of " + column, problems);
            // A value that can't be read is there all the same, so that the row's key is not called incomplete.
            row.put(column, value == ScalarValues.UNREADABLE ? new Object() : value);
        }
        return row;
    }
}
