package dev.weir.benchmarks;

import java.nio.file.Path;

/** How many increments a second are safe on disk when callers keep many in flight? */
final class DurableAsync implements Bench {
    @Override
    public String name() {
        return "durable-async";
    }

    @Override
    public String question() {
        return "JOURNALED increments acknowledged to 16 callers with up to 1,024 in flight each, 10,000 keys";
    }

    @Override
    public String floor() {
        return "one UPDATE and commit a call, PostgreSQL, 32 connections";
    }

    @Override
    public String unit() {
        return "calls";
    }

    @Override
    public double goal() {
        return 150;
    }

    @Override
    public Plan plan() {
        return Plan.timed(FEWEST_ROUNDS);
    }

    @Override
    public Contest open(Path directory, Postgres postgres) throws Exception {
        return DurableContest.inFlight(directory, postgres.database(), 16, 1_024);
    }
}
