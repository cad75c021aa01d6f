package dev.weir.buffer;

import java.time.Duration;

/**
 * Tells how long one piece of work takes already. What counts is time that the watcher itself lived through: a pause of the
 * whole process, such as a collection of the heap, stalls neither a disk nor a database. Used by one thread, which looks often.
 */
final class StallWatch {
    /** The most that counts between two looks. */
    static final long STEP_NANOS = Duration.ofMillis(200).toNanos();

    private long since;
    private long looked;
    private long spent;

    /**
     * Looks once more.
     *
     * @param working when the work began that runs now, on the clock of {@code now}; 0 if none runs
     * @return how long it takes already; 0 if none runs
     */
    long look(long working, long now) {
        if (working == 0) {
            spent = 0;
        } else if (working == since) {
            spent += Math.min(now - looked, STEP_NANOS);
        } else {
            spent = Math.max(0, Math.min(now - working, STEP_NANOS));
        }
        since = working;
        looked = now;
        return spent;
    }
}
