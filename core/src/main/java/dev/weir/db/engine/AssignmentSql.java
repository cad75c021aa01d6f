package dev.weir.db.engine;

import dev.weir.db.engine.BulkUpdate.Add;
import dev.weir.db.engine.BulkUpdate.Assignment;
import dev.weir.db.engine.BulkUpdate.Clamp;
import dev.weir.db.engine.BulkUpdate.Max;
import dev.weir.db.engine.BulkUpdate.Min;
import dev.weir.db.engine.BulkUpdate.Set;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The SQL of assignments, and the operands it refers to. Engines override what they spell in their own way. */
class AssignmentSql {
    /**
     * The operands of an assignment, in the order in which {@link #expression} wants their references.
     *
     * <p>A clamp that adds to an exact number compares the old value with bounds shifted by what is added, so that no
     * intermediate sum leaves the range that the result keeps.
     */
    static List<Values> operands(Assignment assignment) {
        if (assignment instanceof Set set) {
            return List.of(set.values());
        } else if (assignment instanceof Add add) {
            return List.of(add.values());
        } else if (assignment instanceof Max max) {
            return List.of(max.values());
        } else if (assignment instanceof Min min) {
            return List.of(min.values());
        }
        Clamp clamp = (Clamp) assignment;
        Values add = clamp.add();
        if (add == null) {
            return List.of(clamp.low(), clamp.high(), clamp.onNull());
        } else if (!shifted(clamp)) {
            return List.of(clamp.low(), clamp.high(), clamp.onNull(), add);
        }
        return shift(clamp, add);
    }

    /**
     * The new value.
     *
     * @param target the column as it is
     * @param refs references to the {@link #operands}
     */
    final String expression(Assignment assignment, String target, List<String> refs) {
        ColumnInfo column = assignment.column();
        String first = value(column, refs.get(0));
        if (assignment instanceof Set) {
            return first;
        } else if (assignment instanceof Add) {
            return sum(column, zeroIfNull(target), first);
        } else if (assignment instanceof Max) {
            return "CASE WHEN " + target + " IS NULL OR " + less(column, target, first) + " THEN " + first + " ELSE "
                    + target + " END";
        } else if (assignment instanceof Min) {
            return "CASE WHEN " + target + " IS NULL OR " + less(column, first, target) + " THEN " + first + " ELSE "
                    + target + " END";
        }
        Clamp clamp = (Clamp) assignment;
        String high = value(column, refs.get(1));
        String onNull = value(column, refs.get(2));
        if (shifted(clamp)) {
            String add = value(column, refs.get(3));
            String lowest = value(column, refs.get(4));
            String highest = value(column, refs.get(5));
            return clamped(column, target, target, sum(column, target, add), lowest, highest, first, high, onNull);
        }
        String moved = clamp.add() == null ? target : sum(column, target, value(column, refs.get(3)));
        return clamped(column, target, moved, moved, first, high, first, high, onNull);
    }

    /** A reference to an operand, given a type where the engine would guess. */
    String value(ColumnInfo column, String ref) {
        return ref;
    }

    /** NULL as zero. */
    String zeroIfNull(String target) {
        return "COALESCE(" + target + ", 0)";
    }

    /** A sum that is exact or fails. */
    String sum(ColumnInfo column, String left, String right) {
        return left + " + " + right;
    }

    /** Whether one is less than the other; not true if one of them is NULL. */
    String less(ColumnInfo column, String left, String right) {
        return left + " < " + right;
    }

    /** {@code compared} decides against the bounds, {@code inside} is the value between them. */
    private String clamped(
            ColumnInfo column,
            String target,
            String compared,
            String inside,
            String lowest,
            String highest,
            String low,
            String high,
            String onNull) {
        return "CASE WHEN " + target + " IS NULL THEN " + onNull + " WHEN " + less(column, highest, lowest) + " OR "
                + less(column, highest, compared) + " THEN " + high + " WHEN " + less(column, compared, lowest)
                + " THEN " + low + " ELSE " + inside + " END";
    }

    private static boolean shifted(Clamp clamp) {
        return clamp.add() != null
                && (clamp.column().kind() == ValueKind.INTEGER || clamp.column().kind() == ValueKind.DECIMAL);
    }

    private static List<Values> shift(Clamp clamp, Values add) {
        int rows = add.size();
        @Nullable Object[] high = new @Nullable Object[rows];
        @Nullable Object[] lowest = new @Nullable Object[rows];
        @Nullable Object[] highest = new @Nullable Object[rows];
        for (int row = 0; row < rows; row++) {
            high[row] = clamp.high().get(row);
            @Nullable Object low = clamp.low().get(row);
            if (clamp.column().kind() == ValueKind.DECIMAL) {
                BigDecimal delta = delta(add.get(row));
                lowest[row] = low == null ? null : ((BigDecimal) low).subtract(delta);
                highest[row] = high[row] == null ? null : ((BigDecimal) high[row]).subtract(delta);
            } else {
                shiftLong(row, (Long) low, (Long) high[row], longDelta(add.get(row)), high, lowest, highest);
            }
        }
        return List.of(
                clamp.low(),
                new Values.Objects(high, rows),
                clamp.onNull(),
                add,
                new Values.Objects(lowest, rows),
                new Values.Objects(highest, rows));
    }

    /** A bound that no value reaches is none; if every value is outside, {@code lowest > highest} makes it the constant. */
    private static void shiftLong(
            int row,
            @Nullable Long low,
            @Nullable Long high,
            long delta,
            @Nullable Object[] result,
            @Nullable Object[] lowest,
            @Nullable Object[] highest) {
        if (low != null && overflow(low, delta) > 0) {
            result[row] = high == null ? low : Long.valueOf(Math.min(low, high));
            always(row, lowest, highest);
        } else if (high != null && overflow(high, delta) < 0) {
            always(row, lowest, highest);
        } else {
            lowest[row] = low == null || overflow(low, delta) < 0 ? null : Long.valueOf(low - delta);
            highest[row] = high == null || overflow(high, delta) > 0 ? null : Long.valueOf(high - delta);
        }
    }

    private static void always(int row, @Nullable Object[] lowest, @Nullable Object[] highest) {
        lowest[row] = 1L;
        highest[row] = 0L;
    }

    /** On which side {@code bound - delta} leaves the range of a long; 0 if it does not. */
    private static int overflow(long bound, long delta) {
        long difference = bound - delta;
        if (((bound ^ delta) & (bound ^ difference)) >= 0) {
            return 0;
        }
        return bound < 0 ? -1 : 1;
    }

    private static BigDecimal delta(@Nullable Object value) {
        return value == null ? BigDecimal.ZERO : (BigDecimal) value;
    }

    private static long longDelta(@Nullable Object value) {
        return value == null ? 0 : (Long) value;
    }
}
