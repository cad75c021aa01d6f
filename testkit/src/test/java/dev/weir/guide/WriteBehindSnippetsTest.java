package dev.weir.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.Weir;
import dev.weir.buffer.BufferListener;
import dev.weir.buffer.BufferSettings;
import dev.weir.buffer.BufferStats;
import dev.weir.buffer.CloseReport;
import dev.weir.buffer.DeadLetter;
import dev.weir.buffer.LimitPolicy;
import dev.weir.buffer.MissingRow;
import dev.weir.buffer.TableSettings;
import dev.weir.buffer.WriteBuffer;
import dev.weir.db.BufferLimitException;
import dev.weir.db.Counter;
import dev.weir.db.Database;
import dev.weir.db.Durability;
import dev.weir.db.FlushReport;
import dev.weir.db.RowBuffer;
import dev.weir.db.TableBuffer;
import dev.weir.db.TotalUnknownException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriteBehindSnippetsTest {
    @TempDir
    Path directory;

    private TestDatabase sqlite;
    private DataSource dataSource;
    private Path journal;
    private Weir weir;
    private Database db;

    @BeforeEach
    void open() {
        sqlite = new TestDatabase(directory);
        dataSource = sqlite.dataSource();
        journal = directory.resolve("journal");
        sqlite.run("create table posts(id integer primary key, title text, views bigint, comments bigint default 0,"
                + " last_seen timestamp)");
        sqlite.run("create table visits(id text primary key, post bigint not null, at timestamp)");
        sqlite.run("create table daily(day date, page text, hits bigint not null, primary key (day, page))");
        sqlite.run("insert into posts(id, title, views) values (42, 'Draft', 7), (43, 'Other', 1)");
        weir = Weir.builder().database(dataSource).journal(journal).build();
        db = weir.database();
    }

    @AfterEach
    void close() {
        weir.close();
        sqlite.close();
    }

    @Test
    void operations() {
        // tag::buffer-operations
        TableBuffer posts = db.table("posts").buffer();
        RowBuffer post = posts.where(42);
        post.add("views", 1);
        post.update(Map.of("title", "Hello"));
        post.max("last_seen", Instant.now());
        post.min("views", 1_000_000);
        posts.where(43).delete();
        posts.insert(Map.of("id", 44, "title", "New", "views", 0));
        // end::buffer-operations
        // tag::buffer-totals
        long total = post.increment("views", 5); // the total: committed and pending, this call included
        Optional<Object> seen = post.get("last_seen"); // a value with all that is pending
        Map<Object, Optional<Object>> views = posts.getAll("views", List.of(42, 43, 44));
        // end::buffer-totals
        assertThat(total).isEqualTo(13);
        assertThat(seen).isPresent();
        assertThat(views).isEqualTo(Map.of(42, Optional.of(13L), 44, Optional.of(0L)));
        weir.buffer().flush();
        assertThat(sqlite.row("select title, views from posts where id = 42"))
                .isEqualTo(Map.of("title", "Hello", "views", 13L));
    }

    @Test
    void counting() {
        // tag::buffer-counter
        Counter views = db.table("posts").buffer().counter("views"); // make it once, use it from all threads
        views.add(42, 1);
        long total = views.addAndGet(42, 1);
        // end::buffer-counter
        assertThat(total).isEqualTo(9);
    }

    @Test
    void keysOfSeveralColumns() {
        // tag::buffer-composite
        db.table("daily")
                .buffer()
                .where(Map.of("day", LocalDate.of(2026, 11, 21), "page", "/"))
                .orInsert(Map.of("hits", 0))
                .add("hits", 1);
        // end::buffer-composite
        weir.buffer().flush();
        assertThat(sqlite.row("select page, hits from daily")).isEqualTo(Map.of("page", "/", "hits", 1L));
    }

    @Test
    void durability() {
        // tag::buffer-durability
        TableBuffer posts = db.table("posts").buffer();
        posts.where(42).add("views", 1); // ACCEPTED, the default: returns at once
        posts.durability(Durability.JOURNALED).where(42).add("views", 1); // returns when it is on disk
        posts.durability(Durability.FLUSHED).where(42).add("views", 1); // returns when the database has it
        CompletionStage<Void> onDisk =
                posts.durability(Durability.JOURNALED).where(42).addAsync("views", 1);
        // end::buffer-durability
        onDisk.toCompletableFuture().join();
        assertThat(posts.where(42).get("views")).contains(11L);
    }

    @Test
    void missingRows() {
        // tag::buffer-missing
        TableBuffer posts = db.table("posts").buffer();
        posts.where(99).orInsert(Map.of("title", "?", "views", 0)).add("views", 1); // makes the row if need be
        posts.where(100).orIgnore().add("views", 1); // dropped, and counted in the flush report
        posts.where(101).add("views", 1); // becomes a dead letter
        FlushReport report = weir.buffer().flush();
        // end::buffer-missing
        assertThat(report.ignored()).isEqualTo(1);
        assertThat(report.missing()).isEqualTo(1);
        assertThat(sqlite.row("select views from posts where id = 99")).isEqualTo(Map.of("views", 1L));
    }

    @Test
    void deadLetters() {
        db.table("posts").buffer().where(101).add("views", 5);
        weir.buffer().flush();
        // tag::buffer-dead-letters
        for (DeadLetter letter : weir.buffer().deadLetters().list(100)) {
            if (letter.reason().contains("does not exist")) {
                db.table("posts").insert(Map.of("id", 101, "title", "Late", "views", 0));
                weir.buffer().deadLetters().retry(List.of(letter.id()));
            }
        }
        // end::buffer-dead-letters
        weir.close();
        weir = Weir.builder().database(dataSource).journal(journal).build();
        weir.buffer().flush();
        assertThat(weir.buffer().deadLetters().count()).isZero();
        assertThat(sqlite.row("select views from posts where id = 101")).isEqualTo(Map.of("views", 5L));
    }

    @Test
    void groups() {
        // tag::buffer-group
        weir.buffer().atomically(Durability.JOURNALED, group -> {
            group.table("visits").insert(Map.of("id", "v1", "post", 42, "at", Instant.now()));
            group.table("posts").where(42).add("views", 1).max("last_seen", Instant.now());
        });
        // end::buffer-group
        weir.buffer().flush();
        assertThat(sqlite.row("select count(*) as n from visits")).isEqualTo(Map.of("n", 1L));
        assertThat(sqlite.row("select views from posts where id = 42")).isEqualTo(Map.of("views", 8L));
    }

    @Test
    void transactions() {
        // tag::buffer-transaction
        db.transaction(tx -> {
            tx.table("visits").insert(Map.of("id", "v2", "post", 42, "at", Instant.now()));
            tx.table("posts").buffer().where(42).add("views", 1);
        });
        // end::buffer-transaction
        weir.buffer().flush();
        assertThat(sqlite.row("select views from posts where id = 42")).isEqualTo(Map.of("views", 8L));
        assertThatThrownBy(() -> db.transaction(
                        tx -> tx.table("posts").buffer().where(42).increment("views")))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void totalUnknown() {
        Counter views = db.table("posts").buffer().counter("views");
        // tag::buffer-total-unknown
        Long shown;
        try {
            shown = views.addAndGet(500, 1);
        } catch (TotalUnknownException e) {
            shown = null; // the hit counts all the same: do not repeat it
        }
        // end::buffer-total-unknown
        assertThat(shown).isNull();
    }

    @Test
    void settings() {
        weir.close();
        // tag::buffer-settings
        BufferSettings settings = BufferSettings.builder()
                .durability(Durability.JOURNALED)
                .flushInterval(Duration.ofMillis(500))
                .maxRows(200_000)
                .atLimit(LimitPolicy.REJECT)
                .table("daily", TableSettings.defaults().orInsert(Map.of("hits", 0)))
                .table("visits", TableSettings.defaults().missingRow(MissingRow.IGNORE))
                .build();
        weir = Weir.builder()
                .database(dataSource)
                .journal(journal)
                .buffer(settings)
                .build();
        // end::buffer-settings
        assertThat(weir.buffer().stats().pendingRows()).isZero();
        String key = "v9";
        // tag::buffer-limit
        try {
            weir.database().table("visits").buffer().insert(Map.of("id", key, "post", 42));
        } catch (BufferLimitException e) {
            // Not accepted, no effect: tell the caller to come back later. e.limit() names the setting.
        }
        // end::buffer-limit
        weir.buffer().flush();
        assertThat(sqlite.row("select id from visits")).isEqualTo(Map.of("id", key));
    }

    @Test
    void watching() {
        List<BufferListener.Health> heard = new ArrayList<>();
        WriteBuffer buffer = weir.buffer();
        // tag::buffer-watch
        BufferStats stats = buffer.stats();
        boolean behind = stats.oldestAge().compareTo(Duration.ofMinutes(1)) > 0 || stats.deadLetters() > 0;
        buffer.addListener(new BufferListener() {
            @Override
            public void health(Health health, String reason) {
                heard.add(health); // UP, DEGRADED or DOWN
            }
        });
        // end::buffer-watch
        assertThat(behind).isFalse();
        assertThat(heard).isEmpty();
    }

    @Test
    void closing() {
        // tag::buffer-close
        Map<String, CloseReport> reports = weir.close(Duration.ofSeconds(10));
        CloseReport report = reports.get("default");
        if (report != null && !report.flushed()) {
            System.err.println(report.pendingRows() + " rows wait for the next start: " + report.problem());
        }
        // end::buffer-close
        assertThat(report).isEqualTo(new CloseReport(true, true, 0, ""));
    }
}
