package dev.weir.buffer;

/**
 * How a buffer was closed.
 *
 * @param flushed whether all that was accepted is in the database
 * @param pendingRows rows that are only in the journal now; the next start writes them
 * @param problem why, if not flushed; empty otherwise
 */
public record CloseReport(boolean flushed, long pendingRows, String problem) {}
