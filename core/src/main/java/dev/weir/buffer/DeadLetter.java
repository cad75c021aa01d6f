package dev.weir.buffer;

import java.time.Instant;

/**
 * A change that the database refused for good.
 *
 * @param id names it
 * @param writer the writer whose epoch held it
 * @param epoch that epoch's number
 * @param table the first table it is about
 * @param change the operations as JSON
 * @param reason what the database said, by kind and SQLState, without values
 * @param at when it was refused
 */
public record DeadLetter(
        String id, String writer, long epoch, String table, String change, String reason, Instant at) {}
