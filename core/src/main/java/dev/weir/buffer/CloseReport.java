package dev.weir.buffer;

/**
 * How a buffer was closed.
 *
 * @param flushed whether all that was accepted is in the database
 * @param journaled whether all that was accepted is at least in the journal, so that the next start writes it; if not, what was
 *     accepted and never acknowledged as journalled is lost
 * @param pendingRows rows that are not in the database
 * @param problem why, if not flushed; empty otherwise
 */
public record CloseReport(boolean flushed, boolean journaled, long pendingRows, String problem) {}
