package dev.weir.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.weir.testkit.FaultyDataSource.Point;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sqlite.SQLiteDataSource;

/** What must hold on every engine. */
abstract class FaultyDataSourceCases {
    FaultyDataSource faulty = new FaultyDataSource(new SQLiteDataSource());

    abstract DataSource target();

    @BeforeEach
    void createTable() throws SQLException {
        DataSource target = target();
        try (Connection connection = target.getConnection()) {
            execute(connection, "CREATE TABLE t (id int)");
        }
        faulty = new FaultyDataSource(target);
    }

    @Test
    void withoutRules_countsAndChangesNothing() throws SQLException {
        try (Connection connection = begin()) {
            execute(connection, "INSERT INTO t VALUES (1)");
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?)")) {
                for (int i = 2; i < 5; i++) {
                    insert.setInt(1, i);
                    insert.addBatch();
                }
                insert.executeBatch();
                assertThat(insert.getConnection()).isSameAs(connection);
            }
            connection.commit();
            execute(connection, "INSERT INTO t VALUES (9)");
            connection.rollback();
            assertThat(faulty.connectionsOpen()).isOne();
        }
        assertThat(faulty.connectionsOpen()).isZero();
        assertThat(faulty.connectionsOpened()).isOne();
        assertThat(faulty.commits()).isOne();
        assertThat(faulty.rollbacks()).isOne();
        assertThat(faulty.statements()).isEqualTo(3);
        assertThat(rows()).isEqualTo(4);
    }

    @Test
    void connect_fails_onceWithTheGivenError() throws SQLException {
        SQLException away = new SQLException("away", "08001");
        faulty.on(Point.CONNECT).fail(away);
        assertThatThrownBy(faulty::getConnection).isSameAs(away);
        faulty.getConnection().close();
        assertThat(faulty.connectionsOpened()).isOne();
    }

    @Test
    void connect_alwaysBroken_untilCleared() throws SQLException {
        faulty.on(Point.CONNECT).always().breakConnection();
        for (int i = 0; i < 3; i++) {
            assertBroken(faulty::getConnection);
        }
        faulty.clear();
        faulty.getConnection().close();
    }

    @Test
    void commit_brokenBefore_isRolledBackAndTheConnectionDead() throws SQLException {
        faulty.on(Point.BEFORE_COMMIT).breakConnection();
        try (Connection connection = beginWithInsert()) {
            assertBroken(connection::commit);
            assertThat(connection.isValid(1)).isFalse();
            assertThat(connection.isClosed()).isTrue();
            assertBroken(connection::rollback);
            assertBroken(connection::createStatement);
        }
        assertThat(faulty.commits()).isZero();
        assertThat(faulty.connectionsOpen()).isZero();
        assertThat(rows()).isZero();
    }

    @Test
    void commit_refused_isRolledBackAndTheConnectionLives() throws SQLException {
        SQLException refused = new SQLException("serialization failure", "40001");
        faulty.on(Point.BEFORE_COMMIT).fail(refused);
        try (Connection connection = beginWithInsert()) {
            assertThatThrownBy(connection::commit).isSameAs(refused);
            assertThat(rows(connection)).isZero();
            execute(connection, "INSERT INTO t VALUES (2)");
            connection.commit();
        }
        assertThat(rows()).isOne();
    }

    @Test
    void commit_answerLost_isCommittedAndTheConnectionDead() throws SQLException {
        faulty.on(Point.AFTER_COMMIT).breakConnection();
        try (Connection connection = beginWithInsert()) {
            assertBroken(connection::commit);
            assertThat(connection.isValid(1)).isFalse();
        }
        assertThat(faulty.commits()).isOne();
        assertThat(rows()).isOne();
    }

    @Test
    void commit_thenDead_isNoticedAtTheNextUse() throws SQLException {
        faulty.on(Point.AFTER_COMMIT).breakQuietly();
        try (Connection connection = beginWithInsert()) {
            connection.commit();
            assertBroken(() -> execute(connection, "INSERT INTO t VALUES (2)"));
        }
        assertThat(rows()).isOne();
    }

    @Test
    void autoCommit_isACommitToo() throws SQLException {
        faulty.on(Point.BEFORE_COMMIT).breakConnection();
        faulty.on(Point.AFTER_COMMIT).breakConnection();
        try (Connection connection = faulty.getConnection()) {
            assertBroken(() -> execute(connection, "INSERT INTO t VALUES (1)"));
        }
        assertThat(rows()).isZero();
        try (Connection connection = faulty.getConnection()) {
            assertBroken(() -> execute(connection, "INSERT INTO t VALUES (1)"));
        }
        assertThat(rows()).isOne();
    }

    @Test
    void turningAutoCommitOn_commits() throws SQLException {
        faulty.on(Point.BEFORE_COMMIT).breakConnection();
        try (Connection connection = beginWithInsert()) {
            assertBroken(() -> connection.setAutoCommit(true));
        }
        assertThat(rows()).isZero();
    }

    @Test
    void statement_nthThatMatches_failsOnce() throws SQLException {
        SQLException deadlock = new SQLException("deadlock", "40P01");
        faulty.on(Point.BEFORE_STATEMENT)
                .matching(sql -> sql.startsWith("INSERT"))
                .nth(2)
                .fail(deadlock);
        try (Connection connection = begin()) {
            execute(connection, "INSERT INTO t VALUES (1)");
            execute(connection, "UPDATE t SET id = 3");
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (2)")) {
                assertThatThrownBy(insert::executeUpdate).isSameAs(deadlock);
                insert.executeUpdate();
            }
            connection.commit();
        }
        assertThat(rows()).isEqualTo(2);
    }

    @Test
    void statement_answerLost_wasExecuted() throws SQLException {
        faulty.on(Point.AFTER_STATEMENT).fail(new SQLException("timeout"));
        try (Connection connection = begin()) {
            assertThatThrownBy(() -> execute(connection, "INSERT INTO t VALUES (1)"))
                    .hasMessage("timeout");
            connection.commit();
        }
        assertThat(rows()).isOne();
    }

    @Test
    void pauseAfterCommit_haltsTheCallerWhoseCommitIsDone() throws Exception {
        Gate gate = faulty.on(Point.AFTER_COMMIT).pause();
        CompletableFuture<Void> committing = CompletableFuture.runAsync(() -> {
            try (Connection connection = beginWithInsert()) {
                connection.commit();
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
        });
        gate.awaitArrival();
        assertThat(rows()).isOne();
        assertThat(committing).isNotDone();
        gate.open();
        committing.get(30, TimeUnit.SECONDS);
    }

    @Test
    void pauseThenBreak_atOnePoint_happenInThatOrder() throws Exception {
        faulty.on(Point.BEFORE_COMMIT).breakConnection();
        Gate gate = faulty.on(Point.BEFORE_COMMIT).pause();
        CompletableFuture<Void> committing = CompletableFuture.runAsync(() -> {
            try (Connection connection = beginWithInsert()) {
                assertBroken(connection::commit);
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
        });
        gate.awaitArrival();
        assertThat(faulty.connectionsOpen()).isOne();
        gate.open();
        committing.get(30, TimeUnit.SECONDS);
        assertThat(rows()).isZero();
    }

    @Test
    void cut_whilePausedBeforeCommit_commitsNothing() throws Exception {
        Gate gate = faulty.on(Point.BEFORE_COMMIT).pause();
        CompletableFuture<Void> committing = CompletableFuture.runAsync(() -> {
            try (Connection connection = beginWithInsert()) {
                assertBroken(connection::commit);
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
        });
        gate.awaitArrival();
        faulty.cut();
        gate.open();
        committing.get(30, TimeUnit.SECONDS);
        assertThat(rows()).isZero();
        assertThat(faulty.connectionsOpen()).isZero();
        faulty.getConnection().close();
    }

    @Test
    void belowAPool_brokenConnectionsAreReplaced() throws SQLException {
        HikariConfig config = new HikariConfig();
        config.setDataSource(faulty);
        config.setMaximumPoolSize(1);
        config.setInitializationFailTimeout(Duration.ofSeconds(10).toMillis());
        try (HikariDataSource pool = new HikariDataSource(config)) {
            long commits = faulty.commits();
            faulty.on(Point.AFTER_COMMIT).breakConnection();
            try (Connection connection = pool.getConnection()) {
                connection.setAutoCommit(false);
                execute(connection, "INSERT INTO t VALUES (1)");
                assertBroken(connection::commit);
            }
            try (Connection connection = pool.getConnection()) {
                assertThat(rows(connection)).isOne();
            }
            assertThat(faulty.commits()).isEqualTo(commits + 1);
            assertThat(faulty.connectionsOpened()).isGreaterThanOrEqualTo(2);
        }
    }

    Connection begin() throws SQLException {
        Connection connection = faulty.getConnection();
        connection.setAutoCommit(false);
        return connection;
    }

    private Connection beginWithInsert() throws SQLException {
        Connection connection = begin();
        execute(connection, "INSERT INTO t VALUES (1)");
        return connection;
    }

    /** As seen by a connection that nothing can break. */
    int rows() throws SQLException {
        try (Connection connection = target().getConnection()) {
            return rows(connection);
        }
    }

    static int rows(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM t")) {
            assertThat(rows.next()).isTrue();
            return rows.getInt(1);
        }
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    static void assertBroken(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SQLException.class,
                        error -> assertThat(error.getSQLState()).isEqualTo("08006"));
    }
}
