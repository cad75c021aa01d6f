package dev.weir.db;

/** What the database's own catalog says of its tables, kept after the first look. Thread-safe. */
public interface Catalog {
    /**
     * The table of that name: exactly as spelled, else ignoring case if just one fits; {@code schema.table} names one
     * outside the schema in use. A name that is not known causes one fresh look.
     *
     * @throws IllegalArgumentException if there is no such table; the message lists the nearest names
     */
    TableInfo table(String name);

    /**
     * The column of that name; a name that is not known causes one fresh look at the table.
     *
     * @throws IllegalArgumentException if there is no such column; the message lists the table's columns
     */
    ColumnInfo column(TableInfo table, String name);

    /** Forgets what was kept, for example after a change of the schema. */
    void refresh();
}
