package dev.weir.db;

import java.sql.Connection;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An open transaction on a connection that nobody else uses until it ends. It ends with its block: afterwards every call is
 * refused with {@link IllegalStateException}, and so is a call while another thread is in one.
 */
public interface Transaction extends DatabaseAccess {
    /** The database that it runs on. */
    Database database();

    /**
     * Runs the block behind a savepoint: if it throws, all that it did is rolled back, the exception goes on, and the
     * transaction is usable for whoever catches it. May be nested.
     */
    void savepoint(Runnable block);

    /** {@link #savepoint(Runnable)}, and returns what the block returned. */
    <T extends @Nullable Object> T savepoint(Supplier<T> block);

    /** Makes the transaction roll back at its end instead of committing, without an exception. */
    void rollbackOnly();

    /**
     * The connection, for what Weir has no call for. It must not be committed, rolled back, closed or kept, and its settings
     * must be left as they are. Name what is written through it by {@link #writes}.
     */
    Connection connection();

    /**
     * Says that tables are written through {@link #connection}.
     *
     * @param tables their names, checked against the catalog; none means that any table may have been written
     */
    void writes(String... tables);

    /**
     * The transaction's listener of a type; the first call makes and registers it. For parts of Weir that travel with a
     * transaction, such as the buffer.
     */
    <L extends Listener> L listener(Class<L> type, Supplier<L> make);

    /**
     * Hears of one transaction, on its thread. It is told of its end once, by one of the {@code after} calls, whether it wrote
     * or not. What an {@code after} call throws is logged and breaks nothing.
     */
    interface Listener {
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
}
