package dev.weir.schema.engine;

import dev.weir.db.engine.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A database of its own, with the character set and collation of the one in use. While it is open its session holds a lock
 * of the same name: one whose lock is free belongs to a process that died, and the next to open such a place drops it.
 */
final class MariaDbScratch implements Scratch {
    static final String PREFIX = "weir_scratch_";

    private final Connection connection;
    private final MariaDbSession session;
    private final @Nullable String before;
    private final String name;
    private boolean open = true;

    private MariaDbScratch(Connection connection, MariaDbSession session, @Nullable String before, String name) {
        this.connection = connection;
        this.session = session;
        this.before = before;
        this.name = name;
    }

    static Optional<Scratch> open(Dialect dialect, DataSource dataSource) throws SQLException {
        Connection connection = dataSource.getConnection();
        boolean opened = false;
        try {
            connection.setAutoCommit(true);
            dropLeftOvers(connection);
            Optional<Scratch> scratch = create(dialect, connection);
            opened = scratch.isPresent();
            return scratch;
        } finally {
            if (!opened) {
                connection.close();
            }
        }
    }

    private static Optional<Scratch> create(Dialect dialect, Connection connection) throws SQLException {
        String name = PREFIX + UUID.randomUUID().toString().replace("-", "");
        if (!lock(connection, name)) {
            throw new SQLException("The lock of a new scratch database is not to be had: name=" + name);
        }
        try {
            MariaDbSession.execute(
                    connection,
                    "CREATE DATABASE `" + name + "` CHARACTER SET "
                            + string(connection, "SELECT @@character_set_database") + " COLLATE "
                            + string(connection, "SELECT @@collation_database"));
        } catch (SQLException e) {
            unlock(connection, name);
            if (denied(e)) {
                return Optional.empty();
            }
            throw e;
        }
        try {
            String before = connection.getCatalog();
            MariaDbSession session = MariaDbSession.settle(dialect, connection);
            connection.setCatalog(name);
            return Optional.of(new MariaDbScratch(connection, session, before, name));
        } catch (SQLException e) {
            MariaDbSession.execute(connection, "DROP DATABASE `" + name + "`");
            unlock(connection, name);
            throw e;
        }
    }

    private static void dropLeftOvers(Connection connection) throws SQLException {
        List<String> found = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT SCHEMA_NAME FROM information_schema.SCHEMATA"
                        + " WHERE SCHEMA_NAME LIKE 'weir|_scratch|_%' ESCAPE '|'")) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        }
        for (String name : found) {
            if (lock(connection, name)) {
                try {
                    MariaDbSession.execute(connection, "DROP DATABASE IF EXISTS `" + name.replace("`", "``") + "`");
                } catch (SQLException e) {
                    if (!denied(e)) {
                        throw e;
                    }
                } finally {
                    unlock(connection, name);
                }
            }
        }
    }

    /** Takes a lock of the server that ends with the session, without waiting; false if another has it. */
    static boolean lock(Connection connection, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT GET_LOCK(?, 0)")) {
            statement.setString(1, name);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() && rows.getInt(1) == 1;
            }
        }
    }

    static void unlock(Connection connection, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT RELEASE_LOCK(?)")) {
            statement.setString(1, name);
            statement.executeQuery().close();
        }
    }

    static String string(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            String value = rows.next() ? rows.getString(1) : null;
            if (value == null) {
                throw new SQLException(
                        "A schema can be changed only where a database is in use; name one in the JDBC URL");
            }
            return value;
        }
    }

    private static boolean denied(SQLException error) {
        return switch (error.getErrorCode()) {
            case 1044, 1142, 1227 -> true;
            default -> false;
        };
    }

    @Override
    public Connection connection() {
        return connection;
    }

    @Override
    public void check() throws SQLException {
        String used = string(connection, "SELECT DATABASE()");
        if (!used.equals(name)) {
            throw new SQLException("A declaration stays in its scratch place: database=" + used);
        }
    }

    @Override
    public void close() throws SQLException {
        if (!open) {
            return;
        }
        open = false;
        try (connection) {
            MariaDbSession.execute(connection, "DROP DATABASE IF EXISTS `" + name + "`");
            unlock(connection, name);
            if (before != null && !before.isEmpty()) {
                connection.setCatalog(before);
            }
            session.restore();
        }
    }
}
