package dev.weir.db;

import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;

/**
 * A handle for counting on one numeric column of a buffered table. See {@link TableBuffer} for what all operations have
 * in common. Thread-safe. The forms that take a {@code long} key allocate nothing on their common path.
 */
public interface Counter {
    /** Adds to the row's column, asking nobody for the total. Returns at the buffer's durability level. */
    void add(long key, long delta);

    /** Adds to the row's column, asking nobody for the total. Returns at the buffer's durability level. */
    void add(Object key, long delta);

    /**
     * Adds and returns the total: committed and pending, this call included. Exact for what this process wrote; what
     * others wrote is at most {@code baseMaxAge} late. Beside another kind of change of the same row at the same moment, such
     * as {@code update}, the answer may hold that change as well.
     *
     * @throws TotalUnknownException if the operation was accepted but its total cannot be told
     */
    long addAndGet(long key, long delta);

    /** See {@link #addAndGet(long, long)}. */
    long addAndGet(Object key, long delta);

    /** Adds; the stage completes at the buffer's durability level. */
    CompletionStage<Void> addAsync(long key, long delta);

    /** Adds; the stage completes at the buffer's durability level. */
    CompletionStage<Void> addAsync(Object key, long delta);

    /** {@link RowBuffer#get} of this column; empty when the row neither exists nor is pending, or the column is NULL. */
    OptionalLong get(Object key);
}
