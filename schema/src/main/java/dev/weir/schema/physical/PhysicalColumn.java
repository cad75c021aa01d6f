package dev.weir.schema.physical;

import org.jspecify.annotations.Nullable;

/**
 * A column as the catalog describes it. Two columns are the same if these are equal.
 *
 * @param type the engine's full spelling, such as {@code character varying(200)}
 * @param defaultSql the default as the engine spells it; null if there is none, and for identity and generated columns
 * @param generated the expression as the engine spells it; null for an ordinary column
 * @param stored whether a generated column is kept on disk
 * @param identity how the database numbers it, in the engine's words ({@code BY DEFAULT}, {@code ALWAYS},
 *     {@code AUTO_INCREMENT}, {@code AUTOINCREMENT}); null if it does not
 * @param collation null for the table's or database's default
 * @param comment null if there is none
 */
public record PhysicalColumn(
        String name,
        String type,
        boolean nullable,
        @Nullable String defaultSql,
        @Nullable String generated,
        boolean stored,
        @Nullable String identity,
        @Nullable String collation,
        @Nullable String comment) {

    /** The same under another name. */
    public PhysicalColumn named(String newName) {
        return new PhysicalColumn(newName, type, nullable, defaultSql, generated, stored, identity, collation, comment);
    }

    /** The same, refusing NULL or not. */
    public PhysicalColumn withNullable(boolean newNullable) {
        return new PhysicalColumn(name, type, newNullable, defaultSql, generated, stored, identity, collation, comment);
    }
}
