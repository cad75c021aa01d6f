package dev.weir.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every journal must hold. A test uses one directory. */
abstract class JournalContract {
    private final List<Journal> opened = new ArrayList<>();

    /** Opens the test's directory. */
    abstract Journal openDirectory();

    final Journal open() {
        Journal journal = openDirectory();
        opened.add(journal);
        return journal;
    }

    @AfterEach
    void closeAll() {
        opened.forEach(Journal::close);
    }

    /** An epoch whose content follows from its writer and number. */
    static byte[] content(String writer, long seq, int length) {
        byte[] data = new byte[length];
        new Random(writer.hashCode() * 31L + seq).nextBytes(data);
        if (length >= Long.BYTES) {
            ByteBuffer.wrap(data).putLong(seq);
        }
        return data;
    }

    static void append(Journal journal, long seq, int length) {
        journal.append(seq, content(journal.writer(), seq, length), length);
    }

    static List<Long> read(Journal journal, String writer, long from, long to, int length) {
        List<Long> numbers = new ArrayList<>();
        journal.read(writer, from, to, (seq, data) -> {
            assertThat(data).isEqualTo(content(writer, seq, length));
            numbers.add(seq);
        });
        return numbers;
    }

    @Test
    void append_thenRead_givesTheSameInOrder() {
        Journal journal = open();
        for (long seq = 1; seq <= 5; seq++) {
            append(journal, seq, 1_000);
        }
        assertThat(read(journal, journal.writer(), 1, 5, 1_000)).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(read(journal, journal.writer(), 3, 4, 1_000)).containsExactly(3L, 4L);
        assertThat(read(journal, journal.writer(), 4, 3, 1_000)).isEmpty();
    }

    @Test
    void append_ofPartOfAnArray_keepsThatPartAndLeavesTheArray() {
        Journal journal = open();
        byte[] data = {1, 2, 3, 4};
        journal.append(1, data, 2);
        data[0] = 9;
        journal.append(2, data, 0);
        List<byte[]> read = new ArrayList<>();
        journal.read(journal.writer(), 1, 2, (seq, bytes) -> read.add(bytes));
        assertThat(read.get(0)).containsExactly(1, 2);
        assertThat(read.get(1)).isEmpty();
        assertThat(data).containsExactly(9, 2, 3, 4);
    }

    @Test
    void append_ofManySizes_survivesReopening() {
        Journal first = open();
        int[] lengths = {0, 1, 100, 4_095, 4_096, 16_300, 65_536, 200_000, 3_000_000};
        for (int i = 0; i < lengths.length; i++) {
            append(first, i + 1, lengths[i]);
        }
        first.close();
        Journal second = open();
        for (int i = 0; i < lengths.length; i++) {
            assertThat(read(second, first.writer(), i + 1, i + 1, lengths[i])).containsExactly(i + 1L);
        }
    }

    @Test
    void append_outOfOrder_isRefusedAndChangesNothing() {
        Journal journal = open();
        append(journal, 1, 10);
        for (long seq : new long[] {-1, 0, 1, 3}) {
            assertThatThrownBy(() -> append(journal, seq, 10))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("seq=" + seq);
        }
        append(journal, 2, 10);
        assertThat(journal.kept(journal.writer())).extracting(Journal.Kept::seq).containsExactly(1L, 2L);
    }

    @Test
    void append_ofMoreThanTheArrayHolds_isRefused() {
        Journal journal = open();
        assertThatThrownBy(() -> journal.append(1, new byte[3], 4)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> journal.append(1, new byte[3], -1)).isInstanceOf(IndexOutOfBoundsException.class);
        append(journal, 1, 3);
    }

    @Test
    void open_again_drawsAFreshWriterAndKeepsTheEarlier() {
        Set<String> writers = new HashSet<>();
        for (int opening = 0; opening < 5; opening++) {
            Journal journal = open();
            assertThat(journal.writer()).isNotBlank().hasSizeLessThanOrEqualTo(36);
            assertThat(journal.earlier()).hasSize(opening);
            assertThat(journal.earlier()).extracting(Journal.Writer::id).doesNotContain(journal.writer());
            writers.add(journal.writer());
            append(journal, 1, 10);
            journal.close();
        }
        assertThat(writers).hasSize(5);
    }

    @Test
    void earlier_tellsWhatIsKeptOfEach_oldestFirst() {
        Journal first = open();
        append(first, 1, 10);
        append(first, 2, 10);
        append(first, 3, 10);
        first.ledgerRowMade(first.writer());
        first.trim(first.writer(), 2);
        first.close();
        Journal second = open();
        append(second, 1, 10);
        second.trim(second.writer(), 1);
        second.close();
        Journal third = open();
        assertThat(third.earlier())
                .containsExactly(
                        new Journal.Writer(first.writer(), true, 2, 3),
                        new Journal.Writer(second.writer(), false, 1, 1));
    }

    @Test
    void earlier_includesOneWithALedgerRowAndNoEpochs() {
        Journal first = open();
        first.ledgerRowMade(first.writer());
        first.close();
        assertThat(open().earlier()).containsExactly(new Journal.Writer(first.writer(), true, 0, 0));
    }

    @Test
    void ledgerRowMade_forAnEarlierWriter_isKept() {
        Journal first = open();
        append(first, 1, 10);
        first.close();
        Journal second = open();
        assertThat(second.earlier().get(0).ledgerRow()).isFalse();
        second.ledgerRowMade(first.writer());
        second.ledgerRowMade(first.writer());
        assertThat(second.earlier().get(0).ledgerRow()).isTrue();
        second.close();
        assertThat(open().earlier().get(0)).isEqualTo(new Journal.Writer(first.writer(), true, 0, 1));
    }

    @Test
    void trim_dropsUpToItsNumber_alsoOfAnEarlierWriter() {
        Journal first = open();
        for (long seq = 1; seq <= 10; seq++) {
            append(first, seq, 100);
        }
        first.trim(first.writer(), 4);
        first.trim(first.writer(), 2);
        assertThat(first.kept(first.writer())).extracting(Journal.Kept::seq).containsExactly(5L, 6L, 7L, 8L, 9L, 10L);
        first.close();
        Journal second = open();
        append(second, 1, 100);
        second.trim(first.writer(), 10);
        assertThat(second.kept(first.writer())).isEmpty();
        assertThat(second.kept(second.writer())).hasSize(1);
        second.close();
        assertThat(open().earlier().get(0)).isEqualTo(new Journal.Writer(first.writer(), false, 10, 10));
    }

    @Test
    void trim_ofManyEpochs_dropsThemAll() {
        Journal journal = open();
        for (long seq = 1; seq <= 20; seq++) {
            append(journal, seq, 1_000_000);
        }
        journal.trim(journal.writer(), 19);
        assertThat(journal.kept(journal.writer())).extracting(Journal.Kept::seq).containsExactly(20L);
    }

    @Test
    void trim_beyondTheLast_isRefused() {
        Journal journal = open();
        append(journal, 1, 10);
        assertThatThrownBy(() -> journal.trim(journal.writer(), 2)).isInstanceOf(IllegalArgumentException.class);
        assertThat(journal.kept(journal.writer())).hasSize(1);
    }

    @Test
    void append_afterTrimmingAll_goesOnCounting() {
        Journal journal = open();
        append(journal, 1, 10);
        append(journal, 2, 10);
        journal.trim(journal.writer(), 2);
        append(journal, 3, 10);
        assertThat(read(journal, journal.writer(), 3, 3, 10)).containsExactly(3L);
    }

    @Test
    void read_ofADroppedEpoch_saysWhich() {
        Journal journal = open();
        append(journal, 1, 10);
        append(journal, 2, 10);
        journal.trim(journal.writer(), 1);
        assertThatThrownBy(() -> read(journal, journal.writer(), 1, 2, 10))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("epoch=1");
        assertThatThrownBy(() -> read(journal, journal.writer(), 2, 3, 10))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("epoch=3");
    }

    @Test
    void kept_tellsBytesAndTime() {
        Journal journal = open();
        long before = System.currentTimeMillis();
        append(journal, 1, 10);
        append(journal, 2, 100_000);
        long after = System.currentTimeMillis();
        List<Journal.Kept> kept = journal.kept(journal.writer());
        assertThat(kept).extracting(Journal.Kept::bytes).containsExactly(10, 100_000);
        assertThat(kept).allSatisfy(one -> assertThat(one.appendedMillis()).isBetween(before, after));
    }

    @Test
    void bytes_growWithEpochs() {
        Journal journal = open();
        long before = journal.bytes();
        append(journal, 1, 5_000_000);
        assertThat(journal.bytes()).isGreaterThanOrEqualTo(before + 5_000_000);
    }

    @Test
    void unknownWriter_isRefused() {
        Journal journal = open();
        assertThatThrownBy(() -> journal.kept("nobody")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> journal.trim("nobody", 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> journal.ledgerRowMade("nobody")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> read(journal, "nobody", 1, 1, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void close_twice_isHarmless_andLaterCallsAreRefused() {
        Journal journal = open();
        journal.close();
        journal.close();
        assertThatThrownBy(() -> append(journal, 1, 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> journal.kept(journal.writer())).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void open_whileOpen_isRefused() {
        Journal journal = open();
        assertThatThrownBy(this::open).isInstanceOf(JournalException.class).hasMessageContaining("one owner");
        append(journal, 1, 1);
        journal.close();
        open();
    }

    @Test
    void read_inItsCallback_mayUseTheJournal() {
        Journal journal = open();
        append(journal, 1, 10);
        append(journal, 2, 10);
        journal.read(journal.writer(), 1, 2, (seq, data) -> {
            append(journal, seq + 2, 10);
            assertThat(journal.kept(journal.writer())).hasSize((int) seq + 2);
        });
        assertThat(Arrays.asList(1L, 2L, 3L, 4L)).isEqualTo(read(journal, journal.writer(), 1, 4, 10));
    }
}
