package dev.weir.benchmarks;

import java.nio.file.Path;

/** What does taking in one increment cost beside counting in a map? */
final class Increment implements Bench {
    @Override
    public String name() {
        return "increment";
    }

    @Override
    public String question() {
        return "Counter.addAndGet on 10,000 keys, 2 threads, journal on, ACCEPTED, no flush";
    }

    @Override
    public String floor() {
        return "ConcurrentHashMap<Long, AtomicLong>: get and addAndGet";
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
        return new CallContest(directory, 10_000);
    }
}
