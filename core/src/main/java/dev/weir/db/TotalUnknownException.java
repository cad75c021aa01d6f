package dev.weir.db;

import dev.weir.error.WeirException;
import org.jspecify.annotations.Nullable;

/**
 * The operation was accepted at its durability level, but its total cannot be told: the database is away and no base is
 * kept for the row. Do not repeat the operation.
 */
public final class TotalUnknownException extends WeirException {
    private static final long serialVersionUID = 1L;

    /** An accepted operation without a total. */
    public TotalUnknownException(String message, @Nullable Throwable cause) {
        super(message, cause, false);
    }
}
