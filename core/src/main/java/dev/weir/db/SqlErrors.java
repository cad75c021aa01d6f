package dev.weir.db;

import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import org.jspecify.annotations.Nullable;

/** What the driver's errors become. */
final class SqlErrors {
    private static final int SQLITE_NO_MEMORY = 7;
    private static final int SQLITE_INTERRUPT = 9;
    private static final int SQLITE_IO_ERROR = 10;
    private static final int SQLITE_CORRUPT = 11;
    private static final int SQLITE_FULL = 13;
    private static final int SQLITE_BUSY = 5;
    private static final int SQLITE_LOCKED = 6;
    private static final int H2_CONCURRENT_UPDATE = 90131;
    private static final int MARIADB_DUPLICATE = 1062;
    private static final int DEEPEST_CAUSE = 16;

    private SqlErrors() {}

    /** The error of a statement, a connection or a COMMIT. {@code what} says which, without values. */
    static SqlException translated(Dialect dialect, String what, SQLException error) {
        Failure failure = dialect.classify(error);
        SQLException root = StandardFailure.root(error);
        String message = what + ", failure=" + failure + ", sqlState=" + root.getSQLState() + ", vendorCode="
                + root.getErrorCode() + ". The cause has the driver's own words.";
        if (unique(dialect, root)) {
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

    private static boolean unique(Dialect dialect, SQLException error) {
        String message = error.getMessage();
        return switch (dialect.name()) {
            case "sqlite" ->
                message != null
                        && (message.startsWith("[SQLITE_CONSTRAINT_UNIQUE]")
                                || message.startsWith("[SQLITE_CONSTRAINT_PRIMARYKEY]")
                                || message.startsWith("[SQLITE_CONSTRAINT_ROWID]"));
            case "mariadb", "mysql" -> error.getErrorCode() == MARIADB_DUPLICATE;
            default -> "23505".equals(error.getSQLState());
        };
    }

    /** Whether the engine gave the transaction up because of another one, so that running it anew may help. */
    static boolean conflict(Dialect dialect, Throwable thrown) {
        SQLException error = sqlCause(thrown);
        if (error == null) {
            return false;
        }
        SQLException root = StandardFailure.root(error);
        if (state(root).startsWith("40") && dialect.classify(error) == Failure.TRANSIENT) {
            return true;
        }
        return switch (dialect.name()) {
            case "sqlite" -> root.getErrorCode() == SQLITE_BUSY || root.getErrorCode() == SQLITE_LOCKED;
            case "h2" -> root.getErrorCode() == H2_CONCURRENT_UPDATE;
            default -> false;
        };
    }

    /** Whether the engine may have rolled the whole transaction back by itself: what comes after must not be committed. */
    static boolean endsTransaction(Dialect dialect, SQLException error) {
        SQLException root = StandardFailure.root(error);
        if (state(root).startsWith("40") || dialect.classify(error) == Failure.CONNECTION) {
            return true;
        }
        return dialect.name().equals("sqlite")
                && switch (root.getErrorCode()) {
                    case SQLITE_NO_MEMORY, SQLITE_INTERRUPT, SQLITE_IO_ERROR, SQLITE_CORRUPT, SQLITE_FULL -> true;
                    default -> false;
                };
    }

    /** Whether a COMMIT that failed so may be in the database all the same. */
    static boolean commitUnknown(Dialect dialect, SQLException error) {
        SQLException root = StandardFailure.root(error);
        if (root instanceof SQLTimeoutException) {
            return true;
        }
        if (dialect.name().equals("sqlite")) {
            return switch (root.getErrorCode()) {
                case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_FULL -> false;
                default -> dialect.classify(error) != Failure.DATA;
            };
        }
        return switch (dialect.classify(error)) {
            case DATA, TRANSIENT -> false;
            case CONNECTION -> true;
            // An engine that answers with a state of its own has refused; without one nobody knows who spoke.
            case OTHER ->
                state(root).isEmpty()
                        || state(root).startsWith("08")
                        || state(root).startsWith("57P");
        };
    }

    static @Nullable SQLException sqlCause(Throwable thrown) {
        @Nullable Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < DEEPEST_CAUSE; depth++) {
            if (cause instanceof SQLException error) {
                return error;
            }
            cause = cause.getCause();
        }
        return null;
    }

    private static String state(SQLException error) {
        String state = error.getSQLState();
        return state == null ? "" : state;
    }
}
