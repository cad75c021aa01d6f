package dev.weir.server.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultSwitchTest {
    private DemoDatabase pool;
    private FaultSwitch database;

    @BeforeEach
    void open(@TempDir Path directory) throws SQLException {
        pool = DemoDatabase.open(directory.resolve("test.db"));
        database = new FaultSwitch(pool.dataSource());
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (n INT)");
        }
    }

    @AfterEach
    void close() {
        pool.close();
    }

    @Test
    void stopped_refusesConnections_untilItIsStartedAgain() throws SQLException {
        database.stopped(true);
        assertThat(database.stopped()).isTrue();
        assertThatThrownBy(database::getConnection)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08006"));
        database.stopped(true);
        assertThat(database.stopped()).isTrue();
        database.stopped(false);
        assertThat(rows()).isZero();
    }

    @Test
    void stopped_cutsConnectionsInUse_andTheyStayCut() throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement();
                    PreparedStatement prepared = connection.prepareStatement("INSERT INTO t VALUES (?)")) {
                statement.executeUpdate("INSERT INTO t VALUES (1)");
                database.stopped(true);
                assertThatThrownBy(() -> statement.executeUpdate("INSERT INTO t VALUES (2)"))
                        .isInstanceOf(SQLException.class);
                assertThatThrownBy(() -> prepared.setInt(1, 3)).isInstanceOf(SQLException.class);
                assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);
                database.stopped(false);
                assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);
                assertThat(connection.isValid(1)).isFalse();
                assertThat(statement.getClass().getName()).contains("Proxy");
            }
        }
        assertThat(rows()).as("an uncommitted row of a cut connection").isZero();
    }

    private long rows() throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT count(*) FROM t")) {
            assertThat(result.next()).isTrue();
            assertThat(result.getStatement().getConnection()).isSameAs(connection);
            return result.getLong(1);
        }
    }
}
