package dev.weir.error;

/** What an engine's error means for whoever has to decide what to do next. */
public enum Failure {
    /** The connection is gone; if COMMIT was under way, its outcome is unknown. */
    CONNECTION,
    /** Deadlock, serialization failure, lock or statement timeout, database locked or full: the same may work later. */
    TRANSIENT,
    /** The data is refused and always will be: a constraint, a range, a conversion. */
    DATA,
    /** Anything else, such as a missing table or right: retrying may help only after somebody mended it. */
    OTHER
}
