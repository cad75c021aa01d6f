package dev.weir.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.Weir;
import dev.weir.buffer.BufferListener.Health;
import dev.weir.buffer.BufferSettings;
import dev.weir.buffer.CloseReport;
import dev.weir.buffer.JournalException;
import dev.weir.buffer.LimitPolicy;
import dev.weir.buffer.TableSettings;
import dev.weir.buffer.WriteBuffer;
import dev.weir.db.BufferLimitException;
import dev.weir.db.Counter;
import dev.weir.db.Database;
import dev.weir.db.Durability;
import dev.weir.db.FlushException;
import dev.weir.db.FlushReport;
import dev.weir.db.RowBuffer;
import dev.weir.db.TableBuffer;
import dev.weir.db.TotalUnknownException;
import dev.weir.db.engine.ValueKind;
import dev.weir.error.WeirException;
import dev.weir.testkit.FaultyDataSource.Occasion;
import dev.weir.testkit.FaultyDataSource.Point;
import dev.weir.time.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The interleavings and crash points at which other write-behind loses or repeats writes, one by one, on one engine. */
@Timeout(60)
abstract class WriteBehindHoles {
    /** Drops what the test before left, where a database serves several. */
    static final String DROP = "drop table if exists posts, log, users, weir_ledger, weir_dead_letter, weir_handover";

    @TempDir
    Path directory;

    private FaultyDataSource faulty;
    Database direct;
    Weir weir;

    /** A database without tables. */
    abstract DataSource database() throws Exception;

    /** How the engine calls a type. */
    abstract String type(ValueKind kind);

    /** The type of a text of at most 20 characters that compares byte for byte. */
    String text() {
        return "varchar(20)";
    }

    @BeforeEach
    void open() throws Exception {
        DataSource plain = database();
        faulty = new FaultyDataSource(plain);
        direct = Database.builder(plain).build();
        direct.sql("create table posts(id bigint not null primary key, title varchar(200) default '' not null,"
                        + " views bigint, at " + type(ValueKind.INSTANT) + ", body " + type(ValueKind.BYTES) + ")")
                .execute();
        direct.sql("insert into posts(id, title, views) values(1, 'a', 100)").execute();
        direct.sql("create table log(id bigint not null primary key, line varchar(200) not null)")
                .execute();
        weir = reopen(settings());
    }

    /** A table's name as the engine spells it. */
    private String name(String table) {
        return direct.catalog().table(table).name();
    }

    static BufferSettings.Builder settings() {
        return BufferSettings.builder()
                .flushInterval(Duration.ofHours(1))
                .blockTimeout(Duration.ofSeconds(2))
                .connectTimeout(Duration.ofMillis(300));
    }

    private Weir reopen(BufferSettings.Builder settings) {
        return open(directory.resolve("journal"), settings);
    }

    /** A buffer with a journal of its own, as another process would have it. */
    private Weir open(Path journal, BufferSettings.Builder settings) {
        return Weir.builder()
                .database(faulty)
                .journal(journal)
                .buffer(settings.build())
                .build();
    }

    @AfterEach
    void close() {
        faulty.clear();
        weir.close(Duration.ofSeconds(5));
    }

    TableBuffer posts() {
        return weir.database().table("posts").buffer();
    }

    private long views() {
        return views(1);
    }

    private long views(long id) {
        return direct.sql("select views from posts where id = ?", id)
                .first()
                .orElseThrow()
                .getLong("views");
    }

    /** A point of the transaction that writes what is pending; others look for hand-overs, or read. */
    private Occasion flushAt(Point point) {
        return faulty.on(point).matching(sql -> sql.contains("UPDATE") && sql.contains("weir_ledger"));
    }

    private void away() {
        faulty.on(Point.CONNECT).always().fail(new SQLException("away", "08001"));
    }

    /** Ends the buffer as a crash after the journal's sync would. */
    private void crash() {
        away();
        weir.close(Duration.ofMillis(20));
        faulty.clear();
    }

    private void assertNothingPending() {
        assertThat(weir.buffer().stats().pendingRows()).isZero();
        assertThat(weir.buffer().stats().pendingBytes()).isZero();
    }

    /** A flush in another thread. */
    CompletableFuture<FlushReport> flushing() {
        return CompletableFuture.supplyAsync(() -> weir.buffer().flush());
    }

    static <T> T done(CompletableFuture<T> future) throws Exception {
        return future.get(30, TimeUnit.SECONDS);
    }

    private void flushPatiently() {
        flushPatiently(weir.buffer());
    }

    private static void flushPatiently(WriteBuffer buffer) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (true) {
            try {
                buffer.flush();
                return;
            } catch (FlushException e) {
                if (System.nanoTime() > end) {
                    throw e;
                }
            }
        }
    }

    @Test
    void odacS1_cleanStop_hasEverythingInTheDatabase() {
        posts().where(1).add("views", 5);
        weir.database().table("log").buffer().insert(Map.of("id", 1, "line", "x"));

        CloseReport report = weir.close(Duration.ofSeconds(10)).get("default");

        assertThat(report.flushed()).isTrue();
        assertThat(report.pendingRows()).isZero();
        assertThat(views()).isEqualTo(105);
        assertThat(direct.table("log").count()).isEqualTo(1);
    }

    @Test
    void odacS2_stopWhileTheDatabaseIsAway_reportsIt_andTheNextStartApplies() {
        posts().where(1).add("views", 5);
        away();

        CloseReport report = weir.close(Duration.ofMillis(200)).get("default");

        assertThat(report.flushed()).isFalse();
        assertThat(report.pendingRows()).isEqualTo(1);
        assertThat(report.problem()).isNotBlank();
        faulty.clear();
        weir = reopen(settings());
        assertThat(views()).isEqualTo(105);
    }

    @Test
    void odacS4_closeDuringAFlush_appliesOnce() throws Exception {
        posts().where(1).add("views", 5);
        Gate gate = flushAt(Point.BEFORE_COMMIT).pause();
        CompletableFuture<FlushReport> flush = flushing();
        gate.awaitArrival();
        CompletableFuture<CloseReport> close = CompletableFuture.supplyAsync(
                () -> weir.close(Duration.ofSeconds(20)).get("default"));
        gate.open();

        assertThat(done(close).flushed()).isTrue();
        done(flush);
        assertThat(views()).isEqualTo(105);
    }

    @Test
    void odacS4_closeGivesUpOnAHangingCommit_whichLandsLate_andIsAppliedOnce() throws Exception {
        posts().where(1).add("views", 5);
        Gate gate = flushAt(Point.AFTER_COMMIT).pause();
        CompletableFuture<FlushReport> flush = flushing();
        gate.awaitArrival();

        CloseReport report = weir.close(Duration.ofMillis(50)).get("default");

        assertThat(report.flushed()).isFalse();
        weir = reopen(settings());
        assertThat(views()).isEqualTo(105);
        gate.open();
        assertThat(flush.handle((ok, e) -> true).get(30, TimeUnit.SECONDS)).isTrue();
        assertThat(views()).isEqualTo(105);
    }

    @Test
    void closeThatGivesUp_tellsWhoWaitsThatItWasAccepted() throws Exception {
        posts().where(1).add("views", 5);
        Gate gate = flushAt(Point.BEFORE_COMMIT).pause();
        CompletableFuture<Void> call = CompletableFuture.runAsync(
                () -> posts().durability(Durability.FLUSHED).where(1).add("views", 10));
        gate.awaitArrival();
        CompletableFuture<Void> group = CompletableFuture.runAsync(() -> weir.buffer()
                .atomically(Durability.FLUSHED, g -> g.table("posts").where(1).add("views", 20)));
        CompletableFuture<Void> stage = posts().durability(Durability.FLUSHED)
                .where(1)
                .addAsync("views", 40)
                .toCompletableFuture();
        CompletableFuture<FlushReport> flush = flushing();
        while (weir.buffer().stats().operations() < 4) {
            Thread.onSpinWait();
        }

        assertThat(weir.close(Duration.ofMillis(50)).get("default").flushed()).isFalse();

        for (CompletableFuture<?> accepted : List.of(call, group, stage)) {
            assertThatThrownBy(() -> done(accepted))
                    .cause()
                    .isInstanceOfSatisfying(
                            FlushException.class,
                            failure -> assertThat(failure.retryable()).isFalse());
        }
        gate.open();
        assertThat(flush.handle((report, failure) -> true).get(30, TimeUnit.SECONDS))
                .isTrue();
        weir = reopen(settings().connectTimeout(Duration.ofSeconds(20)));
        assertThat(views()).isEqualTo(175);
    }

    @Test
    void odacS5_secondInstanceOnOneJournal_isRefused() {
        assertThatThrownBy(() -> reopen(settings())).isInstanceOf(JournalException.class);
    }

    @Test
    void odacS6_recoveredData_isInTheDatabaseBeforeTraffic() {
        posts().durability(Durability.JOURNALED).where(1).add("views", 5);
        crash();

        weir = reopen(settings());

        assertThat(views()).isEqualTo(105);
        assertNothingPending();
    }

    @Test
    void odacW1_updateDuringAFlush_isNotLost() throws Exception {
        posts().where(1).update(Map.of("title", "T1"));
        for (Point point : List.of(Point.BEFORE_STATEMENT, Point.BEFORE_COMMIT, Point.AFTER_COMMIT)) {
            Gate gate = flushAt(point).pause();
            CompletableFuture<FlushReport> flush = flushing();
            gate.awaitArrival();
            posts().where(1).update(Map.of("title", "during " + point));
            gate.open();
            done(flush);
            faulty.clear();
        }
        weir.buffer().flush();

        assertThat(direct.sql("select title from posts where id = 1")
                        .first()
                        .orElseThrow()
                        .getString("title"))
                .isEqualTo("during AFTER_COMMIT");
        assertNothingPending();
    }

    @Test
    void odacW2_incrementDuringAFlush_isNotLost() throws Exception {
        Counter counter = posts().counter("views");
        for (Point point : List.of(Point.BEFORE_STATEMENT, Point.BEFORE_COMMIT, Point.AFTER_COMMIT)) {
            counter.add(1, 1);
            Gate gate = flushAt(point).pause();
            CompletableFuture<FlushReport> flush = flushing();
            gate.awaitArrival();
            counter.add(1, 10);
            gate.open();
            done(flush);
            faulty.clear();
            assertThat(counter.addAndGet(1, 0))
                    .isEqualTo(posts().where(1).get("views").orElseThrow());
        }
        weir.buffer().flush();

        assertThat(views()).isEqualTo(133);
        assertNothingPending();
    }

    @Test
    void odacW5_crashBeforeCommit_losesNothing() {
        posts().durability(Durability.JOURNALED).where(1).add("views", 5);
        weir.database().table("log").buffer().durability(Durability.JOURNALED).insert(Map.of("id", 1, "line", "x"));
        flushAt(Point.BEFORE_COMMIT).breakConnection();
        assertThatThrownBy(() -> weir.buffer().flush()).isInstanceOf(FlushException.class);
        crash();

        weir = reopen(settings());

        assertThat(views()).isEqualTo(105);
        assertThat(direct.table("log").count()).isEqualTo(1);
    }

    @Test
    void odacW6_failedFlush_keepsTheJournal() {
        posts().durability(Durability.JOURNALED).where(1).add("views", 5);
        for (int i = 0; i < 3; i++) {
            flushAt(Point.BEFORE_STATEMENT).breakConnection();
            assertThatThrownBy(() -> weir.buffer().flush()).isInstanceOf(FlushException.class);
        }
        crash();

        weir = reopen(settings());

        assertThat(views()).isEqualTo(105);
    }

    @Test
    void odacW8_updateOfAMissingRow_isNeverApplied() {
        posts().where(99).update(Map.of("title", "x"));
        posts().where(98).orIgnore().update(Map.of("title", "x"));
        posts().where(97).orInsert(Map.of("title", "made")).add("views", 2);

        FlushReport report = weir.buffer().flush();

        assertThat(report.missing()).isEqualTo(1);
        assertThat(report.ignored()).isEqualTo(1);
        assertThat(views(97)).isEqualTo(2);
        assertThat(weir.buffer().deadLetters().list(9))
                .singleElement()
                .satisfies(letter -> assertThat(letter.change()).contains("99"));
        assertThat(posts().where(99).get("title")).isEmpty();
    }

    @Test
    void odacW12_badRows_poisonNobodyElse() {
        assertThatThrownBy(() -> posts().where(1).add("nope", 1)).isInstanceOf(IllegalArgumentException.class);
        TableBuffer log = weir.database().table("log").buffer();
        for (int i = 1; i <= 2_000; i++) {
            log.insert(Map.of("id", i, "line", "x"));
        }
        direct.sql("insert into log values(1000, 'there before')").execute();
        posts().where(1).add("views", 5);

        FlushReport report = weir.buffer().flush();

        assertThat(report.deadLetters()).isEqualTo(1);
        assertThat(direct.table("log").count()).isEqualTo(2_000);
        assertThat(views()).isEqualTo(105);
        assertThat(weir.buffer().deadLetters().list(9)).singleElement().satisfies(letter -> {
            assertThat(letter.table()).isEqualToIgnoringCase("log");
            assertThat(letter.change()).contains("1000");
        });
        assertNothingPending();
    }

    @Test
    void odacW12_unknownDatabase_isRefusedAtTheCall() {
        assertThatThrownBy(() -> weir.database("other")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void odacW13_emptyUpdate_isRefusedAtTheCall_andPoisonsNothing() {
        assertThatThrownBy(() -> posts().where(1).update(Map.of())).isInstanceOf(IllegalArgumentException.class);
        posts().where(1).update(Map.of("title", "t"));

        assertThat(weir.buffer().flush().rows()).isEqualTo(1);
    }

    @Test
    void odacW14_commitWhoseAnswerIsLost_isAppliedOnce() {
        posts().where(1).add("views", 5);
        flushAt(Point.AFTER_COMMIT).breakConnection();
        assertThatThrownBy(() -> weir.buffer().flush()).isInstanceOf(FlushException.class);
        posts().where(1).add("views", 1);
        assertThat(posts().where(1).get("views")).contains(106L);

        flushPatiently();

        assertThat(views()).isEqualTo(106);
        assertThat(posts().counter("views").addAndGet(1, 1)).isEqualTo(107);
        flushPatiently();
        assertNothingPending();
    }

    @Test
    void handOver_onALostConnection_isRetryable_andHasNoEffect() {
        faulty.on(Point.BEFORE_STATEMENT)
                .matching(sql -> sql.contains("INSERT") && sql.contains("weir_handover"))
                .breakConnection();
        assertThatThrownBy(() -> weir.database()
                        .transaction(tx -> tx.table("posts").buffer().where(1).add("views", 1)))
                .isInstanceOfSatisfying(
                        WeirException.class,
                        problem -> assertThat(problem.retryable()).isTrue());
        weir.buffer().flush();
        assertThat(views()).isEqualTo(100);
    }

    @Test
    void odacW15_crashAfterACommitWhoseAnswerIsLost_isAppliedOnce() {
        posts().durability(Durability.JOURNALED).where(1).add("views", 5);
        weir.database().table("log").buffer().insert(Map.of("id", 1, "line", "x"));
        flushAt(Point.AFTER_COMMIT).breakConnection();
        assertThatThrownBy(() -> weir.buffer().flush()).isInstanceOf(FlushException.class);
        crash();

        weir = reopen(settings());

        assertThat(views()).isEqualTo(105);
        assertThat(direct.table("log").count()).isEqualTo(1);
        assertThat(weir.buffer().deadLetters().count()).isZero();
    }

    @Test
    void odacW16_journalWriteDuringAFlush_isNotAppliedAgainAfterACrash() throws Exception {
        posts().where(1).add("views", 5);
        Gate gate = flushAt(Point.AFTER_COMMIT).pause();
        CompletableFuture<FlushReport> flush = flushing();
        gate.awaitArrival();
        posts().durability(Durability.JOURNALED).where(1).add("views", 1);
        gate.open();
        done(flush);
        crash();

        weir = reopen(settings());

        assertThat(views()).isEqualTo(106);
    }

    @Test
    void odacW17_slowFlushAndAnother_applyOnce() throws Exception {
        posts().where(1).add("views", 5);
        Gate gate = flushAt(Point.BEFORE_COMMIT).pause();
        CompletableFuture<FlushReport> first = flushing();
        gate.awaitArrival();
        CompletableFuture<FlushReport> second = flushing();
        posts().where(1).add("views", 1);
        CompletableFuture<FlushReport> third = flushing();
        gate.open();
        done(first);
        done(second);
        done(third);

        assertThat(views()).isEqualTo(106);
    }

    @Test
    void odacW19_totalAfterRecovery_hasABase() {
        posts().durability(Durability.JOURNALED).where(1).add("views", 5);
        crash();
        weir = reopen(settings());

        assertThat(posts().where(1).get("views")).contains(105L);
        assertThat(posts().where(1).increment("views")).isEqualTo(106);
    }

    @Test
    void odacW19_getDuringAFlush_isExactAtEachPoint() throws Exception {
        for (Point point : List.of(Point.BEFORE_COMMIT, Point.AFTER_COMMIT)) {
            posts().where(1).add("views", 5);
            long expected = (long) posts().where(1).get("views").orElseThrow();
            Gate gate = flushAt(point).pause();
            CompletableFuture<FlushReport> flush = flushing();
            gate.awaitArrival();
            assertThat(posts().where(1).get("views")).contains(expected);
            assertThat(posts().where(1).increment("views")).isEqualTo(expected + 1);
            assertThat(posts().getAll("views", List.of(1))).containsValue(Optional.of(expected + 1));
            gate.open();
            done(flush);
            assertThat(posts().where(1).get("views")).contains(expected + 1);
        }
    }

    @Test
    void odacW21_whatOthersWrote_isSeen() {
        assertThat(posts().where(1).increment("views")).isEqualTo(101);
        direct.sql("update posts set views = 0 where id = 1").execute();

        assertThat(posts().where(1).get("views")).contains(1L);
        weir.buffer().flush();
        assertThat(posts().where(1).get("views")).contains(1L);
        assertThat(posts().where(1).increment("views")).isEqualTo(2);
    }

    @Test
    void odacW22_failedRead_isNoBase() {
        posts();
        away();
        assertThatThrownBy(() -> posts().where(1).increment("views")).isInstanceOf(TotalUnknownException.class);
        faulty.clear();

        assertThat(posts().where(1).get("views")).contains(101L);
        assertThat(posts().where(1).increment("views")).isEqualTo(102);
    }

    @Test
    void odacW25_keyThatLooksLikeACondition_isAKey() {
        assertThatThrownBy(() -> posts().where("{\"title\":\"a\"}").add("views", 1))
                .isInstanceOf(IllegalArgumentException.class);
        direct.sql("create table users(name " + text() + " not null primary key, n bigint)")
                .execute();
        direct.sql("insert into users values('x', 0)").execute();
        weir.database().table("users").buffer().where("{\"n\":0}").add("n", 1);

        assertThat(weir.buffer().flush().missing()).isEqualTo(1);
        assertThat(direct.sql("select n from users").first().orElseThrow().getLong("n"))
                .isZero();
    }

    @Test
    void odacW26_emptyKey_isRefused() {
        assertThatThrownBy(() -> posts().where(Map.of())).isInstanceOf(IllegalArgumentException.class);
        assertThat(weir.buffer().stats().operations()).isZero();
    }

    @Test
    void odacW27_missingKey_isRefused() {
        assertThatThrownBy(() -> posts().where(null)).isInstanceOf(NullPointerException.class);
        Map<String, Object> key = new HashMap<>();
        key.put("id", null);
        assertThatThrownBy(() -> posts().where(key)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void odacW29_buffered_andDirectWrites_storeTheSame() {
        Instant at = Instant.parse("2026-01-02T03:04:05Z");
        byte[] body = {1, 2, 3};
        weir.database().table("posts").insert(Map.of("id", 2, "at", at, "body", body));
        posts().insert(Map.of("id", 3, "at", at, "body", body));
        posts().where(1).update(Map.of("at", at, "body", body));
        weir.buffer().flush();

        assertThat(direct.sql("select at, body from posts").list())
                .hasSize(3)
                .containsOnly(direct.sql("select at, body from posts where id = 2")
                        .first()
                        .orElseThrow());
    }

    @Test
    void odacW30_callersChangesAfterwards_changeNothing() {
        byte[] body = {1, 2, 3};
        Map<String, Object> row = new HashMap<>(Map.of("id", 2, "title", "t", "body", body));
        posts().insert(row);
        row.put("title", "changed");
        body[0] = 9;
        weir.buffer().flush();

        var stored =
                direct.sql("select title, body from posts where id = 2").first().orElseThrow();
        assertThat(stored.getString("title")).isEqualTo("t");
        assertThat(stored.getBytes("body")).containsExactly(1, 2, 3);
    }

    @Test
    void odacW32_oneRowHasOneKey() {
        posts().where(1).add("views", 1);
        posts().where(1L).add("views", 1);
        posts().where((short) 1).add("views", 1);
        posts().where(Map.of("id", 1)).add("views", 1);
        posts().where(Map.of("ID", 1)).add("views", 1);
        assertThat(weir.buffer().stats().pendingRows()).isEqualTo(1);
        assertThatThrownBy(() -> posts().where("01")).isInstanceOf(IllegalArgumentException.class);

        assertThat(weir.buffer().flush().rows()).isEqualTo(1);
        assertThat(views()).isEqualTo(105);
    }

    @Test
    void odacW36_atTheLimit_noStorm_andNothingIsLost() {
        close();
        weir = reopen(settings().maxRows(10).atLimit(LimitPolicy.REJECT));
        TableBuffer log = weir.database().table("log").buffer();
        away();
        int accepted = 0;
        int refused = 0;
        for (int i = 1; i <= 500; i++) {
            try {
                log.insert(Map.of("id", i, "line", "x"));
                accepted++;
            } catch (BufferLimitException e) {
                refused++;
            }
        }
        assertThat(accepted).isEqualTo(10);
        assertThat(refused).isEqualTo(490);
        long tries = weir.buffer().stats().flushFailures();
        assertThat(tries).isLessThan(20);
        faulty.clear();
        flushPatiently();
        assertThat(direct.table("log").count()).isEqualTo(10);
        assertNothingPending();
    }

    @Test
    void odacW37_flushThatCouldNot_throws() {
        posts().where(1).add("views", 1);
        away();
        assertThatThrownBy(() -> weir.buffer().flush()).isInstanceOf(FlushException.class);
    }

    @Test
    void odacW38_aSlowFlush_blocksNoCaller() throws Exception {
        posts().where(1).add("views", 1);
        Gate gate = flushAt(Point.BEFORE_COMMIT).pause();
        CompletableFuture<FlushReport> flush = flushing();
        gate.awaitArrival();
        posts().durability(Durability.JOURNALED).where(1).add("views", 1);
        weir.database().table("log").buffer().durability(Durability.JOURNALED).insert(Map.of("id", 1, "line", "x"));
        gate.open();
        done(flush);
    }

    @Test
    void odacW40_counters_areLimitedToo() {
        close();
        weir = reopen(settings().maxRows(5).atLimit(LimitPolicy.BLOCK));
        Counter counter = posts().counter("views");
        away();
        for (int i = 1; i <= 5; i++) {
            counter.add(i, 1);
        }
        counter.add(1, 1);
        assertThatThrownBy(() -> counter.add(6, 1))
                .isInstanceOf(BufferLimitException.class)
                .hasMessageContaining("maxRows");
        assertThatThrownBy(() -> posts().where(7).update(Map.of("title", "x")))
                .isInstanceOf(BufferLimitException.class);
        assertThat(weir.buffer().stats().pendingRows()).isEqualTo(5);
        faulty.clear();
        flushPatiently();
        assertThat(views()).isEqualTo(102);
        assertNothingPending();
        counter.add(6, 1);
    }

    /** The journal's files as they are now: what a process that ends this moment leaves. */
    private Path crashImage() throws IOException {
        Path image = directory.resolve("image");
        Path copy = Files.createDirectories(image.resolve("default"));
        try (Stream<Path> files = Files.list(directory.resolve("journal").resolve("default"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = file.getFileName().toString();
                if (!name.endsWith("-shm") && !name.contains("lock")) {
                    Files.copy(file, copy.resolve(name));
                }
            }
        }
        return image;
    }

    @Test
    void odacW4_crashRightAfterAcceptance_leavesNothingUnseen() {
        TableBuffer posts = posts().durability(Durability.JOURNALED);
        posts.where(1).add("views", 5);
        posts.where(1).update(Map.of("title", "T"));
        posts.where(1).max("views", 50);
        posts.insert(Map.of("id", 2, "title", "two", "views", 1));
        weir.buffer().atomically(Durability.JOURNALED, group -> {
            group.table("log").insert(Map.of("id", 1, "line", "x"));
            group.table("posts").where(2).add("views", 1);
        });
        crash();

        weir = reopen(settings());

        assertThat(views()).isEqualTo(105);
        assertThat(views(2)).isEqualTo(2);
        assertThat(direct.sql("select title from posts where id = 1")
                        .first()
                        .orElseThrow()
                        .getString("title"))
                .isEqualTo("T");
        assertThat(direct.table("log").count()).isEqualTo(1);
        assertThat(weir.buffer().deadLetters().count()).isZero();
        assertNothingPending();
    }

    @Test
    void odacW7_whatWasAcknowledgedAsJournaled_survivesWithoutAnyFlushOrClose() throws Exception {
        Counter counter = posts().durability(Durability.JOURNALED).counter("views");
        List<CompletableFuture<Void>> callers = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            callers.add(CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 25; i++) {
                    counter.add(1, 1);
                }
            }));
        }
        for (CompletableFuture<Void> caller : callers) {
            done(caller);
        }
        Path image = crashImage();
        crash();

        weir = open(image, settings());

        assertThat(views()).isEqualTo(200);
    }

    @Test
    void odacW9_insertThenItsOwnIncrement_isOneRow() {
        posts().insert(Map.of("id", 7, "views", 0));
        posts().where(7).add("views", 5);

        weir.buffer().flush();

        assertThat(views(7)).isEqualTo(5);
        assertThat(weir.buffer().deadLetters().count()).isZero();
    }

    @Test
    void odacW10_callOrderBetweenUpdateAndIncrement_isKept() {
        posts().where(1).update(Map.of("views", 0));
        posts().where(1).add("views", 3);
        weir.buffer().flush();
        assertThat(views()).isEqualTo(3);

        posts().where(1).add("views", 3);
        posts().where(1).update(Map.of("views", 0));
        posts().where(1).add("views", 1);
        weir.buffer().flush();
        assertThat(views()).isEqualTo(1);
    }

    @Test
    void odacW18_copyOfAJournal_appliesNothingAgain() throws Exception {
        posts().durability(Durability.JOURNALED).where(1).add("views", 5);
        Path image = crashImage();
        crash();
        weir = reopen(settings());
        assertThat(views()).isEqualTo(105);

        Weir second = open(image, settings());
        try {
            assertThat(views()).isEqualTo(105);
            second.database().table("posts").buffer().where(1).add("views", 10);
            posts().where(1).add("views", 100);
            second.buffer().flush();
            weir.buffer().flush();
            assertThat(views()).isEqualTo(215);
        } finally {
            second.close(Duration.ofSeconds(5));
        }
    }

    @Test
    void odacW18_twoServersOnOneDatabase_recoverEachItsOwn() {
        Weir other = open(directory.resolve("other"), settings());
        try {
            posts().durability(Durability.JOURNALED).where(1).add("views", 5);
            other.database().table("posts").buffer().where(1).add("views", 10);
            other.buffer().flush();
            crash();
            other.close(Duration.ofSeconds(5));
            other = open(directory.resolve("other"), settings());
            assertThat(views())
                    .as("the first server's count is in its own journal")
                    .isEqualTo(110);

            weir = reopen(settings());

            assertThat(views()).isEqualTo(115);
        } finally {
            other.close(Duration.ofSeconds(5));
        }
    }

    @Test
    void odacW24_getOnAnotherServer_hasTheWholeFlushOrNone() throws Exception {
        Weir other = open(directory.resolve("other"), settings());
        try {
            TableBuffer elsewhere = other.database().table("posts").buffer();
            elsewhere.where(1).add("views", 1_000);
            posts().where(1).add("views", 5);
            Gate before = flushAt(Point.BEFORE_COMMIT).pause();
            CompletableFuture<FlushReport> flush = flushing();
            before.awaitArrival();
            assertThat(posts().where(1).get("views")).contains(105L);
            assertThat(elsewhere.where(1).get("views")).contains(1_100L);
            Gate after = flushAt(Point.AFTER_COMMIT).pause();
            before.open();
            after.awaitArrival();
            assertThat(posts().where(1).get("views")).contains(105L);
            assertThat(elsewhere.where(1).get("views")).contains(1_105L);
            after.open();
            done(flush);
            other.buffer().flush();
            assertThat(posts().where(1).get("views")).contains(1_105L);
        } finally {
            other.close(Duration.ofSeconds(5));
        }
    }

    @Test
    void odacW34_databaseOfAnyName_isRecovered() {
        for (String name : List.of("größe ✓", "~", "~~zz", "\uD83D\uDE00")) {
            close();
            weir = named(name);
            weir.database(name)
                    .table("posts")
                    .buffer()
                    .durability(Durability.JOURNALED)
                    .where(1)
                    .add("views", 1);
            crash();
            long before = views();

            weir = named(name);

            assertThat(views()).as(name).isEqualTo(before + 1);
        }
    }

    private Weir named(String name) {
        return Weir.builder()
                .database(name, faulty)
                .journal(directory.resolve("named"))
                .buffer(settings().build())
                .build();
    }

    /**
     * Somebody holds the lowest row; a flush that comes waits for it with none of the others in its hands, whatever order
     * they were counted or updated in.
     *
     * @param waiting a query that counts the sessions that wait for a lock
     */
    final void assertFlushLocksInTheOrderOfKeys(String waiting) throws Exception {
        for (int i = 20; i >= 2; i--) {
            direct.sql("insert into posts(id, title, views) values(?, 'a', 100)", i)
                    .execute();
            direct.sql("insert into log(id, line) values(?, 'a')", i).execute();
        }
        direct.sql("insert into log(id, line) values(1, 'a')").execute();
        for (int round = 0; round < 3; round++) {
            for (int i = 20; i >= 1; i--) {
                if (round != 1) {
                    posts().where(i).add("views", 1);
                }
                if (round != 0) {
                    posts().where(i).update(Map.of("title", "u" + i));
                    weir.database().table("log").buffer().where(i).update(Map.of("line", "u"));
                }
            }
            long failures = weir.buffer().stats().flushFailures();
            String first = round == 1 ? "log" : "posts";
            AtomicReference<CompletableFuture<FlushReport>> flush = new AtomicReference<>();
            direct.transaction(tx -> {
                tx.sql("select id from " + first + " where id = 1 for update").list();
                flush.set(flushing());
                awaitWaiting(waiting);
                for (int i = 2; i <= 20; i++) {
                    tx.sql("select id from " + first + " where id = ? for update", i)
                            .list();
                }
            });
            done(flush.get());
            assertThat(weir.buffer().stats().flushFailures()).isEqualTo(failures);
        }
        assertThat(views(20)).isEqualTo(102);
        assertNothingPending();
    }

    private void awaitWaiting(String waiting) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (direct.sql(waiting).first().orElseThrow().getLong("n") == 0) {
            assertThat(System.nanoTime()).as("no flush waits for the lock").isLessThan(end);
            // InnoDB keeps its answer for as long as it is asked again within 100 ms.
            LockSupport.parkNanos(150_000_000);
        }
    }

    @Test
    void flushed_returnsOnlyAfterTheCommit() throws Exception {
        Gate gate = flushAt(Point.BEFORE_COMMIT).pause();
        CompletableFuture<Void> call = CompletableFuture.runAsync(
                () -> posts().durability(Durability.FLUSHED).where(1).add("views", 5));
        gate.awaitArrival();
        assertThat(call).isNotDone();
        CompletableFuture<Void> stage = posts().durability(Durability.FLUSHED)
                .where(1)
                .addAsync("views", 1)
                .toCompletableFuture();
        assertThat(stage).isNotDone();
        gate.open();
        done(call);
        done(stage);
        assertThat(views()).isEqualTo(106);
    }

    /** A buffer over a database that waits for little. */
    private WriteBuffer impatient() {
        return WriteBuffer.open(
                Database.builder(faulty)
                        .lockTimeout(Duration.ofSeconds(1))
                        .statementTimeout(Duration.ofSeconds(1))
                        .build(),
                directory.resolve("impatient"),
                settings().blockTimeout(Duration.ofMillis(400)).build(),
                Clock.system());
    }

    /** Whoever asks for a value waits for the database as long as any other statement does. */
    final void assertValueBehindALockIsNotWaitedFor(String lock, String unlock) throws Exception {
        try (WriteBuffer buffer = impatient();
                Connection other = faulty.getConnection()) {
            RowBuffer post = buffer.table("posts").where(1);
            other.setAutoCommit(false);
            try (Statement statement = other.createStatement()) {
                statement.execute(lock);
                assertThatThrownBy(() -> done(CompletableFuture.supplyAsync(() -> post.get("views"))))
                        .hasCauseInstanceOf(WeirException.class)
                        .hasMessageContaining("could not be asked");
                assertThatThrownBy(() -> done(CompletableFuture.supplyAsync(() -> post.increment("views", 1))))
                        .hasCauseInstanceOf(TotalUnknownException.class);
                statement.execute(unlock);
            }
            flushPatiently(buffer);
            assertThat(post.get("views")).contains(101L);
        }
    }

    /** What holds a row may hold it for long: whoever waits is told in time, and nothing of the wait is left behind. */
    @Test
    void flushBehindAnothersLock_failsAndIsTriedAgain_andWhoWaitsIsTold() throws Exception {
        try (WriteBuffer buffer = impatient();
                Connection other = faulty.getConnection()) {
            TableBuffer flushed = buffer.table("posts").durability(Durability.FLUSHED);
            other.setAutoCommit(false);
            try (Statement lock = other.createStatement()) {
                lock.executeUpdate("update posts set views = views where id = 1");
            }
            CompletableFuture<Void> call =
                    CompletableFuture.runAsync(() -> flushed.where(1).add("views", 5));
            awaitHealth(buffer, Health.DEGRADED);
            CompletableFuture<Void> stage = buffer.table("log")
                    .durability(Durability.FLUSHED)
                    .insertAsync(Map.of("id", 1, "line", "x"))
                    .toCompletableFuture();
            for (CompletableFuture<Void> waiting : List.of(call, stage)) {
                assertThatThrownBy(() -> done(waiting))
                        .hasCauseInstanceOf(FlushException.class)
                        .hasMessageContainingAll("accepted and is in the journal", "do not repeat");
            }
            assertThatThrownBy(buffer::flush).isInstanceOf(FlushException.class).hasMessageContaining("SQLState");
            assertThat(buffer.stats().flushFailures()).isPositive();
            other.rollback();
            other.setAutoCommit(true);

            flushPatiently(buffer);
            assertThat(views()).isEqualTo(105);
            assertThat(direct.table("log").count()).isEqualTo(1);
            assertThat(buffer.stats().pendingBytes()).isZero();
            flushed.where(1).add("views", 1);
            assertThat(views()).isEqualTo(106);
            awaitHealth(buffer, Health.UP);
        }
    }

    /** A clock thread looks at the flushes 20 times a second. */
    private static void awaitHealth(WriteBuffer buffer, Health health) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (buffer.stats().health() != health) {
            assertThat(System.nanoTime()).as("the health is not " + health).isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** The total's base is read while another call ends the counter that waits for it. */
    @Test
    void updateWhileATotalIsRead_leavesNothingPending() throws Exception {
        Gate gate = faulty.on(Point.BEFORE_STATEMENT)
                .matching(sql -> sql.contains("weir_ledger") && sql.contains("SELECT l."))
                .pause();
        CompletableFuture<Long> total =
                CompletableFuture.supplyAsync(() -> posts().where(1).increment("views", 5));
        gate.awaitArrival();
        posts().where(1).update(Map.of("views", 0));
        gate.open();
        done(total);
        weir.buffer().flush();

        assertThat(views()).isEqualTo(5);
        assertNothingPending();
    }

    @Test
    void writeThrough_entersWhenThereIsRoom_andReturnsFlushed() {
        close();
        weir = reopen(settings().maxRows(2).atLimit(LimitPolicy.WRITE_THROUGH).blockTimeout(Duration.ofSeconds(20)));
        TableBuffer log = weir.database().table("log").buffer();
        log.insert(Map.of("id", 1, "line", "x"));
        log.insert(Map.of("id", 2, "line", "x"));

        log.insert(Map.of("id", 3, "line", "x"));

        assertThat(direct.table("log").count()).isEqualTo(3);
        away();
        log.insert(Map.of("id", 4, "line", "x"));
        log.insert(Map.of("id", 5, "line", "x"));
        assertThatThrownBy(() -> weir.buffer().flush()).isInstanceOf(FlushException.class);
        assertThatThrownBy(() -> log.insert(Map.of("id", 6, "line", "x"))).isInstanceOf(BufferLimitException.class);
        faulty.clear();
        flushPatiently();
        assertThat(direct.table("log").count()).isEqualTo(5);
        assertNothingPending();
    }

    @Test
    void oneTablesLimit_holdsOnlyThatTable() {
        close();
        weir = reopen(settings()
                .table(name("log"), TableSettings.defaults().maxRows(1).atLimit(LimitPolicy.REJECT)));
        TableBuffer log = weir.database().table("log").buffer();
        log.insert(Map.of("id", 1, "line", "x"));
        assertThatThrownBy(() -> log.insert(Map.of("id", 2, "line", "x")))
                .isInstanceOf(BufferLimitException.class)
                .hasMessageContainingAll("maxRows of table", name("log"));
        assertThatThrownBy(() -> weir.buffer().atomically(group -> {
                    group.table("posts").where(1).add("views", 1);
                    group.table("log").insert(Map.of("id", 3, "line", "x"));
                }))
                .isInstanceOf(BufferLimitException.class);
        posts().where(1).add("views", 1);
        weir.buffer().flush();
        log.insert(Map.of("id", 2, "line", "x"));
        weir.buffer().flush();
        assertThat(direct.table("log").count()).isEqualTo(2);
        assertThat(views()).isEqualTo(101);
        assertNothingPending();
    }

    @Test
    void bytesLimit_holdsLargeValues() {
        close();
        weir = reopen(settings().maxBytes(10_000).atLimit(LimitPolicy.REJECT));
        posts().where(1).update(Map.of("body", new byte[9_000]));
        assertThatThrownBy(() -> posts().where(2).update(Map.of("body", new byte[9_000])))
                .isInstanceOf(BufferLimitException.class)
                .hasMessageContaining("maxBytes");
        posts().where(1).update(Map.of("body", new byte[10]));
        weir.buffer().flush();
        assertNothingPending();
    }

    @Test
    void closedBuffer_takesNothing() throws ExecutionException {
        weir.close();
        assertThatThrownBy(() -> posts().where(1).add("views", 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> posts().counter("views").add(1, 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> weir.buffer().flush()).isInstanceOf(IllegalStateException.class);
        assertThat(views()).isEqualTo(100);
    }
}
