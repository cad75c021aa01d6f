package dev.weir.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.time.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteJournalTest extends JournalContract {
    @TempDir
    Path directory;

    @Override
    Journal openDirectory() {
        return open(directory, JournalTuning.DEFAULT);
    }

    private static SqliteJournal open(Path directory, JournalTuning tuning) {
        return SqliteJournal.open(directory, Clock.system(), tuning);
    }

    @Test
    void directory_isMade_whateverItsNameHolds() {
        Path odd = directory.resolve("a b?mode=ro").resolve("c%20#d&ü");
        try (SqliteJournal journal = open(odd, JournalTuning.DEFAULT)) {
            append(journal, 1, 10);
        }
        assertThat(odd.resolve("journal.db")).exists();
        try (SqliteJournal journal = open(odd, JournalTuning.DEFAULT)) {
            assertThat(journal.earlier()).hasSize(1);
        }
    }

    @Test
    void directory_thatIsAFile_isRefused() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        for (Path path : List.of(file, file.resolve("below"))) {
            assertThatThrownBy(() -> open(path, JournalTuning.DEFAULT))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("directory=" + path)
                    .hasMessageContaining("choose another");
        }
    }

    @Test
    void directory_thatMayNotBeWritten_isRefused() throws Exception {
        try (Mounted mounted = Mounted.tmpfs(directory.resolve("mount"), "size=4m")) {
            mounted.remount("ro");
            Path path = mounted.directory().resolve("journal");
            assertThatThrownBy(() -> open(path, JournalTuning.DEFAULT))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("directory=" + path);
            assertThatThrownBy(() -> open(mounted.directory(), JournalTuning.DEFAULT))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("ead-only");
        }
    }

    @Test
    void secondName_ofTheSameDirectory_isRefused() throws IOException {
        Path real = Files.createDirectory(directory.resolve("real"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), real);
        try (SqliteJournal journal = open(real, JournalTuning.DEFAULT)) {
            assertThatThrownBy(() -> open(link, JournalTuning.DEFAULT)).isInstanceOf(JournalException.class);
            append(journal, 1, 10);
        }
        open(link, JournalTuning.DEFAULT).close();
    }

    @Test
    void copiedDirectory_openedTwice_numbersUnderTwoWriters() throws IOException {
        Path one = directory.resolve("one");
        Path two = directory.resolve("two");
        String shared;
        try (SqliteJournal journal = open(one, JournalTuning.DEFAULT)) {
            append(journal, 1, 10);
            shared = journal.writer();
        }
        Files.createDirectory(two);
        for (String name : List.of("journal.db", "lock", "witness")) {
            Files.copy(one.resolve(name), two.resolve(name));
        }
        try (SqliteJournal original = open(one, JournalTuning.DEFAULT);
                SqliteJournal copy = open(two, JournalTuning.DEFAULT)) {
            assertThat(original.writer()).isNotEqualTo(copy.writer());
            assertThat(read(original, shared, 1, 1, 10)).hasSize(1);
            assertThat(read(copy, shared, 1, 1, 10)).hasSize(1);
        }
    }

    @Test
    void unusedWriters_areForgotten() {
        for (int opening = 0; opening < 5; opening++) {
            try (SqliteJournal journal = open(directory, JournalTuning.DEFAULT)) {
                assertThat(journal.earlier()).hasSizeLessThanOrEqualTo(1);
            }
        }
    }

    @Test
    void fullFile_refusesTheEpoch_whichIsThenAppendedOnce() throws IOException {
        byte[] large = content("any", 3, 400_000);
        byte[] small = content("any", 3, 1_000);
        String writer;
        try (SqliteJournal journal = open(directory, JournalTuning.DEFAULT.withMaxPages(36))) {
            writer = journal.writer();
            append(journal, 1, 1_000);
            append(journal, 2, 200_000);
            for (int attempt = 0; attempt < 3; attempt++) {
                assertThatThrownBy(() -> journal.append(3, large, large.length))
                        .isInstanceOf(JournalException.class)
                        .hasMessageContaining("epoch=3")
                        .hasMessageContaining("free space");
            }
            assertThat(journal.kept(writer)).hasSize(2);
            journal.trim(writer, 2);
            journal.append(3, large, large.length);
            assertThatThrownBy(() -> journal.append(3, small, small.length))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        try (SqliteJournal journal = open(directory, JournalTuning.DEFAULT)) {
            assertThat(journal.earlier()).containsExactly(new Journal.Writer(writer, false, 2, 3));
            List<byte[]> read = new ArrayList<>();
            journal.read(writer, 3, 3, (seq, data) -> read.add(data));
            assertThat(read).containsExactly(large);
        }
    }

    @Test
    void fullDisk_refusesTheEpoch_andTakesItWhenThereIsSpace() throws Exception {
        try (Mounted mounted = Mounted.tmpfs(directory.resolve("mount"), "size=8m")) {
            Path filler = mounted.directory().resolve("filler");
            Path path = mounted.directory().resolve("journal");
            String writer;
            long last = 0;
            try (SqliteJournal journal = open(path, JournalTuning.DEFAULT)) {
                writer = journal.writer();
                append(journal, ++last, 200_000);
                Files.write(filler, new byte[5 << 20]);
                JournalException full = null;
                while (full == null) {
                    try {
                        append(journal, last + 1, 200_000);
                        last++;
                    } catch (JournalException e) {
                        full = e;
                    }
                }
                assertThat(full).hasMessageContaining("epoch=" + (last + 1)).hasMessageContaining("free space");
                long refused = last + 1;
                assertThatThrownBy(() -> append(journal, refused, 200_000)).isInstanceOf(JournalException.class);
                assertThat(read(journal, writer, 1, last, 200_000)).hasSize((int) last);
                Files.delete(filler);
                append(journal, ++last, 200_000);
                append(journal, ++last, 200_000);
            }
            try (SqliteJournal journal = open(path, JournalTuning.DEFAULT)) {
                assertThat(read(journal, writer, 1, last, 200_000)).hasSize((int) last);
                assertThat(journal.earlier().get(0).last()).isEqualTo(last);
            }
        }
    }

    @Test
    void appendedWithoutAcknowledgement_isTakenAgainOnlyWithTheSameContent() throws Exception {
        byte[] data = content("any", 1, 1_000);
        try (SqliteJournal journal = open(directory, JournalTuning.DEFAULT)) {
            // As if the append had failed after its commit.
            JournalRow row = new JournalRow(1, journal.writer(), 0, false, 0, JournalRow.OPEN);
            try (var connection = new JournalFile(directory, JournalTuning.DEFAULT).connectDurable();
                    var insert = connection.prepareStatement("insert into epoch values (?, 5, ?, ?)")) {
                insert.setLong(1, row.position(1));
                insert.setInt(2, row.checksum(1, 5, data, data.length));
                insert.setBytes(3, data);
                insert.executeUpdate();
            }
            assertThatThrownBy(() -> journal.append(1, data, 999))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("never changes");
            journal.append(1, data, data.length);
            journal.append(2, data, data.length);
            assertThat(journal.kept(journal.writer())).hasSize(2);
        }
        open(directory, JournalTuning.DEFAULT).close();
    }

    @Test
    void log_staysBounded_whileEpochsKeepComing() throws IOException {
        try (SqliteJournal journal = open(directory, JournalTuning.DEFAULT.withCheckpointBytes(1 << 20))) {
            long largest = 0;
            for (long seq = 1; seq <= 100; seq++) {
                append(journal, seq, 400_000);
                largest = Math.max(largest, Files.size(directory.resolve("journal.db-wal")));
                if (seq % 10 == 0) {
                    journal.trim(journal.writer(), seq - 5);
                }
            }
            assertThat(largest).isLessThan(20L << 20);
            assertThat(Files.size(directory.resolve("journal.db"))).isLessThan(20L << 20);
        }
    }

    @Test
    void droppedEpochs_giveTheirSpaceBack() {
        try (SqliteJournal journal = open(directory, JournalTuning.DEFAULT)) {
            byte[] data = new byte[2_000_000];
            for (long seq = 1; seq <= 75; seq++) {
                journal.append(seq, data, data.length);
            }
            assertThat(journal.bytes()).isGreaterThan(150_000_000);
            journal.trim(journal.writer(), 74);
            until(() -> directory.resolve("journal.db").toFile().length() < 25_000_000);
            assertThat(journal.kept(journal.writer())).hasSize(1);
        }
        try (SqliteJournal journal = open(directory, JournalTuning.DEFAULT)) {
            assertThat(journal.bytes()).isLessThan(30_000_000);
        }
    }

    @Test
    void interruptedAppender_stillAppends() {
        try (SqliteJournal journal = open(directory, JournalTuning.DEFAULT)) {
            Thread.currentThread().interrupt();
            append(journal, 1, 10);
            assertThat(Thread.interrupted()).isTrue();
            append(journal, 2, 10);
            assertThat(read(journal, journal.writer(), 1, 2, 10)).hasSize(2);
        }
    }

    @Test
    void readersAndTrims_besideAppends_seeWholeEpochs() throws Exception {
        long epochs = 400;
        AtomicLong appended = new AtomicLong();
        AtomicLong trimmed = new AtomicLong();
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try (SqliteJournal journal = open(directory, JournalTuning.DEFAULT.withCheckpointBytes(1 << 20))) {
            Future<?> appender = threads.submit(() -> {
                for (long seq = 1; seq <= epochs; seq++) {
                    append(journal, seq, 30_000);
                    appended.set(seq);
                }
            });
            Future<?> trimmer = threads.submit(() -> {
                while (trimmed.get() < epochs - 100) {
                    long to = Math.min(appended.get() - 50, epochs - 100);
                    if (to > trimmed.get()) {
                        trimmed.set(to);
                        journal.trim(journal.writer(), to);
                    }
                    Thread.onSpinWait();
                }
            });
            Future<?> reader = threads.submit(() -> {
                while (appended.get() < epochs) {
                    long to = appended.get();
                    long from = Math.max(1, to - 5);
                    try {
                        assertThat(read(journal, journal.writer(), from, to, 30_000))
                                .hasSize((int) (to - from + 1));
                    } catch (JournalException e) {
                        assertThat(trimmed.get()).isGreaterThanOrEqualTo(from);
                    }
                    List<Journal.Kept> kept = journal.kept(journal.writer());
                    for (int i = 1; i < kept.size(); i++) {
                        assertThat(kept.get(i).seq()).isEqualTo(kept.get(i - 1).seq() + 1);
                    }
                }
            });
            for (Future<?> each : Arrays.asList(appender, trimmer, reader)) {
                each.get();
            }
            assertThat(journal.kept(journal.writer())).hasSize(100);
        } finally {
            threads.shutdownNow();
        }
    }

    private static void until(BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - start)
                    .isLessThan(Duration.ofSeconds(60).toNanos());
            Thread.yield();
        }
    }

    /** A small file system in memory; needs root. */
    private record Mounted(Path directory) implements AutoCloseable {
        static Mounted tmpfs(Path directory, String options) throws IOException {
            Files.createDirectory(directory);
            assumeTrue(
                    run("mount", "-t", "tmpfs", "-o", options, "tmpfs", directory.toString()),
                    "no right to mount a file system");
            return new Mounted(directory);
        }

        void remount(String options) {
            assertThat(run("mount", "-o", "remount," + options, directory.toString()))
                    .isTrue();
        }

        @Override
        public void close() {
            assertThat(run("umount", directory.toString())).isTrue();
        }

        private static boolean run(String... command) {
            try {
                Process process = new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
                return process.onExit().join().exitValue() == 0;
            } catch (IOException notInstalled) {
                return false;
            }
        }
    }
}
