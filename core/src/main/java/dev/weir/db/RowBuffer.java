package dev.weir.db;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Buffered operations on one row. See {@link TableBuffer} for what all of them have in common. Immutable, thread-safe. */
public interface RowBuffer {
    /** The same row; when it turns out not to exist, it is inserted with {@code defaults} and then changed. */
    RowBuffer orInsert(Map<String, ? extends @Nullable Object> defaults);

    /** The same row; when it turns out not to exist, the change is dropped and counted in the flush report. */
    RowBuffer orIgnore();

    /** {@link #increment(String, long)} by one. */
    default long increment(String column) {
        return increment(column, 1);
    }

    /**
     * Adds to a numeric column and returns the total: committed and pending, this call included. NULL counts as 0.
     *
     * @throws TotalUnknownException if the operation was accepted but its total cannot be told
     */
    long increment(String column, long delta);

    /** The same; the stage completes with the total at the buffer's durability level. */
    CompletionStage<Long> incrementAsync(String column, long delta);

    /** Adds to a numeric column, asking nobody for the total. */
    void add(String column, long delta);

    /** The same; the stage completes at the buffer's durability level. */
    CompletionStage<Void> addAsync(String column, long delta);

    /** Sets columns; the last call wins. */
    void update(Map<String, ? extends @Nullable Object> columns);

    /** The same; the stage completes at the buffer's durability level. */
    CompletionStage<Void> updateAsync(Map<String, ? extends @Nullable Object> columns);

    /** Raises a numeric or temporal column to {@code value} if it is smaller or NULL. */
    void max(String column, Object value);

    /** The same; the stage completes at the buffer's durability level. */
    CompletionStage<Void> maxAsync(String column, Object value);

    /** Lowers a numeric or temporal column to {@code value} if it is larger or NULL. */
    void min(String column, Object value);

    /** The same; the stage completes at the buffer's durability level. */
    CompletionStage<Void> minAsync(String column, Object value);

    /** Deletes the row. That it is gone already is no error. */
    void delete();

    /** The same; the stage completes at the buffer's durability level. */
    CompletionStage<Void> deleteAsync();

    /**
     * The column's value with all that is pending: exact also during a flush, after a crash, and when another process
     * changed the row. Empty when the row neither exists nor is pending, or the column is NULL.
     */
    Optional<Object> get(String column);
}
