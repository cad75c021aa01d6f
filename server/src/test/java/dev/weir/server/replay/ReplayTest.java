package dev.weir.server.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.db.Database;
import dev.weir.db.Durability;
import dev.weir.server.CommandFailed;
import dev.weir.server.database.TargetDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayTest {
    @TempDir
    Path directory;

    private Path data;
    private Path file;
    private TargetDatabase target;
    private final List<String> notes = new ArrayList<>();

    @BeforeEach
    void open() {
        data = directory.resolve("data");
        file = directory.resolve("access.log");
        target = TargetDatabase.open("jdbc:sqlite:" + directory.resolve("target.db"));
    }

    @AfterEach
    void close() {
        target.close();
    }

    private ReplayOptions options(Path data, boolean again, String... files) {
        return new ReplayOptions(
                List.of(files), target.dataSource(), target.shownUrl(), data, Durability.ACCEPTED, 0, again);
    }

    private ReplayTotals replay(boolean again, Path... files) {
        return new Replay(
                        options(
                                data,
                                again,
                                Arrays.stream(files).map(Path::toString).toArray(String[]::new)),
                        new ReplayListener() {
                            @Override
                            public void note(String message) {
                                notes.add(message);
                            }
                        })
                .run();
    }

    private ReplayTotals replay() {
        return replay(false, file);
    }

    private void append(String text) throws IOException {
        Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private List<String> rejected() throws IOException {
        return Files.readAllLines(data.resolve(RejectedLog.NAME));
    }

    @Test
    void everyLine_countsOnce_andRejectedOnesAreLogged() throws IOException {
        append(AccessLogFile.text(0, 500));
        ReplayTotals totals = replay();
        assertThat(totals.problem()).isNull();
        assertThat(totals.lines()).isEqualTo(500);
        assertThat(totals.rejected()).isEqualTo(AccessLogFile.rejected(500));
        assertThat(totals.accepted()).isEqualTo(500 - totals.rejected());
        assertThat(totals.operations()).isGreaterThan(totals.accepted());
        assertThat(totals.statements()).isPositive();
        AccessLogFile.check(target, 500, 1);
        AccessLogFile.checkRejected(rejected(), file.toString(), 500, 1);
    }

    @Test
    void finishedFile_addsNothing_andSaysSo() throws IOException {
        append(AccessLogFile.text(0, 100));
        replay();
        ReplayTotals second = replay();
        assertThat(second.lines()).isZero();
        assertThat(second.operations()).isZero();
        assertThat(second.rows()).isZero();
        assertThat(notes).anyMatch(note -> note.contains("is finished"));
        AccessLogFile.check(target, 100, 1);
    }

    @Test
    void grownFile_goesOnWhereItWas() throws IOException {
        String text = AccessLogFile.text(0, 100);
        append(text.substring(0, text.length() - 1));
        replay();
        append("\r");
        assertThat(replay().lines()).isZero();
        append("\n");
        assertThat(replay().lines()).isZero();
        append(AccessLogFile.text(100, 200));
        assertThat(replay().lines()).isEqualTo(100);
        assertThat(replay().lines()).isZero();
        AccessLogFile.check(target, 200, 1);
        AccessLogFile.checkRejected(rejected(), file.toString(), 200, 1);
    }

    @Test
    void again_countsOnceMore_andGoesOnWhenItWasStopped() throws IOException {
        append(AccessLogFile.text(0, 300));
        replay();
        assertThat(stopAfter(100, true).lines()).isEqualTo(100);
        assertThat(replay(true, file).lines()).isEqualTo(200);
        AccessLogFile.check(target, 300, 2);
        AccessLogFile.checkRejected(rejected(), file.toString(), 300, 2);
        assertThat(replay().lines()).isZero();
    }

    private ReplayTotals stopAfter(int lines, boolean again) {
        AtomicReference<Replay> running = new AtomicReference<>();
        AtomicInteger seen = new AtomicInteger();
        running.set(new Replay(options(data, again, file.toString()), new ReplayListener() {
            @Override
            public void reached(Point point) {
                if ((point == Point.ACCEPTED || point == Point.REJECTED) && seen.incrementAndGet() == lines) {
                    running.get().stop();
                }
            }
        }));
        return running.get().run();
    }

    @Test
    void stopped_flushesWhatWasRead_andGoesOn() throws IOException {
        append(AccessLogFile.text(0, 300));
        ReplayTotals stopped = stopAfter(123, false);
        assertThat(stopped.lines()).isEqualTo(123);
        assertThat(stopped.problem()).isNull();
        AccessLogFile.check(target, 123, 1);
        assertThat(replay().lines()).isEqualTo(177);
        AccessLogFile.check(target, 300, 1);
    }

    @Test
    void anotherStart_orAShorterFile_isANewFile() throws IOException {
        append(AccessLogFile.text(0, 100));
        replay();
        Files.writeString(file, AccessLogFile.text(0, 50));
        assertThat(replay().lines()).isEqualTo(50);
        Files.writeString(file, AccessLogFile.text(1, 200));
        assertThat(replay().lines()).isEqualTo(199);
    }

    @Test
    void gzip_isReadThroughItsMembers_andABreakComesAfterTheWholeLines() throws IOException {
        Path zipped = directory.resolve("access.log.gz");
        byte[] first = AccessLogFile.gzip(AccessLogFile.text(0, 100));
        byte[] second = AccessLogFile.gzip(AccessLogFile.text(100, 200));
        byte[] whole = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, whole, first.length, second.length);
        Files.write(zipped, Arrays.copyOf(whole, first.length + second.length / 2));
        ReplayTotals broken = replay(false, zipped);
        assertThat(broken.problem()).contains("gzip").contains("access.log.gz");
        assertThat(broken.lines()).isBetween(100L, 199L);
        assertThat(replay(false, zipped).lines()).isZero();
        AccessLogFile.check(target, (int) broken.lines(), 1);
        Files.write(zipped, whole);
        assertThat(replay(false, zipped).problem()).isNull();
        AccessLogFile.check(target, 200, 1);
    }

    @Test
    void missingFile_isRefusedBeforeAnyLineIsTaken() throws IOException {
        append(AccessLogFile.text(0, 10));
        assertThatThrownBy(() -> replay(false, file, directory.resolve("none.log")))
                .isInstanceOf(CommandFailed.class)
                .hasMessageContaining("none.log");
        assertThatThrownBy(() -> replay(false, file, directory)).isInstanceOf(CommandFailed.class);
        assertThat(replay().lines()).isEqualTo(10);
    }

    @Test
    void fileGivenTwice_isTakenOnce() throws IOException {
        append(AccessLogFile.text(0, 10));
        assertThat(replay(false, file, directory.resolve("./access.log")).lines())
                .isEqualTo(10);
    }

    @Test
    void secondReplayOfAFile_isRefused_withTheSameAndWithAnotherDataDirectory() throws IOException {
        append(AccessLogFile.text(0, 100));
        List<Throwable> refusals = new ArrayList<>();
        AtomicInteger seen = new AtomicInteger();
        ReplayTotals totals = new Replay(options(data, false, file.toString()), new ReplayListener() {
                    @Override
                    public void reached(Point point) {
                        if (point == Point.ACCEPTED && seen.incrementAndGet() == 50) {
                            for (Path other : List.of(data, directory.resolve("other"))) {
                                try {
                                    new Replay(options(other, false, file.toString())).run();
                                } catch (CommandFailed refused) {
                                    refusals.add(refused);
                                }
                            }
                        }
                    }
                })
                .run();
        assertThat(totals.problem()).isNull();
        assertThat(refusals).hasSize(2);
        assertThat(refusals.get(0)).hasMessageContaining("one replay at a time");
        assertThat(refusals.get(1)).hasMessageContaining("another replay of it is running there");
        AccessLogFile.check(target, 100, 1);
    }

    @Test
    void otherDataDirectory_isTakenWhenNothingIsPending() throws IOException {
        append(AccessLogFile.text(0, 100));
        replay();
        append(AccessLogFile.text(100, 200));
        data = directory.resolve("other");
        assertThat(replay().lines()).isEqualTo(100);
        AccessLogFile.check(target, 200, 1);
    }

    @Test
    void dataDirectoryOfAnotherDatabase_isRefused() throws IOException {
        append(AccessLogFile.text(0, 10));
        replay();
        try (TargetDatabase other = TargetDatabase.open("jdbc:sqlite:" + directory.resolve("other.db"))) {
            assertThatThrownBy(() -> new Replay(ReplayOptions.of(file, other.dataSource(), data)).run())
                    .isInstanceOf(CommandFailed.class)
                    .hasMessageContaining("belongs to one database");
        }
    }

    /** Runs while another process changes the schema; {@code waiting} is called when the run says that it waits for that. */
    private ReplayTotals replayBesideAnOwner(BiConsumer<Replay, Statement> waiting) throws SQLException {
        String lock = "jdbc:sqlite:" + directory.resolve("target.db.weir-schema-lock");
        try (Connection owner = DriverManager.getConnection(lock);
                Statement statement = owner.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            AtomicReference<Replay> running = new AtomicReference<>();
            running.set(new Replay(options(data, false, file.toString()), new ReplayListener() {
                @Override
                public void note(String message) {
                    notes.add(message);
                    waiting.accept(running.get(), statement);
                }
            }));
            return running.get().run();
        }
    }

    @Test
    void schemaThatAnotherChanges_isWaitedFor_andSaid() throws Exception {
        append(AccessLogFile.text(0, 10));
        ReplayTotals totals = replayBesideAnOwner((replay, owner) -> {
            try {
                owner.execute("ROLLBACK");
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(totals.problem()).isNull();
        assertThat(notes).singleElement().asString().contains("another process changes the schema");
        AccessLogFile.check(target, 10, 1);
    }

    @Test
    void stoppedWhileAnotherChangesTheSchema_ends() throws Exception {
        append(AccessLogFile.text(0, 10));
        assertThatThrownBy(() -> replayBesideAnOwner((replay, owner) -> replay.stop()))
                .isInstanceOf(CommandFailed.class)
                .hasMessageContaining("run the same command again");
        assertThat(replay().lines()).isEqualTo(10);
    }

    @Test
    void tableWithOtherColumns_isRefused() throws IOException {
        append(AccessLogFile.text(0, 10));
        Database.builder(target.dataSource())
                .build()
                .sql("create table page(path text primary key, hits text)")
                .execute();
        assertThatThrownBy(this::replay)
                .isInstanceOf(CommandFailed.class)
                .hasMessageContaining("table=page")
                .hasMessageContaining("bytes is missing");
    }
}
