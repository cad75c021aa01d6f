package dev.weir.server.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.db.Durability;
import dev.weir.server.CommandFailed;
import dev.weir.server.Main;
import dev.weir.server.database.TargetDatabase;
import dev.weir.server.replay.ReplayListener.Point;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("crash")
class ReplayKillTest {
    private static final int LINES = 4_000;

    @TempDir
    Path directory;

    private Path data;
    private Path file;
    private String url;

    @BeforeEach
    void write() throws IOException {
        data = directory.resolve("data");
        file = directory.resolve("access.log");
        url = "jdbc:sqlite:" + directory.resolve("target.db");
        Files.writeString(file, AccessLogFile.text(0, LINES));
    }

    static ProcessBuilder java(Class<?> main, String... arguments) {
        List<String> command = new java.util.ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                // Started often and run shortly.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectError(Redirect.INHERIT);
    }

    private void halt(Durability durability, Point point, int after) throws Exception {
        Process child = java(
                        HaltingReplay.class,
                        url,
                        file.toString(),
                        data.toString(),
                        durability.name(),
                        point.name(),
                        Integer.toString(after))
                .inheritIO()
                .start();
        assertThat(child.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue()).isEqualTo(HaltingReplay.HALTED);
    }

    private ReplayTotals goOn(TargetDatabase target, Path data) {
        return new Replay(ReplayOptions.of(file, target.dataSource(), data)).run();
    }

    @ParameterizedTest
    @CsvSource({
        "ACCEPTED, TABLE, 0",
        "ACCEPTED, TABLE, 2",
        "ACCEPTED, RECOVERED, 0",
        "ACCEPTED, CLAIMED, 0",
        "ACCEPTED, ACCEPTED, 0",
        "ACCEPTED, ACCEPTED, 3000",
        "JOURNALED, ACCEPTED, 3500",
        "FLUSHED, ACCEPTED, 3500",
        "ACCEPTED, LOGGED, 0",
        "JOURNALED, LOGGED, 200",
        "ACCEPTED, REJECTED, 200",
        "JOURNALED, AT_END, 0",
        "ACCEPTED, FINISHED, 0",
        "ACCEPTED, FLUSHED, 0",
        "ACCEPTED, RELEASED, 0"
    })
    void killedAtAPoint_everyLineCountsOnce(Durability durability, Point point, int after) throws Exception {
        halt(durability, point, after);
        try (TargetDatabase target = TargetDatabase.open(url)) {
            assertThat(goOn(target, data).problem()).isNull();
            AccessLogFile.check(target, LINES, 1);
            AccessLogFile.checkRejected(Files.readAllLines(data.resolve(RejectedLog.NAME)), file.toString(), LINES, 1);
            assertThat(goOn(target, data).lines()).isZero();
        }
    }

    @Test
    void killedWithWorkPending_anotherDataDirectoryIsRefused() throws Exception {
        halt(Durability.JOURNALED, Point.AT_END, 0);
        try (TargetDatabase target = TargetDatabase.open(url)) {
            Path other = directory.resolve("other");
            assertThatThrownBy(() -> goOn(target, other))
                    .isInstanceOf(CommandFailed.class)
                    .hasMessageContaining("pending there")
                    .hasMessageContaining(data.toRealPath().toString());
            assertThat(goOn(target, data).problem()).isNull();
            assertThat(goOn(target, other).lines()).isZero();
            AccessLogFile.check(target, LINES, 1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void signal_flushesWhatWasRead_andIsTheExitCode(String signal) throws Exception {
        Process child = java(Main.class, "replay", "-", "--json", "--db", url, "--data", data.toString())
                .start();
        try (OutputStream in = child.getOutputStream()) {
            in.write(AccessLogFile.text(0, 100).getBytes(StandardCharsets.UTF_8));
            in.write("this line has no end".getBytes(StandardCharsets.UTF_8));
            in.flush();
            try (TargetDatabase target = TargetDatabase.open(url)) {
                awaitHits(target, 100 - AccessLogFile.rejected(100), child);
                new ProcessBuilder("kill", "-" + signal, Long.toString(child.pid()))
                        .start()
                        .waitFor();
                String last = "";
                try (BufferedReader out =
                        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
                    for (String line = out.readLine(); line != null; line = out.readLine()) {
                        last = line;
                    }
                }
                assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
                assertThat(child.exitValue()).isEqualTo(signal.equals("INT") ? 130 : 143);
                assertThat(last).startsWith("{\"lines\":100,\"accepted\":95,\"rejected\":5,");
                AccessLogFile.check(target, 100, 1);
            }
        } finally {
            child.destroyForcibly();
        }
    }

    /** Another process's flush can only be looked for. */
    private static void awaitHits(TargetDatabase target, long hits, Process child) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (true) {
            try (java.sql.Connection connection = target.dataSource().getConnection();
                    java.sql.Statement statement = connection.createStatement();
                    java.sql.ResultSet rows = statement.executeQuery("select count(*) from hit")) {
                if (rows.next() && rows.getLong(1) == hits) {
                    return;
                }
            } catch (java.sql.SQLException notMadeYet) {
                assertThat(child.isAlive()).isTrue();
            }
            assertThat(System.nanoTime()).isLessThan(deadline);
            java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
        }
    }
}
