package dev.weir.buffer;

import java.util.Collection;
import java.util.List;

/** The dead letters of one database. They lie in its table {@code weir_dead_letter}. Thread-safe. */
public interface DeadLetters {
    /** How many there are. */
    long count();

    /**
     * The oldest first.
     *
     * @param limit at most so many; at least 1
     */
    List<DeadLetter> list(int limit);

    /**
     * Hands letters back to the buffer, each exactly once: in one transaction the letter is deleted and a hand-over row is
     * written, which the next flush takes up. One that can't be read there, because its table or a column is gone, is a dead
     * letter again, with the same id and that reason.
     *
     * @return how many of them were there
     */
    int retry(Collection<String> ids);

    /**
     * Deletes letters for good.
     *
     * @return how many of them were there
     */
    int discard(Collection<String> ids);
}
