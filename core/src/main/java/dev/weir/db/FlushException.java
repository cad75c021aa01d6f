package dev.weir.db;

import dev.weir.error.WeirException;
import org.jspecify.annotations.Nullable;

/** A flush that was asked for did not reach the database. What was pending stays pending and is tried again. */
public final class FlushException extends WeirException {
    private static final long serialVersionUID = 1L;

    /** A flush that failed, and why. */
    public FlushException(String message, @Nullable Throwable cause) {
        super(message, cause, true);
    }
}
