package dev.weir.benchmarks;

/**
 * An endless, repeatable sequence of keys, all equally likely. Drawing one is cheap beside any call that is measured, and
 * the sequence can be drawn again to find out what the final state should be. Used by one thread.
 */
final class Keys {
    private final long seed;
    private final long count;
    private long state;
    private long drawn;

    /**
     * A sequence.
     *
     * @param caller sequences of different callers differ
     * @param count keys are 0 to count - 1
     */
    Keys(int caller, int count) {
        this(0x9E3779B97F4A7C15L * (caller + 1), count);
    }

    private Keys(long seed, int count) {
        this.seed = seed;
        this.count = count;
        this.state = seed;
    }

    /**
     * The same sequence at the same place, for the thread that calls: what it writes on every draw then lies in memory of
     * its own, and not beside another caller's.
     */
    Keys here() {
        Keys here = new Keys(seed, (int) count);
        here.state = state;
        here.drawn = drawn;
        return here;
    }

    /** Goes to the place of another. */
    void goTo(Keys other) {
        state = other.state;
        drawn = other.drawn;
    }

    /** The next one. */
    long next() {
        drawn++;
        long x = state;
        x ^= x << 13;
        x ^= x >>> 7;
        x ^= x << 17;
        state = x;
        return ((x >>> 32) * count) >>> 32;
    }

    /** Adds to {@code calls}, by key, what was drawn so far. */
    void countInto(long[] calls) {
        Keys again = new Keys(seed, (int) count);
        for (long i = 0; i < drawn; i++) {
            calls[(int) again.next()]++;
        }
    }

    /** How many were drawn. */
    long drawn() {
        return drawn;
    }
}
