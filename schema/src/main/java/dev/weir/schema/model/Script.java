package dev.weir.schema.model;

import java.util.Objects;

/**
 * Tables declared in the engine's own SQL.
 *
 * @param origin where it comes from, for messages
 * @param sql its statements
 */
public record Script(String origin, String sql) {
    /** Both are there. */
    public Script {
        Objects.requireNonNull(origin, "origin");
        Objects.requireNonNull(sql, "sql");
    }
}
