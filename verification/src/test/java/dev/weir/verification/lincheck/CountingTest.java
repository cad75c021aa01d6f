package dev.weir.verification.lincheck;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.buffer.Counting;
import dev.weir.buffer.Counting.Breach;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Additions, freezes and cuts of two rows' counters, interleaved by Lincheck's model checker: whatever the order, a cut
 * answers what was added to the row so far, no addition missing and none twice; a freeze what was added since the last. {@code -Dlincheck.iterations} says how many
 * random scenarios are tried, {@code -Dlincheck.invocations} how many interleavings of each.
 */
@Tag("lincheck")
class CountingTest {
    private static final int ITERATIONS = Integer.getInteger("lincheck.iterations", 9);
    private static final int INVOCATIONS = Integer.getInteger("lincheck.invocations", 400);

    /** Rows of whom the first two are counted on; the table that finds them does not grow. */
    @Param(name = "row", gen = IntGen.class, conf = "0:1")
    @Param(name = "delta", gen = IntGen.class, conf = "1:3")
    public static class Rows {
        private final Counting counting;

        /** Rows that are counted as they should be. */
        public Rows() {
            this(Breach.NONE, 0);
        }

        Rows(Breach breach, int others) {
            counting = new Counting(breach, others);
        }

        @Operation
        public void add(@Param(name = "row") int row, @Param(name = "delta") int delta) {
            counting.add(row, delta);
        }

        @Operation
        public long freeze(@Param(name = "row") int row) {
            return counting.freeze(row);
        }

        @Operation(nonParallelGroup = "cut")
        public long cut(@Param(name = "row") int row) {
            return counting.cut(row);
        }
    }

    /** The same beside so many others that the table doubles meanwhile. */
    public static final class CrowdedRows extends Rows {
        public CrowdedRows() {
            super(Breach.NONE, 42);
        }
    }

    public static final class FlagBeforeAddition extends Rows {
        public FlagBeforeAddition() {
            super(Breach.FLAG_BEFORE_ADDITION, 0);
        }
    }

    public static final class CutWithoutComparison extends Rows {
        public CutWithoutComparison() {
            super(Breach.CUT_WITHOUT_COMPARISON, 0);
        }
    }

    public static final class FreezeAfterReading extends Rows {
        public FreezeAfterReading() {
            super(Breach.FREEZE_AFTER_READING, 0);
        }
    }

    public static final class CellWithoutSecondLook extends Rows {
        public CellWithoutSecondLook() {
            super(Breach.CELL_WITHOUT_SECOND_LOOK, 0);
        }
    }

    public static final class FlagWithoutSlot extends Rows {
        public FlagWithoutSlot() {
            super(Breach.FLAG_WITHOUT_SLOT, 0);
        }
    }

    /** What the rows are, said plainly. */
    public static final class Sums {
        private final long[] sums = new long[2];
        private final long[] cells = new long[2];

        public void add(int row, int delta) {
            sums[row] += delta;
            cells[row] += delta;
        }

        public long freeze(int row) {
            long all = cells[row];
            cells[row] = 0;
            return all;
        }

        public long cut(int row) {
            return sums[row];
        }
    }

    private static void check(Class<? extends Rows> rows, int iterations, int invocations, int before) {
        new ModelCheckingOptions()
                .iterations(iterations)
                .invocationsPerIteration(invocations)
                .threads(2)
                .actorsPerThread(2)
                .actorsBefore(before)
                .actorsAfter(1)
                // The table has 64 slots and more, which are gone through one by one when it doubles.
                .loopBound(2_000)
                .minimizeFailedScenario(false)
                .sequentialSpecification(Sums.class)
                .check(rows);
    }

    @Test
    void cuts_takeEachAdditionOnce() {
        assertThatCode(() -> check(Rows.class, ITERATIONS, INVOCATIONS, 1)).doesNotThrowAnyException();
    }

    @Test
    void cuts_takeEachAdditionOnce_whileTheTableDoubles() {
        assertThatCode(() -> check(CrowdedRows.class, ITERATIONS / 2, INVOCATIONS / 8, 0))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @EnumSource(value = Breach.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void brokenRule_isFound(Breach breach) {
        Class<? extends Rows> rows = switch (breach) {
            case FLAG_BEFORE_ADDITION -> FlagBeforeAddition.class;
            case CUT_WITHOUT_COMPARISON -> CutWithoutComparison.class;
            case FREEZE_AFTER_READING -> FreezeAfterReading.class;
            case CELL_WITHOUT_SECOND_LOOK -> CellWithoutSecondLook.class;
            case FLAG_WITHOUT_SLOT -> FlagWithoutSlot.class;
            case NONE -> throw new IllegalArgumentException("NONE breaks nothing.");
        };
        assertThatThrownBy(() -> check(rows, 60, INVOCATIONS, breach == Breach.CELL_WITHOUT_SECOND_LOOK ? 0 : 1))
                .isInstanceOf(LincheckAssertionError.class)
                .hasMessageContaining("Invalid execution results")
                .hasMessageNotContaining("Exception");
    }
}
