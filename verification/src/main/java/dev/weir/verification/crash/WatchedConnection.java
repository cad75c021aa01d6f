package dev.weir.verification.crash;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a {@link WatchedDataSource}. A transaction is a flush from the ledger's UPDATE on, and a hand-over from
 * the first row of {@code weir_handover} on. What goes through {@code unwrap} (PostgreSQL's COPY) is not seen. Its caller's
 * alone.
 */
final class WatchedConnection {
    private final Connection target;
    private final Trap trap;
    private final Sabotage sabotage;
    private final Connection proxy;
    private boolean flush;
    private boolean handover;

    WatchedConnection(Connection target, Trap trap, Sabotage sabotage) {
        this.target = target;
        this.trap = trap;
        this.sabotage = sabotage;
        this.proxy = (Connection) Proxy.newProxyInstance(
                WatchedConnection.class.getClassLoader(), new Class<?>[] {Connection.class}, this::onConnection);
    }

    Connection proxy() {
        return proxy;
    }

    /** A call of the driver that is still to be made. */
    interface Call {
        @Nullable Object make() throws Throwable;
    }

    private @Nullable Object onConnection(Object self, Method method, Object @Nullable [] arguments) throws Throwable {
        switch (method.getName()) {
            case "prepareStatement" -> {
                PreparedStatement statement =
                        (PreparedStatement) Objects.requireNonNull(call(target, method, arguments));
                String sql = arguments == null ? "" : (String) arguments[0];
                return watched(PreparedStatement.class, statement, sql);
            }
            case "createStatement" -> {
                return watched(
                        Statement.class, (Statement) Objects.requireNonNull(call(target, method, arguments)), "");
            }
            case "commit" -> {
                commit(method);
                return null;
            }
            case "rollback" -> {
                if (arguments == null) {
                    ended();
                }
            }
            case "close" -> ended();
            default -> {
                // Nothing to watch.
            }
        }
        return call(target, method, arguments);
    }

    private void ended() {
        flush = false;
        handover = false;
    }

    private void commit(Method method) throws Throwable {
        boolean ofFlush = flush;
        boolean ofHandover = handover;
        if (ofFlush) {
            trap.reached(CrashPoint.FLUSH_BEFORE_COMMIT);
            trap.committing();
        } else if (ofHandover) {
            trap.reached(CrashPoint.HANDOVER_BEFORE_COMMIT);
        }
        call(target, method, null);
        ended();
        if (ofFlush) {
            trap.reached(CrashPoint.FLUSH_AFTER_COMMIT);
            sabotage.committed(target);
        } else if (ofHandover) {
            trap.reached(CrashPoint.HANDOVER_AFTER_COMMIT);
        }
    }

    private <S extends Statement> S watched(Class<S> type, S statement, String sql) {
        return type.cast(Proxy.newProxyInstance(
                WatchedConnection.class.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> onStatement(statement, sql, method, arguments)));
    }

    private @Nullable Object onStatement(
            Statement statement, String prepared, Method method, Object @Nullable [] arguments) throws Throwable {
        String name = method.getName();
        if (name.equals("getConnection")) {
            return proxy;
        }
        if (name.equals("close") && sabotage.keepsOpen(statement)) {
            return null;
        }
        if (!name.startsWith("execute")) {
            return call(statement, method, arguments);
        }
        String sql =
                arguments != null && arguments.length > 0 && arguments[0] instanceof String given ? given : prepared;
        String start = sql.stripLeading().toUpperCase(Locale.ROOT);
        boolean writes = start.startsWith("UPDATE") || start.startsWith("INSERT") || start.startsWith("DELETE");
        if (!writes) {
            return call(statement, method, arguments);
        }
        if (start.startsWith("UPDATE") && sql.contains("weir_ledger")) {
            trap.reached(CrashPoint.FLUSH_BEFORE_LEDGER);
            Object answer = sabotage.ledger(target, statement, () -> call(statement, method, arguments));
            flush = true;
            trap.reached(CrashPoint.FLUSH_AFTER_LEDGER);
            return answer;
        }
        if (flush) {
            trap.reached(CrashPoint.FLUSH_BEFORE_STATEMENT);
            Object answer = sabotage.write(target, sql, () -> call(statement, method, arguments));
            trap.reached(CrashPoint.FLUSH_AFTER_STATEMENT);
            return answer;
        }
        handover |= start.startsWith("INSERT") && sql.contains("weir_handover");
        return call(statement, method, arguments);
    }

    private static @Nullable Object call(Object target, Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }
}
