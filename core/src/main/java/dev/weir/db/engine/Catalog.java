package dev.weir.db.engine;

import java.sql.Connection;
import javax.sql.DataSource;

/** What the database's own catalog says of its tables, kept after the first look. Thread-safe. */
public interface Catalog {
    /** The catalog of the database behind {@code dataSource}; it borrows a connection for each look. */
    static Catalog of(DataSource dataSource, Dialect dialect) {
        return new CachedCatalog(dataSource, dialect);
    }

    /**
     * The table of that name: exactly as spelled, else ignoring case if just one fits; {@code schema.table} names one
     * outside the schema in use. A name that is not known causes one fresh look.
     *
     * @throws IllegalArgumentException if there is no such table; the message lists the nearest names
     * @throws dev.weir.error.WeirException if the database could not be asked
     */
    TableInfo table(String name);

    /** {@link #table(String)} for a caller who holds a connection: a look goes through it, so that the pool is not asked. */
    TableInfo table(Connection connection, String name);

    /**
     * The column of that name; a name that is not known causes one fresh look at the table.
     *
     * @throws IllegalArgumentException if there is no such column; the message lists the table's columns
     */
    ColumnInfo column(TableInfo table, String name);

    /** {@link #column(TableInfo, String)} for a caller who holds a connection. */
    ColumnInfo column(Connection connection, TableInfo table, String name);

    /**
     * A table as it is now, whatever was kept of it.
     *
     * @throws IllegalArgumentException if there is no such table any more
     */
    TableInfo fresh(TableInfo table);

    /** {@link #fresh(TableInfo)} for a caller who holds a connection. */
    TableInfo fresh(Connection connection, TableInfo table);

    /** Forgets what was kept, for example after a change of the schema. */
    void refresh();
}
