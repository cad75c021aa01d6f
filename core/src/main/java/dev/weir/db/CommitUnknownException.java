package dev.weir.db;

import dev.weir.error.Failure;
import org.jspecify.annotations.Nullable;

/**
 * COMMIT was sent and not answered: the transaction is in the database or not, and may still get there. Repeating it blindly
 * may apply it twice; look first.
 */
public final class CommitUnknownException extends SqlException {
    private static final long serialVersionUID = 1L;

    CommitUnknownException(String message, @Nullable String sqlState, int vendorCode, @Nullable Throwable cause) {
        super(message, Failure.CONNECTION, sqlState, vendorCode, cause, false);
    }
}
