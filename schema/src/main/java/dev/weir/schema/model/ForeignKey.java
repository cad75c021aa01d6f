package dev.weir.schema.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A foreign key.
 *
 * @param name its name; null to have one made
 * @param columns the columns that refer, in order
 * @param table the table they refer to
 * @param targets its columns, in the same order
 */
public record ForeignKey(
        @Nullable String name,
        List<String> columns,
        String table,
        List<String> targets,
        ReferentialAction onDelete,
        ReferentialAction onUpdate) {
    /** A copy whose lists can't change. */
    public ForeignKey {
        columns = List.copyOf(columns);
        targets = List.copyOf(targets);
    }
}
