package dev.weir.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ResultTest {
    @Test
    void median_ofOddNumber_isTheMiddleOne() {
        assertThat(new Rates(List.of(9.0, 1.0, 5.0)).median()).isEqualTo(5.0);
    }

    @Test
    void median_ofEvenNumber_isBetweenTheMiddleTwo() {
        assertThat(new Rates(List.of(9.0, 1.0, 5.0, 6.0)).median()).isEqualTo(5.5);
    }

    @Test
    void rates_knowSlowestAndFastestRound() {
        Rates rates = new Rates(List.of(9.0, 1.0, 5.0));
        assertThat(rates.min()).isEqualTo(1.0);
        assertThat(rates.max()).isEqualTo(9.0);
    }

    @Test
    void rates_withoutRounds_areRefused() {
        assertThatThrownBy(() -> new Rates(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void ratio_isOursByFloor_ofMedians() {
        Result result = result(List.of(10.0, 30.0, 1_000.0), List.of(2.0, 20.0, 60.0));
        assertThat(result.ratio()).isEqualTo(1.5);
    }

    @Test
    void line_isOneJsonObject() {
        assertThat(result(List.of(1_234_567.8), List.of(12.3456)).line())
                .isEqualTo("{\"bench\":\"sample\",\"ours\":1234568,\"floor\":12.35,\"ratio\":100000}");
    }

    @Test
    void line_hasNoExponent() {
        assertThat(result(List.of(0.00001234567), List.of(98_765_432_100.4)).line())
                .isEqualTo(
                        "{\"bench\":\"sample\",\"ours\":0.00001235,\"floor\":98765432100,\"ratio\":0.000000000000000125}");
    }

    @Test
    void line_ofARateThatIsNone_isRefused() {
        assertThatThrownBy(() -> result(List.of(1.0), List.of(0.0)).line())
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void table_saysWhetherTheGoalIsReached() {
        assertThat(result(List.of(7.0), List.of(10.0)).table()).contains("0.7", "reached");
        assertThat(result(List.of(6.9), List.of(10.0)).table()).contains("0.69", "missed");
    }

    @Test
    void table_showsSmallRates() {
        assertThat(result(List.of(0.75), List.of(12_345.6)).table()).contains(" 0.75 ", " 12,346 ");
    }

    private static Result result(List<Double> ours, List<Double> floor) {
        return new Result("sample", "calls", 0.7, new Rates(ours), new Rates(floor), List.of(), Optional.empty());
    }
}
