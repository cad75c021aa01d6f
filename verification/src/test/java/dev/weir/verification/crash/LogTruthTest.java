package dev.weir.verification.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogTruthTest {
    @TempDir
    private Path directory;

    @Test
    void content_isWhatTheLinesSay_uptoTheCount() throws IOException {
        Path file = directory.resolve("a.log");
        Files.writeString(
                file,
                "1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] \"GET /a?b=1 HTTP/1.0\" 200 5\n"
                        + "nonsense\n"
                        + "1.2.3.4 - - [29/Feb/2001:13:55:36 -0700] \"GET /a HTTP/1.0\" 200 5\r\n"
                        + "1.2.3.4 - - [10/Oct/2000:13:55:37 -0700] \"GET /a HTTP/1.0\" 404 - \"-\" \"x \\\" y\" more");
        LogTruth truth = new LogTruth(List.of(file));
        assertThat(truth.whole()).isEqualTo(Map.of(file, 4));
        assertThat(truth.rejected()).containsExactly(file + ":2", file + ":3");
        assertThat(truth.bytes(file, 4)).isEqualTo(Files.size(file));
        assertThat(truth.content(Map.of(file, 1)))
                .containsOnlyKeys(
                        "page /a hits=1 bytes=5 last_seen=2000-10-10T20:55:36",
                        "visitor 1.2.3.4 hits=1 last_path=/a last_seen=2000-10-10T20:55:36",
                        "hit 2000-10-10T20:55:36 1.2.3.4 GET /a?b=1 200 5 null null");
        assertThat(truth.content(truth.whole()))
                .containsOnlyKeys(
                        "page /a hits=2 bytes=5 last_seen=2000-10-10T20:55:37",
                        "visitor 1.2.3.4 hits=2 last_path=/a last_seen=2000-10-10T20:55:37",
                        "hit 2000-10-10T20:55:36 1.2.3.4 GET /a?b=1 200 5 null null",
                        "hit 2000-10-10T20:55:37 1.2.3.4 GET /a 404 null null x \\\" y");
    }

    @Test
    void differences_nameWhatIsMissingAndWhatIsTooMuch() {
        assertThat(Scene.differences(Map.of("a", 1, "b", 2, "c", 1), Map.of("b", 3, "c", 1)))
                .containsExactly("missing (-1): a", "too many (+1): b");
    }
}
