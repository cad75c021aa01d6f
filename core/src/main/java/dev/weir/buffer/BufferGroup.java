package dev.weir.buffer;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Records the operations of one atomic group. Used by one thread, inside the block that it was given to: once that has ended, each
 * call throws {@link IllegalStateException}.
 */
public interface BufferGroup {
    /** A table of the buffer's database. */
    GroupTable table(String table);

    /** Operations on one table. */
    interface GroupTable {
        /** A row by its key; for a key of several columns a map from each column to its value. */
        GroupRow where(Object key);

        /** Inserts a row. Columns left out get the database's default. */
        GroupTable insert(Map<String, ? extends @Nullable Object> row);
    }

    /** Operations on one row, in call order. They mean the same as those of {@link dev.weir.db.RowBuffer}. */
    interface GroupRow {
        /** If the row turns out not to exist, it is inserted with {@code defaults} and then changed. */
        GroupRow orInsert(Map<String, ? extends @Nullable Object> defaults);

        /** If the row turns out not to exist, its part of the group is dropped and counted. */
        GroupRow orIgnore();

        /** Adds to a numeric column; NULL counts as 0. */
        GroupRow add(String column, long delta);

        /** Sets columns. */
        GroupRow update(Map<String, ? extends @Nullable Object> columns);

        /** Raises a numeric or temporal column to {@code value} if it is smaller or NULL. */
        GroupRow max(String column, Object value);

        /** Lowers a numeric or temporal column to {@code value} if it is larger or NULL. */
        GroupRow min(String column, Object value);

        /** Deletes the row. */
        void delete();
    }
}
