package dev.weir.buffer;

import dev.weir.error.WeirException;
import org.jspecify.annotations.Nullable;

/** The journal can't be opened, read or written. The message says what is wrong with which file, and the cure. */
public final class JournalException extends WeirException {
    private static final long serialVersionUID = 1L;

    /** A journal that failed, and why. */
    public JournalException(String message, @Nullable Throwable cause) {
        super(message, cause, false);
    }
}
