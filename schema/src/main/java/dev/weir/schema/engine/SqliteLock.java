package dev.weir.schema.engine;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import javax.sql.DataSource;

/**
 * Who may change the schema of a SQLite database: a write transaction on a small database beside it, which ends with its
 * process. A database in memory is known to this process alone, and so is its lock.
 *
 * <p><b>Concurrency.</b> {@link #IN_MEMORY} is a concurrent set: who adds a key has the lock until it is taken out.
 */
final class SqliteLock {
    private static final String SUFFIX = ".weir-schema-lock";

    private static final Set<Object> IN_MEMORY = ConcurrentHashMap.newKeySet();

    private SqliteLock() {}

    static Optional<SchemaLock> tryLock(DataSource dataSource, Predicate<SQLException> busy) throws SQLException {
        String file;
        String url;
        try (Connection connection = dataSource.getConnection()) {
            file = file(connection);
            url = connection.getMetaData().getURL();
        }
        return file.isEmpty() ? inMemory(dataSource, url) : beside(Path.of(file + SUFFIX), busy);
    }

    private static Optional<SchemaLock> beside(Path lockFile, Predicate<SQLException> busy) throws SQLException {
        Connection session = DriverManager.getConnection("jdbc:sqlite:" + lockFile.toUri());
        boolean taken = false;
        try (Statement statement = session.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 0");
            statement.execute("BEGIN IMMEDIATE");
            taken = true;
            return Optional.of(new SchemaLock(session, SqliteLock::rollback));
        } catch (SQLException e) {
            if (busy.test(e)) {
                return Optional.empty();
            }
            throw e;
        } finally {
            if (!taken) {
                session.close();
            }
        }
    }

    private static void rollback(Connection session) throws SQLException {
        try (Statement statement = session.createStatement()) {
            statement.execute("ROLLBACK");
        }
    }

    /** A database that several connections share has a name in its address; another one is its connection's alone. */
    private static Optional<SchemaLock> inMemory(DataSource dataSource, String url) throws SQLException {
        boolean shared = url.toLowerCase(Locale.ROOT).contains("cache=shared");
        Object key = shared ? url : dataSource;
        if (!IN_MEMORY.add(key)) {
            return Optional.empty();
        }
        boolean taken = false;
        try {
            // The lock needs a session, and the data source may have no second connection to give.
            Connection session = DriverManager.getConnection("jdbc:sqlite::memory:");
            taken = true;
            return Optional.of(new SchemaLock(session, ignored -> IN_MEMORY.remove(key)));
        } finally {
            if (!taken) {
                IN_MEMORY.remove(key);
            }
        }
    }

    /** The file of the database; empty if it has none. */
    private static String file(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT file FROM pragma_database_list WHERE name = 'main'")) {
            String file = rows.next() ? rows.getString(1) : null;
            return file == null ? "" : file;
        }
    }

    static List<String> missingRights(Connection connection) throws SQLException {
        List<String> missing = new ArrayList<>();
        if (connection.isReadOnly() || queryOnly(connection)) {
            missing.add("write: the connection is read-only");
        }
        String name = file(connection);
        if (!name.isEmpty()) {
            Path file = Path.of(name);
            Path directory = file.toAbsolutePath().getParent();
            if (Files.exists(file) && !Files.isWritable(file)) {
                missing.add("write to the file " + file);
            }
            if (directory != null && !Files.isWritable(directory)) {
                missing.add("write to the directory " + directory + ", for the journal and the lock");
            }
        }
        return missing;
    }

    private static boolean queryOnly(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("PRAGMA query_only")) {
            return rows.next() && rows.getBoolean(1);
        }
    }
}
