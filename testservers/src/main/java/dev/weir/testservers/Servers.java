package dev.weir.testservers;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The servers that the test classes of one JVM share: each starts at its first use and ends with the JVM. Where one
 * can't be had, the calls fail if {@code -Dservers.required=postgres,mariadb,…} names it, and else abort the test, so
 * that it counts as skipped with the server's name as the reason. Thread-safe.
 *
 * <p>Nobody stops a shared server. A test that kills one starts its own, as with {@link PostgresServer#start}, after
 * {@link #require}.
 */
public final class Servers {
    private static final SharedServer<PostgresServer> POSTGRES =
            new SharedServer<>(Server.POSTGRES, PostgresServer::start, System.out::println);
    private static final SharedServer<MariaDbServer> MARIADB =
            new SharedServer<>(Server.MARIADB, MariaDbServer::start, System.out::println);
    private static final SharedServer<RedisServer> REDIS =
            new SharedServer<>(Server.REDIS, RedisServer::start, System.out::println);
    private static final SharedServer<MySqlServer> MYSQL =
            new SharedServer<>(Server.MYSQL, Servers::findMySql, System.out::println);
    private static final SharedServer<Path> CHROMIUM =
            new SharedServer<>(Server.CHROMIUM, Servers::findChromium, System.out::println);

    private Servers() {}

    public static PostgresServer postgres() {
        return POSTGRES.get();
    }

    public static MariaDbServer mariadb() {
        return MARIADB.get();
    }

    public static RedisServer redis() {
        return REDIS.get();
    }

    /** The server at {@code MYSQL_URL}. */
    public static MySqlServer mysql() {
        return MYSQL.get();
    }

    /** The executable of Chromium or Chrome on the search path. */
    public static Path chromium() {
        return CHROMIUM.get();
    }

    /**
     * Returns if the server can be had (a shared one then runs); else fails or skips the test that calls, as described
     * above.
     */
    public static void require(Server server) {
        shared(server).get();
    }

    static SharedServer<?> shared(Server server) {
        return switch (server) {
            case POSTGRES -> POSTGRES;
            case MARIADB -> MARIADB;
            case REDIS -> REDIS;
            case MYSQL -> MYSQL;
            case CHROMIUM -> CHROMIUM;
        };
    }

    private static MySqlServer findMySql() throws Exception {
        String address = System.getenv("MYSQL_URL");
        if (address == null || address.isBlank()) {
            throw new IOException("the environment variable MYSQL_URL is not set");
        }
        return new MySqlServer(address);
    }

    private static Path findChromium() throws IOException {
        for (String name : List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")) {
            for (String directory : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
                Path candidate = Path.of(directory, name);
                if (Files.isExecutable(candidate)) {
                    return candidate;
                }
            }
        }
        throw new IOException("neither chromium nor google-chrome is on the search path");
    }
}
