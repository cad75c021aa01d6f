package dev.weir.server.replay;

/** Hears how a replay goes. Called by the thread that runs it; what takes long slows it down. */
public interface ReplayListener {
    /** Somewhere in the run, for tests that stop it there. */
    enum Point {
        /** A table that is missing is about to be made. */
        TABLE,
        /** The journal is open and what it held is in the database. */
        RECOVERED,
        /** The files are this run's. */
        CLAIMED,
        /** A line's group was accepted. */
        ACCEPTED,
        /** A rejected line is in the log, and the position does not know it yet. */
        LOGGED,
        /** A rejected line and its position were accepted. */
        REJECTED,
        /** A file's end was reached, and its position does not know it yet. */
        AT_END,
        /** A file's end was accepted. */
        FINISHED,
        /** All is in the database. */
        FLUSHED,
        /** The files are free for others. */
        RELEASED
    }

    /** A point was reached. */
    default void reached(Point point) {}

    /** Something that the user should know. */
    default void note(String message) {}

    /**
     * Now and then.
     *
     * @param lines lines read so far
     * @param done how much of all files was read, from 0 to 1; negative if it can't be told
     */
    default void progress(long lines, double done) {}
}
