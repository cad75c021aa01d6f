package dev.weir.schema.engine;

import java.sql.SQLException;

/**
 * A transaction in which schema changes are made. Closing it without {@link #commit} rolls back, and leaves the connection as
 * it was. Not thread-safe.
 */
public interface DdlTransaction extends AutoCloseable {
    /**
     * Looks whether what was done may stay, and commits.
     *
     * @throws SQLException if it may not, or the database refused; nothing is committed then
     */
    void commit() throws SQLException;

    @Override
    void close() throws SQLException;
}
