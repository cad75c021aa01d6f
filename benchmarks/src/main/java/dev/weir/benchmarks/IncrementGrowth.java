package dev.weir.benchmarks;

import java.nio.file.Path;

/** Does {@link Increment} stay as near to the map when there are many keys? */
final class IncrementGrowth implements Bench {
    @Override
    public String name() {
        return "increment-growth";
    }

    @Override
    public String question() {
        return "Counter.addAndGet on 1,000,000 keys, 2 threads, journal on, ACCEPTED, no flush";
    }

    @Override
    public String floor() {
        return "ConcurrentHashMap<Long, AtomicLong> with as many keys: get and addAndGet";
    }

    @Override
    public String unit() {
        return "calls";
    }

    @Override
    public double goal() {
        return 0.7;
    }

    @Override
    public Plan plan() {
        return Plan.timed(7);
    }

    @Override
    public Contest open(Path directory, Postgres postgres) throws Exception {
        return new CallContest(directory, 1_000_000);
    }
}
