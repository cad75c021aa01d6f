package dev.weir.server.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.db.Database;
import dev.weir.db.Durability;
import dev.weir.server.database.TargetDatabase;
import dev.weir.testservers.RequiresServer;
import dev.weir.testservers.Server;
import dev.weir.testservers.Servers;
import dev.weir.testservers.TestDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replay on each engine: its tables, its exactness, its text. */
class ReplayEnginesTest {
    private static final int LINES = 1_000;

    @TempDir
    Path directory;

    @Test
    void sqlite() throws IOException {
        replay("jdbc:sqlite:" + directory.resolve("target.db"));
    }

    @Test
    void h2() throws IOException {
        replay("jdbc:h2:" + directory.resolve("target"));
    }

    @Test
    @Tag("servers")
    @RequiresServer(Server.POSTGRES)
    void postgresql() throws IOException, SQLException {
        try (TestDatabase database = Servers.postgres().newDatabase()) {
            replay(database.jdbcUrlWithPassword());
        }
    }

    @Test
    @Tag("servers")
    @RequiresServer(Server.MARIADB)
    void mariadb() throws IOException, SQLException {
        try (TestDatabase database = Servers.mariadb().newDatabase()) {
            replay(database.jdbcUrlWithPassword());
        }
    }

    private void replay(String url) throws IOException {
        Path file = directory.resolve("access.log");
        Path keys = directory.resolve("keys.log");
        Files.writeString(file, AccessLogFile.text(0, LINES));
        // Paths that a careless collation takes for one another, and the longest.
        List<String> paths = List.of(
                "/a", "/A", "/\u00e4", "/a\u0308", "/\u00df", "/ss", "/a\u0000", "/" + "\ud83d\ude00".repeat(511));
        StringBuilder text = new StringBuilder();
        for (String path : paths) {
            text.append("h - - [10/Oct/2000:13:55:36 -0700] \"GET ")
                    .append(path)
                    .append("\" 200 9223372036854775807\n");
        }
        Files.write(keys, text.toString().getBytes(StandardCharsets.UTF_8));
        try (TargetDatabase target = TargetDatabase.open(url)) {
            for (int run = 0; run < 2; run++) {
                ReplayTotals totals = new Replay(options(target, file, Durability.JOURNALED, run > 0)).run();
                assertThat(totals.problem()).isNull();
                AccessLogFile.check(target, LINES, run + 1);
            }
            assertThat(new Replay(options(target, keys, Durability.FLUSHED, false)).run())
                    .satisfies(totals -> assertThat(totals.problem()).isNull())
                    .satisfies(totals -> assertThat(totals.accepted()).isEqualTo(paths.size()));
            Database database = Database.builder(target.dataSource()).build();
            for (String path : paths) {
                assertThat(database.table("page")
                                .where("path", path.replace('\u0000', '\ufffd'))
                                .list())
                        .as(path)
                        .singleElement()
                        .satisfies(row -> assertThat(row.getLong("bytes")).isEqualTo(Long.MAX_VALUE));
            }
        }
    }

    private ReplayOptions options(TargetDatabase target, Path file, Durability durability, boolean again) {
        return new ReplayOptions(
                List.of(file.toString()),
                target.dataSource(),
                target.shownUrl(),
                directory.resolve("data"),
                durability,
                0,
                again);
    }
}
