package dev.weir.schema.engine;

import dev.weir.schema.physical.PhysicalColumn;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a change of type does to the values, and how they are converted. Times without a zone are taken for UTC. Whether a
 * text can be read as another type is asked of {@code pg_input_is_valid}, which servers have from version 16.
 */
final class PostgresTypeChange {
    /** The smallest and the largest value, and the longest text. */
    private record Integers(String least, String greatest, int bits, int digits) {}

    private static final Map<String, Integers> INTEGERS = Map.of(
            "smallint", new Integers("-32768", "32767", 16, 5),
            "integer", new Integers("-2147483648", "2147483647", 32, 10),
            "bigint", new Integers("-9223372036854775808", "9223372036854775807", 64, 19));

    private static final Set<String> FLOATS = Set.of("real", "double precision");

    private static final String TIMESTAMP = "timestamp without time zone";
    private static final String TIMESTAMPTZ = "timestamp with time zone";
    private static final Set<String> DAYS = Set.of("date", TIMESTAMP, TIMESTAMPTZ);

    /** Types whose values are of one length at most when they are printed, and that length. */
    private static final Map<String, Integer> LONGEST =
            Map.of("smallint", 6, "integer", 11, "bigint", 20, "boolean", 5, "uuid", 36);

    private final String column;
    private final PostgresType from;
    private final PostgresType to;
    private final String target;

    private PostgresTypeChange(String column, PhysicalColumn from, PhysicalColumn to) {
        this.column = column;
        this.from = PostgresType.of(from.type());
        this.to = PostgresType.of(to.type());
        this.target = to.type();
    }

    static TypeChange of(String column, PhysicalColumn from, PhysicalColumn to) {
        if (to.generated() != null) {
            // What was computed is computed anew; what was not is lost unless it says the same.
            return from.generated() != null
                    ? TypeChange.SAFE
                    : new TypeChange(column + " IS DISTINCT FROM (" + to.generated() + ")");
        }
        return new PostgresTypeChange(column, from, to).judge();
    }

    /** The expression that converts; null where the server does it by itself. */
    static @Nullable String using(String column, PhysicalColumn from, PhysicalColumn to) {
        return new PostgresTypeChange(column, from, to).using();
    }

    private TypeChange judge() {
        if (from.equals(to)) {
            return TypeChange.SAFE;
        } else if (to.isText()) {
            return from.isText() ? textToText() : anyToText();
        } else if (from.isText()) {
            return misfits(textToAny());
        } else if (to.base().equals("boolean") && isNumber(from)) {
            return misfits(column + " NOT IN (0, 1)");
        } else if (isNumber(from) && isNumber(to)) {
            return number();
        } else if (from.base().equals("boolean") && isNumber(to)) {
            Integer digits = digits();
            boolean roomForOne = digits == null || (digits >= 1 && to.second() >= 0);
            return roomForOne ? TypeChange.SAFE : misfits(column);
        } else if (from.base().equals("json") && to.base().equals("jsonb")) {
            return misfits(invalid());
        } else if (from.base().equals("jsonb") && to.base().equals("json")) {
            return TypeChange.SAFE;
        } else if (DAYS.contains(from.base()) && DAYS.contains(to.base())) {
            return day();
        } else if (from.base().startsWith("time") && from.base().equals(to.base())) {
            return to.first() == PostgresType.NONE || (from.first() != PostgresType.NONE && from.first() <= to.first())
                    ? TypeChange.SAFE
                    : misfits(column + " <> " + column + "::" + target);
        }
        return TypeChange.unknown(column);
    }

    private static TypeChange misfits(String condition) {
        return new TypeChange(condition);
    }

    private static boolean isNumber(PostgresType type) {
        return INTEGERS.containsKey(type.base())
                || FLOATS.contains(type.base())
                || type.base().equals("numeric");
    }

    private TypeChange textToText() {
        if (to.first() == PostgresType.NONE) {
            return TypeChange.SAFE;
        }
        boolean fits = from.first() != PostgresType.NONE && from.first() <= to.first();
        String tooLong = fits ? "" : "char_length(" + column + ") > " + to.first();
        if (!to.base().equals("character") || from.base().equals("character")) {
            return fits ? TypeChange.SAFE : misfits(tooLong);
        }
        // Spaces at the end mean nothing any more.
        String padded = column + " LIKE '% '";
        return misfits(fits ? padded : "(" + tooLong + " OR " + padded + ")");
    }

    private TypeChange anyToText() {
        Integer longest = LONGEST.get(from.base());
        return to.first() == PostgresType.NONE || (longest != null && longest <= to.first())
                ? TypeChange.SAFE
                : misfits("char_length(" + column + "::text) > " + to.first());
    }

    private String textToAny() {
        if (to.base().equals("numeric") && to.first() != PostgresType.NONE) {
            return "CASE WHEN pg_input_is_valid(" + column + "::text, 'numeric') THEN " + rounded(column + "::numeric")
                    + " ELSE " + column + " IS NOT NULL END";
        }
        return invalid();
    }

    private String invalid() {
        return "NOT pg_input_is_valid(" + column + "::text, " + PostgresDdl.literal(target) + ")";
    }

    private TypeChange number() {
        Integers before = INTEGERS.get(from.base());
        Integers after = INTEGERS.get(to.base());
        if (before != null && after != null) {
            return before.bits() <= after.bits() ? TypeChange.SAFE : misfits(outside(after));
        } else if (before != null) {
            return fromInteger(before);
        } else if (FLOATS.contains(from.base())) {
            return fromFloat(after);
        } else if (after != null) {
            return misfits("(" + outside(after) + " OR " + column + " <> trunc(" + column + "))");
        } else if (to.base().equals("numeric")) {
            return numeric();
        }
        // Beyond these the server refuses to convert; a value that is as near as can be is another value all the same.
        String limit = to.base().equals("real") ? "1e37" : "1e307";
        String least = to.base().equals("real") ? "1e-37" : "1e-307";
        return misfits("CASE WHEN " + column + " IN (0, 'NaN', 'Infinity', '-Infinity') THEN false WHEN abs(" + column
                + ") NOT BETWEEN " + least + " AND " + limit + " THEN true ELSE " + column + "::" + to.base()
                + "::numeric <> " + column + " END");
    }

    private String outside(Integers range) {
        return column + " NOT BETWEEN " + range.least() + " AND " + range.greatest();
    }

    private TypeChange fromInteger(Integers before) {
        if (to.base().equals("numeric")) {
            Integer digits = digits();
            boolean fits = digits == null || (before.digits() <= digits && to.second() >= 0);
            return fits ? TypeChange.SAFE : misfits(rounded(column + "::numeric"));
        }
        boolean real = to.base().equals("real");
        if (before.bits() <= (real ? 24 : 53)) {
            return TypeChange.SAFE;
        }
        // The greatest that is less than 2^63: what is above is rounded up to what is no bigint.
        String greatest = real ? "9223371487098961920" : "9223372036854774784";
        return misfits("CASE WHEN " + column + " > " + greatest + " THEN true ELSE " + column + "::" + to.base()
                + "::bigint <> " + column + " END");
    }

    private TypeChange fromFloat(@Nullable Integers after) {
        String odd = column + " IN ('NaN', 'Infinity', '-Infinity')";
        if (to.base().equals("double precision")) {
            return TypeChange.SAFE;
        } else if (to.base().equals("real")) {
            return misfits("CASE WHEN " + column + " = 0 OR " + odd + " THEN false WHEN abs(" + column
                    + ") NOT BETWEEN 1e-37 AND 1e37 THEN true ELSE " + column + "::real <> " + column + " END");
        } else if (after != null) {
            // The least integer is a power of two and so is exact; what is just below its negation is not.
            return misfits("(" + column + " IN ('NaN') OR " + column + " < " + after.least() + " OR " + column + " >= "
                    + after.least().substring(1) + " OR " + column + " <> trunc(" + column + "))");
        }
        String back = to.first() == PostgresType.NONE
                ? column + "::numeric"
                : "round(" + column + "::numeric, " + to.second() + ")";
        return misfits(
                "CASE WHEN " + odd + " THEN " + (to.first() == PostgresType.NONE ? "false" : column + " <> 'NaN'")
                        + " ELSE " + back + "::" + from.base() + " <> " + column
                        + (to.first() == PostgresType.NONE ? "" : " OR " + rounded(column + "::numeric")) + " END");
    }

    private TypeChange numeric() {
        if (to.first() == PostgresType.NONE) {
            return TypeChange.SAFE;
        }
        boolean fits = from.first() != PostgresType.NONE
                && to.second() >= from.second()
                && to.first() - to.second() >= from.first() - from.second();
        return fits ? TypeChange.SAFE : misfits(rounded(column));
    }

    /** Digits before the point that the new type has room for; null for any number. */
    private @Nullable Integer digits() {
        return to.first() == PostgresType.NONE ? null : Integer.valueOf(to.first() - to.second());
    }

    /** Whether rounding to the new scale changes the number or leaves one with too many digits. */
    private String rounded(String number) {
        String rounded = "round(" + number + ", " + to.second() + ")";
        return "(" + number + " <> 'NaN' AND (" + rounded + " <> " + number + " OR abs(" + rounded + ") >= 1e"
                + (to.first() - to.second()) + "))";
    }

    private TypeChange day() {
        boolean finer = to.first() != PostgresType.NONE
                && !from.base().equals("date")
                && (from.first() == PostgresType.NONE || from.first() > to.first());
        if (to.base().equals("date")) {
            return misfits(
                    column + " <> date_trunc('day', " + column + (from.base().equals(TIMESTAMP) ? ")" : ", 'UTC')"));
        }
        return finer
                ? misfits(column + " <> " + column + "::"
                        + from.base().replace("timestamp", "timestamp(" + to.first() + ")"))
                : TypeChange.SAFE;
    }

    private @Nullable String using() {
        if (from.base().equals(to.base()) || to.isText() || (isNumber(from) && isNumber(to))) {
            return null;
        } else if (to.base().equals("boolean") && isNumber(from)) {
            return "(" + column + " <> 0)";
        } else if (from.base().equals("boolean") && isNumber(to)) {
            return column + "::integer" + (to.base().equals("integer") ? "" : "::" + target);
        } else if (DAYS.contains(from.base()) && DAYS.contains(to.base())) {
            return usingUtc();
        } else if (from.base().startsWith("json") && to.base().startsWith("json")) {
            return null;
        }
        return column + (from.isText() ? "" : "::text") + "::" + target;
    }

    private @Nullable String usingUtc() {
        if (from.base().equals(TIMESTAMPTZ)) {
            return "(" + column + " AT TIME ZONE 'UTC')" + (to.base().equals("date") ? "::date" : "");
        } else if (to.base().equals(TIMESTAMPTZ)) {
            return (from.base().equals("date") ? column + "::timestamp" : column) + " AT TIME ZONE 'UTC'";
        }
        return null;
    }
}
