package dev.weir.schema.model;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Tables declared in the engine's own SQL.
 *
 * @param origin where it comes from, for messages
 * @param sql its statements
 * @param renames what its tables and their columns were called before
 */
public record Script(String origin, String sql, List<Rename> renames) {
    /**
     * A name that a table or column had before. Once it has the new one, this says nothing any more.
     *
     * @param table the table's old name if it was renamed; else the name that the column's table has in the script
     * @param column the column's old name; null if the table was renamed
     * @param to the name in the script
     */
    public record Rename(String table, @Nullable String column, String to) {}

    /** A copy whose list can't change. */
    public Script {
        Objects.requireNonNull(origin, "origin");
        Objects.requireNonNull(sql, "sql");
        renames = List.copyOf(renames);
    }

    /** A script that renames nothing. */
    public Script(String origin, String sql) {
        this(origin, sql, List.of());
    }
}
