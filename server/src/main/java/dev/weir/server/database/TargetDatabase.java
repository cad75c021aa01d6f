package dev.weir.server.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.weir.db.engine.Dialect;
import dev.weir.db.engine.JdbcUrl;
import dev.weir.server.CommandFailed;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Enumeration;
import java.util.Locale;
import java.util.Properties;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The database that a command works on, and the pool of its connections. Closed by whoever opened it. Thread-safe. */
public final class TargetDatabase implements AutoCloseable {
    private static final int CONNECTIONS = 4;
    private static final String H2_TRACE = "TRACE_LEVEL_FILE";
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    private final HikariDataSource pool;
    private final String shownUrl;
    private final @Nullable StandIn standIn;

    private TargetDatabase(HikariDataSource pool, String shownUrl, @Nullable StandIn standIn) {
        this.pool = pool;
        this.shownUrl = shownUrl;
        this.standIn = standIn;
    }

    /**
     * Opens the database behind a JDBC URL, and makes sure that it answers.
     *
     * @throws CommandFailed if the URL is malformed (exit code 2), no driver knows it or the database refuses (exit code 1)
     */
    public static TargetDatabase open(String url) {
        return open(url, true, null);
    }

    /**
     * The same for whoever only reads: leaves nothing behind. A SQLite file keeps the journal mode that it has; for a file of
     * SQLite or H2 that is not there, an empty database stands in, which is gone when this is closed.
     *
     * @throws CommandFailed as {@link #open}
     */
    public static TargetDatabase look(String url) {
        StandIn standIn = StandIn.ifMissing(url);
        try {
            return open(standIn == null ? url : standIn.url(), false, standIn);
        } catch (RuntimeException e) {
            if (standIn != null) {
                standIn.close();
            }
            throw e;
        }
    }

    private static TargetDatabase open(String url, boolean writes, @Nullable StandIn standIn) {
        String shown = JdbcUrl.redacted(url);
        Engine engine = engine(url, shown);
        Properties settings = new Properties();
        settings.putAll(engine.settings());
        if (!writes) {
            settings.remove("journal_mode");
        }
        if (!accepted(url)) {
            throw malformed(shown, "its driver can't read it");
        }
        if (url.startsWith("jdbc:sqlite:") && (url.equals("jdbc:sqlite:") || url.contains(":memory:"))) {
            throw malformed(shown, "SQLite in memory has one database for each connection; name a file");
        }
        try (Connection connection = DriverManager.getConnection(url, settings)) {
            connection.getMetaData().getDatabaseProductName();
            if (engine == Engine.H2 && hushed(connection, url)) {
                settings.put(H2_TRACE, "0");
            }
        } catch (SQLException e) {
            throw new CommandFailed(
                    "the database must answer: db=" + shown + ", " + reason(e, url, shown) + cure(e), e);
        }
        HikariConfig config = new HikariConfig();
        config.setPoolName("weir");
        config.setJdbcUrl(url);
        config.setDataSourceProperties(settings);
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(CONNECT_TIMEOUT.toMillis());
        // Whether the database is there was found out above, with a better message.
        config.setInitializationFailTimeout(-1);
        return new TargetDatabase(new HikariDataSource(config), shown, standIn);
    }

    /**
     * H2 in this process writes what it refuses, values and all, to a file beside the database. Whether it can be told not to,
     * which takes an administrator.
     */
    private static boolean hushed(Connection connection, String url) {
        String settings = url.toUpperCase(Locale.ROOT);
        if (settings.contains(H2_TRACE) || settings.startsWith("JDBC:H2:TCP:") || settings.startsWith("JDBC:H2:SSL:")) {
            return false;
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET " + H2_TRACE + " 0");
            return true;
        } catch (SQLException notAllowed) {
            return false;
        }
    }

    /**
     * The dialect of the database behind a JDBC URL, which is not asked.
     *
     * @throws CommandFailed if the URL is malformed (exit code 2), or no driver knows it (exit code 1)
     */
    public static Dialect dialect(String url) {
        return engine(url, JdbcUrl.redacted(url)).dialect();
    }

    private static Engine engine(String url, String shown) {
        if (!url.startsWith("jdbc:") || url.indexOf(':', 5) < 0) {
            throw malformed(shown, "it does not begin like jdbc:postgresql:");
        }
        return Engine.of(url)
                .orElseThrow(() -> new CommandFailed("a database needs a driver that is here: db=" + shown
                        + "; give a URL that begins with one of " + Engine.known()));
    }

    private static boolean accepted(String url) {
        for (Enumeration<Driver> drivers = DriverManager.getDrivers(); drivers.hasMoreElements(); ) {
            try {
                if (drivers.nextElement().acceptsURL(url)) {
                    return true;
                }
            } catch (SQLException notThisOne) {
                return false;
            }
        }
        return url.startsWith("jdbc:mysql:");
    }

    private static CommandFailed malformed(String shown, String why) {
        return new CommandFailed(
                2,
                "a database is named by a JDBC URL: db=" + shown + ", " + why
                        + "; give one like jdbc:sqlite:FILE or jdbc:postgresql://HOST/DATABASE?user=NAME&password=WORD",
                null);
    }

    private static String reason(SQLException error, String url, String shown) {
        String message = error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage();
        String state = error.getSQLState() == null ? "" : " (SQLState " + error.getSQLState() + ")";
        return "reason="
                + message.replace(url, shown).lines().findFirst().orElse("").strip() + state;
    }

    private static String cure(SQLException error) {
        String state = error.getSQLState() == null ? "" : error.getSQLState();
        if (state.startsWith("28")) {
            return "; check the user and the password";
        }
        if (state.startsWith("08")) {
            return "; check the host and the port, and that the database runs";
        }
        return "; check the URL";
    }

    /** Where its connections come from. */
    public DataSource dataSource() {
        return pool;
    }

    /** The URL without credentials. */
    public String shownUrl() {
        return shownUrl;
    }

    @Override
    public void close() {
        pool.close();
        if (standIn != null) {
            standIn.close();
        }
    }
}
