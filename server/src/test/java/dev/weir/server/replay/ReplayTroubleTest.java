package dev.weir.server.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.db.Durability;
import dev.weir.server.Main;
import dev.weir.server.database.TargetDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Directories that can't be used and disks that are full: one line that says why, exit code 1, and an exact going on. */
@Tag("crash")
@Timeout(300)
class ReplayTroubleTest {
    private static final int LINES = 30_000;

    /** What a file may grow to, in blocks of 512 bytes; the native part of the SQLite driver has to fit. */
    private static final int MOST_BLOCKS = 8_192;

    @TempDir
    Path directory;

    private record Run(int code, String out, String err) {
        void assertRefused(String... said) {
            assertThat(code).as(err).isEqualTo(1);
            assertThat(err).contains("weir: ").contains(said).doesNotContain("\tat ");
        }
    }

    /** Runs the program; {@code limited} as on a disk that has no room. */
    private Run replay(boolean limited, String... arguments) throws IOException, InterruptedException {
        return replayUntil(limited, "", arguments);
    }

    /** The same; once it has said {@code signalAt} it is told to end. */
    private Run replayUntil(boolean limited, String signalAt, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        if (limited) {
            command.addAll(List.of("sh", "-c", "ulimit -f " + MOST_BLOCKS + " && exec \"$@\"", "sh"));
        }
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "replay"));
        command.addAll(List.of(arguments));
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        Process child = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        try {
            while (!signalAt.isEmpty()
                    && !Files.readString(err, StandardCharsets.UTF_8).contains(signalAt)) {
                assertThat(child.waitFor(50, TimeUnit.MILLISECONDS))
                        .as("it goes on until it is told to end")
                        .isFalse();
            }
            if (!signalAt.isEmpty()) {
                child.destroy();
            }
            assertThat(child.waitFor(180, TimeUnit.SECONDS)).as("in time").isTrue();
        } finally {
            child.destroyForcibly();
        }
        return new Run(
                child.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }

    private Path log(int lines) throws IOException {
        return Files.writeString(directory.resolve("access.log"), AccessLogFile.text(0, lines));
    }

    @Test
    void missingFile_leavesNothingBehind() throws Exception {
        Path data = directory.resolve("data");

        replay(false, directory.resolve("none.log").toString(), "--data", data.toString())
                .assertRefused("none.log", "nothing was read");

        assertThat(data).doesNotExist();
    }

    @Test
    void directoryThatCantBeMadeOrWritten_isRefused() throws Exception {
        String file = log(10).toString();
        String url = "jdbc:sqlite:" + directory.resolve("target.db");

        replay(
                        false,
                        file,
                        "--data",
                        directory.resolve("access.log").resolve("data").toString())
                .assertRefused("data=", "--data");
        replay(false, file, "--data", "/proc/self", "--db", url).assertRefused("data=/proc/self", "--data");
        replay(
                        false,
                        file,
                        "--data",
                        directory.resolve("data").toString(),
                        "--db",
                        "jdbc:sqlite:" + directory.resolve("none/target.db"))
                .assertRefused("the database must answer", "none/target.db");

        assertThat(replay(false, file, "--data", directory.resolve("data").toString(), "--db", url)
                        .code())
                .isZero();
        try (TargetDatabase target = TargetDatabase.open(url)) {
            AccessLogFile.check(target, 10, 1);
        }
    }

    @Test
    void fullDisk_aSignalEndsTheRun_whichSaysWhy() throws Exception {
        String file = log(LINES).toString();
        Path data = directory.resolve("data");
        String[] command = {file, "--data", data.toString(), "--patience", "3600"};

        Run ended = replayUntil(true, "The journal takes no writes", command);

        assertThat(ended.code()).as(ended.err()).isEqualTo(143);
        assertThat(ended.err()).contains("reason=").doesNotContain("\tat ");
        assertThat(replay(false, command).code()).isZero();
        try (TargetDatabase target = TargetDatabase.open("jdbc:sqlite:" + data.resolve("weir.db"))) {
            AccessLogFile.check(target, LINES, 1);
        }
    }

    @ParameterizedTest
    @EnumSource(Durability.class)
    void fullDisk_isSaid_andGoingOnIsExact(Durability durability) throws Exception {
        String file = log(LINES).toString();
        Path data = directory.resolve("data");
        String[] command = {file, "--data", data.toString(), "--durability", durability.name(), "--patience", "3"};

        Run full = replay(true, command);

        full.assertRefused("run the same command again");
        Run rest = replay(false, command);
        assertThat(rest.err()).contains("goes on behind line");
        assertThat(rest.code()).isZero();
        try (TargetDatabase target = TargetDatabase.open("jdbc:sqlite:" + data.resolve("weir.db"))) {
            AccessLogFile.check(target, LINES, 1);
        }
        AccessLogFile.checkRejected(Files.readAllLines(data.resolve(RejectedLog.NAME)), file, LINES, 1);
    }
}
