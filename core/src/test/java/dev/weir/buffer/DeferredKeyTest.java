package dev.weir.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.db.Durability;
import dev.weir.db.FlushReport;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Deferred foreign keys of SQLite, which says only at COMMIT that one is broken, and never which row broke it. */
@Timeout(60)
class DeferredKeyTest {
    private static final int ROWS = 300;

    @TempDir
    Path directory;

    private BufferRig rig;

    @BeforeEach
    void make() {
        rig = new BufferRig(directory)
                .sql(
                        "create table parent(id integer primary key, n bigint not null)",
                        "create table child(id integer primary key, n bigint, parent integer not null"
                                + " references parent(id) deferrable initially deferred)",
                        "create table other(id integer primary key, n bigint not null)");
        for (int i = 1; i <= ROWS; i++) {
            rig.sql("insert into parent values(" + i + ", 0)");
        }
        rig.sql("insert into child values(1, 0, 77)", "insert into other values(1, 0)");
        rig.open();
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private DeadLetter onlyLetter() {
        List<DeadLetter> letters = rig.buffer().deadLetters().list(10);
        assertThat(letters).hasSize(1);
        return letters.get(0);
    }

    private void deleteAllParents() {
        for (int i = 1; i <= ROWS; i++) {
            rig.table("parent").where(i).delete();
        }
        rig.table("other").durability(Durability.JOURNALED).where(1).add("n", 1);
    }

    private void assertOnlyTheParentOfTheChildStays() {
        assertThat(onlyLetter().table()).isEqualTo("parent");
        assertThat(onlyLetter().change()).contains("77");
        assertThat(onlyLetter().reason()).contains("deferred foreign key");
        assertThat(rig.value("select group_concat(id) from parent")).isEqualTo("77");
        assertThat(rig.value("select n from other")).isEqualTo(1L);
    }

    @Test
    void deletedParent_whoseChildIsDeferred_isRefusedAlone() {
        deleteAllParents();

        FlushReport report = rig.buffer().flush();

        assertThat(report.deadLetters()).isEqualTo(1);
        assertOnlyTheParentOfTheChildStays();
        rig.assertNothingPending();
    }

    @Test
    void start_afterAnOpeningWithADeletedParent_refusesItAlone() {
        deleteAllParents();
        rig.buffer().abandon();

        rig.open();

        assertOnlyTheParentOfTheChildStays();
    }

    @Test
    void deletedGrandparent_whoseGrandchildIsDeferred_isRefusedAlone() {
        rig.sql(
                "create table house(id integer primary key)",
                "create table room(id integer primary key, house integer references house(id) on delete cascade)",
                "create table chair(id integer primary key, room integer"
                        + " references room(id) deferrable initially deferred)",
                "insert into house values(1), (2)",
                "insert into room values(10, 1), (20, 2)",
                "insert into chair values(100, 10)");
        rig.table("house").where(1).delete();
        rig.table("house").where(2).delete();

        assertThat(rig.buffer().flush().deadLetters()).isEqualTo(1);
        assertThat(onlyLetter().change()).contains("\"id\":1");
        assertThat(rig.value("select group_concat(id) from house")).isEqualTo("1");
    }

    @Test
    void triggerThatBreaksAKeyElsewhere_isTracedToItsRow() {
        rig.sql("create trigger follow after update on other when new.n = 13 begin"
                + " insert into child values(13, 0, 9999); end");
        for (int i = 2; i <= 20; i++) {
            rig.sql("insert into other values(" + i + ", 0)");
        }
        for (int i = 1; i <= 20; i++) {
            rig.table("other").where(i).update(Map.of("n", i));
        }

        assertThat(rig.buffer().flush().deadLetters()).isEqualTo(1);
        assertThat(onlyLetter().change()).contains("13");
        assertThat(rig.value("select sum(n) from other")).isEqualTo(210L - 13);
    }

    @Test
    void keyThatCannotBeChecked_holdsNobodyUp() {
        rig.sql(
                "create table wrong(id integer primary key, name text)",
                "create table mistaken(id integer primary key, name text references wrong(name))",
                "create table orphan(id integer primary key, gone integer references nowhere(id))");
        deleteAllParents();

        assertThat(rig.buffer().flush().deadLetters()).isEqualTo(1);
        assertOnlyTheParentOfTheChildStays();
    }
}
