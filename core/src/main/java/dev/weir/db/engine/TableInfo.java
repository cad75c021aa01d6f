package dev.weir.db.engine;

import java.util.List;
import java.util.Optional;

/**
 * A table or view as the catalog describes it. Immutable.
 *
 * @param schema the schema it was found in; empty on an engine or connection without schemas
 * @param name as the catalog spells it
 * @param columns in their order
 * @param primaryKey the columns of the primary key in their order; empty if there is none
 * @param uniqueKeys the columns of each other unique key over whole, unconditional columns
 * @param references the tables that its foreign keys point to, in the same schema
 * @param transactional whether a rollback takes back what was written to it (not so for MyISAM and Aria)
 * @param view whether it is a view
 */
public record TableInfo(
        String schema,
        String name,
        List<ColumnInfo> columns,
        List<String> primaryKey,
        List<List<String>> uniqueKeys,
        List<String> references,
        boolean transactional,
        boolean view) {

    /** A copy whose lists can't change. */
    public TableInfo {
        columns = List.copyOf(columns);
        primaryKey = List.copyOf(primaryKey);
        uniqueKeys = uniqueKeys.stream().map(List::copyOf).toList();
        references = List.copyOf(references);
    }

    /** The column of that name: exactly as spelled, else ignoring case if just one fits. */
    public Optional<ColumnInfo> column(String column) {
        Optional<ColumnInfo> exact =
                columns.stream().filter(c -> c.name().equals(column)).findFirst();
        if (exact.isPresent()) {
            return exact;
        }
        List<ColumnInfo> close =
                columns.stream().filter(c -> c.name().equalsIgnoreCase(column)).toList();
        return close.size() == 1 ? Optional.of(close.get(0)) : Optional.empty();
    }
}
