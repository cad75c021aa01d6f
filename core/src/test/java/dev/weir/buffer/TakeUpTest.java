package dev.weir.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.db.NanoId;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Hand-overs that were left behind in any number. */
@Timeout(60)
class TakeUpTest {
    private static final int LEFT = 2_500;

    @TempDir
    Path directory;

    private BufferRig rig;

    @BeforeEach
    void make() {
        rig = new BufferRig(directory)
                .sql("create table posts(id integer primary key, views bigint)", "insert into posts values(1, 100)");
        rig.open();
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private void leave(String writer) throws Exception {
        try (Connection connection = rig.plain.getConnection()) {
            connection.setAutoCommit(false);
            for (int i = 0; i < LEFT; i++) {
                Handovers.insert(
                        connection,
                        rig.database().dialect(),
                        NanoId.next(),
                        writer,
                        "[{\"table\":\"posts\",\"key\":{\"id\":1},\"update\":{\"views\":{\"add\":1}}}]");
            }
            connection.commit();
        }
    }

    private String writer() {
        return new BufferAdmin(rig.database())
                .status(directory.resolve("journal"))
                .writers()
                .get(0)
                .id();
    }

    @Test
    void start_takesUpAFewAtATime_andATotalCountsThemAll() throws Exception {
        rig.table("posts").where(1).add("views", 1);
        String writer = writer();
        rig.buffer().close();
        leave(writer);

        rig.open();

        assertThat(rig.buffer().stats().pendingRows()).isBetween(1L, 1_000L);
        assertThat(rig.table("posts").where(1).get("views")).contains(101L + LEFT);
        assertThat(rig.table("posts").counter("views").addAndGet(1, 1)).isEqualTo(102L + LEFT);
        rig.buffer().flush();
        assertThat(rig.value("select count(*) from weir_handover")).isEqualTo(0L);
        assertThat(rig.value("select views from posts")).isEqualTo(102L + LEFT);
        assertThat(rig.value("select count(*) from weir_dead_letter")).isEqualTo(0L);
    }

    @Test
    void runningBuffer_takesUpWhatIsForAnybody_roundAfterRound() throws Exception {
        rig.buffer().close();
        rig.settings.flushInterval(Duration.ofMillis(20));
        rig.open();
        leave(Handovers.ANYBODY);
        rig.table("posts").where(1).add("views", 1);

        long end = System.nanoTime() + 30_000_000_000L;
        while (!Long.valueOf(0).equals(rig.value("select count(*) from weir_handover"))) {
            assertThat(System.nanoTime()).as("rows are left").isLessThan(end);
            assertThat(rig.buffer().stats().pendingRows()).isLessThanOrEqualTo(1_001);
            Thread.onSpinWait();
        }
        assertThat(rig.value("select views from posts")).isEqualTo(101L + LEFT);
    }

    @Test
    void changesOfOtherServers_areNotRead() throws Exception {
        rig.buffer().close();
        leave("another");
        rig.sql(
                "alter table weir_handover rename to handed",
                // Whoever reads the change of another's row is told by an overflow.
                "create view weir_handover as select id, writer, case when writer = 'another'"
                        + " then abs(-9223372036854775807 - 1) else change end change from handed");

        rig.open();
        rig.table("posts").where(1).add("views", 1);
        rig.buffer().flush();

        assertThat(rig.value("select views from posts")).isEqualTo(101L);
    }
}
