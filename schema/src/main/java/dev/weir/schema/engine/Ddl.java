package dev.weir.schema.engine;

import java.util.List;

/**
 * The statements that make one change.
 *
 * @param statements in order, each without a semicolon at its end
 * @param transactional whether they may stand in a transaction with others, and a rollback takes them back
 * @param lock what they hold others off from, in the engine's own words, such as {@code ACCESS EXCLUSIVE}
 * @param effort how long they hold it
 */
public record Ddl(List<String> statements, boolean transactional, String lock, Effort effort) {
    /** How long writers have to wait. */
    public enum Effort {
        /** A moment, whatever the table holds; or not at all. */
        MOMENT,
        /** As long as it takes to read all rows. */
        SCAN,
        /** As long as it takes to write all rows anew. */
        REWRITE
    }

    /** A copy whose list can't change. */
    public Ddl {
        statements = List.copyOf(statements);
    }
}
