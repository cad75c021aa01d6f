package dev.weir.testservers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

@RequiresServer(Server.POSTGRES)
class PostgresServerTest {
    @Test
    void sharedServer_isVersion18AndDurable() throws Exception {
        PostgresServer server = Servers.postgres();
        assertThat(server.version()).startsWith("18.");
        assertThat(Servers.postgres()).isSameAs(server);
        try (TestDatabase database = server.newDatabase();
                Connection connection = database.connect()) {
            assertThat(single(connection, "SHOW fsync")).isEqualTo("on");
            assertThat(single(connection, "SHOW synchronous_commit")).isEqualTo("on");
            assertThat(single(connection, "SHOW full_page_writes")).isEqualTo("on");
            assertThat(single(connection, "SHOW server_encoding")).isEqualTo("UTF8");
            assertThat(single(connection, "SELECT 'É' < 'a'"))
                    .as("order of bytes")
                    .isEqualTo("f");
            assertThat(single(connection, "SELECT upper('é')")).isEqualTo("É");
        }
    }

    @Test
    void newDatabase_isEmptyAndApartFromOthers() throws Exception {
        try (TestDatabase one = Servers.postgres().newDatabase();
                TestDatabase two = Servers.postgres().newDatabase();
                Connection inOne = one.dataSource().getConnection();
                Connection inTwo = two.connect()) {
            execute(inOne, "CREATE TABLE t (id int)");
            execute(inTwo, "CREATE TABLE t (other int)");
            assertThat(single(inOne, "SELECT count(*) FROM t")).isEqualTo("0");
        }
    }

    @Test
    void drop_whileConnected_deletesTheDatabase() throws Exception {
        TestDatabase database = Servers.postgres().newDatabase();
        try (Connection connection = database.connect()) {
            assertThat(connection.isValid(5)).isTrue();
            database.drop();
        }
        assertThatThrownBy(database::connect).isInstanceOf(SQLException.class).hasMessageContaining("does not exist");
        database.drop();
    }

    @Test
    void kill_keepsWhatWasCommittedAndNothingElse() throws Exception {
        try (PostgresServer server = PostgresServer.start()) {
            TestDatabase database = server.newDatabase();
            try (Connection connection = database.connect();
                    Connection open = database.connect()) {
                execute(connection, "CREATE TABLE t (id int)");
                execute(connection, "INSERT INTO t VALUES (1)");
                open.setAutoCommit(false);
                execute(open, "INSERT INTO t VALUES (2)");
                server.kill();
                assertThat(server.isRunning()).isFalse();
                assertThatThrownBy(() -> execute(connection, "SELECT 1")).isInstanceOf(SQLException.class);
            }
            assertThatThrownBy(database::connect).isInstanceOf(SQLException.class);
            server.restart();
            try (Connection connection = database.connect()) {
                assertThat(single(connection, "SELECT string_agg(id::text, ',') FROM t"))
                        .isEqualTo("1");
            }
        }
    }

    @Test
    void stop_thenRestart_keepsPortAndData() throws Exception {
        try (PostgresServer server = PostgresServer.start()) {
            TestDatabase database = server.newDatabase();
            int port = server.port();
            server.stop();
            assertThat(server.isRunning()).isFalse();
            server.restart();
            long pid = server.pid();
            server.restart();
            assertThat(server.pid()).isNotEqualTo(pid);
            assertThat(server.port()).isEqualTo(port);
            database.connect().close();
        }
    }

    @Test
    void start_withASettingThatLosesCommits_isRefused() {
        assertThatThrownBy(() -> PostgresServer.start("fsync=off"))
                .hasMessageContaining("SHOW fsync gives off instead of on");
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String single(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }
}
