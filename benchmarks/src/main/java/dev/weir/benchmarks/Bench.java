package dev.weir.benchmarks;

import java.nio.file.Path;
import java.time.Duration;

/** A question about speed, answered by Weir and by a floor. */
interface Bench {
    /** Rounds of a bench of fixed work. */
    int FEWEST_ROUNDS = 5;

    /** What it is called on the command line. */
    String name();

    /** What is measured, in one line. */
    String question();

    /** What the floor is, in one line. */
    String floor();

    /** What is counted each second, for example {@code rows}. */
    String unit();

    /** The ratio it should reach. */
    double goal();

    /** The round's shape. */
    Plan plan();

    /**
     * Sets up both sides; what it takes is not measured.
     *
     * @param directory an empty directory of this run alone
     * @param postgres starts the PostgreSQL server when it is asked for
     */
    Contest open(Path directory, Postgres postgres) throws Exception;

    /**
     * How a bench is measured.
     *
     * @param timed whether a round takes a time; otherwise it does a fixed amount of work, however long that takes
     * @param rounds how many rounds are counted; at least five
     * @param warmUps how many rounds before them are not
     */
    record Plan(boolean timed, int rounds, int warmUps) {
        public Plan {
            if (rounds < FEWEST_ROUNDS) {
                throw new IllegalArgumentException("A bench has at least five rounds: rounds=" + rounds + ".");
            }
            if (warmUps < 1) {
                throw new IllegalArgumentException("A bench is warmed up: warmUps=" + warmUps + ".");
            }
        }

        static Plan timed(int rounds) {
            return new Plan(true, rounds, 2);
        }

        static Plan fixedWork(int warmUps) {
            return new Plan(false, FEWEST_ROUNDS, warmUps);
        }

        /** How long one side of one round measures, if {@code all} is for all of them. */
        Duration share(Duration all) {
            return all.dividedBy(2L * rounds);
        }
    }
}
