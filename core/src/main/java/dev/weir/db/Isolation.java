package dev.weir.db;

import java.sql.Connection;

/** How much a transaction may see of others, as in the SQL standard. What an engine gives may be stricter. */
public enum Isolation {
    /** Each statement sees what was committed when it began. */
    READ_COMMITTED(Connection.TRANSACTION_READ_COMMITTED),
    /** What was read once is the same when read again. */
    REPEATABLE_READ(Connection.TRANSACTION_REPEATABLE_READ),
    /** As if the transactions ran one after the other; some fail and have to be repeated. */
    SERIALIZABLE(Connection.TRANSACTION_SERIALIZABLE);

    private final int level;

    Isolation(int level) {
        this.level = level;
    }

    /** The constant of {@link Connection#setTransactionIsolation}. */
    int level() {
        return level;
    }
}
