package dev.weir.benchmarks;

import java.nio.file.Path;

/** How many increments a second are safe on disk when each caller waits for its own? */
final class Durable implements Bench {
    @Override
    public String name() {
        return "durable";
    }

    @Override
    public String question() {
        return "JOURNALED increments acknowledged to 256 blocking callers, 10,000 keys";
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
        return 9;
    }

    @Override
    public Plan plan() {
        return Plan.timed(FEWEST_ROUNDS);
    }

    @Override
    public Contest open(Path directory, Postgres postgres) throws Exception {
        return DurableContest.blocking(directory, postgres.database(), 256);
    }
}
