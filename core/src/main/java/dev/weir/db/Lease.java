package dev.weir.db;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection taken from the data source for one user, and given back as it was: outside a transaction, with the settings
 * it had. One that can't be brought back to that is aborted instead.
 */
final class Lease {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    private interface Restoring {
        void run() throws SQLException;
    }

    private final JdbcDatabase database;
    private final Connection connection;
    private final Deque<Restoring> restoring = new ArrayDeque<>();
    private boolean broken;

    private Lease(JdbcDatabase database, Connection connection) {
        this.database = database;
        this.connection = connection;
    }

    private static Lease take(JdbcDatabase database) {
        try {
            return new Lease(database, database.dataSource().getConnection());
        } catch (SQLException e) {
            throw SqlErrors.notConnected("No connection is to be had: database=" + database.name(), e);
        }
    }

    /** A connection on which each statement commits by itself. */
    static Lease single(JdbcDatabase database) {
        Lease lease = take(database);
        return lease.prepared(() -> lease.autoCommit(true));
    }

    /** A connection on which each statement commits by itself, and waits for locks no longer than others that write. */
    static Lease writing(JdbcDatabase database) {
        Lease lease = take(database);
        return lease.prepared(() -> {
            lease.autoCommit(true);
            lease.lockTimeout();
        });
    }

    /** A connection on which a transaction begins with the first statement. */
    static Lease transaction(JdbcDatabase database, TransactionOptions options) {
        Lease lease = take(database);
        return lease.prepared(() -> {
            lease.isolation(options.isolationOrNull());
            if (options.isReadOnly()) {
                lease.readOnly();
            } else {
                lease.lockTimeout();
            }
            lease.autoCommit(false);
        });
    }

    /** A connection whose query is fetched bit by bit, which some drivers do in a transaction only. */
    static Lease streaming(JdbcDatabase database) {
        Lease lease = take(database);
        return lease.prepared(() -> lease.autoCommit(false));
    }

    private Lease prepared(Restoring steps) {
        try {
            steps.run();
            return this;
        } catch (SQLException e) {
            giveBack();
            throw SqlErrors.translated(
                    database.dialect(), "A connection could not be prepared: database=" + database.name(), e);
        } catch (RuntimeException | Error e) {
            giveBack();
            throw e;
        }
    }

    Connection connection() {
        return connection;
    }

    /** What becomes of the connection is not known any more: it will be aborted. */
    void markBroken() {
        broken = true;
    }

    private void autoCommit(boolean wanted) throws SQLException {
        boolean before = connection.getAutoCommit();
        if (before != wanted) {
            connection.setAutoCommit(wanted);
            restoring.push(() -> connection.setAutoCommit(before));
        }
    }

    private void isolation(@Nullable Isolation wanted) throws SQLException {
        if (wanted == null) {
            return;
        }
        int before = connection.getTransactionIsolation();
        if (before != wanted.level()) {
            connection.setTransactionIsolation(wanted.level());
            restoring.push(() -> connection.setTransactionIsolation(before));
        }
    }

    private void readOnly() throws SQLException {
        if (!connection.isReadOnly()) {
            database.dialect().readOnly(connection, true);
            restoring.push(() -> database.dialect().readOnly(connection, false));
        }
    }

    private void lockTimeout() throws SQLException {
        database.dialect().lockTimeout(connection, database.lockTimeout());
        restoring.push(() -> database.dialect().release(connection));
    }

    /** Rolls back what is open, without saying so to anybody; tells whether the database confirmed it. */
    boolean rollBack() {
        try {
            connection.rollback();
            return true;
        } catch (SQLException e) {
            broken = true;
            LOG.debug("A rollback was not answered: database={}, sqlState={}", database.name(), e.getSQLState());
            return false;
        }
    }

    /** Ends the lease. */
    void giveBack() {
        try {
            if (!broken && !connection.getAutoCommit()) {
                connection.rollback();
            }
            while (!broken && !restoring.isEmpty()) {
                restoring.pop().run();
            }
        } catch (SQLException e) {
            broken = true;
            LOG.warn(
                    "A connection could not be brought back to how it was and is thrown away: database={}, sqlState={}",
                    database.name(),
                    e.getSQLState());
        } finally {
            close();
        }
    }

    private void close() {
        try {
            if (broken) {
                connection.abort(Runnable::run);
            }
        } catch (SQLException e) {
            LOG.debug("A broken connection was not aborted: database={}", database.name(), e);
        }
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("A connection was not closed: database={}", database.name(), e);
        }
    }
}
