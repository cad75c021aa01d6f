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
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A PostgreSQL server on 127.0.0.1 that keeps what it commits: {@code fsync}, {@code synchronous_commit} and
 * {@code full_page_writes} are on, read back at each start. UTF-8, builtin locale C.UTF-8. It ends with this JVM.
 * Thread-safe.
 */
public final class PostgresServer implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final String USER = "postgres";
    private static final List<String> DURABLE = List.of("fsync=on", "synchronous_commit=on", "full_page_writes=on");

    private final int port;
    private final String password;
    private final ServerProcess process;
    private final AtomicInteger databases = new AtomicInteger();

    private PostgresServer(Path directory, int port, String password, List<String> command) throws IOException {
        this.port = port;
        this.password = password;
        this.process = new ServerProcess(directory, command, "INT", () -> verify(port, password));
    }

    /**
     * Starts a server of the caller's own, to be killed or closed by it.
     *
     * @param settings further ones, each {@code name=value}
     */
    public static PostgresServer start(String... settings) throws IOException {
        long begin = System.nanoTime();
        Path binaries = Binaries.postgres();
        Path directory = Directories.create(Server.POSTGRES);
        String password = UUID.randomUUID().toString();
        int port = Directories.freePort();
        PostgresServer server =
                new PostgresServer(directory, port, password, command(binaries, port, List.of(settings)));
        try {
            initialise(binaries, directory, password);
            server.process.start();
            System.out.printf(
                    Locale.ROOT,
                    "PostgreSQL %s on port %d, started in %.1f s%n",
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
        Path passwordFile = directory.resolve("password");
        Files.writeString(passwordFile, password);
        List<String> initdb = asOrdinaryUser();
        initdb.add(binaries.resolve("bin/initdb").toString());
        initdb.addAll(List.of("--pgdata=data", "--username=" + USER, "--pwfile=password", "--auth=scram-sha-256"));
        initdb.addAll(List.of("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"));
        initdb.addAll(List.of("--locale=C", "--no-sync"));
        ServerProcess.run(directory, initdb);
        Files.delete(passwordFile);
    }

    private static List<String> command(Path binaries, int port, List<String> settings) {
        List<String> command = asOrdinaryUser();
        command.add(binaries.resolve("bin/postgres").toString());
        command.addAll(List.of("-D", "data"));
        List<String> all = new ArrayList<>(DURABLE);
        all.addAll(List.of("listen_addresses=" + HOST, "port=" + port, "unix_socket_directories="));
        all.add("max_connections=200");
        all.addAll(settings);
        all.forEach(setting -> command.addAll(List.of("-c", setting)));
        return command;
    }

    // PostgreSQL refuses to run as root. In a user namespace of its own it sees itself as nobody.
    private static List<String> asOrdinaryUser() {
        return new ArrayList<>(Platform.isRoot() ? List.of("unshare", "-U") : List.of());
    }

    private static void verify(int port, String password) throws SQLException, WrongSettingException {
        try (Connection connection = DriverManager.getConnection(url(port, "postgres"), USER, password)) {
            for (String setting : DURABLE) {
                expect(connection, "SHOW " + setting.substring(0, setting.indexOf('=')), "on");
            }
            expect(connection, "SHOW server_encoding", "UTF8");
            expect(connection, "SELECT datlocale FROM pg_database WHERE datname = 'template1'", "C.UTF-8");
        }
    }

    private static void expect(Connection connection, String query, String expected)
            throws SQLException, WrongSettingException {
        String found = single(connection, query);
        if (!expected.equals(found)) {
            throw new WrongSettingException(query + " gives " + found + " instead of " + expected);
        }
    }

    private static String single(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return Objects.requireNonNull(rows.getString(1), query);
        }
    }

    private static String url(int port, String database) {
        return "jdbc:postgresql://" + HOST + ":" + port + "/" + database;
    }

    /** A new, empty database. */
    public TestDatabase newDatabase() {
        String name = "test_" + databases.incrementAndGet();
        TestDatabase database = new TestDatabase(url(port, name), USER, password, HOST, port, name);
        try (Connection connection = DriverManager.getConnection(url(port, "postgres"), USER, password);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
            return database;
        } catch (SQLException e) {
            throw new IllegalStateException("No new database on " + url(port, "postgres"), e);
        }
    }

    /** The server's version, such as {@code 18.6}. */
    public String version() {
        try (Connection connection = DriverManager.getConnection(url(port, "postgres"), USER, password)) {
            return Arrays.stream(single(connection, "SHOW server_version").split(" "))
                    .findFirst()
                    .orElseThrow();
        } catch (SQLException e) {
            throw new IllegalStateException("The server does not say its version: " + url(port, "postgres"), e);
        }
    }

    public String host() {
        return HOST;
    }

    public int port() {
        return port;
    }

    /** The process id of the server's first process. */
    public long pid() {
        return process.pid();
    }

    public boolean isRunning() {
        return process.isRunning();
    }

    /** Kills all processes of the server with SIGKILL; returns when they are gone. The data stay. */
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
