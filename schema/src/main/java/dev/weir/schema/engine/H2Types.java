package dev.weir.schema.engine;

import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.sql.SqlTokens;
import dev.weir.schema.sql.SqlTokens.Kind;
import dev.weir.schema.sql.SqlTokens.Token;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One spelling for H2's types, and what becomes of values when a type changes. */
final class H2Types {
    private static final Map<String, String> ALIASES = Map.ofEntries(
            Map.entry("VARCHAR", "CHARACTER VARYING"),
            Map.entry("CHAR VARYING", "CHARACTER VARYING"),
            Map.entry("NVARCHAR", "CHARACTER VARYING"),
            Map.entry("VARCHAR2", "CHARACTER VARYING"),
            Map.entry("CHAR", "CHARACTER"),
            Map.entry("NCHAR", "CHARACTER"),
            Map.entry("CLOB", "CHARACTER LARGE OBJECT"),
            Map.entry("NCLOB", "CHARACTER LARGE OBJECT"),
            Map.entry("BLOB", "BINARY LARGE OBJECT"),
            Map.entry("VARBINARY", "BINARY VARYING"),
            Map.entry("INT", "INTEGER"),
            Map.entry("INT4", "INTEGER"),
            Map.entry("INT8", "BIGINT"),
            Map.entry("INT2", "SMALLINT"),
            Map.entry("BOOL", "BOOLEAN"),
            Map.entry("DOUBLE", "DOUBLE PRECISION"),
            Map.entry("FLOAT8", "DOUBLE PRECISION"),
            Map.entry("FLOAT4", "REAL"),
            Map.entry("DEC", "NUMERIC"),
            Map.entry("DECIMAL", "NUMERIC"));

    private static final Map<String, String> USUAL_SIZES =
            Map.of("TIMESTAMP", "6", "TIME", "0", "CHARACTER", "1", "BINARY", "1");

    /** Bits of the integers. */
    private static final Map<String, Integer> INTEGERS =
            Map.of("TINYINT", 8, "SMALLINT", 16, "INTEGER", 32, "BIGINT", 64);

    private static final int SINGLE_PRECISION = 24;
    private static final int DOUBLE_PRECISION = 53;

    private H2Types() {}

    /**
     * A type taken apart.
     *
     * @param rest what follows the sizes, such as {@code WITH TIME ZONE}; empty if nothing does
     */
    private record Type(String base, List<String> sizes, String rest) {
        int size(int index, int otherwise) {
            return index < sizes.size() ? Integer.parseInt(sizes.get(index)) : otherwise;
        }

        boolean text() {
            return base.equals("CHARACTER VARYING")
                    || base.equals("CHARACTER LARGE OBJECT")
                    || base.equals("CHARACTER")
                    || base.equals("VARCHAR_IGNORECASE");
        }

        boolean bytes() {
            return base.startsWith("BINARY");
        }

        boolean moment() {
            return base.equals("TIMESTAMP") || base.equals("TIME") || base.equals("DATE");
        }
    }

    /** A type with the engine's own words for it, and with the size that it has when it names none. */
    static String canonical(String declared) {
        Type type = parse(declared);
        if (type == null) {
            return declared;
        }
        String base = type.base();
        List<String> sizes = type.sizes();
        if (base.equals("FLOAT")) {
            return type.size(0, DOUBLE_PRECISION) <= SINGLE_PRECISION ? "REAL" : "DOUBLE PRECISION";
        }
        if (sizes.isEmpty() && USUAL_SIZES.containsKey(base)) {
            sizes = List.of(USUAL_SIZES.get(base));
        }
        if (base.equals("NUMERIC") && sizes.size() == 2 && sizes.get(1).equals("0")) {
            sizes = sizes.subList(0, 1);
        }
        return base
                + (sizes.isEmpty() ? "" : "(" + String.join(", ", sizes) + ")")
                + (type.rest().isEmpty() ? "" : " " + type.rest());
    }

    /** Null if it is none of words and sizes, such as a domain or an enumeration. */
    private static @Nullable Type parse(String declared) {
        List<Token> tokens = SqlTokens.of(declared);
        int open = 0;
        while (open < tokens.size() && tokens.get(open).kind() == Kind.WORD) {
            open++;
        }
        boolean sized = open < tokens.size() && tokens.get(open).is("(");
        int close = sized ? SqlExpression.closing(tokens, open) : open - 1;
        if (open == 0 || (!sized && open < tokens.size()) || close >= tokens.size()) {
            return null;
        }
        List<Token> inside = sized ? tokens.subList(open + 1, close) : List.of();
        List<Token> after = tokens.subList(close + 1, tokens.size());
        if (inside.stream().anyMatch(token -> token.kind() == Kind.NUMBER ? !whole(token.text()) : !token.is(","))
                || after.stream().anyMatch(token -> token.kind() != Kind.WORD)) {
            return null;
        }
        String words = words(tokens.subList(0, open));
        String rest = words(after);
        // TIMESTAMP WITH TIME ZONE has its size in the middle.
        int zone = words.indexOf(" WITH");
        if (zone > 0) {
            rest = words.substring(zone + 1);
            words = words.substring(0, zone);
        }
        return new Type(
                ALIASES.getOrDefault(words, words),
                inside.stream()
                        .filter(token -> token.kind() == Kind.NUMBER)
                        .map(Token::text)
                        .toList(),
                rest.equals("WITHOUT TIME ZONE") ? "" : rest);
    }

    private static boolean whole(String number) {
        return number.matches("[0-9]{1,9}");
    }

    private static String words(List<Token> tokens) {
        return tokens.stream()
                .map(token -> token.text().toUpperCase(Locale.ROOT))
                .collect(Collectors.joining(" "));
    }

    /** Whether the engine changes the type without writing the rows anew. */
    static boolean onlyGrows(String from, String to) {
        Type old = parse(from);
        Type next = parse(to);
        return old != null
                && next != null
                && old.base().equals(next.base())
                && old.base().endsWith("VARYING")
                && old.size(0, Integer.MAX_VALUE) <= next.size(0, Integer.MAX_VALUE);
    }

    static TypeChange change(PhysicalColumn from, PhysicalColumn to) {
        String column = SqlExpression.quote(from.name());
        if (to.generated() != null) {
            return from.generated() == null ? TypeChange.unknown(column) : TypeChange.SAFE;
        }
        if (from.type().equals(to.type())) {
            return TypeChange.SAFE;
        }
        Type old = parse(from.type());
        Type next = parse(to.type());
        return old == null || next == null
                ? TypeChange.unknown(column)
                : change(column, old, next, from.type(), to.type());
    }

    private static TypeChange change(String column, Type from, Type to, String fromType, String toType) {
        Integer bits = INTEGERS.get(to.base());
        boolean number = INTEGERS.containsKey(from.base())
                || from.base().equals("NUMERIC")
                || from.base().equals("DECFLOAT");
        if (to.text()) {
            return text(column, from, to);
        } else if (to.bytes() && from.bytes()) {
            return longer(from, to)
                    ? TypeChange.SAFE
                    : new TypeChange("OCTET_LENGTH(" + column + ") > " + to.size(0, Integer.MAX_VALUE));
        } else if (bits != null && number) {
            return integer(column, from, bits);
        } else if (bits != null && from.text()) {
            // The condition on the left keeps the engine from converting what is none.
            return new TypeChange("CASE WHEN REGEXP_LIKE(" + column + ", '^-?(0|[1-9][0-9]{0,18})$') THEN CAST("
                    + column + " AS NUMERIC(19)) NOT " + range(bits) + " ELSE " + column + " IS NOT NULL END");
        } else if (to.base().equals("NUMERIC") && number) {
            return decimal(column, from, to);
        } else if (to.base().equals("DOUBLE PRECISION") && from.base().equals("REAL")) {
            return TypeChange.SAFE;
        } else if (to.moment()
                && from.moment()
                && !(from.base().equals("TIME") ^ to.base().equals("TIME"))) {
            return moment(column, from, to, fromType, toType);
        } else if ((number || approximate(from)) && approximate(to)) {
            String exact = approximate(from) ? "DOUBLE PRECISION" : "DECFLOAT(40)";
            return new TypeChange("CAST(CAST(" + column + " AS " + toType + ") AS " + exact + ") <> CAST(" + column
                    + " AS " + exact + ")");
        }
        return TypeChange.unknown(column);
    }

    private static boolean approximate(Type type) {
        return type.base().equals("DOUBLE PRECISION") || type.base().equals("REAL");
    }

    private static TypeChange text(String column, Type from, Type to) {
        int length = to.size(0, Integer.MAX_VALUE);
        boolean padded = to.base().equals("CHARACTER") || from.base().equals("CHARACTER");
        boolean folds = to.base().equals("VARCHAR_IGNORECASE");
        if (from.text() && !padded && !folds) {
            return longer(from, to) ? TypeChange.SAFE : new TypeChange("CHAR_LENGTH(" + column + ") > " + length);
        }
        if (from.bytes() || padded) {
            return TypeChange.unknown(column);
        }
        return new TypeChange("CHAR_LENGTH(CAST(" + column + " AS CHARACTER VARYING)) > " + length);
    }

    private static boolean longer(Type from, Type to) {
        return to.sizes().isEmpty() || from.size(0, Integer.MAX_VALUE) <= to.size(0, Integer.MAX_VALUE);
    }

    private static TypeChange integer(String column, Type from, int bits) {
        Integer before = INTEGERS.get(from.base());
        if (before != null && before <= bits) {
            return TypeChange.SAFE;
        }
        String fraction = before == null ? "TRUNCATE(" + column + ", 0) <> " + column + " OR " : "";
        return new TypeChange(fraction + column + " NOT " + range(bits));
    }

    private static String range(int bits) {
        BigInteger limit = BigInteger.TWO.pow(bits - 1);
        return "BETWEEN CAST('" + limit.negate() + "' AS NUMERIC(19)) AND CAST('" + limit.subtract(BigInteger.ONE)
                + "' AS NUMERIC(19))";
    }

    private static TypeChange decimal(String column, Type from, Type to) {
        if (to.sizes().isEmpty()) {
            return TypeChange.unknown(column);
        }
        int scale = to.size(1, 0);
        int before = to.size(0, 0) - scale;
        if (from.base().equals("NUMERIC")
                && !from.sizes().isEmpty()
                && from.size(1, 0) <= scale
                && from.size(0, 0) - from.size(1, 0) <= before) {
            return TypeChange.SAFE;
        }
        return new TypeChange("ABS(" + column + ") >= CAST('1e" + before + "' AS DECFLOAT(40)) OR CAST(ROUND(" + column
                + ", " + scale + ") AS DECFLOAT(40)) <> CAST(" + column + " AS DECFLOAT(40))");
    }

    private static TypeChange moment(String column, Type from, Type to, String fromType, String toType) {
        boolean zones = from.rest().equals(to.rest());
        boolean finer =
                from.base().equals("DATE") || (from.base().equals(to.base()) && from.size(0, 0) <= to.size(0, 0));
        if (!zones) {
            return TypeChange.unknown(column);
        }
        return finer
                ? TypeChange.SAFE
                : new TypeChange("CAST(CAST(" + column + " AS " + toType + ") AS " + fromType + ") <> " + column);
    }
}
