package dev.weir.server.demo;

/**
 * One thing that was checked, how it stands, and what to do about it. The dashboard lists them; the worst is the health.
 *
 * @param id names the check, for programs
 * @param title the finding in a few words
 * @param detail the cure, or why all is well
 */
record Verdict(String id, Level level, String title, String detail) {
    /** How a check stands. */
    enum Level {
        /** As it should be. */
        GOOD,
        /** Writes are taken in, but somebody should look. */
        WARN,
        /** Writes are not taken in. */
        BAD
    }
}
