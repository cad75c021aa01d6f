package dev.weir.testservers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

@RequiresServer(Server.MARIADB)
class MariaDbServerTest {
    @Test
    void sharedServer_isDurableAndUtf8() throws Exception {
        MariaDbServer server = Servers.mariadb();
        assertThat(server.version()).contains("MariaDB");
        try (TestDatabase database = server.newDatabase();
                Connection connection = database.connect()) {
            assertThat(single(connection, "SELECT @@innodb_flush_log_at_trx_commit"))
                    .isEqualTo("1");
            assertThat(single(connection, "SELECT @@tmpdir"))
                    .as("no neighbour deletes its temporary files")
                    .containsPattern("mariadb-\\d+/tmp");
            assertThat(single(connection, "SELECT @@character_set_database")).isEqualTo("utf8mb4");
            execute(connection, "CREATE TABLE t (id int, word varchar(10))");
            execute(connection, "INSERT INTO t VALUES (1, '😀é')");
            assertThat(single(connection, "SELECT word FROM t")).isEqualTo("😀é");
            assertThat(single(
                            connection,
                            "SELECT engine FROM information_schema.tables WHERE table_name = 't'"
                                    + " AND table_schema = database()"))
                    .isEqualTo("InnoDB");
        }
    }

    @Test
    void newDatabase_isEmptyAndApartFromOthers() throws Exception {
        try (TestDatabase one = Servers.mariadb().newDatabase();
                TestDatabase two = Servers.mariadb().newDatabase();
                Connection inOne = one.dataSource().getConnection();
                Connection inTwo = two.connect()) {
            execute(inOne, "CREATE TABLE t (id int)");
            execute(inTwo, "CREATE TABLE t (other int)");
            assertThat(single(inOne, "SELECT count(*) FROM t")).isEqualTo("0");
        }
    }

    @Test
    void drop_deletesTheDatabase() throws Exception {
        TestDatabase database = Servers.mariadb().newDatabase();
        database.drop();
        assertThatThrownBy(database::connect).isInstanceOf(SQLException.class);
        database.drop();
    }

    @Test
    void kill_keepsWhatWasCommittedAndNothingElse() throws Exception {
        try (MariaDbServer server = MariaDbServer.start()) {
            TestDatabase database = server.newDatabase();
            try (Connection connection = database.connect();
                    Connection open = database.connect()) {
                execute(connection, "CREATE TABLE t (id int)");
                execute(connection, "INSERT INTO t VALUES (1)");
                open.setAutoCommit(false);
                execute(open, "INSERT INTO t VALUES (2)");
                server.kill();
                assertThat(server.isRunning()).isFalse();
            }
            assertThatThrownBy(database::connect).isInstanceOf(SQLException.class);
            server.restart();
            try (Connection connection = database.connect()) {
                assertThat(single(connection, "SELECT group_concat(id) FROM t")).isEqualTo("1");
            }
        }
    }

    @Test
    void start_withASettingThatLosesCommits_isRefused() {
        assertThatThrownBy(() -> MariaDbServer.start("--innodb-flush-log-at-trx-commit=0"))
                .hasMessageContaining("innodb_flush_log_at_trx_commit is 0 instead of 1");
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
