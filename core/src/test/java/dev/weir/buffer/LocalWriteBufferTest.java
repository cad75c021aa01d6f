package dev.weir.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.Weir;
import dev.weir.db.Counter;
import dev.weir.db.Database;
import dev.weir.db.DeadLetterException;
import dev.weir.db.Durability;
import dev.weir.db.FlushReport;
import dev.weir.db.TableBuffer;
import dev.weir.db.TotalUnknownException;
import dev.weir.error.WeirException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.stream.LongStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

class LocalWriteBufferTest {
    @TempDir
    Path directory;

    private SQLiteDataSource dataSource;
    private Weir weir;

    @BeforeEach
    void open() {
        dataSource = new SQLiteDataSource();
        dataSource.setUrl("jdbc:sqlite:" + directory.resolve("app.db") + "?journal_mode=WAL&busy_timeout=5000");
        try (Weir plain = Weir.builder().database(dataSource).build()) {
            plain.database()
                    .sql("create table posts(id integer primary key, title text, views bigint, seen timestamp)")
                    .execute();
        }
        weir = reopen();
    }

    private Weir reopen() {
        return Weir.builder()
                .database(dataSource)
                .journal(directory.resolve("journal"))
                .buffer(BufferSettings.builder()
                        .flushInterval(Duration.ofHours(1))
                        .build())
                .build();
    }

    @AfterEach
    void close() {
        weir.close();
    }

    private Database db() {
        return weir.database();
    }

    private long views(long id) {
        return db().table("posts").where("id", id).first().orElseThrow().getLong("views");
    }

    private void insert(long id, long views) {
        db().table("posts").insert(Map.of("id", id, "title", "Hello", "views", views));
    }

    @Test
    void increment_returnsCommittedAndPending() {
        insert(1, 100);

        assertThat(db().table("posts").buffer().where(1).increment("views")).isEqualTo(101);
        assertThat(db().table("posts").buffer().where(1).increment("views", 5)).isEqualTo(106);
        assertThat(views(1)).isEqualTo(100);

        FlushReport report = weir.buffer().flush();

        assertThat(report.rows()).isEqualTo(1);
        assertThat(views(1)).isEqualTo(106);
        assertThat(db().table("posts").buffer().where(1).get("views")).contains(106L);
        assertThat(db().table("posts").buffer().counter("views").addAndGet(1, 1))
                .isEqualTo(107);
    }

    @Test
    void flush_ofNothing_sendsNothing() {
        assertThat(weir.buffer().flush().statements()).isZero();
        assertThat(weir.buffer().stats().journalSyncs()).isZero();
    }

    @Test
    void odacW9_insertThenIncrement_isOneRow() {
        db().table("posts").buffer().insert(Map.of("id", 7, "views", 0));
        db().table("posts").buffer().where(7).add("views", 5);

        weir.buffer().flush();

        assertThat(views(7)).isEqualTo(5);
    }

    @Test
    void odacW10_callOrder_isKept() {
        insert(1, 100);
        db().table("posts").buffer().where(1).update(Map.of("views", 0));
        db().table("posts").buffer().where(1).add("views", 3);
        assertThat(db().table("posts").buffer().where(1).get("views")).contains(3L);
        weir.buffer().flush();
        assertThat(views(1)).isEqualTo(3);

        db().table("posts").buffer().where(1).add("views", 3);
        db().table("posts").buffer().where(1).update(Map.of("views", 0));
        db().table("posts").buffer().where(1).add("views", 1);
        weir.buffer().flush();
        assertThat(views(1)).isEqualTo(1);
    }

    @Test
    void odacW8_missingRow_goesToTheDeadLetters() {
        db().table("posts").buffer().where(99).add("views", 5);

        FlushReport report = weir.buffer().flush();

        assertThat(report.missing()).isEqualTo(1);
        assertThat(weir.buffer().deadLetters().list(10)).singleElement().satisfies(letter -> {
            assertThat(letter.table()).isEqualTo("posts");
            assertThat(letter.reason()).contains("does not exist");
        });
        assertThat(db().table("posts").buffer().where(99).get("views")).isEmpty();
        assertThatThrownBy(() -> db().table("posts").buffer().where(99).increment("views"))
                .isInstanceOf(TotalUnknownException.class);
    }

    @Test
    void reopening_recoversWhatWasNotFlushed() {
        insert(1, 100);
        db().table("posts").buffer().durability(Durability.JOURNALED).where(1).add("views", 5);
        db().table("posts").buffer().durability(Durability.JOURNALED).insert(Map.of("id", 2, "views", 9));
        abandon();

        weir = reopen();

        assertThat(views(1)).isEqualTo(105);
        assertThat(views(2)).isEqualTo(9);
        assertThat(weir.buffer().stats().recoveredOperations()).isEqualTo(2);
    }

    /** Leaves the buffer as a killed process would, but for its memory. */
    private void abandon() {
        ((LocalWriteBuffer) weir.buffer()).abandon();
    }

    @Test
    void group_isAppliedWhole() {
        insert(1, 0);
        weir.buffer().atomically(Durability.JOURNALED, group -> {
            group.table("posts").where(1).add("views", 1).update(Map.of("title", "T"));
            group.table("posts").where(2).orInsert(Map.of("views", 10)).add("views", 1);
        });
        abandon();

        weir = reopen();

        assertThat(views(1)).isEqualTo(1);
        assertThat(views(2)).isEqualTo(11);
    }

    @Test
    void group_withAMissingRow_isRefusedWhole_andNothingElse() {
        insert(1, 0);
        insert(3, 0);
        weir.buffer().atomically(group -> {
            group.table("posts").where(1).add("views", 1);
            group.table("posts").where(2).add("views", 1);
        });
        db().table("posts").buffer().where(1).add("views", 10);
        db().table("posts").buffer().where(3).add("views", 10);

        FlushReport report = weir.buffer().flush();

        assertThat(report.deadLetters()).isEqualTo(1);
        assertThat(views(1)).isEqualTo(10);
        assertThat(views(3)).isEqualTo(10);
    }

    @Test
    void transaction_handsOverAtCommit() {
        insert(1, 0);
        db().transaction(tx -> {
            tx.table("posts").buffer().where(1).add("views", 4);
            tx.sql("update posts set title = 'x' where id = 1").execute();
        });
        weir.buffer().flush();
        assertThat(views(1)).isEqualTo(4);

        assertThatThrownBy(() -> db().transaction(tx -> {
                    tx.table("posts").buffer().where(1).add("views", 4);
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");
        weir.buffer().flush();
        assertThat(views(1)).isEqualTo(4);
        assertThat(db().table("weir_handover").count()).isZero();
    }

    @Test
    void totals_ofManyThreads_areDistinctAndComplete() throws Exception {
        insert(1, 100);
        Counter counter = db().table("posts").buffer().counter("views");
        List<Long> totals = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            Thread thread = new Thread(() -> {
                for (int i = 0; i < 5000; i++) {
                    totals.add(counter.addAndGet(1, 1));
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (int i = 0; i < 20; i++) {
            weir.buffer().flush();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        weir.buffer().flush();

        assertThat(totals)
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.rangeClosed(101, 20_100).boxed().toList());
        assertThat(views(1)).isEqualTo(20_100);
        assertThat(weir.buffer().stats().operations()).isEqualTo(20_000);
        assertThat(weir.buffer().stats().pendingRows()).isZero();
        assertThat(weir.buffer().stats().pendingBytes()).isZero();
    }

    @Test
    void startDegraded_withoutTheDatabase_takesOperationsIn_andWritesThemLater() throws Exception {
        insert(1, 100);
        db().table("posts").buffer().durability(Durability.JOURNALED).where(1).add("views", 5);
        abandon();
        Away away = new Away(dataSource);
        away.away = true;
        BufferSettings.Builder settings =
                BufferSettings.builder().flushInterval(Duration.ofMillis(20)).connectTimeout(Duration.ofMillis(50));

        assertThatThrownBy(() -> weir(away, settings.build())).isInstanceOf(WeirException.class);
        weir = weir(away, settings.startDegraded(true).build());
        assertThat(weir.buffer().stats().health()).isEqualTo(BufferListener.Health.DEGRADED);
        db().table("posts").buffer().durability(Durability.JOURNALED).where(1).add("views", 7);
        assertThatThrownBy(() -> db().table("posts").buffer().where(1).increment("views"))
                .isInstanceOf(TotalUnknownException.class);
        assertThatThrownBy(() -> db().table("posts").buffer().flush()).isInstanceOf(WeirException.class);

        away.away = false;
        db().table("posts").buffer().durability(Durability.FLUSHED).where(1).add("views", 0);

        assertThat(views(1)).isEqualTo(113);
        assertThat(weir.buffer().stats().health()).isEqualTo(BufferListener.Health.UP);
    }

    private Weir weir(DataSource source, BufferSettings settings) {
        return Weir.builder()
                .database(source)
                .journal(directory.resolve("journal"))
                .buffer(settings)
                .build();
    }

    /** A database that can be away. */
    private static final class Away extends SQLiteDataSource {
        private final SQLiteDataSource real;
        private volatile boolean away;
        private volatile boolean error;

        Away(SQLiteDataSource real) {
            this.real = real;
        }

        @Override
        public Connection getConnection() throws SQLException {
            if (error) {
                throw new NoClassDefFoundError("planted");
            }
            if (away) {
                throw new SQLNonTransientConnectionException("away", "08001");
            }
            return real.getConnection();
        }
    }

    @Test
    void flushed_whenTheDatabaseRefuses_isToldTheDeadLetter() {
        db().sql("create table strict(id integer primary key, n bigint not null check (n < 10))")
                .execute();
        TableBuffer strict = db().table("strict").buffer().durability(Durability.FLUSHED);
        strict.insert(Map.of("id", 1, "n", 1));

        assertThatThrownBy(() -> strict.insert(Map.of("id", 2, "n", 11)))
                .isInstanceOfSatisfying(
                        DeadLetterException.class,
                        e -> assertThat(weir.buffer().deadLetters().list(5))
                                .singleElement()
                                .extracting(DeadLetter::id)
                                .isEqualTo(e.id()));
        assertThat(strict.insertAsync(Map.of("id", 3, "n", 12)))
                .failsWithin(Duration.ofSeconds(20))
                .withThrowableThat()
                .withCauseInstanceOf(DeadLetterException.class);
        assertThat(db().table("strict").count()).isEqualTo(1);
    }

    @Test
    void groupsOnTwoTables_giveBackEachTablesRoom() {
        db().sql("create table other(id integer primary key, n bigint)").execute();
        insert(1, 0);
        db().table("other").insert(Map.of("id", 1, "n", 0));
        weir.close();
        weir = weir(
                dataSource,
                BufferSettings.builder()
                        .flushInterval(Duration.ofHours(1))
                        .atLimit(LimitPolicy.REJECT)
                        .table("posts", TableSettings.defaults().maxRows(5))
                        .build());

        for (int i = 0; i < 50; i++) {
            weir.buffer().atomically(group -> {
                group.table("posts").where(1).add("views", 1);
                group.table("other").where(1).add("n", 1);
            });
            weir.buffer().flush();
        }

        assertThat(views(1)).isEqualTo(50);
        assertThat(weir.buffer().stats().pendingRows()).isZero();
        assertThat(weir.buffer().stats().pendingBytes()).isZero();
    }

    @Test
    void retriedDeadLetter_isInTheNextFlush() {
        db().table("posts").buffer().where(9).add("views", 5);
        weir.buffer().flush();
        insert(9, 100);

        assertThat(weir.buffer()
                        .deadLetters()
                        .retry(weir.buffer().deadLetters().list(1).stream()
                                .map(DeadLetter::id)
                                .toList()))
                .isEqualTo(1);
        weir.buffer().flush();

        assertThat(views(9)).isEqualTo(105);
        assertThat(weir.buffer().deadLetters().count()).isZero();
    }

    @Test
    void stageInATransaction_completesAfterItsCommit() {
        insert(1, 0);
        List<CompletionStage<Void>> stages = new ArrayList<>();
        db().transaction(tx -> {
            stages.add(tx.table("posts")
                    .buffer()
                    .durability(Durability.FLUSHED)
                    .where(1)
                    .addAsync("views", 1));
            assertThat(stages.get(0)).isNotDone();
        });
        assertThat(stages.get(0)).succeedsWithin(Duration.ofSeconds(20));
        assertThat(views(1)).isEqualTo(1);

        assertThatThrownBy(() -> db().transaction(tx -> {
                    stages.add(tx.table("posts").buffer().where(1).addAsync("views", 1));
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");
        assertThat(stages.get(1)).isCompletedExceptionally();
    }

    @Test
    void keylessInsertAtFlushed_isToldThatItWasRefused() {
        db().sql("create table strict(id integer primary key, n bigint not null check (n < 10))")
                .execute();
        TableBuffer strict = db().table("strict").buffer().durability(Durability.FLUSHED);
        strict.insert(Map.of("n", 1));

        assertThatThrownBy(() -> strict.insert(Map.of("n", 11))).isInstanceOf(DeadLetterException.class);
    }

    @Test
    void retiredWriter_thatLivesAfterAll_appliesNothingAgain() {
        insert(1, 0);
        db().table("posts").buffer().where(1).add("views", 100);
        weir.buffer().flush();
        BufferAdmin admin = new BufferAdmin(db());
        String writer = admin.status(null).writers().get(0).id();
        admin.retire(writer, null);

        db().table("posts").buffer().where(1).add("views", 1);
        assertThatThrownBy(() -> weir.buffer().flush()).isInstanceOf(JournalException.class);
        assertThat(views(1)).isEqualTo(100);

        abandon();
        assertThatThrownBy(this::reopen).isInstanceOf(JournalException.class).hasMessageContaining("retired");
        assertThat(views(1)).isEqualTo(100);
    }

    @Test
    void errorOfADriver_endsTheFlushThreadAloud() {
        insert(1, 0);
        Away away = new Away(dataSource);
        abandon();
        weir = weir(
                away,
                BufferSettings.builder().flushInterval(Duration.ofHours(1)).build());
        db().table("posts").buffer().where(1).add("views", 1);
        away.error = true;

        assertThatThrownBy(() -> weir.buffer().flush()).isInstanceOf(JournalException.class);
        assertThat(weir.buffer().stats().health()).isEqualTo(BufferListener.Health.DOWN);
    }
}
