package dev.weir.db;

import org.jspecify.annotations.Nullable;

/**
 * Hears of one transaction, on its thread. It is told of its end once, by one of the {@code after} calls, whether it wrote
 * or not. What an {@code after} call throws is logged and breaks nothing.
 */
public interface TransactionListener {
    /**
     * COMMIT is about to be sent, after the block's last statement. {@link Transaction#connection} still works.
     *
     * @throws RuntimeException to roll the transaction back
     */
    default void beforeCommit() {}

    /** COMMIT was answered with success. */
    default void afterCommit() {}

    /** The transaction is known to be rolled back. */
    default void afterRollback() {}

    /** COMMIT was sent and not answered. */
    default void afterUnknown() {}

    /** A savepoint is being set; the answer is given back to {@link #rollbackTo}. */
    default @Nullable Object mark() {
        return null;
    }

    /**
     * All that was done since a savepoint was rolled back.
     *
     * @param mark what {@link #mark} answered then; null if the listener did not exist yet
     */
    default void rollbackTo(@Nullable Object mark) {}
}
