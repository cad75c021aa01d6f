package dev.weir.db;

import dev.weir.error.WeirException;
import org.jspecify.annotations.Nullable;

/**
 * The database does not have what was waited for. An operation that ends with it was accepted all the same: it stays pending and
 * is written when the database takes flushes again, or at the next start. Do not repeat it.
 */
public final class FlushException extends WeirException {
    private static final long serialVersionUID = 1L;

    /** A flush that was asked for and failed, and why. Asking again may help. */
    public FlushException(String message, @Nullable Throwable cause) {
        this(message, cause, true);
    }

    /**
     * What was waited for is not in the database.
     *
     * @param retryable false for an operation, which must not be repeated, and where nobody flushes any more
     */
    public FlushException(String message, @Nullable Throwable cause, boolean retryable) {
        super(message, cause, retryable);
    }
}
