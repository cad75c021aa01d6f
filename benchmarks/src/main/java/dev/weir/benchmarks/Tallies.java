package dev.weir.benchmarks;

import dev.weir.benchmarks.Contest.WrongStateException;

/** Compares counters with the calls that were made. */
final class Tallies {
    private Tallies() {}

    static void check(String where, long[] expected, long[] found) throws WrongStateException {
        for (int key = 0; key < expected.length; key++) {
            if (expected[key] != found[key]) {
                WrongStateException.unlessEqual(where + ", key " + key, expected[key], found[key]);
            }
        }
    }
}
