package dev.weir.schema.engine;

import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.sql.SqlTokens;
import dev.weir.schema.sql.SqlTokens.Kind;
import java.util.List;
import java.util.Locale;

/**
 * Which values do not fit another type. The engine keeps what it is given, and turns texts that are numbers into numbers where
 * the new type is one; Weir reads by the declared type and fails at a value that is not of it.
 */
final class SqliteTypeChange {
    private static final int EXACT_DIGITS = 15;
    private static final int SMALLEST_SHORT = -32768;
    private static final int LARGEST_SHORT = 32767;

    private static final String DATE = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]";
    private static final String TIME = "[0-9][0-9]:[0-9][0-9]";
    private static final String HEX = "[0-9A-Fa-f]";

    private enum Family {
        INTEGER,
        DECIMAL,
        REAL,
        BOOLEAN,
        TEXT,
        JSON,
        BYTES,
        UUID,
        DATE,
        TIME,
        INSTANT,
        OTHER
    }

    /** @param sizes of {@code varchar(200)} 200, of {@code decimal(12, 2)} 12 and 2 */
    private record Type(Family family, String name, List<Integer> sizes) {
        int size(int index, int otherwise) {
            return index < sizes.size() ? sizes.get(index) : otherwise;
        }
    }

    private final Type from;
    private final Type to;
    private final String column;

    private SqliteTypeChange(Type from, Type to, String column) {
        this.from = from;
        this.to = to;
        this.column = column;
    }

    static TypeChange of(PhysicalColumn from, PhysicalColumn to) {
        String column = SqlExpression.quote(from.name());
        if (to.generated() != null) {
            return from.generated() == null ? TypeChange.unknown(column) : TypeChange.SAFE;
        }
        return new SqliteTypeChange(type(from.type()), type(to.type()), column).change();
    }

    private TypeChange change() {
        if (from.equals(to)) {
            return TypeChange.SAFE;
        }
        return switch (to.family()) {
            case INTEGER -> integer();
            case DECIMAL -> decimal();
            case REAL -> real();
            case TEXT -> text();
            case BOOLEAN ->
                misfits(column + " IS NOT NULL AND (typeof(" + column + ") <> 'integer' OR " + column
                        + " NOT IN (0, 1))");
            case JSON -> same() ? TypeChange.SAFE : misfits("NOT json_valid(" + column + ")");
            case BYTES -> bytes();
            case UUID ->
                misfits(column + " NOT GLOB '" + HEX.repeat(8) + ("-" + HEX.repeat(4)).repeat(3) + "-" + HEX.repeat(12)
                        + "'");
            case DATE -> misfits(column + " IS NOT NULL AND date(" + column + ") IS NOT " + column);
            case TIME -> same() ? TypeChange.SAFE : moment("time", TIME + "*");
            case INSTANT -> same() ? TypeChange.SAFE : moment("datetime", DATE + "[T ]" + TIME + "*");
            case OTHER -> TypeChange.unknown(column);
        };
    }

    private boolean same() {
        return from.family() == to.family();
    }

    private static TypeChange misfits(String condition) {
        return new TypeChange(condition);
    }

    private TypeChange integer() {
        boolean small = to.name().equals("smallint") && !from.name().equals("smallint");
        String range = small ? " OR " + column + " NOT BETWEEN " + SMALLEST_SHORT + " AND " + LARGEST_SHORT : "";
        if (same() || from.family() == Family.BOOLEAN) {
            return small && same()
                    ? misfits(column + " NOT BETWEEN " + SMALLEST_SHORT + " AND " + LARGEST_SHORT)
                    : TypeChange.SAFE;
        }
        return misfits("CASE typeof(" + column + ") WHEN 'null' THEN 0 WHEN 'integer' THEN 0" + range
                + " WHEN 'blob' THEN 1 ELSE CAST(CAST(" + column + " AS INTEGER) AS TEXT) <> CAST(" + column
                + " AS TEXT) AND CAST(" + column + " AS INTEGER) || '.0' <> CAST(" + column + " AS TEXT)"
                + (small
                        ? " OR CAST(" + column + " AS INTEGER) NOT BETWEEN " + SMALLEST_SHORT + " AND " + LARGEST_SHORT
                        : "")
                + " END");
    }

    private TypeChange decimal() {
        int scale = to.size(1, 0);
        int before = to.size(0, 0) - scale;
        boolean bounded = !to.sizes().isEmpty();
        if (same()
                && (!bounded
                        || (!from.sizes().isEmpty()
                                && from.size(1, 0) <= scale
                                && from.size(0, 0) - from.size(1, 0) <= before))) {
            return TypeChange.SAFE;
        }
        String number = "CAST(" + column + " AS NUMERIC)";
        String size = bounded
                ? " OR round(" + number + ", " + scale + ") <> " + number + " OR abs(" + number + ") >= 1e" + before
                : "";
        return misfits(notNumber(size));
    }

    private TypeChange real() {
        if (same() || from.family() == Family.DECIMAL) {
            return TypeChange.SAFE;
        }
        String whole = "CAST(" + column + " AS INTEGER)";
        return misfits(notNumber(" OR typeof(" + column + ") = 'integer' AND CAST(CAST(" + column
                + " AS REAL) AS INTEGER) <> " + whole));
    }

    /** A text is a number if it is one in JSON and has no more digits than the engine keeps. */
    private String notNumber(String also) {
        return "CASE typeof(" + column
                + ") WHEN 'null' THEN 0 WHEN 'blob' THEN 1 WHEN 'text' THEN CASE WHEN json_valid("
                + column + ") THEN json_type(" + column + ") NOT IN ('integer', 'real') OR length(ltrim(replace("
                + column
                + ", '.', ''), '-0')) > " + EXACT_DIGITS + also + " ELSE 1 END ELSE 0" + also + " END";
    }

    private TypeChange text() {
        int length = to.size(0, Integer.MAX_VALUE);
        boolean fits = length >= from.size(0, Integer.MAX_VALUE);
        if (from.family() == Family.TEXT || from.family() == Family.JSON) {
            return fits ? TypeChange.SAFE : misfits("length(" + column + ") > " + length);
        }
        String tooLong = to.sizes().isEmpty() ? "" : " OR length(" + column + ") > " + length;
        return misfits("typeof(" + column + ") = 'blob'" + tooLong);
    }

    private TypeChange bytes() {
        boolean fits = to.sizes().isEmpty() || (same() && from.size(0, Integer.MAX_VALUE) <= to.size(0, 0));
        String tooLong = fits ? "" : " OR length(" + column + ") > " + to.size(0, 0);
        return same() && fits
                ? TypeChange.SAFE
                : misfits(column + " IS NOT NULL AND (typeof(" + column + ") <> 'blob'" + tooLong + ")");
    }

    private TypeChange moment(String function, String form) {
        return misfits(column + " IS NOT NULL AND (typeof(" + column + ") <> 'text' OR " + function + "(" + column
                + ") IS NULL OR " + column + " NOT GLOB '" + form + "')");
    }

    /** Along the rules by which values are read. */
    private static Type type(String declared) {
        String name = declared.toUpperCase(Locale.ROOT);
        int open = name.indexOf('(');
        List<Integer> sizes = open < 0
                ? List.of()
                : SqlTokens.of(name.substring(open)).stream()
                        .filter(token ->
                                token.kind() == Kind.NUMBER && token.text().matches("[0-9]{1,9}"))
                        .map(token -> Integer.valueOf(token.text()))
                        .toList();
        String words = open < 0 ? name : name.substring(0, open).strip();
        return new Type(family(words), words.toLowerCase(Locale.ROOT), sizes);
    }

    private static Family family(String words) {
        return switch (words) {
            case "DATE" -> Family.DATE;
            case "TIME" -> Family.TIME;
            case "UUID" -> Family.UUID;
            case "BOOLEAN", "BOOL" -> Family.BOOLEAN;
            case "JSON TEXT", "JSONB TEXT" -> Family.JSON;
            default -> byParts(words);
        };
    }

    private static Family byParts(String words) {
        if (words.startsWith("TIMESTAMP") || words.startsWith("DATETIME")) {
            return Family.INSTANT;
        } else if (words.contains("POINT") || words.contains("INTERVAL")) {
            return Family.OTHER;
        } else if (words.contains("INT")) {
            return Family.INTEGER;
        } else if (words.contains("CHAR") || words.contains("CLOB") || words.contains("TEXT")) {
            return Family.TEXT;
        } else if (words.contains("BLOB") || words.contains("BINARY")) {
            return Family.BYTES;
        } else if (words.contains("REAL") || words.contains("FLOA") || words.contains("DOUB")) {
            return Family.REAL;
        } else if (words.startsWith("DECIMAL") || words.startsWith("NUMERIC")) {
            return Family.DECIMAL;
        }
        return Family.OTHER;
    }
}
