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
    private static final int H2_ADMINISTRATORS_ONLY = 90040;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    private final HikariDataSource pool;
    private final String shownUrl;
    private final @Nullable StandIn standIn;

    private TargetDatabase(HikariDataSource pool, String shownUrl, @Nullable StandIn standIn) {
        this.pool = pool;
        this.shownUrl = shownUrl;
        this.standIn = standIn;
    }

    /** {@link #open(String, Access)} of a database that may be made. */
    public static TargetDatabase open(String url) {
        return open(url, Access.MAKE);
    }

    /**
     * Opens the database behind a JDBC URL, and makes sure that it answers.
     *
     * @throws CommandFailed if the URL is malformed (exit code 2), no driver knows it, the database refuses, or it is not
     *     there and may not be made (exit code 1)
     */
    public static TargetDatabase open(String url, Access access) {
        return open(url, access, null);
    }

    /**
     * The same for whoever only reads: leaves nothing behind. A SQLite file keeps the journal mode that it has; for a file of
     * SQLite or H2 that is not there, an empty database stands in, which is gone when this is closed.
     *
     * @throws CommandFailed as {@link #open(String, Access)}
     */
    public static TargetDatabase look(String url) {
        StandIn standIn = StandIn.ifMissing(url);
        if (standIn == null) {
            return open(url, Access.LOOK);
        }
        try {
            return open(standIn.url(), Access.MAKE, standIn);
        } catch (RuntimeException e) {
            standIn.close();
            throw e;
        }
    }

    private static TargetDatabase open(String url, Access access, @Nullable StandIn standIn) {
        String shown = JdbcUrl.redacted(url);
        Engine engine = engine(url, shown);
        Properties settings = engine.settings(access);
        if (!accepted(url)) {
            throw malformed(shown, "its driver can't read it");
        }
        if (url.startsWith("jdbc:sqlite:") && (url.equals("jdbc:sqlite:") || url.contains(":memory:"))) {
            throw malformed(shown, "SQLite in memory has one database for each connection; name a file");
        }
        if (engine == Engine.H2 && keepsATrace(url)) {
            settings.put(H2_TRACE, "0");
        }
        try {
            ask(url, settings);
        } catch (SQLException e) {
            if (!access.makes() && engine.missing(e)) {
                throw new CommandFailed("unknown database: db=" + shown + " is not there; check the URL", e);
            }
            throw new CommandFailed("the database must answer: db=" + shown + ", " + reason(e, url) + cure(e), e);
        } catch (RuntimeException e) {
            throw malformed(shown, "its driver can't read it");
        }
        HikariConfig config = new HikariConfig();
        config.setPoolName("weir");
        config.setJdbcUrl(url);
        config.setDataSourceProperties(settings);
        if (engine == Engine.SQLITE && access == Access.LOOK) {
            // A connection that may not write at all could not clear away the log that it has to make.
            config.setConnectionInitSql("PRAGMA query_only = ON");
        }
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(CONNECT_TIMEOUT.toMillis());
        // Whether the database is there was found out above, with a better message.
        config.setInitializationFailTimeout(-1);
        return new TargetDatabase(new HikariDataSource(config), shown, standIn);
    }

    /** Takes a connection; leaves out of the settings what takes rights that this user has not. */
    private static void ask(String url, Properties settings) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, settings)) {
            connection.getMetaData().getDatabaseProductName();
        } catch (SQLException e) {
            if (e.getErrorCode() != H2_ADMINISTRATORS_ONLY || settings.remove(H2_TRACE) == null) {
                throw e;
            }
            ask(url, settings);
        }
    }

    /** H2 in this process writes what it refuses, values and all, to a file beside the database, unless it is told not to. */
    private static boolean keepsATrace(String url) {
        String settings = url.toUpperCase(Locale.ROOT);
        return !settings.contains(H2_TRACE)
                && !settings.startsWith("JDBC:H2:TCP:")
                && !settings.startsWith("JDBC:H2:SSL:");
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

    /** The driver's words, unless they tell what the URL hides: drivers quote the part of it that they can't read. */
    private static String reason(SQLException error, String url) {
        String message = JdbcUrl.redactedIn(String.valueOf(error.getMessage()));
        String state = error.getSQLState() == null ? "" : " (SQLState " + error.getSQLState() + ")";
        boolean shown = error.getMessage() != null && !JdbcUrl.tells(message, url);
        return "reason="
                + (shown
                        ? message.lines().findFirst().orElse("").strip()
                        : error.getClass().getSimpleName())
                + state;
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
