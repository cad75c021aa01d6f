package dev.weir.db;

/** When a buffered operation returns, and so what can be lost of it. */
public enum Durability {
    /** Returns at once. A crash can lose the last {@code journalInterval} and one running journal write. */
    ACCEPTED,
    /**
     * Returns after the journal was synced to disk. A crash loses nothing. While the disk hangs a call that was let in waits
     * as long as it does; new ones follow the limit policy after {@code journalStall}.
     */
    JOURNALED,
    /** Returns after the database committed it. Starts a flush at once if none runs, else joins the next. */
    FLUSHED
}
