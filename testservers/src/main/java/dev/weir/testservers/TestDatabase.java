package dev.weir.testservers;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.mariadb.jdbc.MariaDbDataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * An empty database on a test server, for one test class. Thread-safe.
 *
 * @param jdbcUrl without user and password
 * @param name the database's name on its server
 */
public record TestDatabase(String jdbcUrl, String user, String password, String host, int port, String name)
        implements AutoCloseable {

    /** The address with user and password in it, for a program that takes nothing else. */
    public String jdbcUrlWithPassword() {
        return jdbcUrl + (jdbcUrl.contains("?") ? "&" : "?") + "user=" + user + "&password=" + password;
    }

    /** A data source without a pool: each call opens a connection. */
    public DataSource dataSource() {
        if (isPostgres()) {
            PGSimpleDataSource dataSource = new PGSimpleDataSource();
            dataSource.setUrl(jdbcUrl);
            dataSource.setUser(user);
            dataSource.setPassword(password);
            return dataSource;
        }
        try {
            MariaDbDataSource dataSource = new MariaDbDataSource(jdbcUrl);
            dataSource.setUser(user);
            dataSource.setPassword(password);
            return dataSource;
        } catch (SQLException e) {
            throw new IllegalStateException("The driver does not take its own address: " + jdbcUrl, e);
        }
    }

    /** A new connection. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(jdbcUrl, user, password);
    }

    /** Deletes the database, whoever is still connected; again has no effect. */
    public void drop() throws SQLException {
        String server = isPostgres() ? "/postgres" : "/";
        String url = jdbcUrl.replace("/" + name, server);
        try (Connection connection = DriverManager.getConnection(url, user, password);
                Statement statement = connection.createStatement()) {
            statement.execute("DROP DATABASE IF EXISTS " + name + (isPostgres() ? " WITH (FORCE)" : ""));
        }
    }

    /** The same as {@link #drop()}. */
    @Override
    public void close() throws SQLException {
        drop();
    }

    private boolean isPostgres() {
        return jdbcUrl.startsWith("jdbc:postgresql:");
    }

    /** As a test's failure may print it: without the password. */
    @Override
    public String toString() {
        return jdbcUrl + " as " + user;
    }
}
