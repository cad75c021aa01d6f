package dev.weir.buffer;

/** What becomes of a change whose row does not exist, unless the call says otherwise. */
public enum MissingRow {
    /** It goes to the dead letters. */
    DEAD_LETTER,
    /** It is dropped and counted in the flush report. */
    IGNORE
}
