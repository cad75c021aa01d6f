package dev.weir.testservers;

import dev.weir.testservers.ServerProcess.WrongSettingException;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A MariaDB server on 127.0.0.1 that keeps what it commits: {@code innodb_flush_log_at_trx_commit} is 1 and
 * {@code innodb_doublewrite} is on, read back at each start. Its databases are utf8mb4. It ends with this JVM.
 * Thread-safe.
 */
public final class MariaDbServer implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final String USER = "weir";
    private static final Map<String, String> READ_BACK = Map.of(
            "innodb_flush_log_at_trx_commit", "1",
            "innodb_doublewrite", "ON",
            "character_set_server", "utf8mb4");

    private final int port;
    private final String password;
    private final ServerProcess process;
    private final AtomicInteger databases = new AtomicInteger();

    private MariaDbServer(Path directory, int port, String password, List<String> command) throws IOException {
        this.port = port;
        this.password = password;
        this.process = new ServerProcess(directory, command, "TERM", () -> verify(port, password));
    }

    /**
     * Starts a server of the caller's own, to be killed or closed by it.
     *
     * @param options further ones, each {@code --name=value}
     */
    public static MariaDbServer start(String... options) throws IOException {
        long begin = System.nanoTime();
        Path binaries = Binaries.mariaDb();
        Path directory = Directories.create(Server.MARIADB);
        String password = UUID.randomUUID().toString();
        int port = Directories.freePort();
        MariaDbServer server =
                new MariaDbServer(directory, port, password, command(binaries, directory, port, List.of(options)));
        try {
            initialise(binaries, directory, password);
            server.process.start();
            System.out.printf(
                    Locale.ROOT,
                    "MariaDB %s on port %d, started in %.1f s%n",
                    server.version(),
                    port,
                    (System.nanoTime() - begin) / 1e9);
            return server;
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private static void initialise(Path binaries, Path directory, String password) throws IOException {
        List<String> install = new ArrayList<>();
        install.add(binaries.resolve("scripts/mariadb-install-db").toString());
        install.add("--no-defaults");
        install.addAll(List.of("--basedir=" + binaries, "--datadir=" + directory.resolve("data")));
        install.addAll(List.of("--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"));
        install.addAll(userOption());
        ServerProcess.run(directory, install);
        Files.writeString(
                directory.resolve("user.sql"),
                "CREATE USER IF NOT EXISTS " + USER + "@'%' IDENTIFIED BY '" + password + "';\n"
                        + "GRANT ALL PRIVILEGES ON *.* TO " + USER + "@'%' WITH GRANT OPTION;\n");
    }

    private static List<String> command(Path binaries, Path directory, int port, List<String> options) {
        List<String> command = new ArrayList<>();
        command.add(binaries.resolve("bin/mariadbd").toString());
        command.add("--no-defaults");
        command.addAll(userOption());
        command.addAll(List.of("--basedir=" + binaries, "--datadir=" + directory.resolve("data")));
        command.add("--lc-messages-dir=" + binaries.resolve("share"));
        // Relative to the data directory: a socket's whole path may have about a hundred characters only.
        command.addAll(List.of("--socket=mariadb.sock", "--pid-file=mariadb.pid"));
        command.addAll(List.of("--bind-address=" + HOST, "--port=" + port, "--skip-name-resolve"));
        command.add("--init-file=" + directory.resolve("user.sql"));
        command.addAll(List.of("--innodb-flush-log-at-trx-commit=1", "--innodb-doublewrite=ON"));
        command.addAll(List.of("--character-set-server=utf8mb4", "--max-connections=200"));
        // At each start it would make a key for TLS, which takes seconds.
        command.add("--skip-ssl");
        command.addAll(options);
        return command;
    }

    private static List<String> userOption() {
        return Platform.isRoot() ? List.of("--user=root") : List.of();
    }

    private static void verify(int port, String password) throws SQLException, WrongSettingException {
        try (Connection connection = DriverManager.getConnection(url(port, ""), USER, password)) {
            for (Map.Entry<String, String> setting : READ_BACK.entrySet()) {
                String found = single(connection, "SHOW GLOBAL VARIABLES LIKE '" + setting.getKey() + "'", 2);
                if (!setting.getValue().equals(found)) {
                    throw new WrongSettingException(
                            setting.getKey() + " is " + found + " instead of " + setting.getValue());
                }
            }
        }
    }

    private static String single(Connection connection, String query, int column) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return Objects.requireNonNull(rows.getString(column), query);
        }
    }

    private static String url(int port, String database) {
        return "jdbc:mariadb://" + HOST + ":" + port + "/" + database;
    }

    /** A new, empty database. */
    public TestDatabase newDatabase() {
        String name = "test_" + databases.incrementAndGet();
        TestDatabase database = new TestDatabase(url(port, name), USER, password, HOST, port, name);
        try (Connection connection = DriverManager.getConnection(url(port, ""), USER, password);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name + " CHARACTER SET utf8mb4");
            return database;
        } catch (SQLException e) {
            throw new IllegalStateException("No new database on " + url(port, ""), e);
        }
    }

    /** The server's version, such as {@code 11.4.5-MariaDB}. */
    public String version() {
        try (Connection connection = DriverManager.getConnection(url(port, ""), USER, password)) {
            return single(connection, "SELECT version()", 1);
        } catch (SQLException e) {
            throw new IllegalStateException("The server does not say its version: " + url(port, ""), e);
        }
    }

    public String host() {
        return HOST;
    }

    public int port() {
        return port;
    }

    /** The process id of the server. */
    public long pid() {
        return process.pid();
    }

    public boolean isRunning() {
        return process.isRunning();
    }

    /** Kills the server with SIGKILL; returns when it is gone. The data stay. */
    public void kill() {
        process.kill();
    }

    /** Stops the server in order; the data stay. */
    public void stop() {
        process.stop();
    }

    /** Starts the server on its port and data; stops it first if it runs. Returns when it answers. */
    public void restart() {
        process.stop();
        try {
            process.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops the server and deletes its data. */
    @Override
    public void close() {
        process.close();
    }
}
