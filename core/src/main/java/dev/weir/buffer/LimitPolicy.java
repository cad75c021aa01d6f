package dev.weir.buffer;

/** What an operation does that would pass a limit of the buffer. */
public enum LimitPolicy {
    /** Waits for room, at most {@code blockTimeout}, then throws {@link dev.weir.db.BufferLimitException}. */
    BLOCK,
    /** Throws {@link dev.weir.db.BufferLimitException} at once. */
    REJECT,
    /**
     * Starts a flush, enters when there is room and returns as {@link dev.weir.db.Durability#FLUSHED}, so that it overtakes
     * nothing. While the journal stalls or the database is away it is {@link #REJECT}.
     */
    WRITE_THROUGH
}
