package dev.weir.server.database;

import dev.weir.db.engine.Dialect;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
    Map<String, String> settings() {
        return settings;
    }
}
