package dev.weir.db.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Changes of many rows of one table, each named by its key, all with the same columns. Keys are distinct and sorted.
 *
 * @param table the table
 * @param key the key columns
 * @param keys for each key column the values, one a row
 * @param assignments what becomes of each changed column; none is a key column
 */
public record BulkUpdate(TableInfo table, List<ColumnInfo> key, List<Values> keys, List<Assignment> assignments) {
    /** How many rows are named. */
    public int rows() {
        return keys.get(0).size();
    }

    /** What becomes of one column. */
    public sealed interface Assignment {
        /** The column. */
        ColumnInfo column();
    }

    /** The column becomes the value. */
    public record Set(ColumnInfo column, Values values) implements Assignment {}

    /** The value is added; NULL counts as 0. The result must be exact, or the statement fails. */
    public record Add(ColumnInfo column, Values values) implements Assignment {}

    /** The column becomes the value if it is smaller or NULL. */
    public record Max(ColumnInfo column, Values values) implements Assignment {}

    /** The column becomes the value if it is larger or NULL. */
    public record Min(ColumnInfo column, Values values) implements Assignment {}

    /**
     * The general form, a row at a time: {@code onNull} if the column is NULL, else
     * {@code min(high, max(low, column + add))}.
     *
     * @param add what is added; null if nothing is, in any row (as for temporal columns)
     * @param low lower bounds; a null element is no bound
     * @param high upper bounds; a null element is no bound
     * @param onNull what NULL becomes; a null element leaves it NULL
     */
    public record Clamp(ColumnInfo column, @Nullable Values add, Values low, Values high, Values onNull)
            implements Assignment {}
}
