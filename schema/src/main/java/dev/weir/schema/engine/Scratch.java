package dev.weir.schema.engine;

import java.sql.Connection;
import java.sql.SQLException;

/** A place of the same engine that is empty, and gone without a trace when it is closed. Not thread-safe. */
public interface Scratch extends AutoCloseable {
    /** A connection whose schema in use is the place. */
    Connection connection();

    /**
     * Looks whether the place is still the one in use.
     *
     * @throws SQLException if a statement has led out of it
     */
    default void check() throws SQLException {}

    @Override
    void close() throws SQLException;
}
