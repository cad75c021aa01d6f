package dev.weir.verification.crash;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What a planted {@link Fault} does to the statements of a flush; without one, nothing.
 *
 * <p><i>Concurrency</i>: flushes run one after the other, on any connection; what is kept from one to the next is volatile.
 */
final class Sabotage {
    private final @Nullable Fault fault;
    private volatile @Nullable PreparedStatement late;
    private final AtomicInteger commits = new AtomicInteger();
    private volatile boolean pretend;

    Sabotage(@Nullable Fault fault) {
        this.fault = fault;
    }

    /** The ledger's UPDATE. */
    @Nullable Object ledger(Connection connection, Statement statement, WatchedConnection.Call call) throws Throwable {
        if (fault == Fault.LEDGER_UNCHECKED) {
            return 1;
        }
        if (fault == Fault.LEDGER_AFTER_ROWS) {
            late = (PreparedStatement) statement;
            return 1;
        }
        if (pretend) {
            return 1;
        }
        Object answer = call.make();
        if (fault == Fault.LEDGER_BEFORE_ROWS || fault == Fault.FLUSH_IN_PIECES) {
            connection.commit();
        }
        return answer;
    }

    /** Whether a statement must outlive its close. */
    boolean keepsOpen(Statement statement) {
        return late == statement;
    }

    /** Another statement of a flush. */
    @Nullable Object write(Connection connection, String sql, WatchedConnection.Call call) throws Throwable {
        if (fault == Fault.POSITION_DROPPED && sql.contains("weir_replay")) {
            Savepoint before = connection.setSavepoint();
            Object answer = call.make();
            connection.rollback(before);
            return answer;
        }
        Object answer = call.make();
        if (fault == Fault.FLUSH_IN_PIECES) {
            connection.commit();
        }
        return answer;
    }

    /** A flush was committed. */
    void committed(Connection connection) throws SQLException {
        PreparedStatement ledger = late;
        if (ledger != null) {
            late = null;
            ledger.executeUpdate();
            connection.commit();
            ledger.close();
        }
        pretend = fault == Fault.COMMIT_REPEATED && commits.incrementAndGet() == 1;
        if (pretend) {
            throw new SQLNonTransientConnectionException("The answer of COMMIT is lost, as planted", "08006");
        }
    }
}
