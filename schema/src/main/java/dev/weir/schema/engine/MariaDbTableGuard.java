package dev.weir.schema.engine;

import java.sql.Connection;
import java.sql.SQLException;

/** Locks the table for this session: statements of it that change the table go on under the lock. */
final class MariaDbTableGuard implements TableGuard {
    private final Connection connection;
    private long rows;

    private MariaDbTableGuard(Connection connection) {
        this.connection = connection;
    }

    static TableGuard lock(SchemaDialect dialect, Connection connection, String table, String condition)
            throws SQLException {
        MariaDbSession.execute(connection, "LOCK TABLES " + dialect.dialect().quote(table) + " WRITE");
        MariaDbTableGuard guard = new MariaDbTableGuard(connection);
        try {
            guard.rows = dialect.count(connection, table, condition);
            return guard;
        } catch (SQLException e) {
            guard.close();
            throw e;
        }
    }

    @Override
    public long rows() {
        return rows;
    }

    @Override
    public void close() throws SQLException {
        MariaDbSession.execute(connection, "UNLOCK TABLES");
    }
}
