package dev.weir.schema.engine;

import dev.weir.schema.diff.Change;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * A transaction in which SQLite does not look at foreign keys, because dropping a table would delete the rows that refer to it.
 * What it must not have changed is counted before and after; see {@link SqliteGuard}.
 */
final class SqliteTransaction implements DdlTransaction {
    private final Connection connection;
    private final boolean foreignKeys;
    private final boolean legacyAlterTable;
    private final SqliteGuard guard;
    private boolean open;

    private SqliteTransaction(Connection connection, List<Change> changes) throws SQLException {
        this.connection = connection;
        foreignKeys = is(connection, "foreign_keys");
        legacyAlterTable = is(connection, "legacy_alter_table");
        guard = SqliteGuard.of(changes);
    }

    static SqliteTransaction begin(Connection connection, List<Change> changes) throws SQLException {
        if (!connection.getAutoCommit()) {
            throw new IllegalStateException(
                    "Schema changes begin a transaction of their own: autoCommit=false; commit, and switch it on");
        }
        SqliteTransaction transaction = new SqliteTransaction(connection, changes);
        try {
            transaction.open();
            return transaction;
        } catch (SQLException | RuntimeException e) {
            try {
                transaction.close();
            } catch (SQLException closing) {
                e.addSuppressed(closing);
            }
            throw e;
        }
    }

    private void open() throws SQLException {
        // Inside a transaction the engine would ignore this without a word.
        set("foreign_keys", false);
        if (is(connection, "foreign_keys")) {
            throw new SQLException("Foreign keys must be off while tables are made anew, and the engine left them on:"
                    + " foreign_keys=1; end the transaction that is open on this connection");
        }
        set("legacy_alter_table", false);
        execute("BEGIN IMMEDIATE");
        open = true;
        guard.before(connection);
    }

    @Override
    public void commit() throws SQLException {
        if (!open) {
            throw new IllegalStateException("A transaction is committed once: open=false");
        }
        guard.after(connection);
        execute("COMMIT");
        open = false;
    }

    @Override
    public void close() throws SQLException {
        try {
            if (open) {
                open = false;
                execute("ROLLBACK");
            }
        } finally {
            set("legacy_alter_table", legacyAlterTable);
            set("foreign_keys", foreignKeys);
        }
    }

    private void set(String pragma, boolean on) throws SQLException {
        execute("PRAGMA " + pragma + " = " + (on ? "ON" : "OFF"));
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static boolean is(Connection connection, String pragma) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("PRAGMA " + pragma)) {
            return rows.next() && rows.getBoolean(1);
        }
    }
}
