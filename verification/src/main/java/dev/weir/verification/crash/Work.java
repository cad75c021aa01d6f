package dev.weir.verification.crash;

/** What the killed process does. */
enum Work {
    /** {@code weir replay} of made access logs. */
    REPLAY,
    /** Calls of every kind from several threads, each with its acknowledgement told to the parent. */
    CALLS
}
