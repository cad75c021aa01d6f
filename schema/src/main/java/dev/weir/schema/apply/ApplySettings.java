package dev.weir.schema.apply;

import java.time.Duration;

/**
 * How patient an apply is.
 *
 * @param ownerWait how long to wait for another process that applies
 * @param lockTimeout how long a statement waits for locks before it is tried again
 * @param statementTimeout how long a statement may run
 * @param attempts how often a step or transaction is tried that did not get its locks
 */
public record ApplySettings(Duration ownerWait, Duration lockTimeout, Duration statementTimeout, int attempts) {
    /** Ten minutes for another, five seconds for locks and ten tries, an hour for a statement. */
    public static final ApplySettings DEFAULTS =
            new ApplySettings(Duration.ofMinutes(10), Duration.ofSeconds(5), Duration.ofHours(1), 10);
}
