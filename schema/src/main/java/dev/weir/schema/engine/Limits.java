package dev.weir.schema.engine;

import java.sql.SQLException;

/** Limits that a connection's session has; closing takes them back. Not thread-safe. */
@FunctionalInterface
public interface Limits extends AutoCloseable {
    @Override
    void close() throws SQLException;
}
