package dev.weir.testservers;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What a test may need that is not part of the build. */
public enum Server {
    POSTGRES,
    MARIADB,
    REDIS,
    /** Not started but found: the environment variable {@code MYSQL_URL} names it. */
    MYSQL,
    CHROMIUM;

    /** The name in {@code -Dservers.required}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Whether the system property {@code servers.required}, a comma-separated list, names this one.
     *
     * @throws IllegalArgumentException if the list has a name that no server has
     */
    public boolean isRequired() {
        return required(System.getProperty("servers.required", "")).contains(this);
    }

    static Set<Server> required(String list) {
        Set<Server> required = EnumSet.noneOf(Server.class);
        for (String part : list.split(",", -1)) {
            String key = part.strip();
            if (!key.isEmpty()) {
                required.add(byKey(key));
            }
        }
        return required;
    }

    private static Server byKey(String key) {
        return Arrays.stream(values())
                .filter(server -> server.key().equals(key))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("servers.required names a server that is not known: "
                        + key + "; known are "
                        + Arrays.stream(values()).map(Server::key).collect(Collectors.joining(", "))));
    }
}
