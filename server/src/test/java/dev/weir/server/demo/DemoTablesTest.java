package dev.weir.server.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.server.CommandFailed;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo's table: made, taken over, refused. */
class DemoTablesTest {
    @TempDir
    private Path data;

    private void execute(String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url());
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private String url() {
        return "jdbc:sqlite:" + data.resolve("weir.db");
    }

    /** What the database file says of itself, without the buffer's own tables. */
    private List<String> written() throws SQLException {
        List<String> written = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(url());
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")) {
            while (rows.next()) {
                written.add(rows.getString(1));
            }
        }
        return written;
    }

    private List<Pages.Page> pagesAfterAHit() throws Exception {
        try (Demo demo = Demo.open("test", data, false)) {
            demo.hit("a", 1);
            return demo.top(10);
        }
    }

    @Test
    void earlierTable_isTakenOver_asItIs() throws Exception {
        String earlier = "CREATE TABLE demo_page (name TEXT NOT NULL PRIMARY KEY, hits BIGINT NOT NULL)";
        execute(earlier, "INSERT INTO demo_page VALUES ('a', 5)");
        assertThat(pagesAfterAHit()).containsExactly(new Pages.Page("a", 6));
        assertThat(written()).contains(earlier).noneMatch(sql -> sql.contains("weir_schema_history"));
    }

    @Test
    void secondStart_changesNothing() throws Exception {
        assertThat(pagesAfterAHit()).containsExactly(new Pages.Page("a", 1));
        List<String> written = written();
        assertThat(written).anyMatch(sql -> sql.contains("demo_page"));
        assertThat(pagesAfterAHit()).containsExactly(new Pages.Page("a", 2));
        assertThat(written()).isEqualTo(written);
    }

    @Test
    void misfit_isRefusedByName_andNothingIsChanged() throws Exception {
        execute("CREATE TABLE demo_page (name TEXT NOT NULL PRIMARY KEY COLLATE NOCASE, hits TEXT, extra INT)");
        List<String> written = written();
        assertThatThrownBy(() -> Demo.open("test", data, false))
                .isInstanceOf(CommandFailed.class)
                .hasMessageContainingAll(
                        "table=demo_page", "hits is text and must be bigint not null", "extra", "--data");
        assertThat(written()).isEqualTo(written);
        assertThat(data.resolve("journal")).doesNotExist();
    }

    @Test
    void nameThatDoesNotCompareByteForByte_isRefused() throws Exception {
        execute("CREATE TABLE demo_page (name TEXT NOT NULL PRIMARY KEY COLLATE NOCASE, hits BIGINT NOT NULL)");
        assertThatThrownBy(() -> Demo.open("test", data, false))
                .isInstanceOf(CommandFailed.class)
                .hasMessageContainingAll("table=demo_page", "name does not compare byte for byte");
    }
}
