package dev.weir.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

class LongSortTest {
    private final long seed =
            Long.getLong("model.seed", ThreadLocalRandom.current().nextLong(1_000_000_000L));

    @Test
    void sortsLikeAStableSort_whateverTheRange() {
        Random random = new Random(seed);
        for (int round = 0; round < 3_000; round++) {
            int n = random.nextInt(70);
            int spare = random.nextInt(3);
            int kind = random.nextInt(5);
            long[] keys = new long[n + spare];
            long[] values = new long[n + spare];
            List<long[]> expected = new ArrayList<>();
            for (int i = 0; i < keys.length; i++) {
                keys[i] = switch (kind) {
                    case 0 -> random.nextInt(10);
                    case 1 -> random.nextLong();
                    case 2 -> Long.MAX_VALUE - random.nextInt(5);
                    case 3 -> Long.MIN_VALUE + random.nextInt(5);
                    default -> random.nextBoolean() ? Long.MIN_VALUE : Long.MAX_VALUE;
                };
                values[i] = i;
                if (i < n) {
                    expected.add(new long[] {keys[i], i});
                }
            }
            expected.sort(Comparator.comparingLong(pair -> pair[0]));

            LongSort.sort(keys, values, n);

            for (int i = 0; i < n; i++) {
                assertThat(new long[] {keys[i], values[i]})
                        .as("seed=" + seed + " round=" + round)
                        .isEqualTo(expected.get(i));
            }
            for (int i = n; i < keys.length; i++) {
                assertThat(values[i]).as("seed=" + seed + " round=" + round).isEqualTo(i);
            }
        }
    }
}
