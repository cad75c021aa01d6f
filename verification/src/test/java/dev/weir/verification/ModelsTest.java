package dev.weir.verification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The protocol's models, explored as the README of their folder says: each exits with 0 when all runs went as expected. */
class ModelsTest {
    private static final Path MODELS = Path.of("models");

    @ParameterizedTest
    @ValueSource(strings = "m1")
    void quickModel_goesAsExpected(String model) throws Exception {
        explore(model);
    }

    /** About a minute: {@code -Dverification.long=true}. */
    @ParameterizedTest
    @ValueSource(strings = {"m1_cut", "m1_total", "m1_handover"})
    @EnabledIfSystemProperty(
            named = "verification.long",
            matches = "true",
            disabledReason = "the other models take a minute")
    void longModel_goesAsExpected(String model) throws Exception {
        explore(model);
    }

    private static void explore(String model) throws Exception {
        boolean found = Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "python3")));
        assumeTrue(found, "python3 is not installed");
        Process process = new ProcessBuilder("python3", "-B", model + ".py", "-q")
                .directory(MODELS.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output).contains("[as expected]").doesNotContain("UNEXPECTED");
    }
}
