package dev.weir.benchmarks;

import dev.weir.benchmarks.Contest.WrongStateException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Measures a contest: both sides alternate, and who begins alternates too. */
final class Rounds {
    private static final Duration LONGEST_WARM_UP = Duration.ofSeconds(1);

    private Rounds() {}

    /**
     * Warms up, measures and checks.
     *
     * @param measuring how long a timed bench measures in all
     * @param progress hears a line for each round
     */
    static Result run(Bench bench, Contest contest, Duration measuring, Consumer<String> progress) throws Exception {
        Bench.Plan plan = bench.plan();
        Duration share = plan.share(measuring);
        for (int i = 0; i < plan.warmUps(); i++) {
            contest.ours(LONGEST_WARM_UP);
            contest.floor(LONGEST_WARM_UP);
        }
        List<Double> ours = new ArrayList<>();
        List<Double> floor = new ArrayList<>();
        for (int i = 0; i < plan.rounds(); i++) {
            boolean oursFirst = i % 2 == 0;
            if (oursFirst) {
                ours.add(alone(() -> contest.ours(share)));
            }
            floor.add(alone(() -> contest.floor(share)));
            if (!oursFirst) {
                ours.add(alone(() -> contest.ours(share)));
            }
            progress.accept("round %d of %d: ours %s, floor %s %s/s"
                    .formatted(
                            i + 1, plan.rounds(), Result.shown(ours.get(i)), Result.shown(floor.get(i)), bench.unit()));
        }
        Optional<String> wrong;
        try {
            contest.check();
            wrong = Optional.empty();
        } catch (WrongStateException e) {
            wrong = Optional.of(String.valueOf(e.getMessage()));
        }
        return new Result(
                bench.name(), bench.unit(), bench.goal(), new Rates(ours), new Rates(floor), contest.notes(), wrong);
    }

    /** One side does not pay for the garbage of the other. */
    private static double alone(Side side) throws Exception {
        System.gc();
        return side.measure();
    }

    private interface Side {
        double measure() throws Exception;
    }
}
