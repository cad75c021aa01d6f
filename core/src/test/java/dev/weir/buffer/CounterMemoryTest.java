package dev.weir.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.db.Counter;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a pending counter with a long key takes: its cell, its place in the table, in the touched chunk and in the backlog. */
class CounterMemoryTest {
    /** 160,000 are the worst, where the table of cells has just doubled: 145 bytes, 149 when touched again. */
    private static final int COUNTERS = Integer.getInteger("counters", 200_000);

    @TempDir
    Path directory;

    private static long used() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            memory.gc();
            least = Math.min(least, memory.getHeapMemoryUsage().getUsed());
        }
        return least;
    }

    @Test
    void pendingCounter_takesAtMost150Bytes() {
        try (BufferRig rig =
                new BufferRig(directory).sql("create table posts(id integer primary key, views bigint, body blob)")) {
            rig.settings
                    .journalInterval(Duration.ofMinutes(10))
                    .flushRows(10_000_000)
                    .maxBytes(1L << 30);
            rig.open();
            Counter counter = rig.table("posts").counter("views");
            // The buffer in which epochs are encoded is used again by each and belongs to no counter.
            rig.table("posts").where(-2).orInsert(Map.of()).update(Map.of("body", new byte[4 << 20]));
            rig.journal();
            rig.buffer().flush();
            counter.add(-1, 1);
            rig.journal();
            long before = used();
            for (int i = 0; i < COUNTERS; i++) {
                counter.add(i, 1);
            }
            double open = (used() - before) / (double) COUNTERS;
            for (int i = 0; i < COUNTERS; i += 2) {
                counter.add(i, 1);
            }
            rig.journal();
            for (int i = 0; i < COUNTERS; i += 2) {
                counter.add(i, 1);
            }
            double journalled = (used() - before) / (double) COUNTERS;
            System.out.printf("bytes a pending counter: %.1f, journalled and touched again: %.1f%n", open, journalled);

            assertThat(rig.buffer().stats().pendingRows()).isEqualTo(COUNTERS + 1);
            assertThat(open).isBetween(40.0, 150.0);
            assertThat(journalled).isBetween(40.0, 150.0);
            assertThat((double) Limits.CELL_BYTES)
                    .as("what the limits count")
                    .isBetween(Math.max(open, journalled), Math.max(open, journalled) + 20);
        }
    }
}
