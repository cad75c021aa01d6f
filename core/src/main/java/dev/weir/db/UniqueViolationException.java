package dev.weir.db;

import dev.weir.error.Failure;
import org.jspecify.annotations.Nullable;

/** A row was refused because another one has the same unique or primary key. */
public final class UniqueViolationException extends SqlException {
    private static final long serialVersionUID = 1L;

    UniqueViolationException(String message, @Nullable String sqlState, int vendorCode, @Nullable Throwable cause) {
        super(message, Failure.DATA, sqlState, vendorCode, cause, false);
    }
}
