package dev.weir.buffer;

import java.time.Instant;

/**
 * A change that the database refused for good.
 *
 * @param id names it
 * @param writer the writer whose epoch held it; {@code *} if it was retried and could not be read
 * @param epoch that epoch's number; 0 if a hand-over could not be read
 * @param table the first table it is about
 * @param change the operations as JSON
 * @param reason what the database said, by kind and SQLState, or why it can't be read; without values
 * @param at when it was refused
 */
public record DeadLetter(
        String id, String writer, long epoch, String table, String change, String reason, Instant at) {}
