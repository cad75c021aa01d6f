package dev.weir.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.buffer.RowChange.Insert;
import dev.weir.buffer.RowChange.Missing;
import dev.weir.buffer.RowChange.Update;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The law of coalescing for rows, on calls that the database would take one by one: an insert meets no row, a change meets one
 * or says what happens without it. Seed: {@code -Dmodel.seed}.
 */
class RowChangeTest {
    private static final int COLUMNS = 3;

    /** What the database puts into columns that an insert leaves out. */
    private static final Object[] DEFAULTS = {7L, null, -2L};

    private final long seed =
            Long.getLong("model.seed", ThreadLocalRandom.current().nextLong(1_000_000_000L));

    /** A row change as the database takes it: null is no row. */
    private static @Nullable Object @Nullable [] apply(@Nullable Object @Nullable [] before, RowChange change) {
        @Nullable Object[] row = before;
        if (change.delete()) {
            row = null;
        }
        if (change.insert() != null) {
            assertThat(row).as("an insert meets no row").isNull();
            row = made(change.insert());
        }
        Update update = change.update();
        if (update != null) {
            if (row == null && update.missing().defaults() != null) {
                row = made(update.missing().defaults());
            }
            if (row != null) {
                row = row.clone();
                for (int i = 0; i < update.columns().length; i++) {
                    row[update.columns()[i]] = update.changes()[i].apply(row[update.columns()[i]]);
                }
            }
        }
        return row;
    }

    private static @Nullable Object[] made(Insert insert) {
        @Nullable Object[] row = DEFAULTS.clone();
        for (int i = 0; i < insert.columns().length; i++) {
            row[insert.columns()[i]] = insert.values()[i];
        }
        return row;
    }

    private static Insert insert(Random random) {
        int[] columns = random.ints(0, COLUMNS)
                .distinct()
                .limit(1 + random.nextInt(COLUMNS))
                .toArray();
        @Nullable Object[] values = new @Nullable Object[columns.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(5) == 0 ? null : (Object) (long) random.nextInt(9);
        }
        return new Insert(columns, values);
    }

    private static RowChange call(Random random, boolean exists) {
        int kind = random.nextInt(10);
        if (kind == 0) {
            return RowChange.DELETE;
        } else if (!exists && kind < 5) {
            return RowChange.insert(insert(random));
        }
        int[] columns = random.ints(0, COLUMNS)
                .distinct()
                .limit(1 + random.nextInt(COLUMNS))
                .toArray();
        ColumnChange[] changes = new ColumnChange[columns.length];
        for (int i = 0; i < changes.length; i++) {
            long value = random.nextInt(20) == 0 ? Long.MAX_VALUE - random.nextInt(2) : random.nextInt(9) - 4;
            changes[i] = switch (random.nextInt(4)) {
                case 0 -> new ColumnChange.Put(random.nextInt(5) == 0 ? null : (Object) value);
                case 1 -> new ColumnChange.Max(value);
                case 2 -> new ColumnChange.Min(value);
                default -> new ColumnChange.Plus(value);
            };
        }
        Missing missing = switch (random.nextInt(3)) {
            case 0 -> Missing.DEAD_LETTER;
            case 1 -> Missing.IGNORE;
            default -> new Missing(null, new Insert(new int[] {0}, new Object[] {100L}));
        };
        return RowChange.update(new Update(columns, changes, missing));
    }

    @Test
    void coalesced_equalsOneByOne() {
        Random random = new Random(seed);
        for (int round = 0; round < 50_000; round++) {
            @Nullable Object[] start = random.nextBoolean() ? null : made(insert(random));
            @Nullable Object[] expected = start;
            List<RowChange> calls = new ArrayList<>();
            List<RowChange> merged = new ArrayList<>();
            int n = 1 + random.nextInt(7);
            for (int i = 0; i < n; i++) {
                RowChange call = call(random, expected != null);
                calls.add(call);
                expected = apply(expected, call);
                RowChange both =
                        merged.isEmpty() ? null : merged.get(merged.size() - 1).then(call);
                if (both == null) {
                    merged.add(call);
                } else {
                    merged.set(merged.size() - 1, both);
                }
            }
            @Nullable Object[] actual = start;
            for (RowChange change : merged) {
                actual = apply(actual, change);
                assertFitsLongs(change, "seed=" + seed + " round=" + round + " calls=" + text(calls));
            }
            assertThat(Arrays.toString(actual))
                    .as("seed=" + seed + " round=" + round + " start=" + Arrays.toString(start) + " calls="
                            + text(calls))
                    .isEqualTo(Arrays.toString(expected));
        }
    }

    /** A column of 64 bits can take each coalesced change, if it could take each call. */
    private static void assertFitsLongs(RowChange change, String what) {
        if (change.update() != null) {
            for (ColumnChange column : change.update().changes()) {
                assertThat(column.toString()).as(what).doesNotContain("9223372036854775808");
                assertThat(column instanceof ColumnChange.Clamp clamp && clamp.add() instanceof BigDecimal)
                        .as(what)
                        .isFalse();
            }
        }
        if (change.insert() != null) {
            assertThat(change.insert().values()).as(what).noneMatch(BigDecimal.class::isInstance);
        }
    }

    private static String text(List<RowChange> calls) {
        StringBuilder text = new StringBuilder();
        for (RowChange call : calls) {
            Update update = call.update();
            Insert insert = call.insert();
            text.append(call.delete() ? "delete " : "");
            if (insert != null) {
                text.append("insert ")
                        .append(Arrays.toString(insert.columns()))
                        .append(Arrays.toString(insert.values()));
            }
            if (update != null) {
                text.append("update ")
                        .append(Arrays.toString(update.columns()))
                        .append(Arrays.toString(update.changes()));
            }
            text.append("; ");
        }
        return text.toString();
    }
}
