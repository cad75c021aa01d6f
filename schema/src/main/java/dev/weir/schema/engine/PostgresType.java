package dev.weir.schema.engine;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A type's name taken apart.
 *
 * @param base as {@code format_type} spells it, without what stands in parentheses: {@code character varying},
 *     {@code timestamp with time zone}
 * @param first the first number in parentheses, {@link #NONE} if there is none
 * @param second the second number in parentheses, {@link #NONE} if there is none
 */
record PostgresType(String base, int first, int second) {
    /** No number; a scale may be negative. */
    static final int NONE = Integer.MIN_VALUE;

    private static final Pattern PARTS = Pattern.compile("([^(\\[]+?)\\s*"
            + "(?:\\(\\s*(-?\\d+)\\s*(?:,\\s*(-?\\d+)\\s*)?\\)\\s*([a-z ]*?))?\\s*((?:\\[\\d*\\]\\s*)*)");

    private static final Map<String, String> ALIASES = Map.ofEntries(
            Map.entry("int", "integer"),
            Map.entry("int4", "integer"),
            Map.entry("int8", "bigint"),
            Map.entry("int2", "smallint"),
            Map.entry("decimal", "numeric"),
            Map.entry("dec", "numeric"),
            Map.entry("float8", "double precision"),
            Map.entry("float4", "real"),
            Map.entry("bool", "boolean"),
            Map.entry("varchar", "character varying"),
            Map.entry("char varying", "character varying"),
            Map.entry("char", "character"),
            Map.entry("bpchar", "character"),
            Map.entry("varbit", "bit varying"),
            Map.entry("timestamp", "timestamp without time zone"),
            Map.entry("timestamptz", "timestamp with time zone"),
            Map.entry("time", "time without time zone"),
            Map.entry("timetz", "time with time zone"));

    private static final Set<String> DECIMALS = Set.of("numeric", "decimal", "dec");

    /** Takes a name apart, whatever alias it is; one that is not of a known form is all base. */
    static PostgresType of(String type) {
        if (type.contains("\"")) {
            return new PostgresType(type.strip(), NONE, NONE);
        }
        String plain = type.strip().toLowerCase(Locale.ROOT).replaceAll("\\s+", " ");
        Matcher parts = PARTS.matcher(plain);
        if (!parts.matches()) {
            return new PostgresType(plain, NONE, NONE);
        }
        int first = parts.group(2) == null ? NONE : Integer.parseInt(parts.group(2));
        int second = parts.group(3) == null ? NONE : Integer.parseInt(parts.group(3));
        String zone = parts.group(4) == null || parts.group(4).isEmpty() ? "" : " " + parts.group(4);
        String array =
                "[]".repeat((int) parts.group(5).chars().filter(c -> c == '[').count());
        String name = parts.group(1) + zone;
        if (name.equals("float")) {
            return new PostgresType((first == NONE || first > 24 ? "double precision" : "real") + array, NONE, NONE);
        } else if ((name.equals("character") || name.equals("char") || name.equals("bit")) && first == NONE) {
            first = 1;
        } else if (DECIMALS.contains(name) && first != NONE && second == NONE) {
            second = 0;
        }
        return new PostgresType(ALIASES.getOrDefault(name, name) + array, first, second);
    }

    /** The one spelling of all aliases. */
    String spelling() {
        if (first == NONE) {
            return base;
        }
        return base + "(" + first + (second == NONE ? "" : "," + second) + ")";
    }

    boolean isText() {
        return base.equals("text")
                || base.equals("character varying")
                || base.equals("character")
                || base.equals("citext");
    }

    /** The integer type behind one of the words for a numbered column; null if it is none. */
    static @Nullable String serial(String type) {
        return switch (type.strip().toLowerCase(Locale.ROOT)) {
            case "serial", "serial4" -> "integer";
            case "bigserial", "serial8" -> "bigint";
            case "smallserial", "serial2" -> "smallint";
            default -> null;
        };
    }
}
