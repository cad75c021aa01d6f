package dev.weir.verification.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.verification.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

class CrashCommandTest {
    private final StringWriter err = new StringWriter();
    private final CommandLine line = Main.commandLine().setErr(new PrintWriter(err));

    @ParameterizedTest
    @CsvSource({
        "--point=nowhere, flush-after-commit",
        "--break=nothing, ledger-unchecked",
        "--durability=flushed, accepted or journaled",
        "--db=oracle, postgres",
        "--random=0, above 0"
    })
    void badUsage_isRefused_withWhatWouldBeRight(String option, String cure) {
        assertThat(line.execute("verify", "crash", option)).isEqualTo(2);
        assertThat(err.toString()).containsIgnoringCase(cure);
    }

    @Test
    void pointThatTheWorkNeverReaches_isRefused() {
        assertThat(line.execute("verify", "crash", "--work=calls", "--point=replay-logged"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("never comes to the point");
    }

    @ParameterizedTest
    @EnumSource(CrashPoint.class)
    void point_isWhereTheCodeIs(CrashPoint point) throws ClassNotFoundException {
        if (point.place() == CrashPoint.Place.DEBUGGER) {
            assertThat(Class.forName(point.type()).getDeclaredMethods())
                    .as("follow the method in CrashPoint")
                    .filteredOn(method -> method.getName().equals(point.method()))
                    .hasSize(1);
        }
    }

    @Test
    void points_areListed() {
        assertThat(line.execute("verify", "crash", "--points")).isZero();
        assertThat(line.execute("verify")).isEqualTo(2);
    }
}
