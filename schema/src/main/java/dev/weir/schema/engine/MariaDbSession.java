package dev.weir.schema.engine;

import dev.weir.db.engine.Dialect;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * A session as schema changes need it: nothing is clamped or cut silently, a written 0 stays 0, foreign keys and checks are
 * looked at, and a text means the same whatever modes the server or the address sets. {@link #restore} puts back what was
 * there. Not thread-safe.
 */
final class MariaDbSession {
    /**
     * Strict; not among them are those that change how texts are quoted and printed, and those that refuse dates which are
     * already there.
     */
    static final String MODE =
            "STRICT_ALL_TABLES,STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO";

    private final Dialect dialect;
    private final Connection connection;
    private final String before;
    private final boolean prepared;

    private MariaDbSession(Dialect dialect, Connection connection, String before, boolean prepared) {
        this.dialect = dialect;
        this.connection = connection;
        this.before = before;
        this.prepared = prepared;
    }

    /** Makes a session so; one that is so already stays so when this is restored. */
    static MariaDbSession settle(Dialect dialect, Connection connection) throws SQLException {
        List<String> names = new ArrayList<>(
                List.of("sql_mode", "foreign_key_checks", "innodb_lock_wait_timeout", "lock_wait_timeout"));
        if (dialect.name().equals("mariadb")) {
            names.addAll(List.of("check_constraint_checks", "explicit_defaults_for_timestamp"));
        }
        List<String> values = new ArrayList<>();
        boolean prepared;
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT @weir_sql_mode IS NOT NULL, @@SESSION." + String.join(", @@SESSION.", names))) {
            rows.next();
            prepared = rows.getBoolean(1);
            for (int i = 0; i < names.size(); i++) {
                String value = rows.getString(i + 2);
                values.add("SESSION " + names.get(i) + " = " + (i == 0 ? "'" + value + "'" : value));
            }
            // The mode comes back with all else that the dialect has set.
            String before = String.join(", ", values.subList(1, values.size()));
            MariaDbSession session = new MariaDbSession(dialect, connection, before, prepared);
            dialect.prepareForFlush(connection);
            execute(
                    connection,
                    "SET SESSION sql_mode = '" + MODE + "', SESSION foreign_key_checks = 1"
                            + (dialect.name().equals("mariadb")
                                    ? ", SESSION check_constraint_checks = 1,"
                                            + " SESSION explicit_defaults_for_timestamp = 1"
                                    : ""));
            return session;
        }
    }

    void restore() throws SQLException {
        if (!prepared) {
            dialect.release(connection);
        }
        execute(connection, "SET " + before);
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
