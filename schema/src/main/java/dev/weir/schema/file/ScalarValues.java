package dev.weir.schema.file;

import dev.weir.schema.model.ColumnType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a value in YAML means: a text in quotes is a text; without quotes YAML 1.2's core schema holds, so that {@code no} and
 * {@code 2026-01-01} are texts. For a column whose values are texts everything is a text.
 */
final class ScalarValues {
    /** Stands for a value that can't be read, which has been told. */
    static final Object UNREADABLE = new Object();

    private static final Pattern NULL = Pattern.compile("|~|null|Null|NULL");
    private static final Pattern TRUE = Pattern.compile("true|True|TRUE");
    private static final Pattern FALSE = Pattern.compile("false|False|FALSE");
    private static final Pattern WHOLE = Pattern.compile("[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+");
    private static final Pattern FRACTION =
            Pattern.compile("[-+]?(?:\\.[0-9]+|[0-9]+(?:\\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,9})?");
    private static final Pattern NOT_FINITE = Pattern.compile("[-+]?\\.(?:inf|Inf|INF)|\\.(?:nan|NaN|NAN)");
    private static final Pattern LEADING_ZERO = Pattern.compile("[-+]?0[0-9].*");
    private static final int LONGEST_NUMBER = 400;
    private static final Set<ColumnType.Kind> WHOLES = Set.of(
            ColumnType.Kind.INCREMENTS,
            ColumnType.Kind.BIG_INCREMENTS,
            ColumnType.Kind.SMALL_INTEGER,
            ColumnType.Kind.INTEGER,
            ColumnType.Kind.BIG_INTEGER);

    private ScalarValues() {}

    static boolean isNull(YamlNode.Scalar scalar) {
        return scalar.plain() && NULL.matcher(scalar.text()).matches();
    }

    static @Nullable Boolean bool(YamlNode.Scalar scalar) {
        if (scalar.plain() && TRUE.matcher(scalar.text()).matches()) {
            return Boolean.TRUE;
        }
        return (scalar.plain() && FALSE.matcher(scalar.text()).matches()) ? Boolean.FALSE : null;
    }

    static @Nullable BigInteger whole(YamlNode.Scalar scalar) {
        String text = scalar.text();
        if (!scalar.plain()
                || text.length() > LONGEST_NUMBER
                || !WHOLE.matcher(text).matches()
                || LEADING_ZERO.matcher(text).matches()) {
            return null;
        }
        if (text.startsWith("0o")) {
            return new BigInteger(text.substring(2), 8);
        }
        return text.startsWith("0x") ? new BigInteger(text.substring(2), 16) : new BigInteger(text);
    }

    private static @Nullable BigDecimal fraction(YamlNode.Scalar scalar) {
        String text = scalar.text();
        if (!scalar.plain()
                || text.length() > LONGEST_NUMBER
                || !FRACTION.matcher(text).matches()
                || LEADING_ZERO.matcher(text).matches()) {
            return null;
        }
        BigDecimal value = new BigDecimal(text);
        if (Math.abs((long) value.scale()) > LONGEST_NUMBER) {
            return null;
        }
        return value.scale() < 0 ? value.setScale(0) : value;
    }

    private static Object fitted(BigInteger whole) {
        return whole.bitLength() < Long.SIZE ? (Object) whole.longValue() : whole;
    }

    /**
     * A value of a column, as a default or in a row.
     *
     * @param what what it is, for messages, which do not say the value
     * @return {@link #UNREADABLE} if it is none
     */
    static @Nullable Object of(YamlNode node, ColumnType type, boolean nested, String what, FileProblems.Of problems) {
        boolean json = type.kind() == ColumnType.Kind.JSON || type.kind() == ColumnType.Kind.JSONB;
        if (!(node instanceof YamlNode.Scalar scalar)) {
            if (json && nested) {
                return core(node, what, problems);
            }
            problems.add(
                    node, what + " is one value", "value is " + node.kind(), "write a text, a number or a boolean");
            return UNREADABLE;
        }
        if (isNull(scalar)) {
            return null;
        }
        switch (type.kind()) {
            case STRING, TEXT, ENUM, NANOID, UUID, DATE, DATETIME, TIMESTAMP, TIME, BINARY -> {
                return scalar.text();
            }
            case BOOLEAN -> {
                Boolean value = bool(scalar);
                return value != null ? value : wrong(scalar, what, "true or false", problems);
            }
            case JSON, JSONB, RAW -> {
                return core(scalar, what, problems);
            }
            default -> {
                BigInteger whole = whole(scalar);
                if (whole != null) {
                    return fitted(whole);
                }
                if (WHOLES.contains(type.kind())) {
                    return wrong(scalar, what, "a whole number", problems);
                }
                BigDecimal fraction = fraction(scalar);
                if (fraction == null) {
                    return wrong(scalar, what, "a number", problems);
                }
                return type.kind() == ColumnType.Kind.FLOAT ? (Object) fraction.doubleValue() : fraction;
            }
        }
    }

    private static Object wrong(YamlNode.Scalar scalar, String what, String kind, FileProblems.Of problems) {
        String cure = "write " + kind;
        if (LEADING_ZERO.matcher(scalar.text()).matches()) {
            cure += ", without zeros in front";
        } else if (!scalar.plain()) {
            cure += ", without quotes";
        }
        problems.add(scalar, what + " is " + kind, "it is " + (scalar.plain() ? "another value" : "a text"), cure);
        return UNREADABLE;
    }

    /** What YAML's core schema makes of it. */
    private static @Nullable Object core(YamlNode node, String what, FileProblems.Of problems) {
        if (node instanceof YamlNode.Sequence sequence) {
            List<@Nullable Object> list = new ArrayList<>();
            sequence.items().forEach(item -> list.add(core(item, what, problems)));
            return list.contains(UNREADABLE) ? UNREADABLE : list;
        }
        if (node instanceof YamlNode.Mapping mapping) {
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            mapping.entries().forEach(entry -> map.put(entry.key().text(), core(entry.value(), what, problems)));
            return map.containsValue(UNREADABLE) ? UNREADABLE : map;
        }
        YamlNode.Scalar scalar = (YamlNode.Scalar) node;
        String text = scalar.text();
        if (!scalar.plain()) {
            return text;
        }
        if (isNull(scalar)) {
            return null;
        }
        Boolean flag = bool(scalar);
        if (flag != null) {
            return flag;
        }
        BigInteger whole = whole(scalar);
        if (whole != null) {
            return fitted(whole);
        }
        BigDecimal fraction = fraction(scalar);
        if (fraction != null) {
            return fraction;
        }
        if (WHOLE.matcher(text).matches()
                || FRACTION.matcher(text).matches()
                || NOT_FINITE.matcher(text).matches()) {
            problems.add(
                    scalar,
                    "a number is finite, not endless, and has no zeros in front",
                    what + " looks like one",
                    "quote it if it is a text, else write it plainly");
            return UNREADABLE;
        }
        return text;
    }
}
