package dev.weir.schema.engine;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Forbids the rows by a check, because no lock outlasts a statement that changes a schema. The check is looked at while the
 * engine has the table for itself, and is in force from then on.
 */
final class H2TableGuard implements TableGuard {
    private static final String NAME = SchemaDialect.OWN_CHECK + "guard";
    private static final int CHECK_VIOLATED = 23513;
    private static final int CHECK_INVALID = 23514;

    private final SchemaDialect dialect;
    private final Connection connection;
    private final String table;
    private final long rows;

    private H2TableGuard(SchemaDialect dialect, Connection connection, String table, long rows) {
        this.dialect = dialect;
        this.connection = connection;
        this.table = table;
        this.rows = rows;
    }

    static TableGuard check(SchemaDialect dialect, Connection connection, String table, String condition)
            throws SQLException {
        drop(dialect, connection, table);
        try (Statement statement = connection.createStatement()) {
            statement.execute("ALTER TABLE " + dialect.dialect().quote(table) + " ADD CONSTRAINT "
                    + dialect.dialect().quote(NAME) + " CHECK ((" + condition + ") IS NOT TRUE)");
            return new H2TableGuard(dialect, connection, table, 0);
        } catch (SQLException e) {
            if (e.getErrorCode() != CHECK_VIOLATED && e.getErrorCode() != CHECK_INVALID) {
                throw e;
            }
            return TableGuard.found(Math.max(1, dialect.count(connection, table, condition)));
        }
    }

    private static void drop(SchemaDialect dialect, Connection connection, String table) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("ALTER TABLE IF EXISTS " + dialect.dialect().quote(table) + " DROP CONSTRAINT IF EXISTS "
                    + dialect.dialect().quote(NAME));
        }
    }

    @Override
    public long rows() {
        return rows;
    }

    @Override
    public void close() throws SQLException {
        drop(dialect, connection, table);
    }
}
