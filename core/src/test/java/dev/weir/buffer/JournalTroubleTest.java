package dev.weir.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.db.BufferLimitException;
import dev.weir.db.Durability;
import dev.weir.db.FlushException;
import dev.weir.time.ManualClock;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What callers see of the journal: acknowledgements after the sync only, and limits when it hangs, fails or is full. */
@Timeout(60)
class JournalTroubleTest {
    @TempDir
    Path directory;

    private BufferRig rig;
    private WrappedJournal journal;

    @BeforeEach
    void make() {
        rig = new BufferRig(directory)
                .sql(
                        "create table posts(id integer primary key, title text, views bigint)",
                        "insert into posts values(1, 'a', 100)");
        rig.journals = opened -> journal = new WrappedJournal(opened);
        rig.settings.blockTimeout(Duration.ofMillis(300)).journalStall(Duration.ofMillis(50));
    }

    @AfterEach
    void close() {
        journal.failing = false;
        journal.goOn();
        rig.close();
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            Thread.onSpinWait();
        }
    }

    private void add(Durability level) {
        rig.table("posts").durability(level).where(1).add("views", 1);
    }

    @Test
    void journaled_returnsOnlyAfterTheSync() throws Exception {
        rig.open();
        journal.haltAfterSync();
        CompletableFuture<Void> call = CompletableFuture.runAsync(() -> add(Durability.JOURNALED));
        var group = rig.buffer()
                .atomicallyAsync(
                        Durability.JOURNALED, g -> g.table("posts").where(1).update(Map.of("title", "b")));
        journal.awaitHalt();
        assertThat(call).isNotDone();
        assertThat(group.toCompletableFuture()).isNotDone();

        journal.goOn();

        call.get(20, TimeUnit.SECONDS);
        group.toCompletableFuture().get(20, TimeUnit.SECONDS);
        assertThat(rig.value("select views from posts where id = 1")).isEqualTo(100L);
    }

    @Test
    void accepted_returnsBeforeTheSync_andStagesAreDoneAtTheirLevels() throws Exception {
        rig.settings.journalStall(Duration.ofMinutes(1));
        rig.open();
        journal.halt();
        add(Durability.ACCEPTED);
        journal.awaitHalt();
        add(Durability.ACCEPTED);
        var accepted =
                rig.table("posts").durability(Durability.ACCEPTED).where(1).addAsync("views", 1);
        var journaled =
                rig.table("posts").durability(Durability.JOURNALED).where(1).addAsync("views", 1);
        var flushed = rig.table("posts").durability(Durability.FLUSHED).where(1).addAsync("views", 1);
        assertThat(accepted.toCompletableFuture()).isDone();
        assertThat(journaled.toCompletableFuture()).isNotDone();
        assertThat(flushed.toCompletableFuture()).isNotDone();

        journal.goOn();

        journaled.toCompletableFuture().get(20, TimeUnit.SECONDS);
        flushed.toCompletableFuture().get(20, TimeUnit.SECONDS);
        assertThat(rig.value("select views from posts where id = 1")).isEqualTo(105L);
        rig.assertNothingPending();
    }

    @Test
    void hangingJournal_isALimit_forNewAndKnownRows() throws Exception {
        rig.open();
        add(Durability.ACCEPTED);
        rig.journal();
        journal.halt();
        add(Durability.ACCEPTED);
        journal.awaitHalt();
        await(() -> rig.buffer().limits().barrier() != null);

        assertThatThrownBy(() -> add(Durability.ACCEPTED))
                .isInstanceOf(BufferLimitException.class)
                .hasMessageContaining("journalStall");
        assertThatThrownBy(() -> rig.table("posts").counter("views").add(1, 1))
                .isInstanceOf(BufferLimitException.class);
        assertThatThrownBy(() -> rig.table("posts").where(2).update(Map.of("title", "x")))
                .isInstanceOf(BufferLimitException.class);
        assertThatThrownBy(() ->
                        rig.buffer().atomically(g -> g.table("posts").where(1).add("views", 1)))
                .isInstanceOf(BufferLimitException.class);
        await(() -> rig.buffer().stats().health() == BufferListener.Health.DEGRADED);

        journal.goOn();
        await(() -> rig.buffer().limits().barrier() == null);
        add(Durability.JOURNALED);
        rig.buffer().flush();
        assertThat(rig.value("select views from posts where id = 1")).isEqualTo(103L);
        await(() -> rig.buffer().stats().health() == BufferListener.Health.UP);
        rig.assertNothingPending();
    }

    @Test
    void hangingJournal_holdsUpNoFlushCallForEver() throws Exception {
        rig.settings.flushInterval(Duration.ofMillis(5));
        rig.open();
        journal.halt();
        add(Durability.ACCEPTED);
        journal.awaitHalt();

        assertThatThrownBy(() -> rig.buffer().flush()).isInstanceOf(FlushException.class);
    }

    /** The flush has to wait for the journal only after it was its turn to look. */
    @Test
    void failingJournal_holdsUpNoFlushCallForEver_andSaysWhy() {
        rig.settings.journalInterval(Duration.ofMinutes(10));
        rig.open();
        journal.failing = true;
        add(Durability.ACCEPTED);

        assertThatThrownBy(() -> rig.buffer().flush())
                .isInstanceOf(FlushException.class)
                .hasMessageContaining("The disk is full");
        assertThatThrownBy(() -> rig.buffer().flush())
                .isInstanceOf(FlushException.class)
                .hasMessageContaining("The disk is full");

        journal.failing = false;
        await(() -> rig.buffer().limits().barrier() == null);
        rig.buffer().flush();
        assertThat(rig.value("select views from posts where id = 1")).isEqualTo(101L);
    }

    @Test
    void failingJournal_holdsUpNoFlushedCallForEver_andItTakesEffectLater() throws Exception {
        rig.settings.journalStall(Duration.ofMinutes(1)).flushInterval(Duration.ofMillis(5));
        rig.open();
        journal.failing = true;
        var stage = rig.table("posts").durability(Durability.FLUSHED).where(1).addAsync("views", 1);

        assertThatThrownBy(() -> add(Durability.FLUSHED))
                .isInstanceOf(FlushException.class)
                .hasMessageContainingAll("was accepted", "do not repeat", "The disk is full");
        assertThatThrownBy(() -> stage.toCompletableFuture().get(20, TimeUnit.SECONDS))
                .hasCauseInstanceOf(FlushException.class)
                .hasMessageContaining("do not repeat");

        journal.failing = false;
        add(Durability.JOURNALED);
        rig.buffer().flush();
        assertThat(rig.value("select views from posts where id = 1")).isEqualTo(103L);
        rig.assertNothingPending();
    }

    /** It is due for its sweep, which needs what the journal holds on to while it tries again. */
    @Test
    void failingJournal_doesNotHoldUpTheFlushThread() {
        ManualClock clock = new ManualClock(Instant.parse("2026-01-02T03:04:05Z"));
        AtomicInteger connections = new AtomicInteger();
        rig.clock = clock;
        rig.dataSource = (DataSource) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    connections.incrementAndGet();
                    return method.invoke(rig.plain, arguments);
                });
        rig.settings.flushInterval(Duration.ofMillis(5));
        rig.open();
        journal.failing = true;
        add(Durability.ACCEPTED);
        await(() -> rig.buffer().limits().barrier() != null);

        for (int round = 0; round < 3; round++) {
            clock.advance(Duration.ofSeconds(20));
            int before = connections.get();
            await(() -> connections.get() > before);
        }
    }

    @Test
    void hangingJournal_closeKeepsItsDeadline_andSaysSo() throws Exception {
        rig.open();
        journal.halt();
        add(Durability.ACCEPTED);
        journal.awaitHalt();
        long start = System.nanoTime();

        CloseReport report = rig.buffer().close(Duration.ofMillis(200));

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        assertThat(report.flushed()).isFalse();
        assertThat(report.pendingRows()).isEqualTo(1);
    }

    @Test
    void append_thatReturnsAfterCloseGaveUp_endsItsThreadQuietly() throws Exception {
        List<Throwable> uncaught = new CopyOnWriteArrayList<>();
        rig.open();
        List<Thread> threads = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("weir-journal-"))
                .toList();
        threads.forEach(thread -> thread.setUncaughtExceptionHandler((of, e) -> uncaught.add(e)));
        journal.halt();
        add(Durability.ACCEPTED);
        journal.awaitHalt();
        rig.buffer().close(Duration.ofMillis(200));

        journal.goOn();

        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(20));
            assertThat(thread.isAlive()).isFalse();
        }
        assertThat(uncaught).isEmpty();
    }

    @Test
    void failingJournal_loseNothing_onceItWorksAgain() {
        rig.open();
        journal.failing = true;
        var stage = rig.table("posts").durability(Durability.JOURNALED).where(1).addAsync("views", 1);
        await(() -> rig.buffer().limits().barrier() != null);
        assertThat(stage.toCompletableFuture()).isNotDone();
        assertThat(rig.buffer().stats().lastErrors())
                .anyMatch(problem -> problem.part().equals("journal"));

        journal.failing = false;

        stage.toCompletableFuture().join();
        await(() -> rig.buffer().limits().barrier() == null);
        rig.buffer().flush();
        assertThat(rig.value("select views from posts where id = 1")).isEqualTo(101L);
        rig.assertNothingPending();
    }

    @Test
    void failingJournal_closeFailsWhoWaits() throws Exception {
        rig.open();
        journal.failing = true;
        var stage = rig.table("posts").durability(Durability.JOURNALED).where(1).addAsync("views", 1);

        CloseReport report = rig.buffer().close(Duration.ofMillis(200));

        assertThat(report.flushed()).isFalse();
        assertThat(report.problem()).contains("journal");
        assertThatThrownBy(() -> stage.toCompletableFuture().get(20, TimeUnit.SECONDS))
                .hasCauseInstanceOf(RuntimeException.class);
    }

    @Test
    void fullJournal_isALimit_untilItIsSmaller() {
        rig.settings.maxJournalBytes(1 << 20).atLimit(LimitPolicy.REJECT);
        rig.open();
        add(Durability.JOURNALED);
        journal.size = 2 << 20;
        await(() -> rig.buffer().limits().barrier() != null);

        assertThatThrownBy(() -> add(Durability.ACCEPTED))
                .isInstanceOf(BufferLimitException.class)
                .hasMessageContaining("maxJournalBytes");

        journal.size = -1;
        await(() -> rig.buffer().limits().barrier() == null);
        add(Durability.JOURNALED);
        rig.buffer().flush();
        assertThat(rig.value("select views from posts where id = 1")).isEqualTo(102L);
    }

    @Test
    void failingTrim_stopsNoFlush() {
        rig.settings.keepFlushedBytes(1);
        rig.open();
        journal.failingTrims = true;
        add(Durability.JOURNALED);
        rig.buffer().flush();
        await(() -> rig.buffer().stats().lastErrors().stream()
                .anyMatch(problem -> problem.part().equals("journal")));
        add(Durability.JOURNALED);
        rig.buffer().flush();

        assertThat(rig.value("select views from posts where id = 1")).isEqualTo(102L);
    }
}
