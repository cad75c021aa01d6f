package dev.weir.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.db.Counter;
import dev.weir.db.FlushReport;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Counts that come to nothing: they make a row and a 0 of a NULL as they would one by one, and bring no row back. */
class ZeroSumTest {
    @TempDir
    Path directory;

    private BufferRig rig;
    private Counter views;

    @BeforeEach
    void open() {
        rig = new BufferRig(directory)
                .sql(
                        "create table posts(id integer primary key, title text, views bigint, likes bigint not null default 0)");
        rig.settings.table("posts", TableSettings.defaults().orInsert(Map.of("title", "made", "views", 100)));
        reopen();
    }

    private void reopen() {
        rig.open();
        views = rig.table("posts").counter("views");
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private Object views() {
        return rig.value("select views from posts where id = 1");
    }

    private Object rows() {
        return rig.value("select count(*) from posts");
    }

    private CounterColumn column() {
        BufferedTable table = ((LocalTableBuffer) rig.table("posts")).table;
        return table.counter(table.column("views"));
    }

    @Test
    void addsThatCancelOut_makeTheirRow() {
        views.add(1, 1);
        views.add(1, -1);

        assertThat(rig.table("posts").where(1).get("views")).contains(100L);
        assertThat(rig.table("posts").where(1).get("title")).contains("made");
        rig.journal();
        assertThat(rig.table("posts").where(1).get("views")).contains(100L);
        rig.buffer().flush();

        assertThat(views()).isEqualTo(100L);
        rig.assertNothingPending();
    }

    @Test
    void addOfNothing_makesItsRow() {
        views.add(1, 0);
        rig.buffer().flush();

        assertThat(views()).isEqualTo(100L);
    }

    @Test
    void addsThatCancelOut_inTwoEpochs_makeTheirRow() {
        views.add(1, 1);
        rig.journal();
        views.add(1, -1);
        rig.journal();
        assertThat(rig.table("posts").where(1).get("views")).contains(100L);
        rig.buffer().flush();

        assertThat(views()).isEqualTo(100L);
    }

    @Test
    void addsThatCancelOut_makeTheirRow_alsoAfterACrash() {
        views.add(1, 1);
        views.add(1, -1);
        rig.journal();
        rig.buffer().abandon();
        reopen();

        assertThat(views()).isEqualTo(100L);
    }

    @Test
    void addsThatCancelOut_makeANullZero() {
        rig.sql("insert into posts(id, views) values(1, null)");
        views.add(1, 1);
        views.add(1, -1);

        assertThat(rig.table("posts").where(1).get("views")).contains(0L);
        rig.buffer().flush();

        assertThat(views()).isEqualTo(0L);
    }

    @Test
    void addsThatCancelOut_countBeforeWhatFollows() {
        views.add(1, 1);
        views.add(1, -1);
        rig.table("posts").where(1).orIgnore().update(Map.of("views", 7));
        views.add(2, 1);
        views.add(2, -1);
        rig.journal();
        rig.table("posts").where(2).orIgnore().update(Map.of("views", 8));
        assertThat(rig.table("posts").where(1).get("views")).contains(7L);
        assertThat(rig.table("posts").where(2).get("views")).contains(8L);
        rig.buffer().flush();

        assertThat(views()).isEqualTo(7L);
        assertThat(rig.value("select views from posts where id = 2")).isEqualTo(8L);
    }

    @Test
    void addsThatCancelOut_beforeADelete_makeNoRow() {
        for (int key = 1; key <= 2; key++) {
            views.add(key, 1);
            views.add(key, -1);
            if (key == 2) {
                rig.journal();
            }
            rig.table("posts").where(key).delete();
        }
        rig.buffer().flush();

        assertThat(rows()).isEqualTo(0L);
        rig.assertNothingPending();
    }

    /** An addition first counts, then marks its cell; in between the cut may take it, and the row may go. */
    @Test
    void lateMark_bringsNoRowBack_thatWasDeletedDirectly() {
        views.add(1, 5);
        Cell cell = column().cells.get(1L);
        rig.buffer().flush();
        assertThat(views()).isEqualTo(105L);
        rig.sql("delete from posts");
        rig.buffer().intake().touch(cell);
        rig.buffer().flush();

        assertThat(rows()).isEqualTo(0L);
    }

    @Test
    void lateMark_bringsNoRowBack_thatTheBufferDeleted() {
        views.add(1, 0);
        Cell cell = column().cells.get(1L);
        rig.table("posts").where(1).delete();
        rig.buffer().flush();
        rig.buffer().intake().touch(cell);
        rig.buffer().flush();

        assertThat(rows()).isEqualTo(0L);
    }

    @Test
    void addsThatCancelOut_onAColumnWithoutNull_writeNothing() {
        try (BufferRig plain = new BufferRig(directory.resolve("plain"))) {
            plain.directory.toFile().mkdirs();
            plain.sql(
                    "create table posts(id integer primary key, likes bigint not null)",
                    "insert into posts values(1, 5)");
            plain.open();
            plain.table("posts").counter("likes").add(1, 1);
            plain.table("posts").counter("likes").add(1, -1);

            FlushReport report = plain.buffer().flush();

            assertThat(report.statements()).isZero();
            plain.assertNothingPending();
        }
    }
}
