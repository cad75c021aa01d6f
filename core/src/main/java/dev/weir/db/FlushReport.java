package dev.weir.db;

import java.time.Duration;

/**
 * What a flush did.
 *
 * @param epochs epochs that are in the database now and were not before
 * @param statements SQL statements that changed tables, the ledger's left out
 * @param rows rows they changed
 * @param missing changes of rows that did not exist and were neither inserted nor ignored: they are dead letters
 * @param ignored changes of rows that did not exist, dropped because the caller said so
 * @param deadLetters all changes that went to the dead letters, missing ones included
 * @param elapsed how long it took
 */
public record FlushReport(
        long epochs, long statements, long rows, long missing, long ignored, long deadLetters, Duration elapsed) {}
