package dev.weir.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.Weir;
import dev.weir.db.CommitScope;
import dev.weir.db.Condition;
import dev.weir.db.Database;
import dev.weir.db.Isolation;
import dev.weir.db.NanoId;
import dev.weir.db.Row;
import dev.weir.db.TransactionHook;
import dev.weir.db.TransactionOptions;
import dev.weir.db.UniqueViolationException;
import dev.weir.db.UuidV7;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseSnippetsTest {
    @TempDir
    Path directory;

    private TestDatabase sqlite;
    private DataSource dataSource;
    private Database db;

    @BeforeEach
    void open() {
        sqlite = new TestDatabase(directory);
        dataSource = sqlite.dataSource();
        db = Database.builder(dataSource).build();
        sqlite.run("create table posts(id integer primary key, author bigint, title text, views bigint default 0)");
        sqlite.run("create table users(id integer primary key, name text unique)");
        sqlite.run("insert into users(id, name) values (7, 'Ada')");
        sqlite.run("insert into posts(id, author, title, views) values (1, 7, 'One', 10), (2, 7, 'Two', 200)");
    }

    @AfterEach
    void close() {
        sqlite.close();
    }

    @Test
    void opening() {
        List<CommitScope> heard = new ArrayList<>();
        TransactionHook hook = new TransactionHook() {
            @Override
            public void afterCommit(CommitScope scope) {
                heard.add(scope);
            }
        };
        // tag::database-alone
        Database database = Database.builder(dataSource)
                .statementTimeout(Duration.ofSeconds(5))
                .slowQuery(Duration.ofMillis(200))
                .addHook(hook)
                .build();
        // end::database-alone
        DataSource reporting = dataSource;
        // tag::database-named
        Weir weir = Weir.builder()
                .database(dataSource)
                .database("reporting", reporting)
                .build();
        Database second = weir.database("reporting");
        // end::database-named
        database.table("posts").all().update(Map.of("views", 0));
        assertThat(heard)
                .singleElement()
                .satisfies(scope -> assertThat(scope.tables()).containsExactly("posts"));
        assertThat(second.name()).isEqualTo("reporting");
        weir.close();
    }

    // tag::database-record
    record Post(long id, String title, long views) {}

    // end::database-record

    @Test
    void reading() {
        // tag::database-read
        Optional<Row> post =
                db.table("posts").where("id", 1).select("id", "title").first();
        List<Row> popular = db.table("posts")
                .where("views", ">", 100)
                .orderByDescending("views")
                .limit(10)
                .list();
        List<Row> some = db.table("posts")
                .where(Condition.eq("author", 7)
                        .and(Condition.like("title", "T%").or(Condition.isNull("title"))))
                .list();
        List<Row> named = db.table("posts")
                .join("users", "posts.author", "users.id")
                .select("posts.title", "users.name")
                .list();
        long count = db.table("posts").where("author", 7).count();
        List<Post> posts = db.table("posts").orderBy("id").as(Post.class).list();
        // end::database-read
        assertThat(post.orElseThrow().getString("title")).isEqualTo("One");
        assertThat(popular).hasSize(1);
        assertThat(some).hasSize(1);
        assertThat(named).hasSize(2);
        assertThat(count).isEqualTo(2);
        assertThat(posts).containsExactly(new Post(1, "One", 10), new Post(2, "Two", 200));
    }

    @Test
    void streaming() {
        List<String> titles = new ArrayList<>();
        // tag::database-stream
        try (Stream<Row> rows = db.table("posts").stream()) {
            rows.forEach(row -> titles.add(row.getString("title")));
        }
        // end::database-stream
        assertThat(titles).containsExactlyInAnyOrder("One", "Two");
    }

    @Test
    void writing() {
        // tag::database-write
        Row key = db.table("posts").insert(Map.of("author", 7, "title", "Three"));
        long id = key.getLong("id");
        db.table("posts").insertAll(List.of(Map.of("title", "Four"), Map.of("title", "Five")));
        long changed = db.table("posts").where("id", id).update(Map.of("title", "Third"));
        db.table("posts").where("id", id).increment("views", 1);
        db.table("users").upsert(Map.of("id", 7, "name", "Ada Lovelace"));
        long gone = db.table("posts").where("views", "<", 5).delete();
        db.table("posts").all().update(Map.of("views", 0));
        // end::database-write
        assertThat(id).isEqualTo(3);
        assertThat(changed).isEqualTo(1);
        assertThat(gone).isEqualTo(3);
        assertThatThrownBy(() -> db.table("posts").delete()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> db.table("posts").where("nosuch", 1).list())
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void plainSql() {
        // tag::database-sql
        List<Row> rows = db.sql("select title from posts where views > ?", 100).list();
        List<Row> byName = db.sql("select * from posts where id in (:ids)")
                .bind("ids", List.of(1, 2))
                .list();
        long changed = db.sql("update posts set views = views * 2 where author = ?", 7)
                .writes("posts")
                .execute();
        // end::database-sql
        assertThat(rows).hasSize(1);
        assertThat(byName).hasSize(2);
        assertThat(changed).isEqualTo(2);
    }

    @Test
    void transactions() {
        // tag::database-transaction
        long id = db.transactionResult(tx -> {
            Row key = tx.table("posts").insert(Map.of("title", "Hello"));
            tx.sql("update users set name = ? where id = 7", "Ada L.").execute();
            return key.getLong("id");
        });
        // end::database-transaction
        // tag::database-serializable
        TransactionOptions careful = TransactionOptions.DEFAULT
                .isolation(Isolation.SERIALIZABLE)
                .timeout(Duration.ofSeconds(10))
                .retries(5);
        db.transaction(careful, tx -> {
            long views = tx.table("posts").where("id", id).first().orElseThrow().getLong("views");
            tx.table("posts").where("id", id).update(Map.of("views", views + 1));
        });
        // end::database-serializable
        // tag::database-savepoint
        db.transaction(tx -> {
            tx.table("posts").where("id", id).update(Map.of("title", "Welcome"));
            try {
                tx.savepoint(() -> {
                    tx.table("users").insert(Map.of("name", "Ada L."));
                });
            } catch (UniqueViolationException e) {
                tx.table("posts").where("id", id).increment("views", 1);
            }
        });
        // end::database-savepoint
        assertThat(sqlite.row("select title, views from posts where id = 3"))
                .isEqualTo(Map.of("title", "Welcome", "views", 2L));
    }

    @Test
    void ids() {
        // tag::database-ids
        long next = db.nextId("posts"); // 1, 2, 3 …: an atomic statement in the database
        UUID ordered = UuidV7.next(); // begins with the time: new rows lie together in an index
        String random = NanoId.next(); // 21 letters and digits, 125 random bits
        // end::database-ids
        assertThat(next).isEqualTo(3);
        assertThat(ordered.version()).isEqualTo(7);
        assertThat(random).hasSize(21);
    }
}
