package dev.weir.testservers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RequiresServer({Server.POSTGRES, Server.MARIADB, Server.REDIS})
class ServerLifetimeTest {
    @Test
    void twoJvmsAtOnce_eachHasItsServers_andNeitherLeavesAnything(@TempDir Path directory) throws Exception {
        Path ordered = directory.resolve("ordered");
        Path killed = directory.resolve("killed");
        try (Jvm one = Jvm.start(ordered);
                Jvm two = Jvm.start(killed)) {
            List<ProcessHandle> serversOfOne = one.servers();
            List<ProcessHandle> serversOfTwo = two.servers();
            assertThat(serversOfOne).hasSize(3).allMatch(ProcessHandle::isAlive);
            assertThat(serversOfTwo)
                    .hasSize(3)
                    .allMatch(ProcessHandle::isAlive)
                    .doesNotContainAnyElementsOf(serversOfOne);

            one.process().getOutputStream().close();
            assertThat(one.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(one.process().exitValue()).isZero();
            assertThat(serversOfOne).noneMatch(ProcessHandle::isAlive);
            assertThat(names(ordered)).isEmpty();

            assertThat(serversOfTwo).allMatch(ProcessHandle::isAlive);
            two.process().destroyForcibly();
            for (ProcessHandle server : serversOfTwo) {
                server.onExit().get(60, TimeUnit.SECONDS);
            }
            awaitEmpty(killed);
        }
    }

    private static void awaitEmpty(Path directory) throws IOException, InterruptedException {
        try (WatchService deletions = directory.getFileSystem().newWatchService()) {
            directory.register(deletions, StandardWatchEventKinds.ENTRY_DELETE);
            while (!names(directory).isEmpty()) {
                assertThat(deletions.poll(30, TimeUnit.SECONDS))
                        .as("deletion of %s", names(directory))
                        .isNotNull()
                        .satisfies(key -> assertThat(key.reset()).isTrue());
            }
        }
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        }
    }

    private record Jvm(Process process, BufferedReader output) implements AutoCloseable {
        static Jvm start(Path directory) throws IOException {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx128m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            ServersProgram.class.getName(),
                            directory.toString())
                    .redirectError(Redirect.INHERIT)
                    .start();
            return new Jvm(
                    process,
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)));
        }

        List<ProcessHandle> servers() throws IOException {
            List<String> said = new ArrayList<>();
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                said.add(line);
                if (line.startsWith("pids ")) {
                    return Arrays.stream(line.substring("pids ".length()).split(" "))
                            .map(pid -> ProcessHandle.of(Long.parseLong(pid)).orElseThrow())
                            .toList();
                }
            }
            throw new AssertionError("The other JVM ended early; it said " + said);
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
