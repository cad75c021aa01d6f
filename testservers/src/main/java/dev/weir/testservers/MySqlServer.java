package dev.weir.testservers;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.UUID;
import org.mariadb.jdbc.Configuration;
import org.mariadb.jdbc.HostAddress;

/**
 * A MySQL server that is there already, at the address in the environment variable {@code MYSQL_URL}, such as
 * {@code jdbc:mysql://127.0.0.1:3306/?user=root&password=secret}. Reached by MariaDB's driver. Thread-safe.
 */
public final class MySqlServer {
    private final String host;
    private final int port;
    private final String user;
    private final String password;

    MySqlServer(String address) throws SQLException {
        Configuration configuration = Configuration.parse(address.replaceFirst("^jdbc:mysql:", "jdbc:mariadb:"));
        if (configuration == null || configuration.addresses().isEmpty()) {
            throw new SQLException("MYSQL_URL must look like jdbc:mysql://HOST:PORT/?user=USER&password=PASSWORD");
        }
        HostAddress first = configuration.addresses().get(0);
        this.host = first.host;
        this.port = first.port;
        this.user = Objects.requireNonNullElse(configuration.user(), "root");
        this.password = Objects.requireNonNullElse(configuration.password(), "");
        DriverManager.getConnection(url(""), user, password).close();
    }

    /** A new, empty database; the caller drops it. */
    public TestDatabase newDatabase() {
        String name = "weir_test_" + UUID.randomUUID().toString().replace("-", "");
        try (Connection connection = DriverManager.getConnection(url(""), user, password);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name + " CHARACTER SET utf8mb4");
            return new TestDatabase(url(name), user, password, host, port, name);
        } catch (SQLException e) {
            throw new IllegalStateException("No new database on " + url(""), e);
        }
    }

    private String url(String database) {
        return "jdbc:mariadb://" + host + ":" + port + "/" + database;
    }
}
