package dev.weir.db;

import org.jspecify.annotations.Nullable;

/**
 * Where statements are made: on a {@link Database}, where each is a transaction of its own, or on a {@link Transaction},
 * where they share its fate. Code that takes this type serves both.
 */
public interface DatabaseAccess {
    /**
     * Access to a table or view by name: as the catalog spells it, else ignoring case if just one fits;
     * {@code schema.table} names one outside the schema in use. The name is checked when a statement is made.
     */
    Table table(String name);

    /**
     * A statement in the engine's own SQL. Parameters are {@code ?} with their values here, or {@code :name} with values
     * given by {@link Sql#bind}; not both. Text in literals, quoted names and comments is left alone.
     *
     * @throws IllegalArgumentException if the text is blank, holds more than one statement, or begins or ends a transaction
     */
    Sql sql(String text, @Nullable Object... positional);
}
