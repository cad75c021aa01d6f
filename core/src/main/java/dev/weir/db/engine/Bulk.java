package dev.weir.db.engine;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Bulk statements in one engine's best form. Each runs in the caller's transaction, on the caller's connection, and leaves
 * no session setting behind after the transaction. An implementation splits what is too large for one statement.
 *
 * <p>Thread-safe. A failure is the driver's {@link SQLException}; {@link Dialect#classify} says what it means. After one,
 * the transaction (or the savepoint around the call) has to be rolled back.
 */
public interface Bulk {
    /**
     * Changes rows by key.
     *
     * @return how many statements were sent and how many rows had one of the keys, changed by it or not
     */
    Result update(Connection connection, BulkUpdate update) throws SQLException;

    /**
     * Inserts rows, all with the same columns.
     *
     * @param columns the columns, in the order of {@code values}; those left out get their defaults
     */
    Result insert(Connection connection, TableInfo table, List<ColumnInfo> columns, List<Values> values)
            throws SQLException;

    /** Deletes rows by key. Keys are distinct and sorted. */
    Result delete(Connection connection, TableInfo table, List<ColumnInfo> key, List<Values> keys) throws SQLException;

    /**
     * Reads rows by key. Each answer holds the key columns and then {@code columns}, in canonical Java types; rows that do
     * not exist are left out; the order is not defined.
     */
    List<@Nullable Object[]> select(
            Connection connection, TableInfo table, List<ColumnInfo> key, List<Values> keys, List<ColumnInfo> columns)
            throws SQLException;

    /**
     * What a bulk statement did.
     *
     * @param statements SQL statements sent; settings of the session are not counted
     * @param rows rows inserted, deleted, or matched by an update
     * @param missed of an update: the places of the keys that no row has; null if only {@link #select} can tell
     */
    record Result(long statements, long rows, @Nullable BitSet missed) {
        /** Nothing sent, nothing changed. */
        public static final Result NONE = new Result(0, 0);

        /** A result that does not tell which keys were missed. */
        public Result(long statements, long rows) {
            this(statements, rows, null);
        }

        /** The sums of both. */
        public Result plus(Result other) {
            return new Result(statements + other.statements, rows + other.rows);
        }
    }
}
