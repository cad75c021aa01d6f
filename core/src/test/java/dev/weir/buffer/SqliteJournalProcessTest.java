package dev.weir.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.time.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal and other processes: who owns it, what a kill leaves, and how often it syncs. */
@Tag("crash")
class SqliteJournalProcessTest {
    @TempDir
    Path directory;

    private SqliteJournal open() {
        return SqliteJournal.open(directory, Clock.system());
    }

    @Test
    void odacS5_secondOwner_inAnotherProcess_isRefused_andNamesTheFirst() throws Exception {
        try (JournalProcess owner = JournalProcess.start(directory, "FULL", 3, 100)) {
            untilDone(owner);
            assertThatThrownBy(this::open)
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("directory=" + directory)
                    .hasMessageContaining("pid=" + owner.pid())
                    .hasMessageContaining("stop that process");
            owner.finish();
            open().close();
        }
    }

    @Test
    void odacS5_anotherProcess_isRefused_whileThisOneOwns() throws Exception {
        try (SqliteJournal journal = open()) {
            // Looking must not let the lock go, as closing any descriptor of the file would.
            JournalInspection.of(directory);
            assertThatThrownBy(this::open).isInstanceOf(JournalException.class);
            try (JournalProcess other = JournalProcess.start(directory, "FULL", 1, 100)) {
                assertThat(other.line())
                        .startsWith("refused")
                        .contains("pid=" + ProcessHandle.current().pid());
            }
            JournalContract.append(journal, 1, 100);
        }
    }

    @Test
    void owner_thatIsKilled_letsTheDirectoryGo() throws Exception {
        try (JournalProcess owner = JournalProcess.start(directory, "FULL", 1, 100)) {
            untilDone(owner);
            owner.kill();
        }
        try (SqliteJournal journal = open()) {
            assertThat(journal.earlier()).hasSize(1);
        }
    }

    @Test
    void inspection_besideARunningOwner_seesItsEpochs_andChangesNothing() throws Exception {
        assertThatThrownBy(() -> JournalInspection.of(directory))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("no journal here");
        try (JournalProcess owner = JournalProcess.start(directory, "FULL", 5, 1_000)) {
            String writer = untilDone(owner);
            JournalInspection seen = JournalInspection.of(directory);
            assertThat(seen.owned()).isTrue();
            assertThat(seen.ownerPid()).hasValue(owner.pid());
            assertThat(seen.bytes()).isPositive();
            assertThat(seen.writers()).hasSize(1);
            assertThat(seen.writers().get(0))
                    .returns(writer, JournalInspection.Inspected::id)
                    .returns(5L, JournalInspection.Inspected::last)
                    .returns(5L, JournalInspection.Inspected::kept)
                    .returns(5_000L, JournalInspection.Inspected::keptBytes);
            owner.kill();
            byte[] log = Files.readAllBytes(directory.resolve("journal.db-wal"));
            assertThat(JournalInspection.of(directory).owned()).isFalse();
            assertThat(JournalInspection.of(directory).ownerPid()).isEmpty();
            assertThat(Files.readAllBytes(directory.resolve("journal.db-wal"))).isEqualTo(log);
        }
        open().close();
    }

    @Test
    void kill_atAnyMoment_keepsEveryAcknowledgedEpoch() throws Exception {
        long seed = Long.getLong("weir.seed", System.nanoTime());
        System.out.println("SqliteJournalProcessTest weir.seed=" + seed);
        Random random = new Random(seed);
        int rounds = Integer.getInteger("weir.journal.kills", 6);
        for (int round = 0; round < rounds; round++) {
            String writer;
            long last = 0;
            try (JournalProcess process = JournalProcess.start(directory, "FULL", Long.MAX_VALUE, 20_000)) {
                writer = process.line();
                assertThat(writer).doesNotStartWith("refused");
                long until = random.nextInt(200);
                while (last < until) {
                    last = Long.parseLong(process.line());
                }
                List<String> rest = process.kill();
                if (!rest.isEmpty()) {
                    last = Long.parseLong(rest.get(rest.size() - 1));
                }
            }
            try (SqliteJournal journal = open()) {
                Journal.Writer killed = journal.earlier().stream()
                        .filter(one -> one.id().equals(writer))
                        .findFirst()
                        .orElse(new Journal.Writer(writer, false, 0, 0));
                assertThat(killed.last()).as("seed " + seed).isBetween(last, last + 1);
                assertThat(JournalContract.read(journal, writerOf(killed, journal), 1, killed.last(), 20_000))
                        .hasSize((int) killed.last());
                journal.trim(writerOf(killed, journal), killed.last());
            }
        }
    }

    /** One that was killed before its first epoch is forgotten. */
    private static String writerOf(Journal.Writer killed, Journal journal) {
        return killed.last() == 0 ? journal.writer() : killed.id();
    }

    @Test
    void append_syncsBeforeItReturns() throws Exception {
        assumeStrace();
        long few = syncs("FULL", 10);
        long many = syncs("FULL", 60);
        assertThat(many - few).as("syncs of 50 appends").isGreaterThanOrEqualTo(50);
    }

    @Test
    void append_withoutSyncs_isFoundByCounting() throws Exception {
        assumeStrace();
        long few = syncs("OFF", 10);
        long many = syncs("OFF", 60);
        assertThat(many - few).as("syncs of 50 appends").isLessThan(50);
    }

    private static void assumeStrace() {
        String path = System.getenv().getOrDefault("PATH", "");
        boolean found = false;
        for (String folder : path.split(java.io.File.pathSeparator)) {
            found |= Files.isExecutable(Path.of(folder, "strace"));
        }
        assumeTrue(found, "strace is not installed");
    }

    /** The syncs of the log while a process makes so many appends, from its first to its last acknowledgement. */
    private long syncs(String synchronous, int epochs) throws Exception {
        Path trace = directory.resolve("trace-" + synchronous + epochs);
        Path journal = Files.createDirectories(directory.resolve("journal-" + synchronous + epochs));
        try (JournalProcess process = JournalProcess.start(
                journal,
                synchronous,
                epochs,
                2_000,
                "strace",
                "-f",
                "-y",
                "-e",
                "trace=fsync,fdatasync",
                "-o",
                trace.toString())) {
            String first = process.line();
            if (first == null) {
                assumeTrue(false, "strace may not trace here");
            }
            long last = 0;
            for (String line = process.line(); !"done".equals(line); line = process.line()) {
                assertThat(line).isEqualTo(Long.toString(++last));
            }
            process.finish();
        }
        try (var lines = Files.lines(trace)) {
            return lines.filter(line -> line.contains("sync(") && line.contains("journal.db-wal"))
                    .count();
        }
    }

    private static String untilDone(JournalProcess process) throws IOException {
        String writer = process.line();
        for (String line = process.line(); !"done".equals(line); line = process.line()) {
            assertThat(line).isNotNull();
        }
        return writer;
    }
}
