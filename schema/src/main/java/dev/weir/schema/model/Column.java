package dev.weir.schema.model;

import org.jspecify.annotations.Nullable;

/**
 * A column as it is declared. Keys and indexes stand at the table.
 *
 * @param nullable whether it takes NULL; never so for a column of the primary key
 * @param defaultValue its default; null if there is none
 * @param generated the SQL expression that it is computed from; null if it is an ordinary column
 * @param stored whether a generated column is kept on disk (the default) or computed when it is read
 * @param identity how the database numbers the rows by this column; null if it does not
 * @param renamedFrom the name it had before; null if it had no other
 * @param comment null if there is none
 * @param collation the engine's name of it; null for the default
 */
public record Column(
        String name,
        ColumnType type,
        boolean nullable,
        @Nullable DefaultValue defaultValue,
        @Nullable String generated,
        boolean stored,
        @Nullable Identity identity,
        @Nullable String renamedFrom,
        @Nullable String comment,
        @Nullable String collation) {
    /** How the database numbers rows. */
    public enum Identity {
        /** A value that an INSERT brings is refused, where the engine can do that. */
        ALWAYS,
        /** A value that an INSERT brings is taken. */
        BY_DEFAULT
    }

    /** The same, refusing NULL or not. */
    public Column withNullable(boolean newNullable) {
        return new Column(
                name, type, newNullable, defaultValue, generated, stored, identity, renamedFrom, comment, collation);
    }
}
