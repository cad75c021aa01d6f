package dev.weir.schema.engine;

import dev.weir.db.engine.Dialect;
import dev.weir.schema.physical.PhysicalColumn;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tells which values of a column do not survive a change of its type, by a condition that the server evaluates. Where it
 * can't be exact it holds for too many values, never for too few.
 */
final class MariaDbTypeChange {
    private static final Map<String, Integer> INTEGER_BITS =
            Map.of("tinyint", 8, "smallint", 16, "mediumint", 24, "int", 32, "bigint", 64);
    private static final Map<String, Long> LONGEST = Map.of(
            "tinytext", 255L,
            "text", 65_535L,
            "mediumtext", 16_777_215L,
            "longtext", 4_294_967_295L,
            "json", 4_294_967_295L,
            "tinyblob", 255L,
            "blob", 65_535L,
            "mediumblob", 16_777_215L,
            "longblob", 4_294_967_295L);
    private static final int BYTES_OF_A_CHARACTER = 4;

    /** What a type holds, as far as changes between two of a family are judged alike. */
    private enum Family {
        BOOLEAN,
        INTEGER,
        DECIMAL,
        FLOAT,
        TEXT,
        BYTES,
        ENUM,
        DATE,
        TIME,
        DATETIME,
        TIMESTAMP,
        UUID,
        OTHER
    }

    private final Dialect dialect;
    private final boolean mysql;

    MariaDbTypeChange(Dialect dialect, boolean mysql) {
        this.dialect = dialect;
        this.mysql = mysql;
    }

    TypeChange typeChange(PhysicalColumn from, PhysicalColumn to) {
        String column = dialect.quote(from.name());
        if (to.generated() != null) {
            // What was computed is computed again; what was written by hand stays only if it is just that.
            return from.generated() != null
                    ? TypeChange.SAFE
                    : new TypeChange("NOT (" + column + " <=> (" + to.generated() + "))");
        }
        MariaDbType before = MariaDbType.of(MariaDbRules.type(from.type()));
        MariaDbType after = MariaDbType.of(MariaDbRules.type(to.type()));
        if (before.check() != null && after.check() == null) {
            // Nothing is lost but the rule itself, and that is not to go unasked.
            return TypeChange.unknown(column);
        }
        List<String> misfits = new ArrayList<>();
        if (!before.core().equals(after.core())) {
            List<String> ofType = ofType(column, before, after);
            if (ofType == null) {
                boolean oneIsUuid = (family(before) == Family.UUID) != (family(after) == Family.UUID);
                return oneIsUuid ? TypeChange.impossible(column) : TypeChange.unknown(column);
            }
            misfits.addAll(ofType);
        }
        ofCharacterSet(column, from, to, after).ifPresentOrElse(misfits::add, () -> {});
        if (after.check() != null && !after.check().equals(before.check())) {
            misfits.add("NOT (" + MariaDbType.of(to.type()).check() + ")");
        }
        return switch (misfits.size()) {
            case 0 -> TypeChange.SAFE;
            case 1 -> new TypeChange(misfits.get(0));
            default -> new TypeChange("(" + String.join(" OR ", misfits) + ")");
        };
    }

    /** Conditions of which any makes a misfit; null if nobody can tell. */
    private @Nullable List<String> ofType(String column, MariaDbType from, MariaDbType to) {
        Family before = family(from);
        Family after = family(to);
        return switch (after) {
            case BOOLEAN ->
                before == Family.INTEGER || before == Family.DECIMAL || before == Family.FLOAT
                        ? List.of(column + " NOT IN (0, 1)")
                        : null;
            case INTEGER -> toInteger(column, from, before, to);
            case DECIMAL -> toDecimal(column, from, before, to);
            case FLOAT -> toFloat(column, from, before, to);
            case TEXT -> toText(column, from, before, to);
            case BYTES -> before == Family.BYTES ? toBytes(column, from, to) : null;
            case ENUM ->
                before == Family.ENUM && to.values().containsAll(from.values())
                        ? List.of()
                        : before == Family.ENUM || before == Family.TEXT ? List.of(notAmong(column, to)) : null;
            case DATE ->
                switch (before) {
                    case DATETIME -> List.of(column + " <> DATE(" + column + ")");
                    case TEXT -> List.of(differsAfter(column, "DATE"));
                    default -> null;
                };
            case TIME, DATETIME, TIMESTAMP -> toTime(column, from, before, to, after);
            case UUID -> before == Family.TEXT && !mysql ? List.of(differsAfter(column, "UUID")) : null;
            case OTHER -> null;
        };
    }

    private static Family family(MariaDbType type) {
        return switch (type.name()) {
            case "tinyint" -> type.arguments().equals(List.of("1")) ? Family.BOOLEAN : Family.INTEGER;
            case "smallint", "mediumint", "int", "bigint" -> Family.INTEGER;
            case "decimal" -> Family.DECIMAL;
            case "float", "double" -> type.arguments().isEmpty() ? Family.FLOAT : Family.OTHER;
            case "char", "varchar", "tinytext", "text", "mediumtext", "longtext", "json" -> Family.TEXT;
            case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob" -> Family.BYTES;
            case "enum" -> Family.ENUM;
            case "date" -> Family.DATE;
            case "time" -> Family.TIME;
            case "datetime" -> Family.DATETIME;
            case "timestamp" -> Family.TIMESTAMP;
            case "uuid" -> Family.UUID;
            default -> Family.OTHER;
        };
    }

    // Numbers

    private static BigInteger least(MariaDbType type) {
        return type.unsigned()
                ? BigInteger.ZERO
                : BigInteger.TWO.pow(bits(type) - 1).negate();
    }

    private static BigInteger greatest(MariaDbType type) {
        return BigInteger.TWO.pow(type.unsigned() ? bits(type) : bits(type) - 1).subtract(BigInteger.ONE);
    }

    private static int bits(MariaDbType type) {
        return INTEGER_BITS.getOrDefault(type.name(), 64);
    }

    private static @Nullable List<String> toInteger(String column, MariaDbType from, Family before, MariaDbType to) {
        String range = column + " NOT BETWEEN " + least(to) + " AND " + greatest(to);
        return switch (before) {
            case BOOLEAN, INTEGER ->
                least(from).compareTo(least(to)) >= 0 && greatest(from).compareTo(greatest(to)) <= 0
                        ? List.of()
                        : List.of(range);
            case DECIMAL, FLOAT -> List.of(column + " <> ROUND(" + column + ")", range);
            case TEXT -> List.of(differsAfter(column, to.unsigned() ? "UNSIGNED" : "SIGNED"), range);
            default -> null;
        };
    }

    private static @Nullable List<String> toDecimal(String column, MariaDbType from, Family before, MariaDbType to) {
        int scale = to.number(1, 0);
        int whole = to.number(0, 10) - scale;
        BigInteger bound = BigInteger.TEN.pow(whole).subtract(BigInteger.ONE);
        String fraction = scale == 0 ? "" : "." + "9".repeat(scale);
        String least = to.unsigned() ? "0" : "-" + bound + fraction;
        String range = column + " NOT BETWEEN " + least + " AND " + bound + fraction;
        boolean signLost = to.unsigned() && !from.unsigned();
        return switch (before) {
            case BOOLEAN, INTEGER ->
                !signLost
                                && greatest(from).compareTo(bound) <= 0
                                && least(from).negate().compareTo(bound) <= 0
                        ? List.of()
                        : List.of(range);
            case DECIMAL -> {
                List<String> misfits = new ArrayList<>();
                if (scale < from.number(1, 0)) {
                    misfits.add(column + " <> ROUND(" + column + ", " + scale + ")");
                }
                if (signLost || whole < from.number(0, 10) - from.number(1, 0)) {
                    misfits.add(range);
                }
                yield misfits;
            }
            case FLOAT ->
                List.of(column + " <> CAST(" + column + " AS DECIMAL(" + to.number(0, 10) + "," + scale + "))", range);
            case TEXT -> List.of(differsAfter(column, "DECIMAL(" + to.number(0, 10) + "," + scale + ")"), range);
            default -> null;
        };
    }

    private @Nullable List<String> toFloat(String column, MariaDbType from, Family before, MariaDbType to) {
        boolean single = to.name().equals("float");
        List<String> negative = to.unsigned() && !from.unsigned() ? List.of(column + " < 0") : List.of();
        return switch (before) {
            case BOOLEAN, INTEGER -> {
                long exact = 1L << (single ? 24 : 53);
                List<String> misfits = new ArrayList<>(negative);
                if (bits(from) > (single ? 24 : 53)) {
                    misfits.add(column + " NOT BETWEEN -" + exact + " AND " + exact);
                }
                yield misfits;
            }
            case FLOAT -> {
                List<String> misfits = new ArrayList<>(negative);
                if (single && !from.name().equals("float")) {
                    misfits.add(column + " <> CAST(CAST(" + column + " AS FLOAT) AS DOUBLE)");
                }
                yield misfits;
            }
            case DECIMAL -> {
                List<String> misfits = new ArrayList<>(negative);
                if (single || from.number(0, 10) > 15) {
                    misfits.add(column + " <> CAST(CAST(" + column + " AS " + (single ? "FLOAT" : "DOUBLE")
                            + ") AS DECIMAL(" + from.number(0, 10) + "," + from.number(1, 0) + "))");
                }
                yield misfits;
            }
            default -> null;
        };
    }

    // Texts

    private @Nullable List<String> toText(String column, MariaDbType from, Family before, MariaDbType to) {
        if (to.name().equals("json") && before != Family.TEXT) {
            return null;
        }
        List<String> misfits = new ArrayList<>();
        boolean fixed = to.name().equals("char");
        boolean counted = fixed || to.name().equals("varchar");
        long room = counted ? to.number(0, 1) : LONGEST.getOrDefault(to.name(), 0L);
        switch (before) {
            case BOOLEAN, INTEGER, DECIMAL, FLOAT, UUID, ENUM, DATE, TIME, DATETIME -> {
                if (longest(from, before) > room) {
                    misfits.add("CHAR_LENGTH(" + column + ") > " + room);
                }
            }
            case TEXT -> {
                boolean wasCounted = from.name().equals("char") || from.name().equals("varchar");
                if (wasCounted) {
                    long most = from.number(0, 1);
                    if (counted && most > room) {
                        misfits.add("CHAR_LENGTH(" + column + ") > " + room);
                    } else if (!counted && most * BYTES_OF_A_CHARACTER > room) {
                        misfits.add("LENGTH(" + column + ") > " + room);
                    }
                } else if (counted) {
                    misfits.add("CHAR_LENGTH(" + column + ") > " + room);
                } else if (LONGEST.getOrDefault(from.name(), 0L) > room) {
                    misfits.add("LENGTH(" + column + ") > " + room);
                }
                if (fixed && !from.name().equals("char")) {
                    misfits.add(column + " LIKE '% '");
                }
                if (to.name().equals("json")) {
                    misfits.add("NOT JSON_VALID(" + column + ")");
                }
            }
            default -> {
                return null;
            }
        }
        return misfits;
    }

    /** The most characters that a value of another family is written with. */
    private static long longest(MariaDbType type, Family family) {
        return switch (family) {
            case BOOLEAN -> 4;
            case INTEGER ->
                Math.max(
                        least(type).toString().length(),
                        greatest(type).toString().length());
            case DECIMAL -> type.number(0, 10) + 3L;
            case FLOAT -> 30;
            case UUID -> 36;
            case DATE -> 10;
            case TIME -> 17;
            case DATETIME -> 26;
            case ENUM ->
                type.values().stream()
                        .mapToLong(value -> value.codePointCount(0, value.length()))
                        .max()
                        .orElse(0);
            default -> Long.MAX_VALUE;
        };
    }

    private static List<String> toBytes(String column, MariaDbType from, MariaDbType to) {
        long most = LONGEST.getOrDefault(from.name(), (long) from.number(0, 1));
        long room = LONGEST.getOrDefault(to.name(), (long) to.number(0, 1));
        if (to.name().equals("binary")) {
            return List.of("LENGTH(" + column + ") <> " + room);
        }
        return most <= room ? List.of() : List.of("LENGTH(" + column + ") > " + room);
    }

    /** Byte for byte: the column's own collation may take two texts for one. */
    private String bytewise(String expression) {
        return "CONVERT(" + expression + " USING utf8mb4) COLLATE "
                + (mysql ? "utf8mb4_0900_bin" : "utf8mb4_nopad_bin");
    }

    private String notAmong(String column, MariaDbType to) {
        return bytewise(column) + " NOT IN ("
                + to.values().stream().map(MariaDbText::literal).collect(Collectors.joining(", ")) + ")";
    }

    /** Whether a text is another one after it was turned into a type and back. */
    private static String differsAfter(String column, String type) {
        return column + " IS NOT NULL AND NOT (CAST(CAST(" + column + " AS " + type + ") AS CHAR) <=> " + column + ")";
    }

    /**
     * A column's own character set stands in its collation. That of the table is not known here; it is taken for that of the
     * database in use. Where that is wrong strictness makes the change fail, so that nothing is lost unseen.
     */
    private Optional<String> ofCharacterSet(String column, PhysicalColumn from, PhysicalColumn to, MariaDbType after) {
        String target = characterSet(to);
        if (Objects.equals(from.collation(), to.collation())
                || family(after) != Family.TEXT
                || after.name().equals("json")
                || "utf8mb4".equals(target)
                || (target != null && target.equals(characterSet(from)))) {
            return Optional.empty();
        }
        if (target == null) {
            return Optional.of("(@@character_set_database NOT IN ('utf8mb4', '" + characterSet(from) + "') AND "
                    + column + " IS NOT NULL)");
        }
        return Optional.of(
                "NOT (" + bytewise(column) + " <=> " + bytewise("CONVERT(" + column + " USING " + target + ")") + ")");
    }

    private static @Nullable String characterSet(PhysicalColumn column) {
        String collation = column.collation();
        if (collation == null) {
            return null;
        }
        int end = collation.indexOf('_');
        return (end < 0 ? collation : collation.substring(0, end)).toLowerCase(Locale.ROOT);
    }

    // Times

    private static @Nullable List<String> toTime(
            String column, MariaDbType from, Family before, MariaDbType to, Family after) {
        if (before == Family.DATE && after == Family.DATETIME) {
            return List.of();
        }
        if (before == Family.TEXT && after != Family.TIMESTAMP) {
            return List.of(differsAfter(column, to.core()));
        }
        if (before != after) {
            return null;
        }
        int digits = to.number(0, 0);
        if (digits >= from.number(0, 0)) {
            return List.of();
        }
        return List.of("MICROSECOND(" + column + ") % " + (long) Math.pow(10, 6 - digits) + " <> 0");
    }
}
