package dev.weir;

import dev.weir.buffer.CloseReport;
import dev.weir.buffer.WriteBuffer;
import dev.weir.db.Database;
import java.time.Duration;
import java.util.Map;

/**
 * A data layer between an application and its SQL databases. Made once, shared by all threads, closed at the end.
 *
 * <p>Thread-safe.
 */
public interface Weir extends AutoCloseable {
    /** A builder. */
    static WeirBuilder builder() {
        return new WeirBuilder();
    }

    /** The database named {@code default}. */
    Database database();

    /**
     * A database by name.
     *
     * @throws IllegalArgumentException if there is none; the message lists those there are
     */
    Database database(String name);

    /**
     * The write-behind buffer of the database named {@code default}.
     *
     * @throws IllegalStateException if Weir was built without a journal
     */
    WriteBuffer buffer();

    /** The write-behind buffer of a database by name. */
    WriteBuffer buffer(String name);

    /** Closes every buffer with the deadline of its settings. The data sources are the caller's and stay open. */
    @Override
    void close();

    /**
     * Closes every buffer within {@code deadline}: flushes, and lets the journals go. The data sources stay open.
     *
     * @return the buffers' reports by database name
     */
    Map<String, CloseReport> close(Duration deadline);
}
