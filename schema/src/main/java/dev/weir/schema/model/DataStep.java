package dev.weir.schema.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Work on rows that belongs to a change of the schema and is done once in each database.
 *
 * @param key its name, by which a database remembers that it was done
 * @param when before or after which part of a plan it runs
 * @param content what its hash is taken of: the SQL, or whatever tells one version of a Java step from the next
 * @param sql the statements in the engine's SQL; null for a step in Java
 * @param undo the statements that take it back; null if there are none
 * @param code the step in Java; null for one in SQL
 */
public record DataStep(
        String key,
        When when,
        String content,
        @Nullable String sql,
        @Nullable String undo,
        @Nullable Code code) {

    /** All that every step has is there. */
    public DataStep {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(when, "when");
        Objects.requireNonNull(content, "content");
    }

    /** When a step runs. */
    public enum When {
        /** When all additions are made, before anything is removed or made stricter. */
        BEFORE_CONTRACT,
        /** The same moment, under the name of what went before it. */
        AFTER_EXPAND
    }

    /** A step in Java. */
    @FunctionalInterface
    public interface Code {
        /**
         * Does one batch.
         *
         * @param batch the connection, in a transaction that is committed afterwards, and where the last one ended
         * @return where this batch ended, to be handed to the next; null if all is done
         */
        @Nullable String run(Batch batch) throws Exception;
    }

    /**
     * One batch of a step in Java.
     *
     * @param connection in a transaction; the step neither commits nor rolls back
     * @param position what the last batch returned; null at the first
     */
    public record Batch(
            java.sql.Connection connection, @Nullable String position) {}

    /** A step in the engine's SQL. */
    public static DataStep sql(String key, When when, String sql, @Nullable String undo) {
        return new DataStep(key, when, Objects.requireNonNull(sql, "sql"), sql, undo, null);
    }

    /**
     * A step in Java.
     *
     * @param version changes when the step does; a step that was done in another version is drift
     */
    public static DataStep code(String key, When when, String version, Code code) {
        return new DataStep(
                key,
                when,
                Objects.requireNonNull(version, "version"),
                null,
                null,
                Objects.requireNonNull(code, "code"));
    }
}
