package dev.weir.schema.engine;

import org.jspecify.annotations.Nullable;

/**
 * What becomes of a column's values when its type changes.
 *
 * @param misfits an SQL condition on the column (quoted, without table) that holds for the values that do not fit or would
 *     change; null if every value fits
 * @param convertible whether the engine can make the one type the other at all; if not, the column has to be made anew
 */
public record TypeChange(@Nullable String misfits, boolean convertible) {
    /** Every value stays what it is. */
    public static final TypeChange SAFE = new TypeChange(null);

    /** The engine converts what fits. */
    public TypeChange(@Nullable String misfits) {
        this(misfits, true);
    }

    /** Nobody can tell which values fit: all that are not NULL are taken for misfits. */
    public static TypeChange unknown(String quotedColumn) {
        return new TypeChange(quotedColumn + " IS NOT NULL");
    }

    /** The engine can't convert: no value stays. */
    public static TypeChange impossible(String quotedColumn) {
        return new TypeChange(quotedColumn + " IS NOT NULL", false);
    }
}
