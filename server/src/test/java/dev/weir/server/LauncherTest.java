package dev.weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What the programs say of themselves, and what they must not say. */
class LauncherTest {
    @Test
    void help_promisesOfVerifyWhatItDoes() throws Exception {
        Process help = new ProcessBuilder(Path.of("..", "weir").toString(), "--help")
                .redirectErrorStream(true)
                .start();
        String text = new String(help.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(help.waitFor()).isZero();
        assertThat(text.lines().filter(line -> line.startsWith("  verify")))
                .singleElement()
                .satisfies(line -> assertThat(line).contains("crash lab").doesNotContain("model"));
    }

    /** The driver puts the statement's values into what it logs. */
    @Test
    void driversThatLogValues_areSilent() {
        assertThat(LoggerFactory.getLogger("org.mariadb.jdbc.message.server.ErrorPacket")
                        .isWarnEnabled())
                .isFalse();
        assertThat(LoggerFactory.getLogger("org.mariadb.jdbc.client.impl.StandardClient")
                        .isErrorEnabled())
                .isFalse();
        assertThat(LoggerFactory.getLogger("dev.weir.buffer").isWarnEnabled()).isTrue();
    }
}
