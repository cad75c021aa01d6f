package dev.weir.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.db.Durability;
import dev.weir.time.Clock;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** What operators meet: letters that can't be retried, what is shown as pending, writers that were retired. */
@Timeout(60)
class OperatorTest {
    private static final String POSTS = "create table posts(id integer primary key, title text, views bigint)";

    @TempDir
    Path directory;

    private BufferRig rig;

    @BeforeEach
    void make() {
        rig = new BufferRig(directory).sql(POSTS, "insert into posts values(1, 'a', 100)");
        rig.open();
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private void add(long id) {
        rig.table("posts").durability(Durability.JOURNALED).where(id).add("views", 1);
    }

    private BufferAdmin admin() {
        return new BufferAdmin(rig.database());
    }

    private BufferAdmin.Status status() {
        return admin().status(directory.resolve("journal"));
    }

    private DeadLetter letter() {
        List<DeadLetter> letters = admin().deadLetters().list(10);
        assertThat(letters).hasSize(1);
        return letters.get(0);
    }

    /** A letter about a row that does not exist; nobody has met its table when this returns. */
    private String makeLetter() {
        add(99);
        rig.buffer().flush();
        rig.buffer().close();
        return letter().id();
    }

    @Test
    void retriedLetter_whoseTableIsGone_isADeadLetterAgain_andCanBeRetriedLater() {
        String id = makeLetter();
        rig.sql("drop table posts");
        rig.open();

        assertThat(rig.buffer().deadLetters().retry(List.of(id))).isEqualTo(1);

        assertThat(letter().id()).isEqualTo(id);
        assertThat(letter().reason()).contains("table=posts");
        assertThat(letter().table()).isEqualTo("posts");
        assertThat(status().handovers()).isZero();
        assertThat(rig.buffer().stats().deadLetters()).isEqualTo(1);

        rig.sql(POSTS, "insert into posts values(99, 'b', 0)");
        rig.buffer().deadLetters().retry(List.of(id));
        rig.buffer().flush();

        assertThat(rig.value("select views from posts where id = 99")).isEqualTo(1L);
        assertThat(admin().deadLetters().count()).isZero();
        assertThat(status().handovers()).isZero();
    }

    @Test
    void retriedLetter_whoseColumnIsGone_isADeadLetterAgain() {
        String id = makeLetter();
        rig.sql("alter table posts drop column views");
        admin().deadLetters().retry(List.of(id));

        rig.open();

        assertThat(letter().id()).isEqualTo(id);
        assertThat(letter().reason()).contains("column=views");
        assertThat(admin().deadLetters().discard(List.of(id))).isEqualTo(1);
    }

    @Test
    void retiredEpoch_whoseTableIsGone_isNeverOutOfSight() {
        String writer = status().writers().get(0).id();
        add(1);
        rig.buffer().abandon();
        rig.sql("drop table posts");
        assertThat(admin().retire(writer, directory.resolve("journal")).deadLetters())
                .isEqualTo(1);
        String id = letter().id();
        rig.open();

        rig.buffer().deadLetters().retry(List.of(id));

        assertThat(letter().id()).isEqualTo(id);
        assertThat(letter().reason()).contains("Discard");
        assertThat(status().handovers()).isZero();
    }

    @Test
    void retiredWriter_whoseHandOverIsPending_leavesItToOthers_once() {
        String writer = status().writers().get(0).id();
        handOver();
        rig.journal();
        rig.buffer().abandon();

        BufferAdmin.Retired retired = admin().retire(writer, directory.resolve("journal"));

        assertThat(retired).isEqualTo(new BufferAdmin.Retired(0, 1));
        rig.open();
        rig.buffer().flush();
        assertThat(rig.value("select views from posts where id = 1")).isEqualTo(101L);
        assertThat(admin().deadLetters().count()).isZero();
    }

    private void handOver() {
        rig.database()
                .transaction(tx -> rig.buffer().table("posts", tx).where(1).add("views", 1));
    }

    @Test
    void retire_withAJournalThatDoesNotHoldTheWriter_isRefused() {
        String writer = status().writers().get(0).id();
        add(1);
        rig.buffer().flush();
        rig.buffer().close();
        SqliteJournal.open(directory.resolve("other"), Clock.system()).close();

        assertThatThrownBy(() -> admin().retire(writer, directory.resolve("other")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("writer=" + writer);
    }

    @Test
    void emptyEpochAtTheEnd_isNotPending_afterACleanCloseNeither() {
        add(1);
        rig.buffer().flush();
        rig.journal();
        assertThat(rig.buffer().stats().journalSyncs()).isEqualTo(2);
        assertThat(status().writers()).allMatch(writer -> writer.pendingEpochs() == 0);

        assertThat(rig.buffer().close(Duration.ofSeconds(10)).flushed()).isTrue();
        assertThat(status().writers()).allMatch(writer -> writer.pendingEpochs() == 0);

        rig.open();
        assertThat(rig.buffer().stats().recoveredEpochs()).isZero();
        assertThat(status().writers()).allMatch(writer -> writer.pendingEpochs() == 0);
    }

    @Test
    void evictedCell_thatHeldNothing_makesNoEpoch() {
        add(1);
        rig.buffer().flush();
        long syncs = rig.buffer().stats().journalSyncs();
        BufferedTable table = ((LocalTableBuffer) rig.table("posts")).table;
        Cell cell = table.counter(table.column("views")).cells.get(1L);

        rig.buffer().intake().evict(cell);
        rig.buffer().flush();

        assertThat(cell.isDead()).isTrue();
        assertThat(rig.buffer().stats().journalSyncs()).isEqualTo(syncs);
        assertThat(status().writers()).allMatch(writer -> writer.pendingEpochs() == 0);
    }

    @Test
    void adoptAndRetire_leaveNoWriterThatDidNothing() {
        add(1);
        rig.buffer().abandon();
        assertThat(admin().adopt(directory.resolve("journal"))).isEqualTo(1);

        assertThat(status().writers())
                .singleElement()
                .satisfies(writer -> assertThat(writer.ledger()).isPresent());
        assertThat(rig.value("select views from posts where id = 1")).isEqualTo(101L);
    }

    @Test
    void ledgerOfANewerVersion_isRefused_withTheCure() {
        add(1);
        rig.buffer().abandon();
        rig.sql("update weir_ledger set format = 2");

        assertThatThrownBy(rig::open)
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("format=2")
                .hasMessageContaining("Use that version");
    }

    /** Counts connections. */
    private static final class Counting extends SQLiteDataSource {
        final AtomicInteger connections = new AtomicInteger();

        @Override
        public Connection getConnection() throws SQLException {
            connections.incrementAndGet();
            return super.getConnection();
        }
    }

    @Test
    void start_asksTheLedgerOnce_howeverManyOpeningsThereWere() {
        Counting counting = new Counting();
        counting.setUrl(((SQLiteDataSource) rig.plain).getUrl());
        int[] asked = new int[2];
        for (int round = 0; round < asked.length; round++) {
            for (int opening = 0; opening < 5; opening++) {
                add(1);
                rig.buffer().flush();
                rig.buffer().close();
                rig.open();
            }
            rig.buffer().close();
            rig.dataSource = counting;
            counting.connections.set(0);
            rig.open();
            asked[round] = counting.connections.get();
        }

        assertThat(asked[1]).isEqualTo(asked[0]);
        assertThat(rig.value("select views from posts where id = 1")).isEqualTo(110L);
    }
}
