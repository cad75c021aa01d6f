package dev.weir.benchmarks;

import java.util.List;

/** The benches there are. */
final class Benches {
    static final List<Bench> ALL = List.of(
            new Increment(),
            new IncrementGrowth(),
            new Durable(),
            new DurableAsync(),
            new DrainCounters(),
            new DrainInserts(),
            new Absorb(),
            new ReplayLog(),
            new SchemaPlan(),
            new SchemaPlanChanged());

    private Benches() {}
}
