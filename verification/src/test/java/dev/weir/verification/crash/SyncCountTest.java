package dev.weir.verification.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.db.Durability;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGKILL never loses the page cache, so whether an acknowledgement waits for the disk is counted: a process makes calls one
 * after the other at {@code JOURNALED}, and each must have a sync of the journal's log of its own.
 */
@Tag("crash")
class SyncCountTest {
    private static final int CALLS = 60;

    @TempDir
    private Path directory;

    @Test
    void journaled_syncsBeforeItAcknowledges() throws Exception {
        assertThat(syncs("kept")).isGreaterThanOrEqualTo(CALLS);
    }

    @Test
    void journaled_withoutSync_isFound() throws Exception {
        assertThat(syncs("unsynced")).isLessThan(CALLS);
    }

    private long syncs(String rule) throws IOException, InterruptedException, SQLException {
        boolean found = Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "strace")));
        assumeTrue(found, "strace is not installed");
        Target target = new Target(Engine.SQLITE, "jdbc:sqlite:" + directory.resolve("target.db"));
        Path data = Files.createDirectory(directory.resolve("data"));
        Path trace = directory.resolve("trace");
        List<String> arguments =
                new ArrayList<>(new CallsScene(target, data.toString(), Durability.JOURNALED).arguments());
        arguments.removeIf(argument -> argument.matches("(operations|threads|window)=.*"));
        arguments.addAll(List.of("operations=" + CALLS, "threads=1", "window=1", rule + "=true"));
        List<String> command = new ArrayList<>(List.of("strace", "-f", "-y", "-e", "trace=fsync,fdatasync", "-o"));
        command.addAll(List.of(
                trace.toString(),
                Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
        command.add(Victim.class.getName());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put(Victim.URL, target.url());
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        assumeTrue(output.contains(Victim.READY), "strace may not trace here");
        assertThat(output.lines().filter(line -> line.startsWith("a "))).hasSize(CALLS);
        try (Stream<String> lines = Files.lines(trace)) {
            return lines.filter(line -> line.contains("sync(") && line.contains("journal.db-wal"))
                    .count();
        }
    }
}
