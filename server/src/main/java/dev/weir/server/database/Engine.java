package dev.weir.server.database;

import dev.weir.db.engine.Dialect;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/** The engines whose drivers are here, by the beginning of their JDBC URLs, and the driver settings that Weir needs. */
enum Engine {
    /**
     * Readers beside the one writer; a commit is on disk when it was answered, as a flush promises; a transaction takes the
     * write lock when it begins, so that it can wait for it (one that read first could only fail).
     */
    SQLITE(
            "sqlite",
            List.of("jdbc:sqlite:"),
            Map.of(
                    "journal_mode", "WAL",
                    "synchronous", "FULL",
                    "busy_timeout", "10000",
                    "foreign_keys", "true",
                    "jdbc.get_generated_keys", "false",
                    "transaction_mode", "IMMEDIATE")),
    H2("h2", List.of("jdbc:h2:"), Map.of()),
    /** A server that went away without a word is noticed. */
    POSTGRESQL(
            "postgresql",
            List.of("jdbc:postgresql:"),
            Map.of("ApplicationName", "weir", "connectTimeout", "10", "tcpKeepAlive", "true")),
    MARIADB(
            "mariadb",
            List.of("jdbc:mariadb:", "jdbc:mysql:"),
            Map.of(
                    "permitMysqlScheme", "true",
                    "connectTimeout", "10000",
                    "tcpKeepAlive", "true"));

    /** Flags of sqlite3_open_v2: to be read and written, not to be made; its name may be a URI. */
    private static final String SQLITE_THERE = Integer.toString(0x2 | 0x40);

    private static final int SQLITE_CAN_NOT_OPEN = 14;
    private static final int H2_NOT_FOUND = 90146;
    private static final int MARIADB_UNKNOWN = 1049;

    private final String dialect;

    @SuppressWarnings("ImmutableEnumChecker")
    private final List<String> prefixes;

    @SuppressWarnings("ImmutableEnumChecker")
    private final Map<String, String> settings;

    Engine(String dialect, List<String> prefixes, Map<String, String> settings) {
        this.dialect = dialect;
        this.prefixes = prefixes;
        this.settings = settings;
    }

    static Optional<Engine> of(String url) {
        return Arrays.stream(values())
                .filter(engine -> engine.prefixes.stream().anyMatch(url::startsWith))
                .findFirst();
    }

    /** How SQL is written for it. MySQL, whose URLs it takes too, has the same statements. */
    Dialect dialect() {
        return Dialect.named(dialect).orElseThrow();
    }

    /** The beginnings of all URLs that are known. */
    static String known() {
        return String.join(
                ", ", Arrays.stream(values()).flatMap(e -> e.prefixes.stream()).toList());
    }

    /** Driver properties; what the URL itself says goes before them. */
    Properties settings(Access access) {
        Properties properties = new Properties();
        if (this != SQLITE || access != Access.LOOK) {
            properties.putAll(settings);
        }
        if (this == SQLITE && access == Access.DECLARE) {
            properties.remove("journal_mode");
        }
        if (!access.makes()) {
            if (this == SQLITE) {
                // To look on is not to change how the file keeps its log, and takes no write lock.
                properties.put("busy_timeout", "10000");
                properties.put("open_mode", SQLITE_THERE);
            } else if (this == H2) {
                properties.put("IFEXISTS", "TRUE");
            }
        }
        return properties;
    }

    /** Whether an error may mean that the database is not there. */
    boolean missing(SQLException error) {
        return switch (this) {
            case SQLITE -> error.getErrorCode() == SQLITE_CAN_NOT_OPEN;
            case H2 -> error.getErrorCode() == H2_NOT_FOUND;
            case POSTGRESQL -> "3D000".equals(error.getSQLState());
            case MARIADB -> error.getErrorCode() == MARIADB_UNKNOWN;
        };
    }
}
