package dev.weir.time;

import java.time.Instant;

/** Where Weir reads time. Implementations are thread-safe. */
public interface Clock {
    /** A monotonic reading in nanoseconds; only differences mean something. */
    long nanoTime();

    /** The time of day. */
    Instant now();

    /** The system's clocks. */
    static Clock system() {
        return SystemClock.INSTANCE;
    }
}
