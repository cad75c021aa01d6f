package dev.weir.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.Weir;
import dev.weir.buffer.BufferSettings;
import dev.weir.buffer.CloseReport;
import dev.weir.db.Database;
import dev.weir.db.Durability;
import dev.weir.db.TableBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** Buffered operations reach the table that was named, also where another schema has one of the same name. */
class SchemaTablesTest {
    @TempDir
    Path directory;

    private final JdbcDataSource dataSource = new JdbcDataSource();
    private FaultyDataSource faulty;
    private Database direct;

    @BeforeEach
    void makeTables() {
        dataSource.setUrl("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        dataSource.setUser("sa");
        faulty = new FaultyDataSource(dataSource);
        direct = Database.builder(dataSource).build();
        direct.sql("create schema other").execute();
        for (String table : List.of("posts", "other.posts", "other.only")) {
            direct.sql("create table " + table + "(id bigint primary key, n bigint)")
                    .execute();
            direct.sql("insert into " + table + " values(1, 0)").execute();
        }
    }

    private Weir open(boolean degraded) {
        return Weir.builder()
                .database(faulty)
                .journal(directory.resolve("journal"))
                .buffer(BufferSettings.builder()
                        .flushInterval(Duration.ofHours(1))
                        .durability(Durability.JOURNALED)
                        .startDegraded(degraded)
                        .connectTimeout(Duration.ofMillis(1))
                        .build())
                .build();
    }

    private static TableBuffer buffer(Weir weir, String table) {
        return weir.database().table(table).buffer();
    }

    private void assertN(String table, long n) {
        assertThat(direct.sql("select n from " + table).first().orElseThrow().getLong("n"))
                .as(table)
                .isEqualTo(n);
    }

    @Test
    void tablesOfOneName_inTwoSchemas_areTwo() {
        try (Weir weir = open(false)) {
            buffer(weir, "posts").where(1).add("n", 1);
            buffer(weir, "other.posts").where(1).add("n", 10);
            buffer(weir, "OTHER.only").where(1).add("n", 100);
            weir.database()
                    .transaction(tx -> tx.table("other.posts").buffer().where(1).add("n", 1_000));
            assertThat(buffer(weir, "public.posts").where(1).get("n")).contains(1L);
            weir.buffer().flush();
        }
        assertN("posts", 1);
        assertN("other.posts", 1_010);
        assertN("other.only", 100);
    }

    @Test
    void oneTable_byTwoNames_keepsItsOrder() {
        try (Weir weir = open(false)) {
            buffer(weir, "posts").where(1).update(Map.of("n", 5));
            buffer(weir, "public.posts").where(1).update(Map.of("n", 6));
            buffer(weir, "POSTS").where(1).add("n", 1);
            weir.buffer().flush();
        }
        assertN("posts", 7);
    }

    @Test
    void journalledOperations_findTheirTableAgain_alsoWhenTheDatabaseIsAwayAtTheStart() {
        try (Weir weir = open(false)) {
            buffer(weir, "other.posts").where(1).add("n", 10);
            buffer(weir, "posts").where(1).add("n", 1);
            faulty.on(FaultyDataSource.Point.CONNECT).always().breakConnection();
            Map<String, CloseReport> reports = weir.close(Duration.ofMillis(100));
            assertThat(reports.get("default").flushed()).isFalse();
        }
        try (Weir weir = open(true)) {
            buffer(weir, "other.posts").where(1).add("n", 20);
            buffer(weir, "posts").where(1).add("n", 2);
            faulty.clear();
            weir.buffer().flush();
        }
        assertN("other.posts", 30);
        assertN("posts", 3);
    }

    @Test
    void sqlitesMainSchema_namesTheSameTables() {
        SQLiteDataSource sqlite = new SQLiteDataSource();
        sqlite.setUrl("jdbc:sqlite:" + directory.resolve("app.db"));
        Database database = Database.builder(sqlite).build();
        database.sql("create table posts(id integer primary key)").execute();
        assertThat(database.catalog().table("main.posts"))
                .isEqualTo(database.catalog().table("posts"));
    }
}
