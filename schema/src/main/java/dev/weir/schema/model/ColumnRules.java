package dev.weir.schema.model;

import dev.weir.schema.model.ColumnType.Kind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules of one column: its type, its default, how it is made. */
final class ColumnRules {
    private static final Set<Kind> INTEGERS =
            EnumSet.of(Kind.INCREMENTS, Kind.BIG_INCREMENTS, Kind.SMALL_INTEGER, Kind.INTEGER, Kind.BIG_INTEGER);
    private static final Set<Kind> SIGNED = union(INTEGERS, Kind.FLOAT, Kind.DECIMAL);
    private static final Set<Kind> WITH_LENGTH = EnumSet.of(Kind.STRING, Kind.BINARY, Kind.NANOID);
    private static final Set<Kind> TIMES = EnumSet.of(Kind.DATETIME, Kind.TIMESTAMP, Kind.TIME);
    private static final Set<Kind> WITH_PRECISION = EnumSet.of(Kind.FLOAT, Kind.DECIMAL);
    private static final Set<Kind> WITH_SCALE = union(TIMES, Kind.FLOAT, Kind.DECIMAL);
    private static final Set<Kind> NUMBERED = union(INTEGERS, Kind.RAW);
    private static final Set<String> TEXT_SIZES = Set.of("text", "mediumtext", "longtext");
    private static final int DECIMAL_PRECISION = 10;
    private static final int DECIMAL_SCALE = 2;
    private static final int FLOAT_BITS = 53;
    private static final int SECOND_DIGITS = 9;

    private final Findings findings;
    private final String path;
    private final String where;
    private final Column column;
    private final ColumnType type;
    private final Kind kind;

    ColumnRules(Findings findings, String path, String where, Column column) {
        this.findings = findings;
        this.path = path;
        this.where = where;
        this.column = column;
        this.type = column.type();
        this.kind = type.kind();
    }

    private static Set<Kind> union(Set<Kind> kinds, Kind... more) {
        Set<Kind> all = EnumSet.copyOf(kinds);
        all.addAll(Set.of(more));
        return all;
    }

    void check() {
        belongs("length", type.length(), WITH_LENGTH);
        belongs("precision", type.precision(), WITH_PRECISION);
        belongs("scale", type.scale(), WITH_SCALE);
        belongs("unsigned", type.unsigned() ? true : null, SIGNED);
        belongs("values", type.values().isEmpty() ? null : type.values(), EnumSet.of(Kind.ENUM));
        numbers();
        values();
        if (kind == Kind.RAW && type.raw() == null) {
            add("a raw type has the engine's name", "type=RAW raw=null", "name one");
        }
        if (kind == Kind.TEXT && type.raw() != null && !TEXT_SIZES.contains(type.raw())) {
            add("a textType is text, mediumtext or longtext", "textType=" + type.raw(), "name one of these");
        }
        defaultValue();
        making();
        DefaultValue given = column.defaultValue();
        findings.expression(path, where + " default", given == null ? null : given.sql());
        findings.expression(path, where + " generated", column.generated());
        findings.expression(path, where + " type", kind == Kind.RAW ? type.raw() : null);
    }

    private void add(String rule, String found, String cure) {
        findings.add(path, rule, where + " " + found, cure);
    }

    private void belongs(String option, @Nullable Object value, Set<Kind> kinds) {
        if (value != null && !kinds.contains(kind)) {
            add(
                    option + " belongs to types that have it",
                    "type=" + kind + " " + option + "=" + value,
                    kind == Kind.RAW
                            ? "write it as the engine does, inside the type"
                            : "remove it, or change the type");
        }
    }

    private void numbers() {
        atLeast("length", type.length(), 1);
        atLeast("precision", type.precision(), 1);
        atLeast("scale", type.scale(), 0);
        Integer precision = given(type.precision(), DECIMAL_PRECISION);
        Integer scale = given(type.scale(), DECIMAL_SCALE);
        if (WITH_PRECISION.contains(kind) && precision != null && scale != null && precision < scale) {
            add(
                    "precision counts all digits, so it is at least scale",
                    "precision=" + precision + " scale=" + scale,
                    "raise precision or lower scale");
        }
        if (kind == Kind.FLOAT && precision != null && precision > FLOAT_BITS) {
            add("a float has at most 53 bits", "precision=" + precision, "lower it, or use decimal");
        }
        if (TIMES.contains(kind) && scale != null && scale > SECOND_DIGITS) {
            add("a time has at most 9 digits of seconds", "scale=" + scale, "lower it");
        }
    }

    private @Nullable Integer given(@Nullable Integer value, int ofDecimal) {
        return (value == null && kind == Kind.DECIMAL) ? Integer.valueOf(ofDecimal) : value;
    }

    private void atLeast(String option, @Nullable Integer value, int least) {
        if (value != null && value < least) {
            add(option + " is at least " + least, option + "=" + value, "raise it");
        }
    }

    private void values() {
        if (kind != Kind.ENUM) {
            return;
        }
        if (type.values().isEmpty()) {
            add("an enum has values", "values=[]", "list them");
        }
        Set<String> seen = new HashSet<>();
        for (String value : type.values()) {
            if (!seen.add(value)) {
                add("a value of an enum stands once", "value=" + value, "remove one of them");
            }
        }
    }

    private void defaultValue() {
        DefaultValue given = column.defaultValue();
        if (given == null) {
            return;
        }
        String expression = given.sql();
        Object value = given.value();
        if (expression != null && expression.isBlank()) {
            add("a default's expression is not empty", "default.sql=''", "write it, or remove the default");
        }
        if (column.generated() != null) {
            add("a generated column has no default", "generated=" + column.generated(), "remove one of them");
        } else if (column.identity() != null) {
            add(
                    "a column that the database numbers has no default",
                    "identity=" + column.identity(),
                    "remove one of them");
        }
        if (expression != null) {
            return;
        }
        String found = "type=" + kind + " default=" + value;
        if (value == null) {
            add("a default is a value or an expression", found, "remove it: without one the default is NULL");
        } else if (!(value instanceof String || value instanceof Number || value instanceof Boolean)) {
            add("a default's value is a text, a number or a boolean", found, "give one, or an expression");
        } else if (INTEGERS.contains(kind) && !whole(value)) {
            add("the default of an integer column is a whole number", found, "correct it");
        } else if (WITH_PRECISION.contains(kind) && !(value instanceof Number)) {
            add("the default of a number column is a number", found, "correct it");
        } else if (kind == Kind.BOOLEAN && !(value instanceof Boolean)) {
            add("the default of a boolean column is true or false", found, "correct it");
        } else if (kind == Kind.ENUM
                && !(value instanceof String text && type.values().contains(text))) {
            add(
                    "the default of an enum is one of its values",
                    "default=" + value + " values=" + type.values(),
                    "correct it, or add it to the values");
        }
    }

    private static boolean whole(Object value) {
        return value instanceof Byte
                || value instanceof Short
                || value instanceof Integer
                || value instanceof Long
                || value instanceof BigInteger
                || (value instanceof BigDecimal decimal
                        && decimal.stripTrailingZeros().scale() <= 0);
    }

    private void making() {
        String expression = column.generated();
        if (expression != null && expression.isBlank()) {
            add("a generated column's expression is not empty", "generated=''", "write it, or remove generated");
        }
        if (expression != null && column.identity() != null) {
            add(
                    "a column is generated or numbered, not both",
                    "generated=" + expression + " identity=" + column.identity(),
                    "remove one of them");
        }
        if (expression == null && !column.stored()) {
            add("stored belongs to a generated column", "stored=false", "remove it, or say generated");
        }
        if (column.identity() != null && !NUMBERED.contains(kind)) {
            add(
                    "a column that the database numbers is of an integer type",
                    "type=" + kind + " identity=" + column.identity(),
                    "change the type, or remove identity");
        }
        if (column.collation() != null && column.collation().isBlank()) {
            add("a collation has a name", "collation=''", "name it, or remove collation");
        }
    }
}
