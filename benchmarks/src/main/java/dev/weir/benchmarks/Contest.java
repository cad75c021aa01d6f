package dev.weir.benchmarks;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** Both sides of a bench, set up. Used by one thread. */
interface Contest extends AutoCloseable {
    /**
     * One round of Weir's side.
     *
     * @param time how long, in a timed bench
     * @return units a second
     */
    double ours(Duration time) throws Exception;

    /** One round of the floor. */
    double floor(Duration time) throws Exception;

    /**
     * Compares what both sides left behind with what they were told to do.
     *
     * @throws WrongStateException if it differs
     */
    void check() throws Exception;

    /** What a reader of the numbers has to know. */
    List<String> notes();

    @Override
    void close() throws IOException, SQLException;

    /** A side left something else behind than it was told to. */
    final class WrongStateException extends Exception {
        private static final long serialVersionUID = 1L;

        WrongStateException(String message) {
            super(message);
        }

        static void unlessEqual(String what, Object expected, Object found) throws WrongStateException {
            if (!expected.equals(found)) {
                throw new WrongStateException(
                        "The final state is wrong: " + what + ", expected=" + expected + ", found=" + found + ".");
            }
        }
    }
}
