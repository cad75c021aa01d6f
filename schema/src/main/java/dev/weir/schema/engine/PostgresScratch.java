package dev.weir.schema.engine;

import dev.weir.db.engine.Dialect;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A schema that is made in a transaction which is never committed: when the process dies, it was never there. What the
 * search path found before is found behind it, because types, functions and operator classes may live there; so a foreign key
 * to a table that the place does not have finds the one in use and locks it. It waits for such a lock for a moment only.
 */
final class PostgresScratch implements Scratch {
    /** Where {@link PostgresSchemaCatalog} learns which schema the place stands for. */
    static final String ORIGINAL = "weir.scratch_of";

    private static final String INSUFFICIENT_PRIVILEGE = "42501";
    private static final String READ_ONLY = "25006";

    private final Connection connection;
    private final String name;
    private boolean open = true;

    private PostgresScratch(Connection connection, String name) {
        this.connection = connection;
        this.name = name;
    }

    static Optional<Scratch> open(DataSource dataSource, Dialect dialect) throws SQLException {
        Connection connection = dataSource.getConnection();
        String name = "weir_scratch_" + UUID.randomUUID().toString().replace("-", "");
        PostgresScratch scratch = new PostgresScratch(connection, name);
        try {
            connection.setAutoCommit(false);
            String schema = dialect.quote(name);
            try (Statement statement = connection.createStatement()) {
                statement.execute("CREATE SCHEMA " + schema + "; SET LOCAL lock_timeout = '2s';"
                        + " SET LOCAL TimeZone = 'UTC'; SET LOCAL synchronous_commit = off;"
                        + " SET LOCAL standard_conforming_strings = on;"
                        + " SELECT set_config('" + ORIGINAL + "', coalesce(current_schema(), ''), true),"
                        + " set_config('search_path', concat_ws(', ', '" + schema
                        + "', nullif(current_setting('search_path'), '')), true)");
            }
        } catch (SQLException | RuntimeException e) {
            closeAfter(scratch, e);
            if (e instanceof SQLException error && refused(dialect.root(error).getSQLState())) {
                return Optional.empty();
            }
            throw e;
        }
        return Optional.of(scratch);
    }

    private static boolean refused(@Nullable String state) {
        return INSUFFICIENT_PRIVILEGE.equals(state) || READ_ONLY.equals(state);
    }

    private static void closeAfter(PostgresScratch scratch, Exception error) {
        try {
            scratch.close();
        } catch (SQLException e) {
            error.addSuppressed(e);
        }
    }

    @Override
    public Connection connection() {
        return connection;
    }

    /** With the end of the transaction the search path is another too. */
    @Override
    public void check() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT pg_catalog.current_schema()")) {
            if (!rows.next() || !name.equals(rows.getString(1))) {
                throw new SQLException("A declaration stays in its scratch place: schema=" + rows.getString(1));
            }
        }
    }

    @Override
    public void close() throws SQLException {
        if (open) {
            open = false;
            try (connection) {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }
    }
}
