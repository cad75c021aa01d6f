package dev.weir.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.db.BufferLimitException;
import dev.weir.db.Counter;
import dev.weir.db.Durability;
import dev.weir.db.FlushException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Stages that wait take memory, which is counted, and wait no longer than a call would. */
@Timeout(120)
class StageTest {
    private static final int STAGES = 50_000;

    @TempDir
    Path directory;

    private BufferRig rig;
    private WrappedJournal journal;
    private volatile boolean away;

    @BeforeEach
    void make() {
        rig = new BufferRig(directory)
                .sql("create table posts(id integer primary key, views bigint)", "insert into posts values(1, 0)");
        rig.dataSource = (DataSource) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    if (away) {
                        throw new SQLTransientConnectionException("away", "08001");
                    }
                    return method.invoke(rig.plain, arguments);
                });
        rig.journals = opened -> journal = new WrappedJournal(opened);
        rig.settings
                .flushInterval(Duration.ofMillis(20))
                .journalStall(Duration.ofMinutes(1))
                .blockTimeout(Duration.ofMinutes(1));
    }

    @AfterEach
    void close() {
        away = false;
        journal.goOn();
        rig.close();
    }

    /** Opens a buffer that knows the table already. */
    private void open() {
        rig.open();
        Counter unused = views(Durability.ACCEPTED);
    }

    private Counter views(Durability level) {
        return rig.table("posts").durability(level).counter("views");
    }

    private List<CompletableFuture<Void>> fill(Counter views) {
        List<CompletableFuture<Void>> stages = new ArrayList<>();
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 20_000; i++) {
                        stages.add(views.addAsync(1, 1).toCompletableFuture());
                    }
                })
                .isInstanceOf(BufferLimitException.class)
                .hasMessageContaining("maxBytes");
        assertThat(rig.buffer().stats().pendingBytes()).isLessThan((1 << 20) + 2 * Limits.STAGE_BYTES);
        return stages;
    }

    @Test
    void stagesForTheDatabase_areBounded_andGiveTheirRoomBack() throws Exception {
        rig.settings.maxBytes(1 << 20).atLimit(LimitPolicy.REJECT);
        open();
        away = true;
        List<CompletableFuture<Void>> stages = fill(views(Durability.FLUSHED));
        assertThatThrownBy(() -> rig.table("posts")
                        .durability(Durability.FLUSHED)
                        .where(1)
                        .addAsync("views", 1))
                .isInstanceOf(BufferLimitException.class);
        views(Durability.ACCEPTED).add(1, 1);
        assertThat(stages).hasSizeGreaterThan(1_000).noneMatch(CompletableFuture::isDone);

        away = false;
        for (CompletableFuture<Void> stage : stages) {
            stage.get(30, TimeUnit.SECONDS);
        }
        rig.buffer().flush();
        assertThat(rig.value("select views from posts")).isEqualTo(stages.size() + 1L);
        rig.assertNothingPending();
    }

    @Test
    void stagesForTheJournal_areBounded_andGiveTheirRoomBack() throws Exception {
        rig.settings.maxBytes(1 << 20).atLimit(LimitPolicy.REJECT);
        rig.open();
        journal.halt();
        views(Durability.ACCEPTED).add(1, 1);
        journal.awaitHalt();
        List<CompletableFuture<Void>> stages = fill(views(Durability.JOURNALED));
        journal.goOn();
        for (CompletableFuture<Void> stage : stages) {
            stage.get(30, TimeUnit.SECONDS);
        }
        rig.buffer().flush();
        assertThat(rig.value("select views from posts")).isEqualTo(stages.size() + 1L);
        rig.assertNothingPending();
    }

    /** Whoever is refused room waits for it under the default policy, and gets it when stages complete. */
    @Test
    void fullOfStages_blocksUntilSomeComplete() throws Exception {
        rig.settings.maxBytes(1 << 20);
        rig.open();
        journal.halt();
        views(Durability.ACCEPTED).add(1, 1);
        journal.awaitHalt();
        CompletableFuture<Integer> adding = CompletableFuture.supplyAsync(() -> {
            Counter views = views(Durability.JOURNALED);
            List<CompletionStage<Void>> stages = new ArrayList<>();
            for (int i = 0; i < 20_000; i++) {
                stages.add(views.addAsync(1, 1));
            }
            stages.forEach(stage -> stage.toCompletableFuture().join());
            return stages.size();
        });
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (rig.buffer().stats().heldBack() == null) {
            assertThat(System.nanoTime()).as("full in time").isLessThan(end);
            Thread.onSpinWait();
        }
        assertThat(adding).isNotDone();

        journal.goOn();

        assertThat(adding.get(60, TimeUnit.SECONDS)).isEqualTo(20_000);
        rig.buffer().flush();
        assertThat(rig.value("select views from posts")).isEqualTo(20_001L);
        rig.assertNothingPending();
    }

    @Test
    void stageForADatabaseThatIsAway_isToldAfterBlockTimeout() {
        rig.settings.blockTimeout(Duration.ofMillis(200));
        open();
        away = true;
        CompletableFuture<Void> stage = views(Durability.FLUSHED).addAsync(1, 1).toCompletableFuture();

        assertThatThrownBy(() -> stage.get(30, TimeUnit.SECONDS))
                .hasCauseInstanceOf(FlushException.class)
                .hasMessageContainingAll("accepted and is in the journal", "do not repeat", "08001");
        assertThatThrownBy(() -> views(Durability.FLUSHED).add(1, 1)).isInstanceOf(FlushException.class);

        away = false;
        views(Durability.JOURNALED).add(1, 1);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!Long.valueOf(3).equals(rig.value("select views from posts"))) {
            assertThat(System.nanoTime()).as("flushed in time").isLessThan(end);
            Thread.onSpinWait();
        }
    }

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
    void stage_takesAtMostWhatIsCounted() {
        rig.settings.maxBytes(1L << 30);
        open();
        away = true;
        Counter views = views(Durability.FLUSHED);
        CompletableFuture<Void> first = views.addAsync(1, 1).toCompletableFuture();
        rig.journal();
        long before = used();
        for (int i = 0; i < STAGES; i++) {
            CompletionStage<Void> unused = views.addAsync(1, 1);
        }
        rig.journal();
        double each = (used() - before) / (double) STAGES;
        System.out.printf("bytes a stage that waits for the database: %.1f%n", each);

        assertThat(first).isNotDone();
        assertThat(each).isBetween(40.0, (double) Limits.STAGE_BYTES);
        assertThat((double) Limits.STAGE_BYTES).isLessThan(each + 60);
    }
}
