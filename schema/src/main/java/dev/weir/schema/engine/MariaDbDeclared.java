package dev.weir.schema.engine;

import dev.weir.schema.model.Column;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.ColumnType.Kind;
import dev.weir.schema.model.DefaultValue;
import dev.weir.schema.model.ForeignKey;
import dev.weir.schema.model.Index;
import dev.weir.schema.model.ReferentialAction;
import dev.weir.schema.model.Table;
import dev.weir.schema.physical.PhysicalCheck;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.physical.PhysicalForeignKey;
import dev.weir.schema.physical.PhysicalIndex;
import dev.weir.schema.physical.PhysicalKey;
import dev.weir.schema.physical.PhysicalTable;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A declared table in MariaDB's or MySQL's words. */
final class MariaDbDeclared {
    /** Fractions of a second that these engines can keep; without a number they keep none. */
    private static final int FINEST = 6;

    /** Of characters of a text, or bytes, in an index that is not unique: such a column can't be in it whole. */
    private static final String PREFIX = "255";

    private static final String MOMENT =
            "(?:current_timestamp|now|localtimestamp|localtime)(?:\\s*\\(\\s*\\d?\\s*\\))?";
    private static final Pattern NOW = Pattern.compile(MOMENT, Pattern.CASE_INSENSITIVE);
    private static final Pattern ON_UPDATE =
            Pattern.compile("(.*?)\\s*\\bon\\s+update\\s+" + MOMENT, Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern TIMED =
            Pattern.compile("\\s*(?:datetime|timestamp)\\s*(\\(\\s*\\d\\s*\\))\\s*", Pattern.CASE_INSENSITIVE);
    private static final Set<String> METHODS = Set.of("btree", "hash", "fulltext", "spatial");

    private final boolean mysql;

    MariaDbDeclared(boolean mysql) {
        this.mysql = mysql;
    }

    PhysicalTable physical(Table table) {
        return new PhysicalTable(
                table.name(),
                table.columns().stream().map(column -> column(table, column)).toList(),
                table.primaryKey().isEmpty() ? null : new PhysicalKey(null, table.primaryKey()),
                table.indexes().stream()
                        .map(index -> index(table, index))
                        .sorted(Comparator.comparing(PhysicalIndex::name))
                        .toList(),
                table.foreignKeys().stream()
                        .map(key -> foreignKey(table, key))
                        .sorted(Comparator.comparing(PhysicalForeignKey::name))
                        .toList(),
                table.checks().entrySet().stream()
                        .map(check -> new PhysicalCheck(check.getKey(), check.getValue(), true))
                        .sorted(Comparator.comparing(PhysicalCheck::name))
                        .toList(),
                table.comment(),
                table.options(),
                List.of());
    }

    private PhysicalColumn column(Table table, Column column) {
        boolean generated = column.generated() != null;
        if (generated && !column.nullable() && !mysql) {
            throw new IllegalArgumentException(
                    "MariaDB has no generated columns that refuse NULL: table=" + table.name() + ", column="
                            + column.name() + "; let it take NULL, and add a check that it is not");
        }
        boolean identity = column.identity() != null;
        return new PhysicalColumn(
                column.name(),
                type(column.type()),
                column.nullable() && !table.primaryKey().contains(column.name()),
                identity || generated ? null : defaultSql(column.type(), column.defaultValue()),
                column.generated(),
                generated && column.stored(),
                identity ? MariaDbReading.AUTO_INCREMENT : null,
                collation(column),
                column.comment());
    }

    /** Weir's own ids compare byte for byte, or the buffer could not name a row by them. */
    private @Nullable String collation(Column column) {
        if (column.collation() == null && column.type().kind() == Kind.NANOID) {
            return mysql ? "utf8mb4_0900_bin" : "utf8mb4_nopad_bin";
        }
        return column.collation();
    }

    /** The table whose columns say nothing of a collation that they have anyway. */
    static PhysicalTable withDefault(PhysicalTable table, String usual) {
        return new PhysicalTable(
                table.name(),
                table.columns().stream()
                        .map(column -> usual.equalsIgnoreCase(column.collation()) ? withoutCollation(column) : column)
                        .toList(),
                table.primaryKey(),
                table.indexes(),
                table.foreignKeys(),
                table.checks(),
                table.comment(),
                table.options(),
                table.attached());
    }

    private static PhysicalColumn withoutCollation(PhysicalColumn column) {
        return new PhysicalColumn(
                column.name(),
                column.type(),
                column.nullable(),
                column.defaultSql(),
                column.generated(),
                column.stored(),
                column.identity(),
                null,
                column.comment());
    }

    private String type(ColumnType type) {
        String unsigned = type.unsigned() ? " unsigned" : "";
        return switch (type.kind()) {
            case INCREMENTS, INTEGER -> "int" + width(type, 11) + unsigned;
            case BIG_INCREMENTS, BIG_INTEGER -> "bigint" + (mysql ? "" : "(20)") + unsigned;
            case SMALL_INTEGER -> "smallint" + width(type, 6) + unsigned;
            case FLOAT -> (type.precision() != null && type.precision() <= 24 ? "float" : "double") + unsigned;
            case DECIMAL -> "decimal(" + precision(type) + "," + scale(type) + ")" + unsigned;
            case STRING -> "varchar(" + Objects.requireNonNullElse(type.length(), 255) + ")";
            case NANOID -> "varchar(" + Objects.requireNonNullElse(type.length(), 21) + ")";
            case TEXT -> type.raw() == null ? "longtext" : type.raw().toLowerCase(Locale.ROOT);
            case BOOLEAN -> "tinyint(1)";
            case DATE -> "date";
            case DATETIME -> "datetime" + fraction(type);
            case TIMESTAMP -> "timestamp" + fraction(type);
            case TIME -> "time" + fraction(type);
            case BINARY -> type.length() == null ? "longblob" : "varbinary(" + type.length() + ")";
            case JSON, JSONB -> "json";
            case UUID -> mysql ? "char(36)" : "uuid";
            case ENUM ->
                "enum(" + type.values().stream().map(MariaDbText::literal).collect(Collectors.joining(",")) + ")";
            case RAW -> Objects.requireNonNull(type.raw(), "raw") + unsigned;
        };
    }

    private String width(ColumnType type, int signed) {
        return mysql ? "" : "(" + (type.unsigned() ? signed - 1 : signed) + ")";
    }

    private static int precision(ColumnType type) {
        return Objects.requireNonNullElse(type.precision(), 10);
    }

    private static int scale(ColumnType type) {
        return Objects.requireNonNullElse(type.scale(), 2);
    }

    private static String fraction(ColumnType type) {
        int digits = Objects.requireNonNullElse(type.scale(), FINEST);
        return digits == 0 ? "" : "(" + digits + ")";
    }

    private @Nullable String defaultSql(ColumnType type, @Nullable DefaultValue value) {
        if (value == null) {
            return null;
        }
        if (value.sql() != null) {
            return expression(type, value.sql().strip());
        }
        String literal = value(type, Objects.requireNonNull(value.value(), "value"));
        return mysql && unbounded(type) ? "(" + literal + ")" : literal;
    }

    /** The engines want as many digits of a second in the default as the column has. */
    private static @Nullable String expression(ColumnType type, String sql) {
        Matcher onUpdate = ON_UPDATE.matcher(sql);
        String before = onUpdate.matches() ? onUpdate.group(1) : sql;
        String now = "current_timestamp" + digits(type);
        String after = onUpdate.matches() ? "on update " + now : "";
        String standard;
        if (NOW.matcher(before).matches()) {
            standard = now;
        } else if (before.isEmpty() || before.equalsIgnoreCase("null")) {
            standard = "";
        } else {
            standard = "(" + before + ")";
        }
        String whole = (standard + " " + after).strip();
        return whole.isEmpty() ? null : whole;
    }

    /** The digits of a second, in parentheses that stand there also when there are none. */
    private static String digits(ColumnType type) {
        if (type.kind() == Kind.RAW) {
            Matcher timed = TIMED.matcher(Objects.requireNonNullElse(type.raw(), ""));
            return timed.matches() ? timed.group(1) : "()";
        }
        return fraction(type).isEmpty() || !timed(type) ? "()" : fraction(type);
    }

    private static boolean timed(ColumnType type) {
        return switch (type.kind()) {
            case DATETIME, TIMESTAMP, TIME -> true;
            default -> false;
        };
    }

    private static boolean unbounded(ColumnType type) {
        return switch (type.kind()) {
            case TEXT, JSON, JSONB -> true;
            case BINARY -> type.length() == null;
            default -> false;
        };
    }

    private static String value(ColumnType type, Object value) {
        return switch (type.kind()) {
            case BOOLEAN -> truth(value);
            case INCREMENTS, BIG_INCREMENTS, SMALL_INTEGER, INTEGER, BIG_INTEGER, FLOAT, DECIMAL -> number(type, value);
            case RAW -> value instanceof String text ? MariaDbText.literal(text) : number(type, value);
            default -> MariaDbText.literal(value.toString());
        };
    }

    private static String truth(Object value) {
        return switch (value.toString().toLowerCase(Locale.ROOT)) {
            case "true", "1" -> "1";
            case "false", "0" -> "0";
            default -> MariaDbText.literal(value.toString());
        };
    }

    private static String number(ColumnType type, Object value) {
        if (value instanceof Boolean truth) {
            return truth ? "1" : "0";
        }
        try {
            BigDecimal number = new BigDecimal(value.toString().strip());
            boolean decimal =
                    type.kind() == Kind.DECIMAL && number.stripTrailingZeros().scale() <= scale(type);
            return (decimal ? number.setScale(scale(type)) : number).toPlainString();
        } catch (NumberFormatException e) {
            return MariaDbText.literal(value.toString());
        }
    }

    private PhysicalIndex index(Table table, Index index) {
        String name = index.name() == null ? Names.index(table.name(), index) : index.name();
        String place = "table=" + table.name() + ", index=" + name;
        if (index.where() != null) {
            throw new IllegalArgumentException("MariaDB and MySQL have no partial indexes: " + place + ", where="
                    + index.where() + "; leave the condition out, or index a generated column that is NULL where it"
                    + " does not hold");
        }
        String method = index.method() == null ? "btree" : index.method().toLowerCase(Locale.ROOT);
        if (!METHODS.contains(method)) {
            throw new IllegalArgumentException("MariaDB and MySQL have no such index method: " + place + ", method="
                    + index.method() + "; say btree, hash, fulltext or spatial, or nothing");
        }
        List<PhysicalIndex.Part> parts = index.parts().stream()
                .map(part -> part(table, index, method, part, place))
                .toList();
        return new PhysicalIndex(
                name, parts, index.unique(), method.equals("btree") ? null : method, null, false, true);
    }

    private PhysicalIndex.Part part(Table table, Index index, String method, Index.Part part, String place) {
        if (part.expression()) {
            throw new IllegalArgumentException("MariaDB has no indexes on expressions: " + place + ", expression="
                    + part.text() + "; declare a generated column of it and index that one");
        }
        boolean whole = (index.unique() && !mysql) || method.equals("fulltext") || method.equals("spatial");
        boolean prefix = !whole
                && part.options().isEmpty()
                && table.column(part.text())
                        .map(column -> unbounded(column.type()))
                        .orElse(false);
        return new PhysicalIndex.Part(part.text(), false, part.descending(), prefix ? PREFIX : part.options());
    }

    private static PhysicalForeignKey foreignKey(Table table, ForeignKey key) {
        String name = key.name() == null ? Names.foreignKey(table.name(), key.columns()) : key.name();
        for (Index index : table.indexes()) {
            if (index.name() != null && index.name().equalsIgnoreCase(name)) {
                throw new IllegalArgumentException(
                        "An index must not be called like a foreign key, whose own index has that name: table="
                                + table.name() + ", index=" + index.name() + "; give one of them another name");
            }
        }
        return new PhysicalForeignKey(
                name,
                key.columns(),
                key.table(),
                key.targets(),
                action(table, name, key.onDelete()),
                action(table, name, key.onUpdate()),
                true);
    }

    /** RESTRICT is what these engines do for NO ACTION. */
    private static String action(Table table, String name, ReferentialAction action) {
        return switch (action) {
            case NO_ACTION, RESTRICT -> MariaDbReading.NO_ACTION;
            case SET_DEFAULT ->
                throw new IllegalArgumentException("MariaDB and MySQL know no SET DEFAULT of a foreign key: table="
                        + table.name() + ", foreignKey=" + name + "; say set null, cascade, restrict or no action");
            case CASCADE, SET_NULL -> action.sql();
        };
    }
}
