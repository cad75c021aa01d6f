package dev.weir.error;

import org.jspecify.annotations.Nullable;

/**
 * The root of what Weir throws, besides {@link NullPointerException}, {@link IllegalArgumentException} and
 * {@link IllegalStateException}, which mean a fault of the caller. A message never carries values or credentials.
 */
public class WeirException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean retryable;

    /** An error that calling again does not cure by itself. */
    public WeirException(String message) {
        this(message, null, false);
    }

    /**
     * An error with its cause.
     *
     * @param retryable whether the same call may succeed later without a change of its arguments
     */
    public WeirException(String message, @Nullable Throwable cause, boolean retryable) {
        super(message, cause);
        this.retryable = retryable;
    }

    /** Whether the same call may succeed later without a change of its arguments. */
    public final boolean retryable() {
        return retryable;
    }
}
