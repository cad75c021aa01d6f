package dev.weir.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.Weir;
import dev.weir.buffer.BufferSettings;
import dev.weir.buffer.DeadLetter;
import dev.weir.db.Database;
import dev.weir.db.FlushReport;
import dev.weir.db.TableBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One row among many that the database refuses goes to the dead letters; all others land; what is grouped goes together. */
@Timeout(120)
abstract class BadRowCases {
    private static final int ROWS = 2_000;
    private static final int BAD = 777;

    @TempDir
    Path directory;

    private DataSource source;
    private Database direct;
    private Weir weir;

    abstract DataSource database() throws Exception;

    /** The type of a text of at most 10 characters that compares byte for byte. */
    String text() {
        return "varchar(10)";
    }

    @BeforeEach
    void open() throws Exception {
        DataSource dataSource = database();
        direct = Database.builder(dataSource).build();
        direct.sql("create table parent(id bigint not null primary key)").execute();
        direct.sql("insert into parent values(1)").execute();
        direct.sql("create table good(id bigint not null primary key, n bigint)")
                .execute();
        direct.sql("insert into good values(1, 0)").execute();
        direct.sql("create table item(id bigint not null primary key, code " + text()
                        + " unique, small smallint not null, big bigint, parent bigint,"
                        + " constraint positive check (small > -5),"
                        + " constraint has_parent foreign key (parent) references parent(id))")
                .execute();
        source = dataSource;
        weir = opened();
    }

    private Weir opened() {
        return Weir.builder()
                .database(source)
                .journal(directory.resolve("journal"))
                .buffer(BufferSettings.builder()
                        .flushInterval(Duration.ofHours(1))
                        .baseMaxAge(Duration.ofMinutes(10))
                        .closeTimeout(Duration.ofMillis(100))
                        .build())
                .build();
    }

    @AfterEach
    void close() {
        weir.close(Duration.ofSeconds(5));
    }

    private TableBuffer items() {
        return weir.database().table("item").buffer();
    }

    private void insertAll() {
        for (int i = 1; i <= ROWS; i++) {
            items().insert(Map.of("id", i, "small", 1, "big", 0, "parent", 1));
        }
        weir.buffer().flush();
        assertThat(direct.table("item").count()).isEqualTo(ROWS);
    }

    private void assertOneLetter(String contains) {
        FlushReport report = weir.buffer().flush();
        assertThat(report.deadLetters()).isEqualTo(1);
        List<DeadLetter> letters = weir.buffer().deadLetters().list(10);
        assertThat(letters).hasSize(1);
        assertThat(letters.get(0).table()).isEqualToIgnoringCase("item");
        assertThat(letters.get(0).change()).contains(contains);
        assertThat(letters.get(0).reason()).isNotBlank();
        assertThat(weir.buffer().stats().pendingRows()).isZero();
        assertThat(weir.buffer().stats().pendingBytes()).isZero();
    }

    private long sum(String column) {
        return direct.sql("select sum(" + column + ") s from item")
                .first()
                .orElseThrow()
                .find("s", Number.class)
                .orElse(0L)
                .longValue();
    }

    @Test
    void insertWithoutParent_isRefusedAlone() {
        for (int i = 1; i <= ROWS; i++) {
            items().insert(Map.of("id", i, "small", 1, "parent", i == BAD ? 99 : 1));
        }
        assertOneLetter("777");
        assertThat(direct.table("item").count()).isEqualTo(ROWS - 1);
    }

    @Test
    void insertOfATakenCode_isRefusedAlone() {
        direct.sql("insert into item(id, code, small) values(0, 'taken', 1)").execute();
        for (int i = 1; i <= ROWS; i++) {
            items().insert(Map.of("id", i, "small", 1, "code", i == BAD ? "taken" : "c" + i));
        }
        assertOneLetter("777");
        assertThat(direct.table("item").count()).isEqualTo(ROWS);
    }

    @Test
    void insertOfATakenKey_isRefusedAlone() {
        direct.sql("insert into item(id, small, big) values(777, 1, 5)").execute();
        for (int i = 1; i <= ROWS; i++) {
            items().insert(Map.of("id", i, "small", 1, "big", 1));
        }
        assertOneLetter("777");
        assertThat(sum("big")).isEqualTo(ROWS - 1 + 5);
    }

    @Test
    void updateAgainstACheck_isRefusedAlone() {
        insertAll();
        for (int i = 1; i <= ROWS; i++) {
            items().where(i).update(Map.of("small", i == BAD ? -9 : 2));
        }
        assertOneLetter("777");
        assertThat(sum("small")).isEqualTo(2L * ROWS - 1);
    }

    @Test
    void counterAgainstACheck_isRefusedAlone() {
        insertAll();
        for (int i = 1; i <= ROWS; i++) {
            items().counter("small").add(i, i == BAD ? -100 : 1);
        }
        assertOneLetter("777");
        assertThat(sum("small")).isEqualTo(2L * ROWS - 1);
    }

    @Test
    void counterThatOverflows_isRefusedAlone() {
        insertAll();
        direct.sql("update item set big = 9223372036854775800 where id = 777").execute();
        for (int i = 1; i <= ROWS; i++) {
            items().counter("big").add(i, 100);
        }
        assertOneLetter("777");
        assertThat(direct.sql("select count(*) c from item where big = 100")
                        .first()
                        .orElseThrow()
                        .getLong("c"))
                .isEqualTo(ROWS - 1);
        assertThat(direct.sql("select big from item where id = 777")
                        .first()
                        .orElseThrow()
                        .getLong("big"))
                .isEqualTo(9223372036854775800L);
    }

    @Test
    void largeAdditionsThatFitTogether_areAppliedOnNegativeValues() {
        direct.sql("insert into item(id, small, big) values(1, 1, -5)").execute();
        items().where(1).add("big", Long.MAX_VALUE);
        items().where(1).add("big", 1);
        items().where(1).add("big", 2);

        FlushReport report = weir.buffer().flush();

        assertThat(report.deadLetters()).isZero();
        assertThat(direct.sql("select big from item where id = 1")
                        .first()
                        .orElseThrow()
                        .getLong("big"))
                .isEqualTo(Long.MAX_VALUE - 2);
    }

    @Test
    void additionsBeyondTheColumn_areRefusedAlone_whateverTheyMeet() {
        insertAll();
        items().where(10).update(Map.of("big", Long.MAX_VALUE));
        items().where(10).add("big", 1);
        items().where(5_001).orInsert(Map.of("small", 1, "big", Long.MAX_VALUE)).add("big", 1);
        weir.buffer()
                .atomically(group -> group.table("item")
                        .where(20)
                        .update(Map.of("big", Long.MAX_VALUE))
                        .add("big", 1)
                        .update(Map.of("small", 3)));
        weir.buffer()
                .atomically(group -> group.table("item")
                        .where(30)
                        .add("big", Long.MAX_VALUE)
                        .add("big", 1)
                        .update(Map.of("small", 3)));
        items().counter("big").add(40, 7);

        FlushReport report = weir.buffer().flush();

        assertThat(report.deadLetters()).isEqualTo(4);
        assertThat(direct.sql("select sum(big) s from item where id <> 10")
                        .first()
                        .orElseThrow()
                        .find("s", Number.class)
                        .orElse(0L)
                        .longValue())
                .isEqualTo(7);
        assertThat(sum("small")).isEqualTo(ROWS);
    }

    @Test
    void deleteOfAParent_isRefusedAlone() {
        insertAll();
        weir.database().table("parent").buffer().where(1).delete();
        for (int i = 1; i <= ROWS; i++) {
            items().counter("big").add(i, 1);
        }
        FlushReport report = weir.buffer().flush();
        assertThat(report.deadLetters()).isEqualTo(1);
        assertThat(sum("big")).isEqualTo(ROWS);
        assertThat(direct.table("parent").count()).isEqualTo(1);
    }

    @Test
    void parentsAndChildren_landInAnyOrderOfCalls() {
        items().insert(Map.of("id", 1, "small", 1, "parent", 2));
        weir.database().table("parent").buffer().insert(Map.of("id", 2));
        assertThat(weir.buffer().flush().deadLetters()).isZero();
        weir.database().table("parent").buffer().where(2).delete();
        items().where(1).delete();
        assertThat(weir.buffer().flush().deadLetters()).isZero();
        assertThat(direct.table("item").count()).isZero();
    }

    @Test
    void badGroup_isRefusedWhole_andNothingElse() {
        insertAll();
        for (int i = 1; i <= 300; i++) {
            int at = i;
            weir.buffer().atomically(group -> {
                group.table("good").where(1).add("n", 1);
                group.table("item").where(at).add("big", 1).update(Map.of("small", at == 77 ? -9 : 2));
            });
        }
        weir.database().table("good").buffer().where(1).add("n", 1_000);

        FlushReport report = weir.buffer().flush();

        assertThat(report.deadLetters()).isEqualTo(1);
        assertThat(direct.sql("select n from good").first().orElseThrow().getLong("n"))
                .isEqualTo(1_299);
        assertThat(sum("big")).isEqualTo(299);
        assertThat(sum("small")).isEqualTo(ROWS + 299);
    }

    /** Changes a table under what is pending of one of its columns. */
    final void assertOnlyGoodIsRefusedAfter(String... changes) {
        insertAll();
        TableBuffer good = weir.database().table("good").buffer();
        assertThat(good.counter("n").addAndGet(1, 1)).isEqualTo(1);
        weir.buffer().flush();
        for (String change : changes) {
            direct.sql(change).execute();
        }
        good.counter("n").add(1, 1);
        for (int i = 1; i <= ROWS; i++) {
            items().counter("big").add(i, 1);
        }

        FlushReport report = weir.buffer().flush();

        assertThat(report.deadLetters()).isEqualTo(1);
        assertThat(weir.buffer().deadLetters().list(10))
                .singleElement()
                .satisfies(letter -> assertThat(letter.table()).isEqualToIgnoringCase("good"));
        assertThat(sum("big")).isEqualTo(ROWS);
        assertThat(weir.buffer().stats().pendingRows()).isZero();
    }

    @Test
    void counterOfADroppedColumn_isRefusedAlone_whateverTotalIsKept() {
        assertOnlyGoodIsRefusedAfter("alter table good drop column n");
    }

    @Test
    void counterOfATableThatIsAViewNow_isRefusedAlone() {
        assertOnlyGoodIsRefusedAfter(
                "create table kept(id bigint not null primary key, n bigint)",
                "drop table good",
                "create view good as select id, n + 0 as n from kept");
    }

    @Test
    void letterThatIsTriedAgain_landsOnce() {
        items().insert(Map.of("id", 5, "small", 1, "parent", 99));
        items().where(5).add("big", 3);
        weir.buffer().flush();
        DeadLetter letter = weir.buffer().deadLetters().list(1).get(0);
        direct.sql("insert into parent values(99)").execute();

        assertThat(weir.buffer().deadLetters().retry(List.of(letter.id()))).isEqualTo(1);
        assertThat(weir.buffer().deadLetters().retry(List.of(letter.id()))).isZero();
        items().insert(Map.of("id", 6, "small", 1));
        weir.buffer().flush();
        weir.buffer().flush();

        assertThat(direct.table("item").count()).isEqualTo(2);
        assertThat(sum("big")).isEqualTo(3);
        assertThat(weir.buffer().deadLetters().count()).isZero();
        assertThat(direct.table("weir_handover").count()).isZero();
    }
}
