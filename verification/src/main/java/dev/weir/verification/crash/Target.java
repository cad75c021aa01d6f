package dev.weir.verification.crash;

import dev.weir.testservers.PostgresServer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/**
 * A database of its own for one run, read by plain JDBC.
 *
 * @param url with credentials
 */
record Target(Engine engine, String url) {
    /** A new, empty database. */
    static Target make(Engine engine, Path directory, Servers servers) throws IOException {
        return switch (engine) {
            case SQLITE -> new Target(engine, "jdbc:sqlite:" + directory.resolve("target.db"));
            case POSTGRES -> new Target(engine, servers.postgres().newDatabase().jdbcUrlWithPassword());
        };
    }

    /** Where servers come from. */
    interface Servers {
        PostgresServer postgres() throws IOException;
    }

    /** Reads with one snapshot. */
    <T> T read(Reading<T> reading) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url)) {
            connection.setAutoCommit(false);
            if (engine == Engine.POSTGRES) {
                connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            }
            T read = reading.read(connection);
            connection.rollback();
            return read;
        }
    }

    /** What is read. */
    interface Reading<T> {
        T read(Connection connection) throws SQLException;
    }

    /** Runs statements. */
    void execute(List<String> statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            if (engine == Engine.SQLITE) {
                statement.execute("pragma journal_mode = wal");
            }
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** The rows of a query, each as {@code row} makes it. */
    static <T> List<T> rows(Connection connection, String sql, Row<T> row) throws SQLException {
        List<T> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                rows.add(row.of(result));
            }
        }
        return rows;
    }

    /** One row. */
    interface Row<T> {
        T of(ResultSet result) throws SQLException;
    }

    static long single(Connection connection, String sql) throws SQLException {
        return rows(connection, sql, result -> result.getLong(1)).get(0);
    }

    /** Whether a table is there. */
    boolean has(Connection connection, String table) throws SQLException {
        String sql = engine == Engine.SQLITE
                ? "select count(*) from sqlite_master where type = 'table' and name = '" + table + "'"
                : "select count(*) from pg_catalog.pg_tables where tablename = '" + table + "'";
        return single(connection, sql) > 0;
    }

    /** A timestamp column; in SQLite it must be a text like {@code 2000-10-10T20:55:36Z}. */
    String time(ResultSet result, String column) throws SQLException {
        if (engine == Engine.POSTGRES) {
            return result.getObject(column, LocalDateTime.class).toString();
        }
        String text = result.getString(column);
        String shown =
                Instant.parse(text).atOffset(ZoneOffset.UTC).toLocalDateTime().toString();
        return text.length() == 20 ? shown : "a text of another form: " + text;
    }
}
