package dev.weir.schema.engine;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.function.Predicate;
import javax.sql.DataSource;

/** Who may change the schema of an H2 database: a lock on the one row of a table, which ends with its session. */
final class H2Lock {
    private static final String TABLE = "\"weir_schema_lock\"";

    private static final int DUPLICATE_KEY = 23505;

    private H2Lock() {}

    static Optional<SchemaLock> tryLock(DataSource dataSource, Predicate<SQLException> busy) throws SQLException {
        Connection session = dataSource.getConnection();
        boolean taken = false;
        int patience = 0;
        try (Statement statement = session.createStatement()) {
            try (ResultSet rows = statement.executeQuery("SELECT LOCK_TIMEOUT()")) {
                rows.next();
                patience = rows.getInt(1);
            }
            make(statement);
            statement.execute("SET LOCK_TIMEOUT 0");
            session.setAutoCommit(false);
            try (ResultSet rows =
                    statement.executeQuery("SELECT \"id\" FROM " + TABLE + " WHERE \"id\" = 1 FOR UPDATE")) {
                taken = rows.next();
            }
            int before = patience;
            return taken ? Optional.of(new SchemaLock(session, held -> release(held, before))) : Optional.empty();
        } catch (SQLException e) {
            if (busy.test(e)) {
                return Optional.empty();
            }
            throw e;
        } finally {
            if (!taken) {
                try (session) {
                    release(session, patience);
                }
            }
        }
    }

    /** Only where it is missing: both statements would wait for those who have the lock. */
    private static void make(Statement statement) throws SQLException {
        statement.execute("CREATE TABLE IF NOT EXISTS " + TABLE + " (\"id\" INTEGER PRIMARY KEY)");
        try (ResultSet rows = statement.executeQuery("SELECT \"id\" FROM " + TABLE)) {
            if (rows.next()) {
                return;
            }
        }
        try {
            statement.execute("INSERT INTO " + TABLE + " VALUES (1)");
        } catch (SQLException e) {
            if (e.getErrorCode() != DUPLICATE_KEY) {
                throw e;
            }
        }
    }

    private static void release(Connection session, int patience) throws SQLException {
        if (!session.getAutoCommit()) {
            session.rollback();
            session.setAutoCommit(true);
        }
        try (Statement statement = session.createStatement()) {
            statement.execute("SET LOCK_TIMEOUT " + patience);
        }
    }
}
