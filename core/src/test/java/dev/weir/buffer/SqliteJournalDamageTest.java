package dev.weir.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.time.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A damaged journal is refused, or gives every acknowledged epoch; it is never silently shorter. The files are copied
 * while the journal is open, as kill -9 would leave them, one byte is changed, and the copy is opened.
 */
class SqliteJournalDamageTest {
    private static final String DATABASE = "journal.db";
    private static final String LOG = "journal.db-wal";
    private static final String WITNESS = "witness";

    private static final long SEED = Long.getLong("weir.seed", System.nanoTime());
    /** Bytes changed in each file; a long run raises it. */
    private static final int FLIPS = Integer.getInteger("weir.journal.flips", 100);

    private static final JournalTuning TUNING = JournalTuning.DEFAULT.withPageSize(4_096);

    @TempDir
    Path root;

    private final Random random = new Random(SEED);
    private final Map<String, byte[]> image = new LinkedHashMap<>();
    /** Of each writer the epochs that must be there: first, last. */
    private final Map<String, long[]> acknowledged = new LinkedHashMap<>();

    private long copies;

    @BeforeEach
    void printSeed() {
        System.out.println("SqliteJournalDamageTest weir.seed=" + SEED);
    }

    private SqliteJournal open(Path directory) {
        return SqliteJournal.open(directory, Clock.system(), TUNING);
    }

    /** The same without waiting for the disk: a copy is damaged before it is opened, and nothing is killed after. */
    private static SqliteJournal openCopy(Path directory) {
        return SqliteJournal.open(directory, Clock.system(), TUNING.withSynchronous("OFF"));
    }

    private static int length(long seq) {
        return seq % 5 == 0 ? 20_000 : 300;
    }

    private static void append(Journal journal, long from, long to) {
        for (long seq = from; seq <= to; seq++) {
            JournalContract.append(journal, seq, length(seq));
        }
    }

    /** Two writers, the second running; the first was trimmed, so that the file has free pages. */
    private void build(Path directory, long checkpointedTo, boolean close) throws IOException {
        SqliteJournal first = open(directory);
        append(first, 1, 30);
        first.ledgerRowMade(first.writer());
        first.trim(first.writer(), 12);
        first.close();
        SqliteJournal second = open(directory);
        append(second, 1, checkpointedTo);
        if (checkpointedTo > 0) {
            checkpoint(directory);
        }
        append(second, checkpointedTo + 1, 22);
        second.trim(first.writer(), 15);
        append(second, 23, 24);
        acknowledged.put(first.writer(), new long[] {16, 30});
        acknowledged.put(second.writer(), new long[] {1, 24});
        if (close) {
            second.close();
        }
        for (String name : List.of(DATABASE, LOG, WITNESS)) {
            if (Files.exists(directory.resolve(name))) {
                image.put(name, Files.readAllBytes(directory.resolve(name)));
            }
        }
        second.close();
    }

    private static void checkpoint(Path directory) {
        try (var connection = new JournalFile(directory, TUNING).connectUnsynced();
                var statement = connection.createStatement()) {
            statement.execute("pragma wal_checkpoint(passive)");
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private Path write(Map<String, byte[]> files) throws IOException {
        Path directory = Files.createDirectory(root.resolve("copy" + copies++));
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Files.write(directory.resolve(file.getKey()), file.getValue());
        }
        return directory;
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    /** Whether the journal was refused; else everything acknowledged was there, also after more was written. */
    private boolean refusedOrWhole(Map<String, byte[]> files, String what) throws IOException {
        Path directory = write(files);
        try {
            SqliteJournal journal;
            try {
                journal = openCopy(directory);
            } catch (JournalException refused) {
                // A second try must not find a journal that looks whole.
                assertThatThrownBy(() -> openCopy(directory).close()).as(what).isInstanceOf(JournalException.class);
                return true;
            }
            String writer = journal.writer();
            try (journal) {
                requireAcknowledged(journal, what);
                append(journal, 1, 10);
            }
            try (SqliteJournal again = openCopy(directory)) {
                requireAcknowledged(again, what + ", after more epochs");
                for (long seq = 1; seq <= 10; seq++) {
                    JournalContract.read(again, writer, seq, seq, length(seq));
                }
            }
            return false;
        } finally {
            delete(directory);
        }
    }

    private void requireAcknowledged(Journal journal, String what) {
        Map<String, Journal.Writer> earlier = new LinkedHashMap<>();
        journal.earlier().forEach(writer -> earlier.put(writer.id(), writer));
        acknowledged.forEach((writer, range) -> {
            assertThat(earlier).as(what).containsKey(writer);
            assertThat(earlier.get(writer).last()).as(what).isEqualTo(range[1]);
            assertThat(earlier.get(writer).trimmedTo()).as(what).isLessThan(range[0]);
            for (long seq = range[0]; seq <= range[1]; seq++) {
                assertThat(JournalContract.read(journal, writer, seq, seq, length(seq)))
                        .as(what)
                        .hasSize(1);
            }
        });
        String first = acknowledged.keySet().iterator().next();
        assertThat(earlier.get(first).ledgerRow()).as(what).isTrue();
    }

    /** Headers of files, pages and frames, and places drawn at random. */
    private int[] offsets(int size) {
        TreeSet<Integer> offsets = new TreeSet<>();
        int headers = Math.min(FLIPS / 2, size);
        while (offsets.size() < headers) {
            int page = random.nextInt(size / 4_096 + 1) * 4_096;
            int offset = page + random.nextInt(128);
            if (offset < size) {
                offsets.add(offset);
            }
        }
        int wanted = Math.min(FLIPS, size);
        while (offsets.size() < wanted) {
            offsets.add(random.nextInt(size));
        }
        return offsets.stream().mapToInt(Integer::intValue).toArray();
    }

    private int flipEverywhere() throws IOException {
        int refused = 0;
        assertThat(refusedOrWhole(image, "unchanged")).isFalse();
        for (String name : List.copyOf(image.keySet())) {
            for (int offset : offsets(image.get(name).length)) {
                byte[] damaged = image.get(name).clone();
                damaged[offset] ^= (byte) (random.nextBoolean() ? 1 << random.nextInt(8) : 1 + random.nextInt(255));
                Map<String, byte[]> files = new LinkedHashMap<>(image);
                files.put(name, damaged);
                if (refusedOrWhole(files, name + " changed at " + offset + ", seed " + SEED)) {
                    refused++;
                }
            }
        }
        return refused;
    }

    @Test
    void flippedByte_afterKill_isRefusedOrHarmless() throws IOException {
        build(root.resolve("built"), 0, false);
        assertThat(image).containsKeys(DATABASE, LOG, WITNESS);
        assertThat(flipEverywhere()).isPositive();
    }

    @Test
    void flippedByte_whenTheLogIsPartlyCopied_isRefusedOrHarmless() throws IOException {
        build(root.resolve("built"), 14, false);
        assertThat(flipEverywhere()).isPositive();
    }

    @Test
    void flippedByte_afterClose_isRefusedOrHarmless() throws IOException {
        build(root.resolve("built"), 0, true);
        assertThat(image).containsOnlyKeys(DATABASE, WITNESS);
        assertThat(flipEverywhere()).isPositive();
    }

    @Test
    void flippedByte_inTheLog_withoutWitness_wouldGoUnseen() throws IOException {
        build(root.resolve("built"), 0, false);
        byte[] damaged = image.get(LOG).clone();
        damaged[damaged.length / 2] ^= 1;
        Map<String, byte[]> files = new LinkedHashMap<>(image);
        files.put(LOG, damaged);
        assertThat(refusedOrWhole(files, "with witness")).isTrue();
        files.put(WITNESS, new byte[0]);
        assertThatThrownBy(() -> refusedOrWhole(files, "waived")).isInstanceOf(AssertionError.class);
    }

    @Test
    void truncatedLog_isRefusedOrHarmless() throws IOException {
        build(root.resolve("built"), 0, false);
        byte[] log = image.get(LOG);
        int refused = 0;
        for (int cut : offsets(log.length)) {
            Map<String, byte[]> files = new LinkedHashMap<>(image);
            files.put(LOG, Arrays.copyOf(log, cut));
            refused += refusedOrWhole(files, "log cut at " + cut) ? 1 : 0;
        }
        assertThat(refused).isPositive();
        Map<String, byte[]> files = new LinkedHashMap<>(image);
        files.remove(LOG);
        assertThat(refusedOrWhole(files, "log gone")).isTrue();
    }

    @Test
    void truncatedOrMissingFile_isRefused_andSaysWhatIsMissing() throws IOException {
        build(root.resolve("built"), 0, true);
        byte[] database = image.get(DATABASE);
        for (int cut : new int[] {0, 1, 100, 4_096, database.length / 2, database.length - 4_096}) {
            Map<String, byte[]> files = new LinkedHashMap<>(image);
            files.put(DATABASE, Arrays.copyOf(database, cut));
            assertThat(refusedOrWhole(files, "database cut at " + cut)).isTrue();
        }
        Map<String, byte[]> files = new LinkedHashMap<>(image);
        files.remove(DATABASE);
        Path directory = write(files);
        String writer = new ArrayList<>(acknowledged.keySet()).get(1);
        assertThatThrownBy(() -> open(directory))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining(writer)
                .hasMessageContaining("restore");
        assertThat(directory.resolve(DATABASE)).doesNotExist();
    }

    @Test
    void lostTail_isRefused_andNamesTheEpochs() throws IOException {
        Path directory = root.resolve("built");
        String writer;
        try (SqliteJournal journal = open(directory)) {
            writer = journal.writer();
            append(journal, 1, 16);
            image.put(DATABASE, Files.readAllBytes(directory.resolve(DATABASE)));
            image.put(LOG, Files.readAllBytes(directory.resolve(LOG)));
            append(journal, 17, 19);
            image.put(WITNESS, Files.readAllBytes(directory.resolve(WITNESS)));
        }
        assertThatThrownBy(() -> open(write(image)))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("epochs 17 to 19 of writer " + writer + " are missing");
    }

    @Test
    void tailBeyondTheWitness_isKept() throws IOException {
        Path directory = root.resolve("built");
        try (SqliteJournal journal = open(directory)) {
            append(journal, 1, 5);
            image.put(WITNESS, Files.readAllBytes(directory.resolve(WITNESS)));
            append(journal, 6, 9);
            acknowledged.put(journal.writer(), new long[] {1, 9});
            journal.ledgerRowMade(journal.writer());
            image.put(DATABASE, Files.readAllBytes(directory.resolve(DATABASE)));
            image.put(LOG, Files.readAllBytes(directory.resolve(LOG)));
        }
        assertThat(refusedOrWhole(image, "older witness")).isFalse();
    }

    @Test
    void kill_beforeAnOpeningWroteItsWitness_isHarmless() throws IOException {
        for (boolean used : new boolean[] {false, true}) {
            Path directory = root.resolve("built" + used);
            image.clear();
            acknowledged.clear();
            try (SqliteJournal journal = open(directory)) {
                if (used) {
                    append(journal, 1, 3);
                }
            }
            byte[] witness = Files.readAllBytes(directory.resolve(WITNESS));
            try (SqliteJournal journal = open(directory)) {
                image.put(DATABASE, Files.readAllBytes(directory.resolve(DATABASE)));
                image.put(LOG, Files.readAllBytes(directory.resolve(LOG)));
                image.put(WITNESS, witness);
                assertThat(journal.earlier()).hasSize(1);
            }
            try (SqliteJournal journal = open(write(image))) {
                assertThat(journal.earlier()).isNotEmpty();
            }
        }
    }

    @Test
    void kill_whileTheFirstOpeningMadeTheFiles_isHarmless() throws IOException {
        Path directory = root.resolve("built");
        open(directory).close();
        // The witness as it is made first, then the file before its tables are committed.
        Path blank = Files.createDirectories(root.resolve("blank"));
        Witness.open(blank, Witness.read(blank)).close();
        image.put(WITNESS, Files.readAllBytes(blank.resolve(WITNESS)));
        open(write(image)).close();
        image.put(DATABASE, new byte[0]);
        open(write(image)).close();
        Path without = root.resolve("without");
        Files.createDirectories(without);
        try (var connection = new JournalFile(without, TUNING).connectDurable()) {
            image.put(DATABASE, Files.readAllBytes(without.resolve(DATABASE)));
            assertThat(image.get(DATABASE)).isNotEmpty();
            assertThat(connection.isClosed()).isFalse();
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException(e);
        }
        open(write(image)).close();
    }

    @Test
    void lostNoteOfALedgerRow_isRefused() throws IOException {
        Path directory = root.resolve("built");
        try (SqliteJournal journal = open(directory)) {
            append(journal, 1, 5);
            image.put(DATABASE, Files.readAllBytes(directory.resolve(DATABASE)));
            image.put(LOG, Files.readAllBytes(directory.resolve(LOG)));
            journal.ledgerRowMade(journal.writer());
            image.put(WITNESS, Files.readAllBytes(directory.resolve(WITNESS)));
        }
        assertThatThrownBy(() -> open(write(image)))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("ledger rows");
    }

    @Test
    void gapInTheMiddle_isRefused_andNamesTheEpochs() throws Exception {
        Path directory = root.resolve("built");
        build(directory, 0, true);
        String first = acknowledged.keySet().iterator().next();
        try (var connection = new JournalFile(directory, TUNING).connectUnsynced();
                var statement = connection.createStatement()) {
            statement.execute("delete from epoch where position between (1 << 40) + 20 and (1 << 40) + 22");
            statement.execute("delete from epoch where position = (1 << 40) + 30");
        }
        assertThatThrownBy(() -> open(directory))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("epochs 20 to 22 of writer " + first + " are missing")
                .hasMessageContaining("epoch 30 of writer " + first + " is missing");
    }

    @Test
    void missingWitness_ofAClosedJournal_isABackup_andOpens() throws IOException {
        build(root.resolve("built"), 0, true);
        image.remove(WITNESS);
        assertThat(refusedOrWhole(image, "backup")).isFalse();
    }

    @Test
    void missingWitness_besideALog_isRefused_untilItIsWaived() throws IOException {
        build(root.resolve("built"), 0, false);
        image.remove(WITNESS);
        assertThat(refusedOrWhole(image, "no witness")).isTrue();
        image.put(WITNESS, new byte[0]);
        assertThat(refusedOrWhole(image, "waived")).isFalse();
    }

    @Test
    void newerFormat_isRefused_andNamed() throws Exception {
        Path directory = root.resolve("built");
        build(directory, 0, true);
        try (var connection = new JournalFile(directory, TUNING).connectUnsynced();
                var statement = connection.createStatement()) {
            statement.execute("update meta set value = 7");
        }
        assertThatThrownBy(() -> open(directory))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("format=7");
        assertThatThrownBy(() -> JournalInspection.of(directory)).hasMessageContaining("format=7");
    }

    @Test
    void aForeignDatabase_isRefused_andLeftAlone() throws Exception {
        Path directory = Files.createDirectory(root.resolve("foreign"));
        try (var connection = java.sql.DriverManager.getConnection("jdbc:sqlite:" + directory.resolve(DATABASE));
                var statement = connection.createStatement()) {
            statement.execute("create table mine (id integer)");
        }
        byte[] before = Files.readAllBytes(directory.resolve(DATABASE));
        assertThatThrownBy(() -> open(directory))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("not a journal");
        assertThat(Files.readAllBytes(directory.resolve(DATABASE))).isEqualTo(before);
    }

    @Test
    void refusedJournal_staysAsItWas() throws IOException {
        build(root.resolve("built"), 0, false);
        image.get(LOG)[image.get(LOG).length / 2] ^= 1;
        Path directory = write(image);
        assertThatThrownBy(() -> open(directory)).isInstanceOf(JournalException.class);
        for (Map.Entry<String, byte[]> file : image.entrySet()) {
            assertThat(Files.readAllBytes(directory.resolve(file.getKey())))
                    .as(file.getKey())
                    .isEqualTo(file.getValue());
        }
    }
}
