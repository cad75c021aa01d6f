package dev.weir.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.Weir;
import dev.weir.db.Counter;
import dev.weir.db.Database;
import dev.weir.db.Durability;
import java.nio.file.Path;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadmeSnippetsTest {
    @TempDir
    Path directory;

    @Test
    void example_doesWhatTheReadmeSays() {
        try (TestDatabase sqlite = new TestDatabase(directory)) {
            sqlite.run("create table posts(id integer primary key, title text, views bigint, comments bigint)");
            sqlite.run("create table comments(id integer primary key, post bigint, body text)");
            sqlite.run("insert into posts(id, title, views, comments) values (42, 'Draft', 7, 0)");

            assertThat(example(sqlite.dataSource(), directory.resolve("journal")))
                    .isEqualTo(8);

            assertThat(sqlite.row("select title, views, comments from posts"))
                    .isEqualTo(Map.of("title", "Hello", "views", 8L, "comments", 1L));
        }
    }

    private static long example(DataSource dataSource, Path journal) {
        // tag::readme
        Weir weir = Weir.builder().database(dataSource).journal(journal).build();
        Database db = weir.database();
        Counter views = db.table("posts").buffer().counter("views");
        long total = views.addAndGet(42, 1); // exact: committed and pending; written within a second or so
        db.table("posts").buffer().durability(Durability.JOURNALED).where(42).update(Map.of("title", "Hello"));
        db.transaction(tx -> {
            tx.table("comments").insert(Map.of("post", 42, "body", "First!"));
            tx.table("posts").buffer().where(42).add("comments", 1); // happens if this commits
        });
        weir.close(); // flushes; what the database can't take now stays in the journal
        // end::readme
        return total;
    }
}
