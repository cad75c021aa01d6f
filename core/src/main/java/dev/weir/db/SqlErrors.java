package dev.weir.db;

import dev.weir.db.engine.Dialect;
import dev.weir.db.engine.JdbcUrl;
import dev.weir.error.Failure;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** What the driver's errors become. */
final class SqlErrors {
    private static final int DEEPEST_CAUSE = 16;

    private SqlErrors() {}

    /** The error of a statement, a connection or a COMMIT. {@code what} says which, without values. */
    static SqlException translated(Dialect dialect, String what, SQLException error) {
        Failure failure = dialect.classify(error);
        SQLException root = dialect.root(error);
        String message = what + ", failure=" + failure + ", sqlState=" + root.getSQLState() + ", vendorCode="
                + root.getErrorCode() + ". The cause has the driver's own words.";
        if (dialect.duplicateKey(error)) {
            return new UniqueViolationException(message, root.getSQLState(), root.getErrorCode(), error);
        }
        return new SqlException(
                message,
                failure,
                root.getSQLState(),
                root.getErrorCode(),
                error,
                failure == Failure.CONNECTION || failure == Failure.TRANSIENT);
    }

    /** No connection. What drivers say may hold the URL they were given: it is shown without its credentials. */
    static SqlException notConnected(String what, SQLException error) {
        return new SqlException(
                what + ", sqlState=" + error.getSQLState()
                        + ". Check the URL and the rights; the cause has the driver's own words.",
                Failure.CONNECTION,
                error.getSQLState(),
                error.getErrorCode(),
                secretive(error) ? withoutSecrets(error, DEEPEST_CAUSE) : error,
                true);
    }

    private static boolean secretive(SQLException error) {
        @Nullable Throwable cause = error;
        for (int depth = 0; cause != null && depth < DEEPEST_CAUSE; depth++) {
            String message = cause.getMessage();
            if (message != null && !message.equals(JdbcUrl.redactedIn(message))) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    private static Throwable withoutSecrets(Throwable error, int depth) {
        String message = JdbcUrl.redactedIn(String.valueOf(error.getMessage()));
        Throwable copy = error instanceof SQLException sql
                ? new SQLException(message, sql.getSQLState(), sql.getErrorCode())
                : new RuntimeException(error.getClass().getName() + ": " + message);
        copy.setStackTrace(error.getStackTrace());
        Throwable cause = error.getCause();
        if (cause != null && depth > 0) {
            copy.initCause(withoutSecrets(cause, depth - 1));
        }
        return copy;
    }

    /** Whether the engine gave the transaction up because of another one, so that running it anew may help. */
    static boolean conflict(Dialect dialect, Throwable thrown) {
        SQLException error = sqlCause(thrown);
        return error != null && dialect.conflict(error);
    }

    private static @Nullable SQLException sqlCause(Throwable thrown) {
        @Nullable Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < DEEPEST_CAUSE; depth++) {
            if (cause instanceof SQLException error) {
                return error;
            }
            cause = cause.getCause();
        }
        return null;
    }
}
