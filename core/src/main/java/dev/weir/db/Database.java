package dev.weir.db;

import javax.sql.DataSource;

/** One SQL database; the db part owns and completes this type. */
public interface Database {
    /** The connection's name; {@code default} unless it was given another. */
    String name();

    /** The engine. */
    Dialect dialect();

    /** The catalog. */
    Catalog catalog();

    /** Where its connections come from. */
    DataSource dataSource();

    /** Tells the hooks of a transaction that somebody else runs on one of this database's connections. */
    TransactionHook hooks();
}
