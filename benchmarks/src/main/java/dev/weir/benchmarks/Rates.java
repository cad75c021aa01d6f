package dev.weir.benchmarks;

import java.util.List;

/**
 * What one side reached in each round, in units a second.
 *
 * @param rounds in the order of measuring; not empty
 */
record Rates(List<Double> rounds) {
    public Rates {
        rounds = List.copyOf(rounds);
        if (rounds.isEmpty()) {
            throw new IllegalArgumentException("A median needs at least one round: rounds=[].");
        }
    }

    /** The middle one; of an even number the mean of the two in the middle. */
    double median() {
        List<Double> sorted = rounds.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    double min() {
        return rounds.stream().mapToDouble(r -> r).min().orElseThrow();
    }

    double max() {
        return rounds.stream().mapToDouble(r -> r).max().orElseThrow();
    }
}
