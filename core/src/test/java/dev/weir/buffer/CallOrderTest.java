package dev.weir.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls on one row take effect in their order, whatever way they went: counter cells, the row log, several epochs. */
class CallOrderTest {
    @TempDir
    Path directory;

    private BufferRig rig;

    @BeforeEach
    void open() {
        rig = new BufferRig(directory)
                .sql("create table posts(id integer primary key, title text, views bigint, likes bigint)");
        rig.open();
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private Object views() {
        return rig.value("select views from posts where id = 1");
    }

    @Test
    void setThenCountThenOtherColumns_inFourEpochs_keepTheCount() {
        rig.sql("insert into posts values(1, 'a', 100, 0)");
        rig.table("posts").where(1).update(Map.of("views", 0));
        rig.journal();
        rig.table("posts").counter("views").add(1, 5);
        rig.journal();
        rig.table("posts").where(1).update(Map.of("title", "T"));
        rig.journal();
        rig.table("posts").where(1).update(Map.of("title", "U"));

        assertThat(rig.table("posts").where(1).get("views")).contains(5L);
        rig.buffer().flush();

        assertThat(views()).isEqualTo(5L);
    }

    @Test
    void setThenCountThenMax_inFourEpochs_keepTheCount() {
        rig.sql("insert into posts values(1, 'a', 100, 0)");
        rig.table("posts").where(1).update(Map.of("views", 0));
        rig.journal();
        rig.table("posts").counter("views").add(1, 5);
        rig.journal();
        rig.table("posts").where(1).max("views", 3);
        rig.journal();
        rig.table("posts").where(1).update(Map.of("title", "U"));

        assertThat(rig.table("posts").where(1).get("views")).contains(5L);
        rig.buffer().flush();

        assertThat(views()).isEqualTo(5L);
    }

    @Test
    void countAfterOrInsert_onAnotherColumn_meetsTheNewRow() {
        rig.table("posts").counter("views").add(1, 5);
        assertThat(rig.buffer().flush().missing()).isEqualTo(1);

        rig.table("posts").where(1).orInsert(Map.of("views", 100)).update(Map.of("title", "T"));
        rig.table("posts").counter("views").add(1, 1);
        assertThat(rig.table("posts").where(1).get("views")).contains(101L);

        assertThat(rig.buffer().flush().missing()).isZero();
        assertThat(views()).isEqualTo(101L);
    }

    @Test
    void countBeforeDeleteAndInsert_doesNotReachTheNewRow() {
        rig.sql("insert into posts values(1, 'a', 100, 0)");
        rig.table("posts").counter("views").add(1, 5);
        rig.table("posts").where(1).delete();
        rig.table("posts").insert(Map.of("id", 1, "views", 7));
        rig.table("posts").counter("views").add(1, 1);
        rig.journal();
        rig.table("posts").counter("views").add(1, 1);
        assertThat(rig.table("posts").where(1).get("views")).contains(9L);

        rig.buffer().flush();

        assertThat(views()).isEqualTo(9L);
    }
}
