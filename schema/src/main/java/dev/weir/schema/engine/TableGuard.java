package dev.weir.schema.engine;

import java.sql.SQLException;

/** Keeps rows of a kind out of a table while a step changes it. Closing it lets them in again. */
public interface TableGuard extends AutoCloseable {
    /** How many such rows there were when it was put up. */
    long rows();

    @Override
    void close() throws SQLException;

    /** One that needs nothing to be taken down. */
    static TableGuard found(long rows) {
        return new TableGuard() {
            @Override
            public long rows() {
                return rows;
            }

            @Override
            public void close() {
                // The transaction of the step ends it.
            }
        };
    }
}
