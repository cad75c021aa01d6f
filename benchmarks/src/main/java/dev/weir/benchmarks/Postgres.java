package dev.weir.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A PostgreSQL server of this process that keeps what it commits. Started when it is first asked for. */
final class Postgres implements AutoCloseable {
    private @Nullable EmbeddedPostgres server;
    private int databases;

    /** An empty database. */
    Database database() throws Exception {
        if (server == null) {
            server = EmbeddedPostgres.builder()
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("full_page_writes", "on")
                    .setServerConfig("max_connections", "200")
                    .start();
        }
        String name = "bench" + ++databases;
        String url = server.getJdbcUrl("postgres", "postgres");
        try (Connection connection = DriverManager.getConnection(url)) {
            // A checkpoint in the middle of a round would be paid by the side that it happens to meet.
            for (String setting : List.of("max_wal_size='8GB'", "checkpoint_timeout='1h'")) {
                execute(connection, "alter system set " + setting.replace("=", " = "));
            }
            execute(connection, "select pg_reload_conf()");
            for (String setting : List.of("fsync", "synchronous_commit", "full_page_writes")) {
                requireOn(connection, setting);
            }
            execute(connection, "create database " + name);
        }
        return new Database(server.getJdbcUrl("postgres", name));
    }

    private static void requireOn(Connection connection, String setting) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("show " + setting)) {
            rows.next();
            if (!rows.getString(1).equals("on")) {
                throw new IllegalStateException(
                        "A floor without durable commits is none: " + setting + "=" + rows.getString(1) + ".");
            }
        }
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    /** One database of the server. */
    record Database(String url) {
        /** A connection as a careful programmer would open it: statements are prepared on the server at their first use. */
        Connection connect() throws SQLException {
            return DriverManager.getConnection(url + (url.contains("?") ? "&" : "?") + "prepareThreshold=1");
        }

        /** A pool as an application would have it. */
        HikariDataSource pool(int connections) {
            HikariConfig config = new HikariConfig();
            config.setJdbcUrl(url);
            config.setMaximumPoolSize(connections);
            return new HikariDataSource(config);
        }

        /** Makes a table of counters, all 0, and their statistics. */
        void counters(String table, int keys, int fillFactor) throws SQLException {
            try (Connection connection = connect()) {
                execute(
                        connection,
                        "create table " + table + " (id bigint primary key, n bigint not null) with (fillfactor = "
                                + fillFactor + ")");
                execute(
                        connection,
                        "insert into " + table + " select k, 0 from generate_series(0, " + (keys - 1) + ") k");
            }
            vacuum(table);
        }

        /** Leaves nothing to clean up, so that each round finds the table alike. */
        void vacuum(String table) throws SQLException {
            try (Connection connection = connect()) {
                execute(connection, "vacuum analyze " + table);
            }
        }

        /** The counters by key. */
        long[] readCounters(String table, int keys) throws SQLException {
            long[] values = new long[keys];
            try (Connection connection = connect();
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("select id, n from " + table)) {
                while (rows.next()) {
                    values[rows.getInt(1)] = rows.getLong(2);
                }
            }
            return values;
        }
    }
}
