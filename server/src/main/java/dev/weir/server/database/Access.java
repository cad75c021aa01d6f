package dev.weir.server.database;

/** What a command may do to the database that it opens. */
public enum Access {
    /** Reads it, where the engine can be told so. It must be there. */
    LOOK,
    /** Changes what is in it. It must be there. */
    CHANGE,
    /** Changes what is in it, and makes it if it is a file that is not there. */
    MAKE,
    /** The same; but a file of SQLite keeps its journal mode, which is its owner's to choose. */
    DECLARE;

    /** Whether a file that is not there is made. */
    boolean makes() {
        return this == MAKE || this == DECLARE;
    }
}
