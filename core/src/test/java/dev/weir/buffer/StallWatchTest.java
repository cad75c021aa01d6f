package dev.weir.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class StallWatchTest {
    private static final long STEP = Duration.ofMillis(50).toNanos();

    private final StallWatch watch = new StallWatch();
    private long now = -3 * STEP;

    private long look(long working, long later) {
        now += later;
        return watch.look(working, now);
    }

    @Test
    void workThatIsWatched_countsAsItTakes() {
        long working = now;
        long seen = 0;
        for (int i = 0; i < 40; i++) {
            seen = look(working, STEP);
        }
        assertThat(Duration.ofNanos(seen)).isEqualTo(Duration.ofSeconds(2));
        assertThat(look(0, STEP)).isZero();
        assertThat(look(now + 1, STEP)).isLessThanOrEqualTo(STEP);
    }

    /** A full collection of a large heap takes seconds, and may come in the middle of a write to a healthy disk. */
    @Test
    void pauseOfTheProcess_isNoStall() {
        long working = now;
        look(working, STEP);
        long seen = look(working, Duration.ofSeconds(10).toNanos());
        assertThat(seen).isLessThanOrEqualTo(STEP + StallWatch.STEP_NANOS);
        assertThat(look(working, STEP)).isEqualTo(seen + STEP);
    }

    @Test
    void eachPieceOfWork_countsAlone() {
        for (int i = 0; i < 100; i++) {
            assertThat(look(now + 1, STEP)).isLessThanOrEqualTo(STEP);
        }
    }
}
