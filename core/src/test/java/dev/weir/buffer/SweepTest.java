package dev.weir.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.db.Counter;
import dev.weir.time.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was counted on and is not any more takes no memory for ever. */
class SweepTest {
    @TempDir
    Path directory;

    @Test
    void odacW23_countersAndBasesOfIdleRows_areLetGo() {
        ManualClock clock = new ManualClock(Instant.parse("2026-01-02T03:04:05Z"));
        try (BufferRig rig = new BufferRig(directory)
                .sql("create table posts(id integer primary key, views bigint not null default 0)")) {
            rig.clock = clock;
            rig.open();
            for (int i = 0; i < 50; i++) {
                rig.sql("insert into posts(id) values(" + i + ")");
            }
            Counter views = rig.table("posts").counter("views");
            for (int i = 0; i < 50; i++) {
                assertThat(views.addAndGet(i, 1)).isEqualTo(1);
            }
            rig.buffer().flush();
            BufferedTable table = ((LocalTableBuffer) rig.table("posts")).table;
            CellMap cells = table.counter(table.column("views")).cells;
            assertThat(cells.size()).isEqualTo(50);

            for (int round = 0; round < 4; round++) {
                clock.advance(Duration.ofSeconds(10));
                for (int i = 0; i <= Totals.SPAN; i++) {
                    rig.buffer().totals().advance();
                }
                views.add(0, 1);
                rig.buffer().flush();
            }

            assertThat(cells.size()).isLessThanOrEqualTo(1);
            assertThat(table.rows).isEmpty();
            assertThat(views.addAndGet(7, 1)).isEqualTo(2);
        }
    }
}
