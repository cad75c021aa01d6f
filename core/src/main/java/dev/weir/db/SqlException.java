package dev.weir.db;

import dev.weir.error.Failure;
import dev.weir.error.WeirException;
import org.jspecify.annotations.Nullable;

/**
 * The database or its driver refused a statement, a COMMIT or a connection. The message holds no values; the driver's own
 * words, which may, are those of the cause.
 */
public class SqlException extends WeirException {
    private static final long serialVersionUID = 1L;

    private final Failure failure;
    private final @Nullable String sqlState;
    private final int vendorCode;

    /**
     * A failure of the database.
     *
     * @param sqlState the SQLSTATE; null if the driver gave none
     * @param vendorCode the engine's own number; 0 if the driver gave none
     */
    public SqlException(
            String message,
            Failure failure,
            @Nullable String sqlState,
            int vendorCode,
            @Nullable Throwable cause,
            boolean retryable) {
        super(message, cause, retryable);
        this.failure = failure;
        this.sqlState = sqlState;
        this.vendorCode = vendorCode;
    }

    /** What the error means. */
    public final Failure failure() {
        return failure;
    }

    /** The SQLSTATE; null if the driver gave none. */
    public final @Nullable String sqlState() {
        return sqlState;
    }

    /** The engine's own number; 0 if the driver gave none. */
    public final int vendorCode() {
        return vendorCode;
    }
}
