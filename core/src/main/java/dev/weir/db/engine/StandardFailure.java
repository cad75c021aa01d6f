package dev.weir.db.engine;

import dev.weir.error.Failure;
import java.io.IOException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/** What SQL states and JDBC's exception classes mean on every engine, and the errors that Weir itself raises in their form. */
final class StandardFailure {
    private StandardFailure() {}

    /** What every engine agrees on; {@link Failure#OTHER} where they do not. */
    static Failure classify(SQLException error) {
        if (error instanceof SQLTransientConnectionException
                || error instanceof SQLNonTransientConnectionException
                || error instanceof SQLRecoverableException
                || causedByIo(error)) {
            return Failure.CONNECTION;
        }
        String state = state(error);
        if (state.startsWith("08")) {
            return Failure.CONNECTION;
        }
        if (error instanceof SQLTransactionRollbackException
                || error instanceof SQLTimeoutException
                || state.startsWith("40")) {
            return Failure.TRANSIENT;
        }
        if (state.startsWith("22") || state.startsWith("23")) {
            return Failure.DATA;
        }
        String message = error.getMessage();
        if (message != null && state.isEmpty() && message.contains("onnection") && message.contains("closed")) {
            return Failure.CONNECTION;
        }
        return Failure.OTHER;
    }

    /** An unknown or unfit table, column, function or type, or a number of columns that is another one now. */
    static boolean schemaChanged(SQLException error) {
        String state = state(error);
        return state.equals("42S02") || state.equals("42S22") || state.equals("21S01") || state.equals("21S02");
    }

    /** Whether a COMMIT that failed so may be in the database all the same. */
    static boolean commitUnknown(Dialect dialect, SQLException error) {
        SQLException root = dialect.root(error);
        if (root instanceof SQLTimeoutException) {
            return true;
        }
        String state = state(root);
        return switch (dialect.classify(error)) {
            case DATA, TRANSIENT -> false;
            case CONNECTION -> true;
            // An engine that answers with a state of its own has refused; without one nobody knows who spoke.
            case OTHER -> state.isEmpty() || state.startsWith("08") || state.startsWith("57P");
        };
    }

    static String state(SQLException error) {
        String state = error.getSQLState();
        return state == null ? "" : state;
    }

    /** The engine's own error behind a batch's. */
    static SQLException root(SQLException error) {
        SQLException root = error;
        while (root instanceof BatchUpdateException) {
            SQLException next = root.getNextException();
            if (next == null && root.getCause() instanceof SQLException cause) {
                next = cause;
            }
            if (next == null) {
                return root;
            }
            root = next;
        }
        return root;
    }

    /** An error that says that a value does not fit its column, classified as {@link Failure#DATA} on every engine. */
    static SQLException unfit(ColumnInfo column, String rule) {
        return new SQLException(rule + ": column=" + column.name() + ", type=" + column.typeName(), "22003");
    }

    private static boolean causedByIo(SQLException error) {
        @Nullable Throwable cause = error.getCause();
        for (int depth = 0; cause != null && depth < 8; depth++) {
            if (cause instanceof IOException) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }
}
