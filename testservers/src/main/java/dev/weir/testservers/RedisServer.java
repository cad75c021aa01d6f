package dev.weir.testservers;

import dev.weir.testservers.ServerProcess.WrongSettingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A Redis server on 127.0.0.1 that speaks RESP3 and keeps what it acknowledges: {@code appendonly} with
 * {@code appendfsync always}, read back at each start. It ends with this JVM. Thread-safe.
 */
public final class RedisServer implements AutoCloseable {
    private static final String HOST = "127.0.0.1";

    private final int port;
    private final ServerProcess process;

    private RedisServer(Path directory, int port, List<String> command) throws IOException {
        this.port = port;
        this.process = new ServerProcess(directory, command, "TERM", () -> verify(port));
    }

    /**
     * Starts a server of the caller's own, to be killed or closed by it.
     *
     * @param options further ones, as on the command line: {@code "--maxmemory", "10mb"}
     */
    public static RedisServer start(String... options) throws IOException {
        long begin = System.nanoTime();
        Path binaries = Binaries.redis();
        Path directory = Directories.create(Server.REDIS);
        int port = Directories.freePort();
        List<String> command = new ArrayList<>();
        command.add(binaries.resolve("redis-server").toString());
        command.addAll(List.of("--bind", HOST, "--port", Integer.toString(port), "--dir", "data"));
        command.addAll(List.of("--appendonly", "yes", "--appendfsync", "always", "--save", ""));
        command.addAll(List.of(options));
        RedisServer server = new RedisServer(directory, port, command);
        try {
            Files.createDirectory(directory.resolve("data"));
            server.process.start();
            System.out.printf(
                    Locale.ROOT,
                    "Redis %s on port %d, started in %.1f s%n",
                    server.version(),
                    port,
                    (System.nanoTime() - begin) / 1e9);
            return server;
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private static void verify(int port) throws IOException, WrongSettingException {
        try (RedisConnection connection = new RedisConnection(HOST, port)) {
            if (!connection.call("HELLO", "3").contains("proto")) {
                throw new WrongSettingException("The server does not speak RESP3");
            }
            expect(connection, "appendonly", "yes");
            expect(connection, "appendfsync", "always");
        }
    }

    private static void expect(RedisConnection connection, String setting, String expected)
            throws IOException, WrongSettingException {
        List<String> found = connection.call("CONFIG", "GET", setting);
        if (!found.equals(List.of(setting, expected))) {
            throw new WrongSettingException("CONFIG GET gives " + found + " instead of " + expected);
        }
    }

    /** Sends one command on a connection of its own and gives the answer's values, nested ones in a row. */
    public List<String> call(String... command) {
        try (RedisConnection connection = new RedisConnection(HOST, port)) {
            return connection.call(command);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Empties the server; each test class begins with it. */
    public void flushAll() {
        call("FLUSHALL");
    }

    /** The server's version, such as {@code 6.2.6}. */
    public String version() {
        return Arrays.stream(call("INFO", "server").get(0).split("\r?\n"))
                .filter(line -> line.startsWith("redis_version:"))
                .map(line -> line.substring("redis_version:".length()))
                .findFirst()
                .orElseThrow();
    }

    public String host() {
        return HOST;
    }

    public int port() {
        return port;
    }

    /** The address as clients take it: {@code redis://127.0.0.1:PORT}. */
    public String uri() {
        return "redis://" + HOST + ":" + port;
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
