package dev.weir.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConditionTest {
    @Test
    void null_isRefused_withTheCure() {
        assertThatThrownBy(() -> Condition.eq("x", null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("column=x")
                .hasMessageContaining("whereNull");
        assertThatThrownBy(() -> Condition.in("x", Arrays.asList(1, null)))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("column=x");
        assertThatThrownBy(() -> Condition.like("x", null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> Condition.isNull(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> Condition.isNull("x").and(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void operators_areTheSixOfSql() {
        for (String operator : List.of("=", "<>", "!=", "<", "<=", ">", ">=")) {
            assertThat(Condition.compare("x", operator, 1)).isNotNull();
        }
        for (String operator : List.of("", "==", "like", "= 1 or 1 =", "in")) {
            assertThatThrownBy(() -> Condition.compare("x", operator, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("operator=" + operator);
        }
    }

    @Test
    void conditions_areValues_andShowNoValues() {
        Condition one = Condition.eq("a", "secret")
                .or(Condition.in("b", List.of("secret")).not());
        assertThat(one)
                .isEqualTo(Condition.eq("a", "secret")
                        .or(Condition.in("b", List.of("secret")).not()))
                .hasToString("(a = ? or not b in 1 values)");
        assertThat(Condition.like("c", "secret").and(Condition.isNotNull("d")))
                .hasToString("(c like ? and d is not null)");
    }
}
