package dev.weir.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.weir.testservers.PostgresServer;
import dev.weir.testservers.TestDatabase;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server of this process that keeps what it commits (the server reads its settings back). Started when it is
 * first asked for.
 */
final class Postgres implements AutoCloseable {
    /** A checkpoint in the middle of a round would be paid by the side that it happens to meet. */
    private static final String[] SETTINGS = {"max_wal_size=8GB", "checkpoint_timeout=1h"};

    private @Nullable PostgresServer server;

    /** An empty database. */
    Database database() throws IOException {
        if (server == null) {
            server = PostgresServer.start(SETTINGS);
        }
        return new Database(server.newDatabase());
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() {
        if (server != null) {
            server.close();
        }
    }

    /** One database of the server. */
    record Database(TestDatabase server) {
        /** A connection as a careful programmer would open it: statements are prepared on the server at their first use. */
        Connection connect() throws SQLException {
            Properties properties = new Properties();
            properties.setProperty("user", server.user());
            properties.setProperty("password", server.password());
            properties.setProperty("prepareThreshold", "1");
            return DriverManager.getConnection(server.jdbcUrl(), properties);
        }

        /** A pool as an application would have it. */
        HikariDataSource pool(int connections) {
            HikariConfig config = new HikariConfig();
            config.setJdbcUrl(server.jdbcUrl());
            config.setUsername(server.user());
            config.setPassword(server.password());
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
