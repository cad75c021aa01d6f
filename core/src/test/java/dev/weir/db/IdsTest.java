package dev.weir.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class IdsTest {
    @Test
    void nanoId_is21LettersAndDigits() {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            String id = NanoId.next();
            assertThat(id).hasSize(21).matches("[A-Za-z0-9]+");
            assertThat(seen.add(id)).isTrue();
        }
        assertThat(NanoId.next(1)).hasSize(1);
        assertThat(NanoId.next(255)).hasSize(255);
        assertThatThrownBy(() -> NanoId.next(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("length=0");
        assertThatThrownBy(() -> NanoId.next(256)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void nanoId_drawsEachCharacterAlikeOften() {
        int[] counts = new int[128];
        int characters = 62 * 10_000;
        for (int i = 0; i < characters / 248; i++) {
            for (char c : NanoId.next(248).toCharArray()) {
                counts[c]++;
            }
        }
        double chiSquare = 0;
        for (int count : counts) {
            if (count > 0) {
                chiSquare += (count - 10_000.0) * (count - 10_000.0) / 10_000.0;
            }
        }
        // 61 degrees of freedom: 150 is beyond one in a hundred million; taking the remainder of 64 gives about 9,000.
        assertThat(chiSquare).isLessThan(150);
    }

    @Test
    void uuidV7_growsWithinTheProcess() {
        UUID last = UuidV7.next();
        assertThat(last.version()).isEqualTo(7);
        assertThat(last.variant()).isEqualTo(2);
        for (int i = 0; i < 100_000; i++) {
            UUID next = UuidV7.next();
            assertThat(next.toString()).isGreaterThan(last.toString());
            last = next;
        }
        long age = System.currentTimeMillis() - (last.getMostSignificantBits() >>> 16);
        assertThat(age).isBetween(-1_000L, 60_000L);
    }
}
