package dev.weir.schema.apply;

import dev.weir.error.WeirException;
import org.jspecify.annotations.Nullable;

/** A schema could not be read or changed; the message names the object and the cure. */
public class SchemaException extends WeirException {
    private static final long serialVersionUID = 1L;

    /** An error that calling again does not cure. */
    public SchemaException(String message) {
        super(message);
    }

    /** An error with its cause. */
    public SchemaException(String message, @Nullable Throwable cause, boolean retryable) {
        super(message, cause, retryable);
    }
}
