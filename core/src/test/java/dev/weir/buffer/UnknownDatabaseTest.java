package dev.weir.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.db.Durability;
import dev.weir.db.FlushException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** A journal that meets a database which knows none of its writers: another one, or the same without its ledger. */
@Timeout(60)
class UnknownDatabaseTest {
    private static final String POSTS = "create table posts(id integer primary key, views bigint)";
    private static final String VIEWS = "select views from posts where id = 1";

    @TempDir
    Path directory;

    private BufferRig rig;

    @BeforeEach
    void make() {
        rig = new BufferRig(directory).sql(POSTS, "insert into posts values(1, 100)");
        rig.open();
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private void add(long delta) {
        rig.table("posts").durability(Durability.JOURNALED).where(1).add("views", delta);
    }

    private void flushAndClose() {
        rig.buffer().flush();
        rig.buffer().close();
    }

    /** From now on the rig's database is another file. */
    private void anotherDatabase() {
        ((SQLiteDataSource) rig.plain)
                .setUrl("jdbc:sqlite:" + directory.resolve("another.db") + "?journal_mode=WAL&busy_timeout=5000");
        rig.sql(POSTS, "insert into posts values(1, 0)");
    }

    private void assertRefused() {
        assertThatThrownBy(rig::open)
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("knows none of this journal's writers")
                .hasMessageContaining("writeToUnknownDatabase(true)");
    }

    private void openWithConsent() {
        rig.settings.writeToUnknownDatabase(true);
        rig.open();
        rig.settings.writeToUnknownDatabase(false);
    }

    @Test
    void journalOfAnotherDatabase_isRefused_andLeavesNoTrace() {
        add(5);
        flushAndClose();
        anotherDatabase();

        assertRefused();

        assertThat(rig.value(VIEWS)).isEqualTo(0L);
        assertThat(rig.value("select count(*) from sqlite_master where name like 'weir%'"))
                .isEqualTo(0L);
    }

    @Test
    void pendingEpochsOfAnotherDatabase_areRefusedToo() {
        rig.buffer().close();
        rig.open();
        add(5);
        rig.buffer().abandon();
        anotherDatabase();

        assertRefused();

        assertThat(rig.value(VIEWS)).isEqualTo(0L);
    }

    @Test
    void rowsWithoutTheirLedger_areNotCountedAgain() {
        add(5);
        flushAndClose();
        rig.sql("drop table weir_ledger");

        assertRefused();

        assertThat(rig.value(VIEWS)).isEqualTo(105L);
    }

    @Test
    void withConsent_whatTheJournalKeeps_isWritten_once() {
        add(5);
        flushAndClose();
        anotherDatabase();

        openWithConsent();

        assertThat(rig.value(VIEWS)).isEqualTo(5L);
        rig.buffer().close();
        rig.open();
        assertThat(rig.value(VIEWS)).isEqualTo(5L);
    }

    @Test
    void databaseOfAnEarlierOpening_isAFallBack_andNeedsNoConsent() {
        add(5);
        flushAndClose();
        rig.open();
        add(7);
        rig.buffer().flush();
        String writer = newestWriter();
        rig.buffer().close();
        rig.sql("update posts set views = 105", "delete from weir_ledger where writer = '" + writer + "'");

        rig.open();

        assertThat(rig.value(VIEWS)).isEqualTo(112L);
    }

    private String newestWriter() {
        return JournalInspection.of(directory.resolve("journal")).writers().stream()
                .reduce((first, second) -> second)
                .orElseThrow()
                .id();
    }

    @Test
    void newDatabase_underAJournalThatWroteNothing_isTaken() {
        rig.buffer().close();
        anotherDatabase();

        rig.open();
        add(5);
        rig.buffer().flush();

        assertThat(rig.value(VIEWS)).isEqualTo(5L);
    }

    @Test
    void runningBuffer_whoseLedgerIsGone_stopsFlushing_andCountsNothingTwice() {
        add(5);
        rig.buffer().flush();
        rig.sql("drop table weir_ledger");
        add(7);

        assertThatThrownBy(this::flushUntilItIsNotTriedAgain)
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("knows none of this journal's writers");

        assertThat(rig.value(VIEWS)).isEqualTo(105L);
        rig.buffer().close();
        assertRefused();
        rig.sql("update posts set views = 100");
        openWithConsent();
        assertThat(rig.value(VIEWS)).isEqualTo(112L);
    }

    private void flushUntilItIsNotTriedAgain() {
        for (int attempt = 0; attempt < 20; attempt++) {
            try {
                rig.buffer().flush();
                return;
            } catch (FlushException triedAgain) {
                Thread.onSpinWait();
            }
        }
    }
}
