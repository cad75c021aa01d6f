package dev.weir.schema.file;

import dev.weir.schema.model.Column;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.ColumnType.Kind;
import dev.weir.schema.model.DefaultValue;
import dev.weir.schema.model.ForeignKey;
import dev.weir.schema.model.ReferentialAction;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads one column of a table in a YAML file. */
final class ColumnReader {
    private static final List<String> ACTIONS = Arrays.stream(ReferentialAction.values())
            .map(action -> action.sql().toLowerCase(Locale.ROOT))
            .toList();

    private static final List<String> KEYS = List.of(
            "type",
            "length",
            "precision",
            "scale",
            "unsigned",
            "values",
            "textType",
            "nullable",
            "default",
            "primary",
            "unique",
            "references",
            "onDelete",
            "onUpdate",
            "generated",
            "stored",
            "identity",
            "collation",
            "comment",
            "renamedFrom");
    private static final String TIMESTAMPS = "timestamps";
    private static final List<String> IDENTITIES = List.of("always", "by default");
    private static final Map<String, Kind> KINDS = kinds();

    /** Stands for a type that can't be read, so that nothing more is said of it. */
    private static final ColumnType UNREADABLE = ColumnType.raw("unreadable");

    private final Fields fields;
    private final String name;
    private final FileProblems.Of problems;

    ColumnReader(YamlNode.Mapping mapping, String name, FileProblems.Of problems) {
        this.fields = new Fields(mapping, "a column", KEYS, problems);
        this.name = name;
        this.problems = problems;
    }

    private static Map<String, Kind> kinds() {
        Map<String, Kind> kinds = new HashMap<>();
        for (Kind kind : Kind.values()) {
            if (kind != Kind.RAW) {
                kinds.put(kind.name().toLowerCase(Locale.ROOT).replace("_", ""), kind);
            }
        }
        kinds.put("bigint", Kind.BIG_INTEGER);
        kinds.put("smallint", Kind.SMALL_INTEGER);
        return kinds;
    }

    /** Whether a type of that name is one of Weir's, not the engine's. */
    static boolean known(String type) {
        String folded = type.toLowerCase(Locale.ROOT);
        return KINDS.containsKey(folded) || folded.equals(TIMESTAMPS);
    }

    /** Whether the entry stands for the columns {@code created_at} and {@code updated_at}. */
    boolean timestamps() {
        YamlNode type = fields.get("type");
        if (!(type instanceof YamlNode.Scalar scalar)
                || !scalar.text().toLowerCase(Locale.ROOT).equals(TIMESTAMPS)) {
            return false;
        }
        for (String key : KEYS) {
            if (fields.has(key) && !key.equals("type")) {
                problems.add(
                        fields.place(key),
                        "the columns of timestamps are as they are",
                        "column=" + name + " key=" + key,
                        "remove it, or declare created_at and updated_at by themselves");
            }
        }
        return true;
    }

    Fields fields() {
        return fields;
    }

    /**
     * The column.
     *
     * @param inKey whether it belongs to the primary key
     */
    Column column(boolean inKey) {
        ColumnType type = type();
        if (inKey && fields.has("nullable") && fields.flag("nullable", false)) {
            problems.add(
                    fields.place("nullable"),
                    "a column of the primary key refuses NULL",
                    "column=" + name + " nullable=true",
                    "remove nullable");
        }
        return new Column(
                name,
                type,
                !inKey && fields.flag("nullable", true),
                defaultValue(type),
                fields.text("generated"),
                fields.flag("stored", true),
                identity(type),
                fields.text("renamedFrom"),
                fields.text("comment"),
                fields.text("collation"));
    }

    boolean primary() {
        boolean primary = fields.flag("primary", false);
        Kind kind = fields.get("type") instanceof YamlNode.Scalar scalar
                ? KINDS.get(scalar.text().toLowerCase(Locale.ROOT))
                : null;
        return primary || kind == Kind.INCREMENTS || kind == Kind.BIG_INCREMENTS;
    }

    private ColumnType type() {
        YamlNode node = fields.get("type");
        String raw = null;
        Kind kind = Kind.RAW;
        if (node == null) {
            problems.add(fields.node(), "a column has a type", "column=" + name, "write type: and one such as string");
        } else if (node instanceof YamlNode.Mapping mapping) {
            Fields inner = new Fields(mapping, "a type", List.of("raw"), problems);
            raw = inner.text("raw");
            if (mapping.entries().isEmpty()) {
                problems.add(node, "a type is a name, or raw: and the engine's", "column=" + name, "write raw:");
            }
        } else {
            raw = Fields.text(node, "type", problems);
            if (raw != null && raw.isBlank()) {
                problems.add(node, "a column has a type", "column=" + name + " type=''", "write one such as string");
                raw = null;
            }
            if (raw != null) {
                kind = KINDS.getOrDefault(raw.toLowerCase(Locale.ROOT), Kind.RAW);
            }
        }
        Integer length = fields.number("length");
        Integer precision = fields.number("precision");
        Integer scale = fields.number("scale");
        boolean unsigned = fields.flag("unsigned", false);
        List<String> values = fields.has("values") ? fields.texts("values") : List.of();
        String textType = fields.text("textType");
        if (raw == null) {
            return UNREADABLE;
        }
        if (textType != null && kind != Kind.TEXT) {
            problems.add(
                    fields.place("textType"),
                    "textType belongs to the type text",
                    "column=" + name + " type=" + raw,
                    "remove it, or change the type");
        }
        return new ColumnType(
                kind,
                length,
                precision,
                scale,
                unsigned,
                values,
                kind == Kind.RAW ? raw.strip() : kind == Kind.TEXT ? textType : null);
    }

    private @Nullable DefaultValue defaultValue(ColumnType type) {
        YamlNode node = fields.get("default");
        if (node == null) {
            return null;
        }
        if (node instanceof YamlNode.Mapping mapping) {
            Fields inner = new Fields(mapping, "a default", List.of("sql"), problems);
            String sql = inner.text("sql");
            if (mapping.entries().isEmpty()) {
                problems.add(node, "a default is a value, or sql: and an expression", "column=" + name, "write sql:");
            }
            return sql == null ? null : DefaultValue.sql(sql);
        }
        Object value = ScalarValues.of(node, type, false, "the default of " + name, problems);
        return (value == null || value == ScalarValues.UNREADABLE) ? null : DefaultValue.of(value);
    }

    private Column.@Nullable Identity identity(ColumnType type) {
        Column.Identity own = type.increments() ? Column.Identity.BY_DEFAULT : null;
        YamlNode node = fields.get("identity");
        if (node == null) {
            return own;
        }
        if (own != null) {
            problems.add(
                    node,
                    "identity is part of the types increments and bigIncrements",
                    "column=" + name,
                    "remove it, or use integer or bigInteger");
            return own;
        }
        Boolean flag = node instanceof YamlNode.Scalar scalar ? ScalarValues.bool(scalar) : null;
        if (flag != null) {
            return flag ? Column.Identity.BY_DEFAULT : null;
        }
        String word = fields.word("identity", IDENTITIES);
        if (word == null) {
            return null;
        }
        return word.equals("always") ? Column.Identity.ALWAYS : Column.Identity.BY_DEFAULT;
    }

    /** The foreign key of the column; null if it has none. */
    @Nullable ForeignKey foreignKey() {
        YamlNode node = fields.get("references");
        if (node == null) {
            for (String key : List.of("onDelete", "onUpdate")) {
                if (fields.has(key)) {
                    problems.add(
                            fields.place(key),
                            key + " belongs to a reference",
                            "column=" + name,
                            "say what the column references, or remove " + key);
                }
            }
            return null;
        }
        Target target = Target.of(node, problems);
        return target == null
                ? null
                : new ForeignKey(
                        null,
                        List.of(name),
                        target.table(),
                        target.columns(),
                        action(fields, "onDelete"),
                        action(fields, "onUpdate"));
    }

    static ReferentialAction action(Fields fields, String key) {
        String word = fields.word(key, ACTIONS);
        for (ReferentialAction action : ReferentialAction.values()) {
            if (action.sql().equalsIgnoreCase(word)) {
                return action;
            }
        }
        return ReferentialAction.NO_ACTION;
    }

    /** What a foreign key refers to. */
    record Target(String table, List<String> columns) {
        /** Written as {@code users.id} or as a map; null if it can't be read. */
        static @Nullable Target of(YamlNode node, FileProblems.Of problems) {
            if (node instanceof YamlNode.Mapping mapping) {
                Fields fields = new Fields(mapping, "a reference", List.of("table", "column", "columns"), problems);
                String table = fields.text("table");
                List<String> columns = fields.has("columns") ? fields.texts("columns") : fields.texts("column");
                if (!fields.has("table") || fields.has("columns") == fields.has("column")) {
                    problems.add(
                            node,
                            "a reference names a table, and its column or columns",
                            "keys="
                                    + mapping.entries().stream()
                                            .map(entry -> entry.key().text())
                                            .toList(),
                            "write table: and columns:");
                    return null;
                }
                return table == null ? null : new Target(table, columns);
            }
            String text = Fields.text(node, "references", problems);
            if (text == null) {
                return null;
            }
            int dot = text.lastIndexOf('.');
            if (dot <= 0 || dot == text.length() - 1) {
                problems.add(
                        node,
                        "a reference names a table and its column",
                        "references=" + text,
                        "write table.column, or table: and columns:");
                return null;
            }
            return new Target(text.substring(0, dot), List.of(text.substring(dot + 1)));
        }
    }
}
