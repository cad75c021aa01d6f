package dev.weir.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.buffer.BufferListener;
import dev.weir.buffer.BufferSettings;
import dev.weir.buffer.BufferStats;
import dev.weir.buffer.BufferStats.Latency;
import dev.weir.server.demo.Verdict.Level;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class HealthTest {
    private static final Latency NONE = new Latency(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);

    @Test
    void allGood_isUp() {
        Health health = of(BufferListener.Health.UP, 10, Duration.ofMillis(900), false, 0);
        assertThat(health.status()).isEqualTo("up");
        assertThat(health.verdicts())
                .allSatisfy(verdict -> assertThat(verdict.level()).isEqualTo(Level.GOOD));
    }

    @Test
    void stoppedDatabase_oldChange_deadLetter_fullBuffer_eachDegrade() {
        assertWarning(of(BufferListener.Health.UP, 10, Duration.ZERO, true, 0), "database");
        assertWarning(of(BufferListener.Health.DEGRADED, 10, Duration.ZERO, false, 0), "database");
        assertWarning(of(BufferListener.Health.UP, 10, Duration.ofMillis(5001), false, 0), "age");
        assertWarning(of(BufferListener.Health.UP, 10, Duration.ZERO, false, 1), "letters");
        assertWarning(of(BufferListener.Health.UP, 800_001, Duration.ZERO, false, 0), "room");
    }

    @Test
    void refusedWrites_areDown() {
        Health health = of(BufferListener.Health.DOWN, 10, Duration.ZERO, false, 0);
        assertThat(health.status()).isEqualTo("down");
        assertThat(health.verdicts().get(0).detail()).isEqualTo("the disk is full");
    }

    private static void assertWarning(Health health, String id) {
        assertThat(health.status()).isEqualTo("degraded");
        assertThat(health.verdicts())
                .filteredOn(verdict -> verdict.level() != Level.GOOD)
                .singleElement()
                .satisfies(verdict -> {
                    assertThat(verdict.id()).isEqualTo(id);
                    assertThat(verdict.level()).isEqualTo(Level.WARN);
                });
    }

    private static Health of(
            BufferListener.Health health, long pendingRows, Duration oldestAge, boolean stopped, long letters) {
        BufferStats stats = new BufferStats(
                1, 1, 1, pendingRows, 100, oldestAge, 0, 0, 1, 0, NONE, 0, 1, NONE, 0, 0, health, null, List.of());
        return Health.of(stats, BufferSettings.defaults(), "the disk is full", stopped, letters);
    }
}
