package dev.weir.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.db.BufferLimitException;
import dev.weir.db.Counter;
import dev.weir.time.ManualClock;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was counted on and is not any more takes no memory for ever. */
class SweepTest {
    @TempDir
    Path directory;

    private static CellMap cells(BufferRig rig) {
        BufferedTable table = ((LocalTableBuffer) rig.table("posts")).table;
        return table.counter(table.column("views")).cells;
    }

    @Test
    void refusedCounters_leaveNothingBehind() {
        try (BufferRig rig = new BufferRig(directory)
                .sql(
                        "create table posts(id integer primary key, views bigint not null default 0)",
                        "create table tags(tag text primary key, views bigint not null default 0)")) {
            rig.settings.maxRows(100).atLimit(LimitPolicy.REJECT);
            rig.open();
            Counter views = rig.table("posts").counter("views");
            for (int i = 0; i < 100; i++) {
                views.add(i, 1);
            }
            Counter tags = rig.table("tags").counter("views");
            for (int i = 100; i < 3_000; i++) {
                int id = i;
                assertThatThrownBy(() -> views.add(id, 1)).isInstanceOf(BufferLimitException.class);
                assertThatThrownBy(() -> views.addAndGet(id, 1)).isInstanceOf(BufferLimitException.class);
                assertThatThrownBy(() -> tags.add("t" + id, 1)).isInstanceOf(BufferLimitException.class);
            }

            assertThat(cells(rig).size()).isEqualTo(100);
            BufferedTable table = ((LocalTableBuffer) rig.table("tags")).table;
            assertThat(table.counter(table.column("views")).cells.size()).isZero();
            views.add(1, 1);
            assertThat(rig.buffer().stats().pendingRows()).isEqualTo(100);
        }
    }

    @Test
    void flushedCounters_areLetGoBeforeTheyPassTheLimit() {
        try (BufferRig rig = new BufferRig(directory)
                .sql("create table posts(id integer primary key, views bigint not null default 0)")) {
            rig.clock = new ManualClock(Instant.parse("2026-01-02T03:04:05Z"));
            rig.settings.maxRows(100).table("posts", TableSettings.defaults().orInsert(Map.of()));
            rig.open();
            Counter views = rig.table("posts").counter("views");
            for (int round = 0; round < 20; round++) {
                for (int i = 0; i < 100; i++) {
                    assertThat(views.addAndGet(round * 100 + i, 1)).isEqualTo(1);
                }
                rig.buffer().flush();
                // A flush answers before it tidies up, and the next one after it has.
                views.add(round * 100, 1);
                rig.buffer().flush();
                assertThat(cells(rig).size()).isLessThanOrEqualTo(201);
            }
            assertThat(rig.value("select sum(views) from posts")).isEqualTo(2020L);
            rig.assertNothingPending();
        }
    }

    /** What the table of cells held on to would stay for ever if no other counter came. */
    @Test
    void countersThatAreLetGo_canBeCollected() {
        ManualClock clock = new ManualClock(Instant.parse("2026-01-02T03:04:05Z"));
        try (BufferRig rig = new BufferRig(directory)
                .sql("create table posts(id integer primary key, views bigint not null default 0)")) {
            rig.clock = clock;
            rig.settings.table("posts", TableSettings.defaults().orInsert(Map.of()));
            rig.open();
            Counter views = rig.table("posts").counter("views");
            List<WeakReference<Cell>> made = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                views.add(i, 1);
                made.add(new WeakReference<>(cells(rig).get((long) i)));
            }
            for (int round = 0; round < 4; round++) {
                clock.advance(Duration.ofSeconds(10));
                views.add(0, 1);
                rig.buffer().flush();
            }
            assertThat(cells(rig).size()).isLessThanOrEqualTo(1);

            long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (made.stream().filter(cell -> cell.get() != null).count() > 500) {
                System.gc();
                assertThat(System.nanoTime()).as("collected").isLessThan(end);
            }
            views.add(0, 1);
            views.add(999, 1);
            rig.buffer().flush();
            assertThat(rig.value("select sum(views) from posts")).isEqualTo(1006L);
        }
    }

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
