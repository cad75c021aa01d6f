package dev.weir.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/**
 * Runs random lists of operations against a subject and a model of it, and finds a short list at which they differ:
 *
 * <pre>{@code
 * ModelTest.<Operation>named("counter")
 *         .operation(3, random -> new Add(random.nextInt(5)))
 *         .operation(1, random -> new Flush())
 *         .run(CounterTrial::new);
 * }</pre>
 *
 * <p>A failure names the seed and the operations that are left after all have been dropped that it does not need.
 * System properties: {@code model.seed} is the seed of the first list (random by default, printed when a list fails),
 * {@code model.runs} the number of lists. Deterministic for a seed as far as the trial is. Not thread-safe.
 *
 * @param <O> an operation; its {@code toString} should say how to make it again
 */
public final class ModelTest<O> {
    private static final int MAX_SHRINKS = 2_000;

    private final String name;
    private final List<Function<Random, ? extends O>> generators = new ArrayList<>();
    private final List<Integer> weights = new ArrayList<>();
    private int totalWeight;
    private int longest = 50;
    private int runs = 100;

    /** One subject and its model, from fresh to closed. */
    public interface Trial<O> {
        /** Does the operation to both, and throws an {@link AssertionError} if their answers differ. */
        void apply(O operation) throws Exception;

        /** Compares both after the last operation; throws an {@link AssertionError} if they differ. */
        void check() throws Exception;

        /** Gives back what the trial holds; called once, also after a failure. */
        default void close() throws Exception {}
    }

    private ModelTest(String name) {
        this.name = name;
    }

    /** A test without operations yet; {@code name} stands in its messages. */
    public static <O> ModelTest<O> named(String name) {
        return new ModelTest<>(Objects.requireNonNull(name, "name"));
    }

    /** Adds a generator that is chosen in proportion to its weight. It may use no other source of chance. */
    public ModelTest<O> operation(int weight, Function<Random, ? extends O> generator) {
        if (weight < 1) {
            throw new IllegalArgumentException("A weight is at least 1: weight=" + weight);
        }
        generators.add(Objects.requireNonNull(generator, "generator"));
        weights.add(weight);
        totalWeight = Math.addExact(totalWeight, weight);
        return this;
    }

    /** The length of the longest list, 50 by default; the shortest has one operation. */
    public ModelTest<O> longest(int operations) {
        if (operations < 1) {
            throw new IllegalArgumentException("A list has at least one operation: operations=" + operations);
        }
        this.longest = operations;
        return this;
    }

    /** The number of lists, 100 by default; {@code -Dmodel.runs} overrides it. */
    public ModelTest<O> runs(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("There is at least one run: count=" + count);
        }
        this.runs = count;
        return this;
    }

    /**
     * Runs the lists, each in a trial of its own.
     *
     * @throws AssertionError if a list fails: with the seed, the shortest failing list found, and its failure as cause
     */
    public void run(Callable<? extends Trial<O>> trial) {
        if (generators.isEmpty()) {
            throw new IllegalStateException("A model test needs an operation: name=" + name);
        }
        long first = Long.getLong("model.seed", ThreadLocalRandom.current().nextLong(1_000_000_000L));
        int lists = Integer.getInteger("model.runs", runs);
        for (int i = 0; i < lists; i++) {
            long seed = first + i;
            List<O> operations = generate(new Random(seed));
            Throwable failure = failureOf(operations, trial);
            if (failure != null) {
                throw report(seed, operations, failure, trial);
            }
        }
    }

    private List<O> generate(Random random) {
        int length = 1 + random.nextInt(longest);
        List<O> operations = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            operations.add(generator(random.nextInt(totalWeight)).apply(random));
        }
        return operations;
    }

    private Function<Random, ? extends O> generator(int ticket) {
        int left = ticket;
        for (int i = 0; i < weights.size(); i++) {
            left -= weights.get(i);
            if (left < 0) {
                return generators.get(i);
            }
        }
        throw new AssertionError("No generator for ticket " + ticket + " of " + totalWeight);
    }

    private static <O> @Nullable Throwable failureOf(List<O> operations, Callable<? extends Trial<O>> trial) {
        try {
            Trial<O> running = trial.call();
            try {
                for (O operation : operations) {
                    running.apply(operation);
                }
                running.check();
            } finally {
                running.close();
            }
            return null;
        } catch (TestAbortedException skipped) {
            throw skipped;
        } catch (Exception | AssertionError e) {
            return e;
        }
    }

    private AssertionError report(
            long seed, List<O> operations, Throwable failure, Callable<? extends Trial<O>> trial) {
        List<O> shortest = operations;
        Throwable cause = failure;
        int tries = 0;
        for (int chunk = Math.max(1, operations.size() / 2); chunk > 0; ) {
            boolean dropped = false;
            for (int from = 0; from < shortest.size() && tries < MAX_SHRINKS; ) {
                List<O> candidate = new ArrayList<>(shortest.subList(0, from));
                candidate.addAll(shortest.subList(Math.min(shortest.size(), from + chunk), shortest.size()));
                tries++;
                Throwable other = failureOf(candidate, trial);
                // Another kind of failure may be one that only the shortened list has.
                if (other != null && other.getClass() == failure.getClass()) {
                    shortest = candidate;
                    cause = other;
                    dropped = true;
                } else {
                    from += chunk;
                }
            }
            if (!dropped || tries >= MAX_SHRINKS) {
                chunk = tries >= MAX_SHRINKS ? 0 : chunk / 2;
            }
        }
        return new AssertionError(message(seed, operations.size(), shortest, cause), cause);
    }

    private String message(long seed, int length, List<O> shortest, Throwable cause) {
        StringBuilder text = new StringBuilder(name)
                .append(" fails; again with -Dmodel.seed=")
                .append(seed)
                .append(" -Dmodel.runs=1\n")
                .append(shortest.size())
                .append(" of ")
                .append(length)
                .append(" operations are enough:\n");
        shortest.forEach(operation -> text.append("  ").append(operation).append('\n'));
        return text.append(cause).toString();
    }
}
