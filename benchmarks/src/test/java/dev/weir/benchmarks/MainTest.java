package dev.weir.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class MainTest {
    private final StringWriter output = new StringWriter();
    private final StringWriter errors = new StringWriter();

    private int run(String... arguments) {
        CommandLine command = Main.command();
        command.setOut(new PrintWriter(output));
        command.setErr(new PrintWriter(errors));
        return command.execute(arguments);
    }

    @Test
    void withoutName_listsTheBenches() {
        assertThat(run()).isZero();
        assertThat(output.toString())
                .contains(Benches.ALL.stream().map(Bench::name).toList());
    }

    @Test
    void help_isNoFailure() {
        assertThat(run("--help")).isZero();
        assertThat(output.toString()).contains("--seconds", "--json", "--out");
    }

    @Test
    void unknownBench_isBadUsage_andSaysWhatWouldBeRight() {
        assertThat(run("increments")).isEqualTo(2);
        assertThat(errors.toString()).contains("NAME=increments", "increment-growth", "all");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--seconds=0", "--seconds=-1", "--seconds=NaN", "--seconds=x", "--rounds=3"})
    void badOption_isBadUsage(String option) {
        assertThat(run("increment", option)).isEqualTo(2);
        assertThat(errors.toString()).isNotBlank();
    }
}
