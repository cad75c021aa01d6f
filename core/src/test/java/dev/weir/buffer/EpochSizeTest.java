package dev.weir.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.db.BufferLimitException;
import dev.weir.db.Durability;
import dev.weir.db.TableBuffer;
import dev.weir.db.TransactionOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An epoch never outgrows what the journal takes in one row: it would stop the journal, and everything with it, for good. */
@Timeout(120)
class EpochSizeTest {
    private static final int MOST = 100_000;

    @TempDir
    Path directory;

    private BufferRig rig;
    private WrappedJournal journal;

    @BeforeEach
    void make() {
        rig = new BufferRig(directory)
                .sql(
                        "create table posts(id integer primary key, body blob, title text, views bigint not null default 0)",
                        "create table tags(tag text primary key, views bigint not null default 0)",
                        "insert into posts(id) values(1)");
        rig.tuning = JournalTuning.DEFAULT.withMaxEpochBytes(MOST);
        rig.journals = opened -> journal = new WrappedJournal(opened);
        rig.settings.blockTimeout(Duration.ofMillis(300)).journalStall(Duration.ofMinutes(1));
    }

    @AfterEach
    void close() {
        if (journal != null) {
            journal.goOn();
        }
        rig.close();
    }

    private TableBuffer posts() {
        return rig.table("posts");
    }

    private void assertEpochsFit() {
        assertThat(journal.kept(journal.writer())).isNotEmpty().allMatch(epoch -> epoch.bytes() <= MOST);
    }

    @Test
    void largerGroup_isRefusedAtTheCall() {
        rig.open();
        assertThatThrownBy(() -> rig.buffer().atomically(group -> {
                    for (int i = 0; i < 6; i++) {
                        group.table("posts").insert(Map.of("id", 10 + i, "body", new byte[20_000]));
                    }
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("one epoch", "maxEpochBytes=" + MOST, "bytes=12");
        assertThatThrownBy(() -> posts().where(1).update(Map.of("title", "\u20ac".repeat(40_000))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("maxEpochBytes");
        assertThatThrownBy(() -> posts().where(1)
                        .orInsert(Map.of("body", new byte[MOST]))
                        .add("views", 1))
                .isInstanceOf(IllegalArgumentException.class);
        rig.assertNothingPending();

        posts().where(1).update(Map.of("title", "x".repeat(90_000)));
        rig.buffer().flush();
        assertThat(rig.value("select length(title) from posts")).isEqualTo(90_000L);
        assertEpochsFit();
    }

    @Test
    void largerTransaction_isRefusedAtTheCall_andASavepointGivesRoomBack() {
        rig.open();
        rig.database().transaction(tx -> {
            TableBuffer travelling = rig.buffer().table("posts", tx);
            travelling.insert(Map.of("id", 20, "body", new byte[60_000]));
            assertThatThrownBy(() -> travelling.insert(Map.of("id", 21, "body", new byte[60_000])))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("maxEpochBytes");
            travelling.insert(Map.of("id", 22, "body", new byte[10_000]));
        });
        rig.buffer().flush();
        assertThat(rig.value("select count(*) from posts")).isEqualTo(3L);
        assertEpochsFit();
    }

    @Test
    void fullEpoch_followsTheLimitPolicy_untilTheNextIsOpen() throws Exception {
        rig.open();
        posts().durability(Durability.JOURNALED).where(1).add("views", 1);
        journal.halt();
        posts().where(1).add("views", 1);
        journal.awaitHalt();
        for (int i = 0; i < 4; i++) {
            posts().insert(Map.of("id", 10 + i, "body", new byte[20_000]));
        }

        assertThatThrownBy(() -> posts().insert(Map.of("id", 20, "body", new byte[20_000])))
                .isInstanceOf(BufferLimitException.class)
                .hasMessageContaining("maxEpochBytes");
        posts().where(1).add("views", 1);
        CompletableFuture<Void> large = CompletableFuture.runAsync(() -> {
            while (true) {
                try {
                    posts().insert(Map.of("id", 21, "body", new byte[20_000]));
                    return;
                } catch (BufferLimitException full) {
                    Thread.onSpinWait();
                }
            }
        });
        journal.goOn();
        large.get(30, TimeUnit.SECONDS);
        rig.buffer().flush();
        assertThat(rig.value("select count(*) from posts")).isEqualTo(6L);
        assertThat(rig.value("select views from posts where id = 1")).isEqualTo(3L);
        rig.assertNothingPending();
        assertEpochsFit();
    }

    /** The same row again and again is one change. */
    @Test
    void changesThatMeetOnOneRow_takeTheRoomOfOne() throws Exception {
        rig.open();
        posts().durability(Durability.JOURNALED).where(1).add("views", 1);
        journal.halt();
        posts().where(1).add("views", 1);
        journal.awaitHalt();
        for (int i = 0; i < 100; i++) {
            posts().where(1).update(Map.of("body", new byte[30_000 + i]));
        }
        journal.goOn();
        rig.buffer().flush();
        assertThat(rig.value("select length(body) from posts where id = 1")).isEqualTo(30_099L);
        assertEpochsFit();
    }

    @Test
    void countersWithLongKeys_fillAnEpochToo() throws Exception {
        rig.open();
        rig.table("tags").durability(Durability.JOURNALED).counter("views").add("a", 1);
        journal.halt();
        rig.table("tags").counter("views").add("b", 1);
        journal.awaitHalt();
        String key = "k".repeat(1_000);
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 200; i++) {
                        rig.table("tags").counter("views").add(key + i, 1);
                    }
                })
                .isInstanceOf(BufferLimitException.class)
                .hasMessageContaining("maxEpochBytes");
        journal.goOn();
        rig.journal();
        assertEpochsFit();
    }

    @Test
    void countersOfManyRows_fillAnEpochToo() throws Exception {
        rig.open();
        posts().durability(Durability.JOURNALED).where(1).add("views", 1);
        journal.halt();
        posts().where(1).add("views", 1);
        journal.awaitHalt();
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 1_000_000; i++) {
                        posts().counter("views").add(Long.MAX_VALUE - i, 1);
                    }
                })
                .isInstanceOf(BufferLimitException.class)
                .hasMessageContaining("maxEpochBytes");
        journal.goOn();
        rig.journal();
        assertEpochsFit();
    }

    @Test
    void manyThreads_neverPassIt() throws Exception {
        rig.settings.blockTimeout(Duration.ofSeconds(60));
        rig.open();
        AtomicInteger ids = new AtomicInteger(100);
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("seed=" + seed);
        List<CompletableFuture<Void>> threads = new ArrayList<>();
        for (int t = 0; t < 6; t++) {
            Random random = new Random(seed + t);
            threads.add(CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 60; i++) {
                    byte[] body = new byte[random.nextInt(30_000)];
                    switch (random.nextInt(4)) {
                        case 0 -> posts().insert(Map.of("id", ids.getAndIncrement(), "body", body));
                        case 1 -> posts().where(1).update(Map.of("body", body));
                        case 2 ->
                            rig.buffer().atomically(group -> {
                                group.table("posts").insert(Map.of("id", ids.getAndIncrement(), "body", body));
                                group.table("posts").insert(Map.of("id", ids.getAndIncrement(), "body", body));
                            });
                        default -> {
                            int id = ids.getAndIncrement();
                            // SQLite refuses one of two writers at once, and tells it to run again.
                            rig.database()
                                    .transaction(
                                            TransactionOptions.DEFAULT.retries(100),
                                            tx -> rig.buffer()
                                                    .table("posts", tx)
                                                    .insert(Map.of("id", id, "body", body)));
                        }
                    }
                }
            }));
        }
        for (CompletableFuture<Void> thread : threads) {
            thread.get(100, TimeUnit.SECONDS);
        }
        rig.buffer().flush();
        assertThat(rig.value("select count(*) from posts")).isEqualTo(ids.get() - 99L);
        rig.assertNothingPending();
        assertThat(journal.kept(journal.writer())).isNotEmpty().allMatch(epoch -> epoch.bytes() <= 2 * MOST);
    }
}
