package dev.weir.buffer;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConfig;

/** The SQLite file of a journal: its format, its settings, its connections. */
final class JournalFile {
    static final String NAME = "journal.db";
    static final int FORMAT = 1;

    private static final int BUSY_MILLIS = 5_000;

    private final Path path;
    private final Path log;
    private final JournalTuning tuning;

    JournalFile(Path directory, JournalTuning tuning) {
        this.path = directory.resolve(NAME);
        this.log = directory.resolve(NAME + "-wal");
        this.tuning = tuning;
    }

    Path path() {
        return path;
    }

    boolean exists() throws IOException {
        return size(path) > 0;
    }

    boolean hasLog() throws IOException {
        return size(log) > 0;
    }

    long bytes() throws IOException {
        return size(path) + size(log);
    }

    /** A connection that changes nothing on disk, not even by closing: a damaged log stays as evidence. */
    Connection connectReadOnly() throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setBusyTimeout(BUSY_MILLIS);
        return config.createConnection(url());
    }

    /** A connection whose commits are on disk when they return. Makes the file if it is missing. */
    Connection connectDurable() throws SQLException {
        return connect(tuning.synchronous());
    }

    /** A connection whose commits keep the file whole but may be undone by a power cut. */
    Connection connectUnsynced() throws SQLException {
        return connect("NORMAL");
    }

    /** Makes the tables in an empty file. */
    static void createTables(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("create table meta (name text not null primary key, value integer not null)");
            statement.execute("insert into meta values ('format', " + FORMAT + ")");
            statement.execute("create table writer (number integer primary key, id text not null unique,"
                    + " opened integer not null, ledger_row integer not null, trimmed_to integer not null,"
                    + " last integer not null, crc integer not null)");
            // The position is the writer's number and the epoch's in one key, so that an append touches one tree only.
            statement.execute("create table epoch (position integer primary key, appended integer not null,"
                    + " crc integer not null, data blob not null)");
        }
    }

    static void insert(Connection connection, JournalRow row) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("insert into writer values (?, ?, ?, ?, ?, ?, ?)")) {
            statement.setLong(1, row.number());
            statement.setString(2, row.id());
            statement.setLong(3, row.openedMillis());
            statement.setBoolean(4, row.ledgerRow());
            statement.setLong(5, row.trimmedTo());
            statement.setLong(6, row.last());
            statement.setInt(7, row.checksum());
            statement.executeUpdate();
        }
    }

    static void update(Connection connection, JournalRow row) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "update writer set ledger_row = ?, trimmed_to = ?, last = ?, crc = ? where number = ?")) {
            statement.setBoolean(1, row.ledgerRow());
            statement.setLong(2, row.trimmedTo());
            statement.setLong(3, row.last());
            statement.setInt(4, row.checksum());
            statement.setLong(5, row.number());
            if (statement.executeUpdate() != 1) {
                throw new SQLException("the row of writer " + row.id() + " is gone");
            }
        }
    }

    static void delete(Connection connection, JournalRow row) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("delete from writer where number = ?")) {
            statement.setLong(1, row.number());
            statement.executeUpdate();
        }
    }

    /** Runs the work in one transaction. */
    static void transaction(Connection connection, Work work) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("begin immediate");
            try {
                work.run();
                statement.execute("commit");
            } catch (SQLException | RuntimeException e) {
                try {
                    statement.execute("rollback");
                } catch (SQLException alreadyRolledBack) {
                    e.addSuppressed(alreadyRolledBack);
                }
                throw e;
            }
        }
    }

    static long longOf(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            return result.next() ? result.getLong(1) : 0;
        }
    }

    static String textOf(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            return result.next() ? String.valueOf(result.getString(1)) : "";
        }
    }

    /** Makes new names in a directory durable, where the system can. */
    static void syncDirectory(Path directory) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Windows can't open a directory; there the file system's own log keeps names.
        }
    }

    private Connection connect(String synchronous) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(BUSY_MILLIS);
        Connection connection = config.createConnection(url());
        try {
            try (Statement statement = connection.createStatement()) {
                if (longOf(connection, "pragma page_count") == 0) {
                    // In this order: the last writes the first page. A kill must leave no rollback journal behind.
                    statement.execute("pragma journal_mode = memory");
                    statement.execute("pragma page_size = " + tuning.pageSize());
                    statement.execute("pragma auto_vacuum = incremental");
                }
                statement.execute("pragma journal_mode = wal");
                statement.execute("pragma synchronous = " + synchronous);
                // Only macOS knows these: its plain fsync leaves the data in the drive's cache.
                statement.execute("pragma fullfsync = on");
                statement.execute("pragma checkpoint_fullfsync = on");
                statement.execute("pragma wal_autocheckpoint = 0");
                statement.execute("pragma journal_size_limit = " + 4 * tuning.checkpointBytes());
                if (tuning.maxPages() > 0) {
                    statement.execute("pragma max_page_count = " + tuning.maxPages());
                }
            }
            requireInForce(connection, "journal_mode", "wal");
            requireInForce(connection, "synchronous", synchronousCode(synchronous));
            return connection;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private void requireInForce(Connection connection, String setting, String value) throws SQLException {
        String actual = textOf(connection, "pragma " + setting);
        if (!actual.equals(value)) {
            throw new JournalException(
                    "A journal needs SQLite's " + setting + " to be " + value + ": file=" + path + ", " + setting + "="
                            + actual + "; put the directory on a local file system",
                    null);
        }
    }

    private static String synchronousCode(String synchronous) {
        return switch (synchronous) {
            case "OFF" -> "0";
            case "NORMAL" -> "1";
            case "FULL" -> "2";
            default -> throw new IllegalArgumentException("Not a level: synchronous=" + synchronous);
        };
    }

    private String url() {
        return "jdbc:sqlite:" + path.toUri();
    }

    private static long size(Path file) throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }

    /** What a transaction does. */
    interface Work {
        void run() throws SQLException;
    }
}
