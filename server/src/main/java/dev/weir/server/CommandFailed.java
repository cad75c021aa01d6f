package dev.weir.server;

import org.jspecify.annotations.Nullable;

/** A command could not do its work, for a reason that the user can understand: one line is shown, no stack trace. */
public final class CommandFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    /**
     * A failure that ends the program with exit code 1.
     *
     * @param message the rule that was broken, the value, the cure
     */
    public CommandFailed(String message) {
        this(message, null);
    }

    /** A failure that ends the program with exit code 1, and what caused it. */
    public CommandFailed(String message, @Nullable Throwable cause) {
        this(1, message, cause);
    }

    /** A failure that ends the program with the given exit code. */
    public CommandFailed(int exitCode, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** What the program exits with. */
    public int exitCode() {
        return exitCode;
    }
}
