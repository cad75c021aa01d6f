package dev.weir.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoundsTest {
    private final List<String> calls = new ArrayList<>();

    @Test
    void sidesAlternate_andWhoBeginsAlternates_afterAWarmUp() throws Exception {
        Rounds.run(new Sample(Bench.Plan.timed(5)), new Sides(false), Duration.ofSeconds(10), line -> {});
        assertThat(calls)
                .containsExactly(
                        "ours", "floor", "ours", "floor", "ours", "floor", "floor", "ours", "ours", "floor", "floor",
                        "ours", "ours", "floor", "check");
    }

    @Test
    void measuringTime_isSharedByAllRoundsOfBothSides() {
        assertThat(Bench.Plan.timed(5).share(Duration.ofSeconds(10))).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void warmUp_isNotCounted() throws Exception {
        Result result =
                Rounds.run(new Sample(Bench.Plan.timed(5)), new Sides(false), Duration.ofSeconds(10), line -> {});
        assertThat(result.ours().rounds()).containsExactly(3.0, 4.0, 5.0, 6.0, 7.0);
        assertThat(result.floor().rounds()).hasSize(5);
        assertThat(result.wrong()).isEmpty();
    }

    @Test
    void wrongFinalState_isInTheResult() throws Exception {
        Result result =
                Rounds.run(new Sample(Bench.Plan.timed(5)), new Sides(true), Duration.ofSeconds(10), line -> {});
        assertThat(result.wrong()).hasValueSatisfying(wrong -> assertThat(wrong).contains("expected=2, found=1"));
    }

    @Test
    void fewerThanFiveRounds_areRefused() {
        assertThatThrownBy(() -> Bench.Plan.timed(4)).hasMessageContaining("rounds=4");
    }

    @Test
    void keys_drawnAgain_areTheSame() {
        Keys keys = new Keys(3, 10);
        long[] drawn = new long[10];
        for (int i = 0; i < 1_000; i++) {
            drawn[(int) keys.next()]++;
        }
        long[] again = new long[10];
        keys.countInto(again);
        assertThat(again).containsExactly(drawn);
        for (long count : drawn) {
            assertThat(count).isBetween(50L, 150L);
        }
    }

    private final class Sides implements Contest {
        private final boolean wrong;
        private double ours;
        private double floor;

        Sides(boolean wrong) {
            this.wrong = wrong;
        }

        @Override
        public double ours(Duration time) {
            calls.add("ours");
            return ++ours;
        }

        @Override
        public double floor(Duration time) {
            calls.add("floor");
            return ++floor;
        }

        @Override
        public void check() throws WrongStateException {
            calls.add("check");
            WrongStateException.unlessEqual("the sum", 2, wrong ? 1 : 2);
        }

        @Override
        public List<String> notes() {
            return List.of();
        }

        @Override
        public void close() {}
    }

    private record Sample(Plan plan) implements Bench {
        @Override
        public String name() {
            return "sample";
        }

        @Override
        public String question() {
            return "none";
        }

        @Override
        public String floor() {
            return "none";
        }

        @Override
        public String unit() {
            return "calls";
        }

        @Override
        public double goal() {
            return 1;
        }

        @Override
        public Contest open(Path directory, Postgres postgres) {
            throw new UnsupportedOperationException();
        }
    }
}
