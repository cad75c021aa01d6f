package dev.weir.db;

import dev.weir.db.engine.ColumnInfo;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A statement ready to be sent.
 *
 * @param text with {@code ?} for its parameters
 * @param parameters their values
 * @param shown the text for logs and messages, without values
 * @param columns the columns of its answer; null if only the answer itself tells
 * @param header their names; null with {@code columns}
 */
record Command(
        String text,
        List<Parameter> parameters,
        Supplier<String> shown,
        @Nullable List<ColumnInfo> columns,
        @Nullable RowHeader header) {

    /**
     * A value to be bound.
     *
     * @param column the column that it is for or compared with; null in plain SQL
     * @param value in the column's canonical type; as given in plain SQL
     */
    record Parameter(@Nullable ColumnInfo column, @Nullable Object value) {}

    /** A statement without an answer. */
    static Command update(String text, List<Parameter> parameters) {
        return new Command(text, parameters, () -> text, null, null);
    }

    /** A query of known columns. */
    static Command query(String text, List<Parameter> parameters, List<ColumnInfo> columns, RowHeader header) {
        return new Command(text, parameters, () -> text, columns, header);
    }
}
