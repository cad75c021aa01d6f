package dev.weir.buffer;

import dev.weir.db.Database;
import java.sql.Connection;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection leased for one transaction of the buffer, given back as it was. It waits for locks no longer than the
 * database's {@code lockTimeout}, but a statement takes the time it needs: one that was ended would have to be sent again,
 * and might never come to its end.
 */
final class FlushConnection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("dev.weir.buffer");

    private final Database database;
    private final Connection connection;
    private final boolean autoCommit;
    private final int isolation;
    private boolean commitSent;

    private FlushConnection(Database database, Connection connection, boolean autoCommit, int isolation) {
        this.database = database;
        this.connection = connection;
        this.autoCommit = autoCommit;
        this.isolation = isolation;
    }

    /** Takes a connection and opens a transaction at READ COMMITTED (SQLite knows only a stricter level). */
    static FlushConnection take(Database database) throws SQLException {
        Connection connection = database.dataSource().getConnection();
        try {
            boolean autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(true);
            database.dialect().prepareForFlush(connection);
            database.dialect().lockTimeout(connection, database.lockTimeout());
            int isolation = connection.getTransactionIsolation();
            if (!database.dialect().name().equals("sqlite") && isolation != Connection.TRANSACTION_READ_COMMITTED) {
                connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            }
            connection.setAutoCommit(false);
            return new FlushConnection(database, connection, autoCommit, isolation);
        } catch (SQLException | RuntimeException e) {
            close(connection);
            throw e;
        }
    }

    Connection connection() {
        return connection;
    }

    void commit() throws SQLException {
        commitSent = true;
        connection.commit();
    }

    /** Whether COMMIT was sent, answered or not. */
    boolean commitSent() {
        return commitSent;
    }

    void rollback() {
        try {
            connection.rollback();
        } catch (SQLException e) {
            LOG.debug("A transaction could not be rolled back; its connection is given up.", e);
        }
    }

    @Override
    public void close() {
        try {
            connection.setAutoCommit(true);
            if (connection.getTransactionIsolation() != isolation) {
                connection.setTransactionIsolation(isolation);
            }
            database.dialect().release(connection);
            connection.setAutoCommit(autoCommit);
        } catch (SQLException e) {
            LOG.debug("A connection could not be given back as it was; it is closed.", e);
        } finally {
            close(connection);
        }
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("A connection could not be closed.", e);
        }
    }
}
