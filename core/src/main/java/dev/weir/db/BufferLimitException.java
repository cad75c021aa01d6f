package dev.weir.db;

import dev.weir.error.WeirException;

/** The buffer refused an operation at one of its limits. The operation has had no effect. */
public final class BufferLimitException extends WeirException {
    private static final long serialVersionUID = 1L;

    private final String limit;

    /**
     * An operation that was refused.
     *
     * @param limit the setting that was reached, such as {@code maxRows}
     */
    public BufferLimitException(String limit, String message) {
        super(message, null, true);
        this.limit = limit;
    }

    /** The setting that was reached, such as {@code maxRows} or {@code journalStall}. */
    public String limit() {
        return limit;
    }
}
