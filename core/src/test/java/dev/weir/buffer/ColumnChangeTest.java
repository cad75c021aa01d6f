package dev.weir.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The law of coalescing: applying the composition equals applying the changes one by one. Domain: whole numbers of any size
 * (results may leave 64 bits on the way), decimals, times under bounds, NULL everywhere. Seed: {@code -Dmodel.seed}.
 */
class ColumnChangeTest {
    private static final int ROUNDS = 20_000;

    private final long seed =
            Long.getLong("model.seed", ThreadLocalRandom.current().nextLong(1_000_000_000L));

    /** Changes as they are defined, without the algebra. */
    private static @Nullable Object plainly(ColumnChange change, @Nullable Object value) {
        if (change instanceof ColumnChange.Put put) {
            return put.value();
        } else if (change instanceof ColumnChange.Plus plus) {
            return normal(decimal(value == null ? 0L : value).add(BigDecimal.valueOf(plus.amount())));
        } else if (change instanceof ColumnChange.Max max) {
            return value == null || compare(value, max.value()) < 0 ? max.value() : value;
        } else if (change instanceof ColumnChange.Min min) {
            return value == null || compare(value, min.value()) > 0 ? min.value() : value;
        }
        throw new AssertionError(change);
    }

    private static BigDecimal decimal(Object value) {
        return value instanceof Long l ? BigDecimal.valueOf(l) : (BigDecimal) value;
    }

    @SuppressWarnings("unchecked")
    private static int compare(Object a, Object b) {
        return a instanceof Long || a instanceof BigDecimal
                ? decimal(a).compareTo(decimal(b))
                : ((Comparable<Object>) a).compareTo(b);
    }

    private static @Nullable Object normal(@Nullable Object value) {
        return value instanceof Long || value instanceof BigDecimal
                ? decimal(value).stripTrailingZeros()
                : value;
    }

    private void check(Function<Random, ColumnChange> changes, Function<Random, @Nullable Object> values) {
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            Object start = values.apply(random);
            List<ColumnChange> calls = new ArrayList<>();
            int n = 1 + random.nextInt(6);
            Object expected = start;
            for (int i = 0; i < n; i++) {
                calls.add(changes.apply(random));
                expected = plainly(calls.get(i), expected);
            }
            String what = "seed=" + seed + " round=" + round + " start=" + start + " calls=" + calls;

            assertThat(normal(left(calls).apply(start))).as(what).isEqualTo(normal(expected));
            assertThat(normal(right(calls).apply(start)))
                    .as(what + ", from the right")
                    .isEqualTo(normal(expected));
            int cut = random.nextInt(n + 1);
            Object middle = cut == 0 ? start : left(calls.subList(0, cut)).apply(start);
            Object parts = cut == n ? middle : left(calls.subList(cut, n)).apply(middle);
            assertThat(normal(parts)).as(what + ", cut at " + cut).isEqualTo(normal(expected));
        }
    }

    private static ColumnChange left(List<ColumnChange> calls) {
        ColumnChange all = calls.get(0);
        for (ColumnChange call : calls.subList(1, calls.size())) {
            all = all.then(call);
        }
        return all;
    }

    private static ColumnChange right(List<ColumnChange> calls) {
        ColumnChange all = calls.get(calls.size() - 1);
        for (int i = calls.size() - 2; i >= 0; i--) {
            all = calls.get(i).then(all);
        }
        return all;
    }

    private static ColumnChange number(Random random, Function<Random, Object> values) {
        return switch (random.nextInt(9)) {
            case 0 -> new ColumnChange.Put(random.nextInt(4) == 0 ? null : values.apply(random));
            case 1, 2 -> new ColumnChange.Max(values.apply(random));
            case 3, 4 -> new ColumnChange.Min(values.apply(random));
            default -> new ColumnChange.Plus(aLong(random));
        };
    }

    private static long aLong(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> Long.MAX_VALUE - random.nextInt(3);
            case 1 -> -Long.MAX_VALUE + random.nextInt(3);
            case 2 -> random.nextLong();
            default -> random.nextInt(20) - 10;
        };
    }

    private static Object aDecimal(Random random) {
        return BigDecimal.valueOf(aLong(random), random.nextInt(4));
    }

    @Test
    void wholeNumbers() {
        check(
                random -> number(random, ColumnChangeTest::aLong),
                random -> random.nextInt(4) == 0 ? null : (Object) aLong(random));
    }

    @Test
    void decimals() {
        check(
                random -> number(random, ColumnChangeTest::aDecimal),
                random -> random.nextInt(4) == 0 ? null : aDecimal(random));
    }

    private void checkTimes(Function<Random, Object> times) {
        check(
                random -> switch (random.nextInt(5)) {
                    case 0 -> new ColumnChange.Put(random.nextInt(4) == 0 ? null : times.apply(random));
                    case 1, 2 -> new ColumnChange.Max(times.apply(random));
                    default -> new ColumnChange.Min(times.apply(random));
                },
                random -> random.nextInt(4) == 0 ? null : times.apply(random));
    }

    @Test
    void times_haveBounds() {
        checkTimes(random -> Instant.ofEpochSecond(random.nextInt(20) - 10, random.nextInt(3)));
        checkTimes(random -> LocalDate.ofEpochDay(random.nextInt(20) - 10));
    }
}
