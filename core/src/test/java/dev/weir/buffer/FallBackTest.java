package dev.weir.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.time.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database that falls back behind what was flushed, under a buffer that has nothing to do. */
class FallBackTest {
    @TempDir
    Path directory;

    @Test
    void idleBuffer_seesAfterFiveSeconds_thatItsDatabaseFellBack() {
        ManualClock clock = new ManualClock(Instant.parse("2026-01-02T03:04:05Z"));
        try (BufferRig rig = new BufferRig(directory)
                .sql("create table posts(id integer primary key, views bigint)", "insert into posts values(1, 100)")) {
            rig.clock = clock;
            rig.settings.flushInterval(Duration.ofMillis(1));
            rig.open();
            rig.table("posts").where(1).add("views", 5);
            rig.buffer().flush();
            assertThat(rig.value("select views from posts")).isEqualTo(105L);
            rig.sql("update weir_ledger set seq = 0", "update posts set views = 100");

            clock.advance(Duration.ofSeconds(5));

            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (!Long.valueOf(105).equals(rig.value("select views from posts"))) {
                assertThat(System.nanoTime()).as("the buffer has not looked").isLessThan(end);
                LockSupport.parkNanos(1_000_000);
            }
        }
    }
}
