package dev.weir.schema.engine;

import org.jspecify.annotations.Nullable;

/**
 * What becomes of a column's values when its type changes.
 *
 * @param misfits an SQL condition on the column (quoted, without table) that holds for the values that do not fit or would
 *     change; null if every value fits
 */
public record TypeChange(@Nullable String misfits) {
    /** Every value stays what it is. */
    public static final TypeChange SAFE = new TypeChange(null);

    /** Nobody can tell which values fit: all that are not NULL are taken for misfits. */
    public static TypeChange unknown(String quotedColumn) {
        return new TypeChange(quotedColumn + " IS NOT NULL");
    }
}
