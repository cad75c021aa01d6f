package dev.weir.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weir.db.Condition;
import dev.weir.db.Database;
import dev.weir.db.Row;
import dev.weir.db.SqlException;
import dev.weir.db.Table;
import dev.weir.db.UniqueViolationException;
import dev.weir.db.engine.ValueKind;
import dev.weir.error.Failure;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What tables, plain SQL and ids of a {@link Database} must do on every engine. */
public abstract class DialectContract extends DatabaseFixture {
    private static final Instant AT = Instant.parse("2000-10-10T20:55:36Z");

    /** A post as a record. */
    public record Post(
            long id,
            String title,
            @Nullable Integer author,
            long views,
            @Nullable BigDecimal rating,
            @Nullable Instant createdAt) {}

    /** A new post. */
    public record Draft(String title, int views, Instant createdAt) {}

    // ---- inserting

    @Test
    void insert_answersTheGeneratedKey_ofThisCall() {
        Row first = db.table("posts").insert(Map.of("title", "one"));
        Row second = db.table("posts").insert(Map.of("title", "two"));
        assertThat(first.columns()).hasSize(1);
        assertThat(second.getLong("id")).isEqualTo(first.getLong("id") + 1);
        assertThat(title(second.getLong("id"))).isEqualTo("two");
    }

    @Test
    void insert_leavesDefaultsToTheDatabase_andTakesNull() {
        long id = post("a", null, null);
        Row row = db.table("posts").where("id", id).first().orElseThrow();
        assertThat(row.getLong("views")).isZero();
        assertThat(row.get("rating")).isNull();
    }

    @Test
    void insert_withItsKeyGiven_answersIt() {
        Row key = db.table("users").insert(Map.of("id", 7, "name", "Ada"));
        assertThat(lowered(key)).isEqualTo(Map.of("id", 7L));
    }

    @Test
    void insert_ofARecord_findsColumnsByItsNames() {
        long id = db.table("posts").insert(new Draft("hello", 3, AT)).getLong("id");
        Post post = db.table("posts").where("id", id).as(Post.class).first().orElseThrow();
        assertThat(post).isEqualTo(new Post(id, "hello", null, 3, null, AT));
    }

    @Test
    void insertAll_answersKeysInOrder_overSeveralStatements() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 1_203; i++) {
            rows.add(Map.of("title", "t" + i, "views", i));
        }
        List<Row> keys = db.table("posts").insertAll(rows);
        assertThat(keys).hasSize(1_203);
        Map<Long, String> titles = new HashMap<>();
        for (Row row : db.table("posts").list()) {
            titles.put(row.getLong("id"), row.getString("title"));
        }
        for (int i = 0; i < rows.size(); i++) {
            assertThat(titles.get(keys.get(i).getLong("id"))).isEqualTo("t" + i);
        }
    }

    @Test
    void insertAll_withNulls_andKeysOfItsOwn() {
        List<Row> keys = db.table("tags")
                .insertAll(List.of(
                        row("post", 1, "name", "x", "weight", null),
                        row("post", 1, "name", "y", "weight", 5),
                        row("post", 2, "name", "x", "weight", null)));
        assertThat(lowered(keys.get(1))).isEqualTo(Map.of("post", 1L, "name", "y"));
        assertThat(db.table("tags").whereNull("weight").count()).isEqualTo(2);
    }

    @Test
    void insertAll_ofOneBadRow_insertsNone() {
        db.table("users").insert(Map.of("id", 600, "name", "taken"));
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 1; i <= 700; i++) {
            rows.add(Map.of("id", i, "name", "n"));
        }
        assertThatThrownBy(() -> db.table("users").insertAll(rows)).isInstanceOf(UniqueViolationException.class);
        assertThat(db.table("users").count()).isEqualTo(1);
    }

    @Test
    void insertAll_ofNothing_sendsNothing() {
        assertThat(db.table("posts").insertAll(List.of())).isEmpty();
        assertThat(sentSince()).isEmpty();
    }

    // ---- finding

    @Test
    void where_comparesInEveryWay() {
        for (int i = 1; i <= 5; i++) {
            post("p" + i, i, i == 3 ? null : new BigDecimal(i));
        }
        assertThat(titles(posts().where("views", 2))).containsExactly("p2");
        assertThat(titles(posts().where("views", "<", 3))).containsExactly("p1", "p2");
        assertThat(titles(posts().where("views", "<=", 2L))).containsExactly("p1", "p2");
        assertThat(titles(posts().where("views", ">", 3))).containsExactly("p4", "p5");
        assertThat(titles(posts().where("views", ">=", (short) 5))).containsExactly("p5");
        assertThat(titles(posts().where("views", "!=", 1).where("views", "<>", 2)))
                .containsExactly("p3", "p4", "p5");
        assertThat(titles(posts().whereIn("views", List.of(1, 5, 9)))).containsExactly("p1", "p5");
        assertThat(titles(posts().whereIn("views", List.of()))).isEmpty();
        assertThat(titles(posts().whereNull("rating"))).containsExactly("p3");
        assertThat(titles(posts().whereNotNull("rating").where("views", "<", 4)))
                .containsExactly("p1", "p2");
        assertThat(titles(posts().where("rating", new BigDecimal("2.00")))).containsExactly("p2");
        assertThat(titles(posts().where("VIEWS", 4))).containsExactly("p4");
    }

    @Test
    void where_combinesByAndOrNot() {
        for (int i = 1; i <= 5; i++) {
            post("p" + i, i, null);
        }
        assertThat(titles(posts().where(Condition.eq("views", 1).or(Condition.gt("views", 3)))))
                .containsExactly("p1", "p4", "p5");
        assertThat(titles(posts().where("views", ">", 1)
                        .where(Condition.eq("views", 1).or(Condition.lt("views", 3)))))
                .containsExactly("p2");
        assertThat(titles(posts().where(Condition.ge("views", 2)
                        .and(Condition.le("views", 4))
                        .and(Condition.ne("views", 3)))))
                .containsExactly("p2", "p4");
        assertThat(titles(posts().where(Condition.in("views", Set.of(1L, 2L)).not())))
                .containsExactly("p3", "p4", "p5");
    }

    @Test
    void times_compareAndSortAsTimes_withAndWithoutFraction() {
        for (int millis : new int[] {500, 0, 1_000, 250}) {
            posts().insert(Map.of("title", "p" + millis, "created_at", AT.plusMillis(millis)));
        }
        assertThat(titles(posts().orderBy("created_at"))).containsExactly("p0", "p250", "p500", "p1000");
        assertThat(titles(posts().where("created_at", ">", AT).orderBy("created_at")))
                .containsExactly("p250", "p500", "p1000");
        assertThat(titles(posts().where("created_at", "<", AT.plusSeconds(1)).orderByDescending("created_at")))
                .containsExactly("p500", "p250", "p0");
        assertThat(titles(posts().where("created_at", AT.plusMillis(250)))).containsExactly("p250");
    }

    @Test
    void where_outOfTheColumnsRange_findsNothing() {
        post("a", 1, null);
        assertThat(posts().where("author", 5_000_000_000L).count()).isZero();
        assertThat(posts().where("rating", new BigDecimal("1e30")).exists()).isFalse();
        assertThat(posts().where("title", "x".repeat(1_000)).exists()).isFalse();
    }

    @Test
    void like_takesPatterns_andABackslashAsEscape() {
        post("100% sure", 1, null);
        post("100 sure", 2, null);
        post("a_b", 3, null);
        post("acb", 4, null);
        post("back\\slash", 5, null);
        assertThat(titles(posts().like("title", "100%"))).containsExactly("100% sure", "100 sure");
        assertThat(titles(posts().like("title", "100\\%%"))).containsExactly("100% sure");
        assertThat(titles(posts().like("title", "a_b"))).containsExactly("a_b", "acb");
        assertThat(titles(posts().like("title", "a\\_b"))).containsExactly("a_b");
        assertThat(titles(posts().like("title", "back\\\\%"))).containsExactly("back\\slash");
        assertRefused(() -> posts().like("views", "1%").list(), "column=views");
    }

    @Test
    void select_orders_limits_andSkips() {
        for (int i = 1; i <= 5; i++) {
            post("p" + i, i % 2, null);
        }
        Table sorted = db.table("posts").orderByDescending("views").orderBy("title");
        assertThat(titles(sorted)).containsExactly("p1", "p3", "p5", "p2", "p4");
        assertThat(titles(sorted.limit(2))).containsExactly("p1", "p3");
        assertThat(titles(sorted.limit(2).offset(1))).containsExactly("p3", "p5");
        assertThat(titles(sorted.offset(3))).containsExactly("p2", "p4");
        assertThat(titles(sorted.limit(0))).isEmpty();
        Row row = sorted.select("title").first().orElseThrow();
        assertThat(lowered(row)).isEqualTo(Map.of("title", "p1"));
        assertThat(sorted.offset(4).first().orElseThrow().getString("title")).isEqualTo("p4");
        assertThat(sorted.offset(5).first()).isEmpty();
        assertThat(sorted.limit(0).first()).isEmpty();
        assertThat(sorted.offset(5).exists()).isFalse();
    }

    @Test
    void join_readsColumnsOfBothTables() {
        db.table("users").insertAll(List.of(Map.of("id", 1, "name", "Ada"), Map.of("id", 2, "name", "Bob")));
        db.table("posts").insert(Map.of("title", "by Ada", "author", 1));
        db.table("posts").insert(Map.of("title", "by nobody"));
        Row row = db.table("posts")
                .join("users", "posts.author", "users.id")
                .where("users.name", "Ada")
                .first()
                .orElseThrow();
        assertThat(row.getString("title")).isEqualTo("by Ada");
        assertThat(row.getString("name")).isEqualTo("Ada");
        assertThat(row.getLong("users.id")).isEqualTo(1);
        assertThat(row.getString("posts.title")).isEqualTo("by Ada");
        assertThat(lowered(row)).containsKeys("posts.id", "users.id", "title", "name");
        assertRefused(() -> row.get("id"), "column=id");
        List<Row> left = db.table("posts")
                .leftJoin("users", "author", "users.id")
                .select("title", "users.name")
                .orderBy("title")
                .list();
        assertThat(left).extracting(found -> found.get("name")).containsExactly("Ada", null);
        assertRefused(
                () -> db.table("posts")
                        .join("users", "author", "users.id")
                        .where("id", 1)
                        .list(),
                "posts.id or users.id");
    }

    @Test
    void count_andExists() {
        post("a", 1, null);
        post("b", 2, null);
        assertThat(db.table("posts").count()).isEqualTo(2);
        assertThat(posts().where("views", 9).count()).isZero();
        assertThat(posts().where("views", 2).exists()).isTrue();
        assertThat(posts().where("views", 9).exists()).isFalse();
        assertThatThrownBy(() -> posts().limit(1).count()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void stream_fetchesAndGivesItsConnectionBack() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 1_500; i++) {
            rows.add(Map.of("title", "t" + i, "views", i));
        }
        db.table("posts").insertAll(rows);
        try (Stream<Row> stream = posts().orderBy("views").stream()) {
            Iterator<Row> iterator = stream.iterator();
            assertThat(iterator.next().getString("title")).isEqualTo("t0");
            assertThat(recorder.open()).isEqualTo(1);
        }
        assertThat(recorder.open()).isZero();
        try (Stream<Row> stream = posts().stream()) {
            assertThat(stream.mapToLong(row -> row.getLong("views")).sum()).isEqualTo(1_500L * 1_499 / 2);
        }
        assertThatThrownBy(() -> db.sql("select nothing from nowhere").stream()).isInstanceOf(SqlException.class);
        assertThat(recorder.open()).isZero();
        assertThat(recorder.soiled()).isEmpty();
    }

    @Test
    void rows_areEqualByContent_andCannotBeChanged() {
        long id = post("a", 1, new BigDecimal("1.50"));
        Row one = db.table("posts").where("id", id).first().orElseThrow();
        Row other = db.table("posts").where("id", id).first().orElseThrow();
        assertThat(one).isEqualTo(other).hasSameHashCodeAs(other);
        assertThat(one.get("rating")).isEqualTo(new BigDecimal("1.50"));
        assertThatThrownBy(() -> one.toMap().put("title", "b")).isInstanceOf(UnsupportedOperationException.class);
    }

    // ---- changing

    @Test
    void update_andDelete_countTheirRows() {
        for (int i = 1; i <= 4; i++) {
            post("p" + i, i, null);
        }
        assertThat(posts().where("views", "<", 3).update(Map.of("title", "low", "rating", BigDecimal.ONE)))
                .isEqualTo(2);
        assertThat(posts().where("title", "low").update(Map.of("title", "low"))).isEqualTo(2);
        assertThat(posts().where("views", 99).update(Map.of("title", "none"))).isZero();
        assertThat(posts().where("title", "low").delete()).isEqualTo(2);
        assertThat(posts().all().update(row("author", null))).isEqualTo(2);
        assertThat(posts().all().delete()).isEqualTo(2);
        assertThat(posts().count()).isZero();
    }

    @Test
    void increment_addsInTheDatabase_andTakesNullForZero() {
        long id = post("a", 1, null);
        assertThat(posts().where("id", id).increment("views", 41)).isEqualTo(1);
        assertThat(posts().where("id", id).increment("rating", -2)).isEqualTo(1);
        assertThat(posts().where("id", id).increment("author", 6)).isEqualTo(1);
        Row row = posts().where("id", id).first().orElseThrow();
        assertThat(row.getLong("views")).isEqualTo(42);
        assertThat(row.getDecimal("rating")).isEqualByComparingTo("-2");
        assertThat(row.getInt("author")).isEqualTo(6);
        assertRefused(() -> posts().where("id", id).increment("title", 1), "column=title");
        assertThatThrownBy(() -> posts().increment("views", 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("all()");
    }

    @Test
    void increment_isExact_orFails() {
        long id = post("a", 1, new BigDecimal("4.35"));
        assertThat(posts().where("id", id).increment("rating", 100)).isEqualTo(1);
        Row row = posts().where("id", id).first().orElseThrow();
        assertThat(row.getDecimal("rating")).isEqualTo(new BigDecimal("104.35"));
        SqlException thrown = catchThrowableOfType(
                SqlException.class, () -> posts().where("id", id).increment("views", Long.MAX_VALUE));
        assertThat(thrown.failure()).isEqualTo(Failure.DATA);
        assertThat(posts().where("id", id).first()).contains(row);
    }

    @Test
    void upsert_insertsThenUpdates() {
        db.table("tags").upsert(Map.of("post", 1, "name", "x", "weight", 1));
        db.table("tags").upsert(Map.of("post", 1, "name", "x", "weight", 2), "post", "name");
        db.table("tags").upsert(Map.of("post", 1, "name", "y", "weight", 3));
        assertThat(db.table("tags").orderBy("name").list())
                .extracting(row -> row.getInt("weight"))
                .containsExactly(2, 3);
        db.table("tags").upsert(Map.of("post", 1, "name", "y"));
        assertThat(db.table("tags").count()).isEqualTo(2);
        assertRefused(() -> db.table("tags").upsert(Map.of("post", 1, "weight", 2)), "whole key");
        assertRefused(() -> db.table("tags").upsert(Map.of("post", 1, "weight", 2), "weight"), "unique key");
    }

    // ---- bad input: nothing is sent

    @Test
    void upsert_ofOneNewRowByManyAtOnce_succeedsForAll() throws Exception {
        for (int round = 1; round <= 20; round++) {
            int id = round;
            together(6, () -> {
                db.table("users")
                        .upsert(Map.of(
                                "id", id, "name", "n" + Thread.currentThread().getId()));
                return id;
            });
        }
        assertThat(db.table("users").count()).isEqualTo(20);
    }

    @Test
    void unknownNames_areRefusedBeforeAnythingIsSent() {
        assertRefusedUnsent(() -> db.table("nowhere").list(), "table=nowhere");
        assertRefusedUnsent(() -> db.table("nowhere").insert(Map.of("a", 1)), "table=nowhere");
        assertRefusedUnsent(() -> posts().where("nothing", 1).list(), "column=nothing");
        assertRefusedUnsent(() -> posts().select("nothing").list(), "column=nothing");
        assertRefusedUnsent(() -> posts().orderBy("nothing").list(), "column=nothing");
        assertRefusedUnsent(() -> posts().insert(Map.of("title", "a", "nothing", 1)), "column=nothing");
        assertRefusedUnsent(() -> posts().all().update(Map.of("nothing", 1)), "column=nothing");
        assertRefusedUnsent(() -> posts().where("nothing", 1).delete(), "column=nothing");
        assertRefusedUnsent(() -> posts().where("nothing", 1).count(), "column=nothing");
        assertRefusedUnsent(() -> posts().where("nothing", "<", 1).exists(), "column=nothing");
        assertRefusedUnsent(() -> posts().where("nothing", 1).first(), "column=nothing");
        assertRefusedUnsent(() -> posts().where("nothing", 1).stream(), "column=nothing");
        assertRefusedUnsent(() -> posts().whereIn("nothing", List.of(1)).list(), "column=nothing");
        assertRefusedUnsent(() -> posts().whereIn("nothing", List.of()).list(), "column=nothing");
        assertRefusedUnsent(() -> posts().whereNull("nothing").list(), "column=nothing");
        assertRefusedUnsent(() -> posts().whereNotNull("nothing").list(), "column=nothing");
        assertRefusedUnsent(() -> posts().like("nothing", "a%").list(), "column=nothing");
        assertRefusedUnsent(
                () -> posts().where(Condition.eq("id", 1)
                                .or(Condition.eq("nothing", 1).not()))
                        .list(),
                "column=nothing");
        assertRefusedUnsent(() -> posts().orderByDescending("nothing").list(), "column=nothing");
        assertRefusedUnsent(() -> posts().where("id", 1).increment("nothing", 1), "column=nothing");
        assertRefusedUnsent(() -> posts().where("nothing", 1).increment("views", 1), "column=nothing");
        assertRefusedUnsent(() -> posts().upsert(Map.of("id", 1, "nothing", 1)), "column=nothing");
        assertRefusedUnsent(() -> posts().upsert(Map.of("id", 1, "title", "a"), "nothing"), "column=nothing");
        assertRefusedUnsent(
                () -> posts().insertAll(List.of(Map.of("title", "a"), Map.of("nothing", 1))), "column=nothing");
        assertRefusedUnsent(() -> posts().leftJoin("nowhere", "author", "id").list(), "table=nowhere");
        assertRefusedUnsent(
                () -> posts().join("users", "posts.author", "users.id")
                        .select("users.nothing")
                        .list(),
                "column=nothing");
        assertRefusedUnsent(
                () -> posts().join("users", "posts.author", "users.nothing").list(), "column=nothing");
        assertRefusedUnsent(
                () -> posts().join("users", "posts.author", "tags.id").list(), "column=tags.id");
    }

    @Test
    void writesWithoutCondition_areRefusedBeforeAnythingIsSent() {
        post("a", 1, null);
        recorder.clear();
        assertThatThrownBy(() -> posts().update(Map.of("title", "b")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("table=posts")
                .hasMessageContaining("all()");
        assertThatThrownBy(() -> posts().delete()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> posts().where("id", 1).all().delete()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> posts().where("id", 1).limit(1).delete()).isInstanceOf(IllegalStateException.class);
        assertThat(recorder.sent()).isEmpty();
        assertThat(posts().count()).isEqualTo(1);
    }

    @Test
    void raggedRows_areRefusedBeforeAnythingIsSent() {
        assertRefusedUnsent(
                () -> posts().insertAll(List.of(Map.of("title", "a", "views", 1), Map.of("title", "b"))), "row=1");
        assertRefusedUnsent(
                () -> posts().insertAll(List.of(Map.of("title", "a"), Map.of("title", "b", "views", 1))), "row=1");
        assertRefusedUnsent(() -> posts().insert(Map.of()), "table=posts");
        assertRefusedUnsent(() -> posts().insert(row("title", "a", "TITLE", "b")), "once");
    }

    @Test
    void valuesThatTheColumnCannotHold_areRefusedBeforeAnythingIsSent() {
        assertRefusedUnsent(() -> posts().insert(Map.of("title", 5)), "column=title");
        assertRefusedUnsent(() -> posts().insert(Map.of("title", "a", "views", "5")), "column=views");
        assertRefusedUnsent(() -> posts().insert(row("title", null)), "column=title");
        assertRefusedUnsent(
                () -> posts().insert(Map.of("title", "a", "rating", new BigDecimal("1.234"))), "column=rating");
        assertRefusedUnsent(() -> posts().where("views", "5").list(), "column=views");
        assertThatThrownBy(() -> posts().where("views", nothing()))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("whereNull");
    }

    @Test
    void halfASurrogatePair_isRefusedBeforeAnythingIsSent() {
        String half = "a\uD83D";
        assertRefusedUnsent(() -> posts().insert(Map.of("title", half)), "column=title");
        assertRefusedUnsent(() -> posts().insert(Map.of("title", "\uDE00")), "surrogate");
        assertRefusedUnsent(() -> posts().all().update(Map.of("title", half)), "column=title");
        assertRefusedUnsent(() -> posts().upsert(Map.of("id", 1, "title", half)), "column=title");
        assertRefusedUnsent(() -> posts().where("title", half).list(), "column=title");
        assertRefusedUnsent(() -> posts().whereIn("title", List.of("a", half)).delete(), "column=title");
        assertRefusedUnsent(() -> posts().like("title", half + "%").list(), "column=title");
        assertRefusedUnsent(
                () -> db.sql("select 1 from posts where title = ?", half).list(), "parameter=number 1");
        assertRefusedUnsent(
                () -> db.sql("select 1 from posts where title in (:titles)")
                        .bind("titles", List.of("a", half))
                        .list(),
                "parameter=titles");
        assertRefusedUnsent(() -> db.sql("delete from posts where title = '" + half + "'"), "surrogate");
    }

    @Test
    void tableThatOthersChanged_isLookedAtAgainBeforeAValueIsRefused() throws Exception {
        String longer = "x".repeat(60);
        db.table("tags").insert(Map.of("post", 1, "name", "short"));
        assertRefused(() -> db.table("tags").insert(Map.of("post", "eins", "name", "n")), "column=post");
        remakeTags("post varchar(20) not null, name varchar(100) primary key");
        db.table("tags").insert(Map.of("post", "eins", "name", longer));
        assertThat(lowered(db.table("tags").first().orElseThrow())).isEqualTo(Map.of("post", "eins", "name", longer));
        remakeTags("post bigint not null, name varchar(100) primary key");
        assertThat(db.table("tags").where("post", 1).count()).isZero();
    }

    /** Past the database object, so that its catalog does not hear of it. */
    private void remakeTags(String columns) throws SQLException {
        try (var connection = pool.getConnection();
                var statement = connection.createStatement()) {
            statement.execute("drop table tags");
            statement.execute("create table tags (" + columns + ")");
        }
    }

    private boolean schemaChanged(String sql) throws SQLException {
        try (var connection = pool.getConnection();
                var statement = connection.createStatement()) {
            SQLException thrown = catchThrowableOfType(SQLException.class, () -> statement.execute(sql));
            return db.dialect().schemaChanged(thrown);
        }
    }

    @Test
    void statementThatNoLongerFitsTheSchema_isToldFromOthersThatFail() throws SQLException {
        db.table("users").insert(Map.of("id", 1, "name", "a"));
        db.sql("create view seen as select id, name || 'x' as name from users").execute();

        assertThat(schemaChanged("update nothere set id = 1")).isTrue();
        assertThat(schemaChanged("update users set nothere = 1")).isTrue();
        assertThat(schemaChanged("insert into users(id, nothere) values(2, 3)")).isTrue();
        assertThat(schemaChanged("update users set name = nothere(name)")).isTrue();
        assertThat(schemaChanged("update seen set name = 'b'")).isTrue();

        assertThat(schemaChanged("insert into users(id, name) values(1, 'a')")).isFalse();
        assertThat(schemaChanged("insert into users(id) values(2)")).isFalse();
        assertThat(schemaChanged("create table users(id int)")).isFalse();
        assertThat(schemaChanged("update users sett name = 1")).isFalse();
    }

    @Test
    void messages_holdNoValues() {
        db.table("users").insert(Map.of("id", 1, "name", "secretname"));
        UniqueViolationException thrown = catchThrowableOfType(
                UniqueViolationException.class, () -> db.table("users").insert(Map.of("id", 1, "name", "secretname")));
        assertThat(thrown.failure()).isEqualTo(Failure.DATA);
        assertThat(thrown.retryable()).isFalse();
        assertThat(thrown).hasMessageNotContaining("secret").hasCauseInstanceOf(SQLException.class);
        Throwable literal = catchThrowable(() ->
                db.sql("insert into users(id, name) values (1, 'secretname')").execute());
        assertThat(literal).isInstanceOf(UniqueViolationException.class).hasMessageNotContaining("secret");
        Throwable range =
                catchThrowable(() -> posts().insert(Map.of("title", "a", "rating", new BigDecimal("99999999999.25"))));
        assertThat(range).isInstanceOf(IllegalArgumentException.class).hasMessageNotContaining("99999");
    }

    @Test
    void tina4T72_namesAreQuotedAndChecked_neverPasted() {
        db.sql("create table " + quote("odd \"`name") + " (" + quote("a b'c") + " " + type(ValueKind.INTEGER)
                        + " primary key, " + quote("order") + " " + type(ValueKind.TEXT) + ")")
                .execute();
        Table odd = db.table("odd \"`name");
        odd.insert(Map.of("a b'c", 1, "order", "x'); drop table posts; --"));
        assertThat(odd.where("a b'c", 1).orderBy("order").first().orElseThrow().getString("order"))
                .isEqualTo("x'); drop table posts; --");
        assertRefused(() -> db.table("posts; drop table posts").list(), "table=");
        assertRefused(() -> posts().where("id = 1 or 1", 1).delete(), "column=");
        assertRefused(() -> posts().orderBy("id desc").list(), "column=id desc");
        assertThat(posts().count()).isZero();
    }

    /** What a caller may hand in whom no one checks. */
    @SuppressWarnings("NullAway")
    private static Object nothing() {
        return null;
    }

    // ---- values

    @Test
    void values_comeBackAsTheyWent() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("id", 1L);
        values.put("flag", true);
        values.put("big", Long.MAX_VALUE);
        values.put("ratio", 0.1);
        values.put("amount", new BigDecimal("12345.678"));
        values.put("words", "Grüße \uD83D\uDE00 'quoted' \\ :name ? ");
        values.put("data", new byte[] {0, -1, 127});
        values.put("born", LocalDate.of(2024, 2, 29));
        values.put("moment", AT);
        db.sql("create table sample (id " + type(ValueKind.INTEGER) + " primary key, flag " + type(ValueKind.BOOLEAN)
                        + ", big " + type(ValueKind.INTEGER) + ", ratio " + type(ValueKind.DOUBLE) + ", amount "
                        + type(ValueKind.DECIMAL) + ", words " + type(ValueKind.TEXT) + ", data "
                        + type(ValueKind.BYTES) + ", born " + type(ValueKind.DATE) + ", moment "
                        + type(ValueKind.INSTANT) + ")")
                .execute();
        db.table("sample").insert(values);
        Row row = db.table("sample").first().orElseThrow();
        assertThat(row).isEqualTo(Row.of(lowered(row, values)));
        Row plain = db.sql(
                        "select * from sample where words = ? and data = ? and born = ?",
                        values.get("words"),
                        values.get("data"),
                        values.get("born"))
                .first()
                .orElseThrow();
        assertThat(plain).isEqualTo(row);
        for (String column : List.of("flag", "big", "amount", "words", "data", "born", "moment")) {
            assertThat(db.table("sample")
                            .where(column, Objects.requireNonNull(values.get(column)))
                            .exists())
                    .as(column)
                    .isTrue();
        }
        row.getBytes("data")[0] = 9;
        assertThat(row.getBytes("data")).containsExactly(0, -1, 127);
    }

    // ---- plain SQL

    @Test
    void sql_takesPositionalAndNamedParameters_andLists() {
        for (int i = 1; i <= 4; i++) {
            post("p" + i, i, null);
        }
        assertThat(db.sql("select title from posts where views > ? and title <> ? order by views", 1, "p3")
                        .list())
                .extracting(row -> row.getString("title"))
                .containsExactly("p2", "p4");
        assertThat(db.sql("select title from posts -- :not, ?\n where title <> ':no ?' and views in (:views)"
                                + " and title <> :title /* ? :x */ order by views")
                        .bind("views", List.of(1, 2, 4))
                        .bind("title", "p2")
                        .list())
                .extracting(row -> row.getString("title"))
                .containsExactly("p1", "p4");
        assertThat(db.sql("update posts set author = :a, rating = :r where views <= :v")
                        .bind(row("a", 5, "r", null, "v", 2))
                        .writes("posts")
                        .execute())
                .isEqualTo(2);
        assertThat(db.sql("select count(*) as n from posts where author = ?", 5)
                        .first()
                        .orElseThrow()
                        .getLong("N"))
                .isEqualTo(2);
        assertThat(db.sql("select id, title, author, views, rating, created_at from posts where views = 4")
                        .as(Post.class)
                        .list())
                .extracting(Post::title)
                .containsExactly("p4");
        assertThat(db.sql("select title from posts where views = 77").first()).isEmpty();
    }

    @Test
    void sql_refusesWhatDoesNotFitBeforeAnythingIsSent() {
        assertRefusedUnsent(() -> db.sql("select ? from posts").list(), "values=0");
        assertRefusedUnsent(() -> db.sql("select 1 from posts", 1).list(), "values=1");
        assertRefusedUnsent(() -> db.sql("select :a from posts").list(), "parameter=a");
        assertRefusedUnsent(() -> db.sql("select :a from posts").bind("b", 1), "parameter=b");
        assertRefusedUnsent(() -> db.sql("select :a, ? from posts", 1).list(), "one form");
        assertRefusedUnsent(
                () -> db.sql("select 1 where 1 in (:a)").bind("a", List.of()).list(), "parameter=a");
        assertRefusedUnsent(() -> db.sql("commit"), "transaction");
        assertRefusedUnsent(() -> db.sql("select 1; delete from posts"), "one statement");
        assertRefusedUnsent(() -> db.sql(" "), "empty");
        assertRefusedUnsent(() -> db.sql("delete from posts").writes("nowhere").execute(), "table=nowhere");
    }

    @Test
    void sql_thatChangesTheSchema_isSeenByTheCatalog() {
        db.sql("create table late (id " + type(ValueKind.INTEGER) + " primary key)")
                .execute();
        db.table("late").insert(Map.of("id", 1));
        db.sql("alter table late add column more " + type(ValueKind.INTEGER)).execute();
        db.table("late").insert(Map.of("id", 2, "more", 3));
        assertThat(db.table("late").where("id", 2).first().orElseThrow().columns())
                .hasSize(2);
        db.sql("drop table late").execute();
        assertRefused(() -> db.table("late").list(), "table=late");
    }

    @Test
    void tableMadeByOthers_isFoundByAFreshLook() throws Exception {
        assertRefused(() -> db.table("foreign_one").list(), "table=foreign_one");
        try (var connection = pool.getConnection();
                var statement = connection.createStatement()) {
            statement.execute("create table foreign_one (id " + type(ValueKind.INTEGER) + " primary key)");
        }
        assertThat(db.table("foreign_one").list()).isEmpty();
    }

    // ---- ids

    @Test
    void nextId_concurrentCalls_areDistinctAndContiguous() throws Exception {
        db.table("users").insert(Map.of("id", 41, "name", "before"));
        Set<Long> ids = new HashSet<>();
        for (Long id : together(100, () -> db.nextId("users"))) {
            assertThat(ids.add(id)).as("id %s", id).isTrue();
        }
        assertThat(ids)
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.rangeClosed(42, 141).boxed().toList());
    }

    @Test
    void nextId_ofEachTable_isItsOwn() {
        assertThat(db.nextId("users")).isEqualTo(1);
        assertThat(db.nextId("users")).isEqualTo(2);
        assertThat(db.nextId("posts")).isEqualTo(1);
        assertThat(db.nextId("USERS")).isEqualTo(3);
        assertRefused(() -> db.nextId("tags"), "primary key");
    }

    @Test
    void tina4T66_twoFirstCallsAtOnce_giveTwoIds() throws Exception {
        List<Long> ids = together(2, () -> db.nextId("users"));
        assertThat(ids).containsExactlyInAnyOrder(1L, 2L);
    }

    @Test
    void tina4T66_manyFirstCallsAtOnce_giveAsManyIds() throws Exception {
        for (int round = 1; round <= 20; round++) {
            String table = "fresh" + round;
            db.sql("create table " + table + " (id bigint primary key)").execute();
            assertThat(together(6, () -> db.nextId(table))).containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L, 6L);
        }
    }

    @Test
    void tina4T67_idsThatOthersInserted_arePassedOver() {
        assertThat(db.nextId("users")).isEqualTo(1);
        db.table("users").insert(Map.of("id", 100, "name", "explicit"));
        assertThat(db.nextId("users")).isEqualTo(101);
        assertThat(db.nextId("users")).isEqualTo(102);
    }

    @Test
    void tina4T65_nextId_doesNotCommitTheCallersTransaction() {
        assertThatThrownBy(() -> db.transaction(tx -> {
                    assertThat(db.nextId("users")).isEqualTo(1);
                    tx.table("users").insert(Map.of("id", 1, "name", "lost"));
                    throw new IllegalArgumentException("planted");
                }))
                .hasMessage("planted");
        assertThat(db.table("users").count()).isZero();
        assertThat(db.nextId("users")).isEqualTo(2);
    }

    // ---- timeouts

    @Test
    void statementTimeout_endsALongStatement() {
        Database impatient = builder().statementTimeout(Duration.ofSeconds(1)).build();
        SqlException thrown = catchThrowableOfType(
                SqlException.class, () -> impatient.sql(endlessQuery()).list());
        assertThat(thrown.failure()).isEqualTo(Failure.TRANSIENT);
        assertThat(impatient.table("posts").count()).isZero();
    }

    @Test
    void lockTimeout_endsAWait() throws Exception {
        db.table("users").insert(Map.of("id", 1, "name", "a"));
        Database impatient = builder().lockTimeout(Duration.ofSeconds(1)).build();
        CountDownLatch locked = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            Future<?> holder = other.submit(() -> db.transaction(tx -> {
                tx.table("users").where("id", 1).update(Map.of("name", "b"));
                locked.countDown();
                await(done);
            }));
            await(locked);
            SqlException thrown = catchThrowableOfType(
                    SqlException.class,
                    () -> impatient.table("users").where("id", 1).update(Map.of("name", "c")));
            assertThat(thrown.failure()).isEqualTo(Failure.TRANSIENT);
            assertThat(thrown.retryable()).isTrue();
            done.countDown();
            holder.get();
        } finally {
            done.countDown();
            other.shutdown();
        }
        assertThat(db.table("users").where("id", 1).first().orElseThrow().getString("name"))
                .isEqualTo("b");
    }

    // ---- what the tests share

    private Table posts() {
        return db.table("posts");
    }

    private long post(String title, @Nullable Integer views, @Nullable BigDecimal rating) {
        Map<String, @Nullable Object> row = new HashMap<>();
        row.put("title", title);
        if (views != null) {
            row.put("views", views);
        }
        row.put("rating", rating);
        return posts().insert(row).getLong("id");
    }

    private String title(long id) {
        return posts().where("id", id).first().orElseThrow().getString("title");
    }

    private static List<String> titles(Table table) {
        return table.list().stream().map(row -> row.getString("title")).toList();
    }

    /** Engines differ in how they spell a name that was not quoted. */
    private static Map<String, @Nullable Object> lowered(Row row) {
        Map<String, @Nullable Object> lowered = new LinkedHashMap<>();
        row.toMap().forEach((name, value) -> lowered.put(name.toLowerCase(Locale.ROOT), value));
        return lowered;
    }

    private static Map<String, Object> lowered(Row row, Map<String, Object> values) {
        Map<String, Object> named = new LinkedHashMap<>();
        row.columns().forEach(column -> named.put(column, values.get(column.toLowerCase(Locale.ROOT))));
        return named;
    }

    private static <T> List<T> together(int calls, Callable<T> call) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(calls);
        try {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<T>> futures = new ArrayList<>();
            for (int i = 0; i < calls; i++) {
                futures.add(threads.submit(() -> {
                    start.await();
                    return call.call();
                }));
            }
            start.countDown();
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get());
            }
            return results;
        } finally {
            threads.shutdown();
        }
    }
}
