package dev.weir.db;

import dev.weir.db.engine.ValueKind;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A statement in the engine's own SQL; see {@link DatabaseAccess#sql}. Immutable: each method gives a changed copy.
 *
 * <p>Values are always bound, never pasted. A collection becomes as many parameters as it has elements, for {@code IN (:ids)}.
 * Rows come back in the Java types of {@link ValueKind}.
 *
 * <p>A statement counts as writing unless it plainly reads ({@code SELECT}, {@code VALUES}, {@code SHOW}, {@code EXPLAIN},
 * {@code DESCRIBE}, {@code TABLE}, or a {@code WITH}, all without {@code INSERT}, {@code UPDATE}, {@code DELETE},
 * {@code MERGE} or {@code INTO} in them); the transaction hooks then hear of the tables named by {@link #writes}, and of all
 * tables if none are. A function that writes, called by a SELECT, has to be declared by {@link #writes} as well.
 */
public interface Sql extends Results<Row> {
    /** Gives a named parameter its value. */
    Sql bind(String name, @Nullable Object value);

    /** Gives named parameters their values. */
    Sql bind(Map<String, ? extends @Nullable Object> values);

    /** Names the tables that the statement writes. */
    Sql writes(String... tables);

    /**
     * Rows as records: each component takes the column of its name, ignoring case and underscores.
     *
     * @throws IllegalArgumentException when rows are read, if a component has no column, or its type can't hold the value
     */
    <T extends Record> Results<T> as(Class<T> type);

    /**
     * Runs the statement.
     *
     * @return how many rows it changed, as the engine counts; 0 for one that changes none
     */
    long execute();
}
