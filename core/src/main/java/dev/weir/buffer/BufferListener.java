package dev.weir.buffer;

import dev.weir.db.FlushReport;
import java.time.Duration;

/** Hears what the buffer does. Called on the buffer's own threads: return soon, throw nothing. */
public interface BufferListener {
    /** A flush is in the database. */
    default void flushed(FlushReport report) {}

    /**
     * A flush failed and is tried again.
     *
     * @param attempt 1 for the first failure in a row
     * @param problem what failed, without values
     * @param next when it is tried again
     */
    default void retrying(int attempt, String problem, Duration next) {}

    /** The database refused a change for good; it is kept in the dead letters. */
    default void deadLetter(DeadLetter letter) {}

    /** The buffer's health changed. */
    default void health(Health health, String reason) {}

    /** How the buffer is. */
    enum Health {
        /** All is well. */
        UP,
        /** Operations are taken in and journalled, but the database is away, or the journal stalls. */
        DEGRADED,
        /** Operations can't be taken in. */
        DOWN
    }
}
