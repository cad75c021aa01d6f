package dev.weir.db;

/**
 * Hears of every transaction that may write, whoever runs it: {@link Database}, a flush, later {@code weir.dataSource()}.
 * Called on the thread of the transaction, in the order in which hooks were added. Thread-safe.
 */
public interface TransactionHook {
    /**
     * Just before COMMIT is sent. The connection is open and inside the transaction.
     *
     * @throws RuntimeException to roll the transaction back
     */
    default void beforeCommit(CommitScope scope) {}

    /** COMMIT was answered with success. What this throws is logged and breaks nothing. */
    default void afterCommit(CommitScope scope) {}

    /** The transaction is known to be rolled back. What this throws is logged and breaks nothing. */
    default void afterRollback(CommitScope scope) {}

    /** COMMIT was sent and not answered: the transaction may be in or not, now or later. What this throws is logged. */
    default void afterUnknown(CommitScope scope) {}
}
