package dev.weir.db;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Write-behind to one table: operations are taken in at once, those that meet on one row are merged, and a flush writes
 * them in bulk, each exactly once. Ordinary SELECTs do not see what is pending; {@link RowBuffer#get} does.
 *
 * <p>A row is named by the table's buffer key: its primary key unless the table's settings name another unique key. A
 * key of several columns is a map of all of them. Operations of one thread on one row keep their order.
 *
 * <p>Thread-safe. Inside a transaction the operations travel with it: they take effect when it commits and vanish when it
 * rolls back. They return at once, stages complete after its COMMIT, and whatever would return a total is refused there with
 * {@link IllegalStateException}.
 *
 * <p>What an operation throws says whether it was accepted; a stage fails with the same. <b>Not accepted, no effect</b>:
 * {@link IllegalArgumentException} for a key, column, delta or value that the table cannot hold exactly,
 * {@link BufferLimitException} when the buffer is full or its journal stalls, {@link IllegalStateException} after the buffer was
 * closed, or of a transaction that rolled back. <b>Accepted, do not repeat it</b>: {@link FlushException} when the database does not
 * have it in time or before the buffer is closed, {@link DeadLetterException} when the database refused it for good,
 * {@link TotalUnknownException} when only its total cannot be told, {@code JournalException} when its journal takes no writes until
 * the buffer is closed, or flushing has stopped for good: then it takes effect with a later start if it reached the journal.
 */
public interface TableBuffer {
    /** The table's name, as the catalog spells it. */
    String table();

    /** The same buffer whose operations return at {@code level} instead of the table's default. */
    TableBuffer durability(Durability level);

    /**
     * The operations on one row.
     *
     * @param key the key's value; for a key of several columns a map from each column to its value
     */
    RowBuffer where(Object key);

    /** A handle for counting on one numeric column, without the cost of looking anything up by name. */
    Counter counter(String column);

    /** Inserts a row. Columns left out get the database's default. Returns at the buffer's durability level. */
    void insert(Map<String, ? extends @Nullable Object> row);

    /** The same; the stage completes at the buffer's durability level. */
    CompletionStage<Void> insertAsync(Map<String, ? extends @Nullable Object> row);

    /** {@link RowBuffer#get} for many keys in one statement. Keys of rows that neither exist nor are pending are left out. */
    Map<Object, Optional<Object>> getAll(String column, Collection<?> keys);

    /**
     * Writes what this table has accepted to the database, and returns when it is there. It may flush other tables too.
     *
     * @throws FlushException if it could not; what was pending stays pending
     */
    FlushReport flush();
}
