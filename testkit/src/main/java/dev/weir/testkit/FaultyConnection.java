package dev.weir.testkit;

import dev.weir.testkit.FaultyDataSource.Point;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a {@link FaultyDataSource}: proxies of it and its statements, so that every commit and execution
 * passes its points.
 *
 * <p><i>Concurrency</i>: the connection is its caller's alone, except that any thread may break it.
 */
final class FaultyConnection {
    private static final Logger LOGGER = Logger.getLogger(FaultyConnection.class.getName());

    private static final int MOST_EXECUTED = 1_000;

    private final FaultyDataSource source;
    private final Connection target;
    private final Connection proxy;
    private volatile boolean dead;

    /** What the open transaction has executed. A connection is used by one thread at a time, and handed on safely. */
    private final List<String> executed = new ArrayList<>();

    FaultyConnection(FaultyDataSource source, Connection target) {
        this.source = source;
        this.target = target;
        this.proxy = (Connection) Proxy.newProxyInstance(
                FaultyConnection.class.getClassLoader(), new Class<?>[] {Connection.class}, this::onConnection);
    }

    static SQLException broken(String where) {
        return new SQLNonTransientConnectionException("The connection is broken, by a fault at " + where, "08006");
    }

    Connection proxy() {
        return proxy;
    }

    /** Closes the real connection without ceremony; the server rolls back what is open. */
    void breakNow() {
        dead = true;
        source.closed(this);
        quietly(() -> target.abort(Runnable::run));
        quietly(() -> {
            // An embedded database has no socket to close, and may take an abort for nothing.
            if (!target.isClosed()) {
                if (!target.getAutoCommit()) {
                    target.rollback();
                }
                target.close();
            }
        });
    }

    private static void quietly(Ending ending) {
        try {
            ending.run();
        } catch (SQLException | RuntimeException e) {
            LOGGER.log(Level.FINE, "A connection that was to break had ended already", e);
        }
    }

    private interface Ending {
        void run() throws SQLException;
    }

    void rollBackForRefusal() throws SQLException {
        if (!target.getAutoCommit()) {
            target.rollback();
        }
    }

    private @Nullable Object onConnection(Object self, Method method, Object @Nullable [] arguments) throws Throwable {
        String name = method.getName();
        Object shared = shared(self, target, method, arguments);
        if (shared != UNSHARED) {
            return shared;
        }
        if (dead) {
            return afterDeath(name);
        }
        return switch (name) {
            case "commit" -> commit(method, arguments);
            case "setAutoCommit" ->
                Boolean.TRUE.equals(first(arguments)) && !target.getAutoCommit()
                        ? commit(method, arguments)
                        : call(target, method, arguments);
            case "rollback" -> {
                if (arguments == null) {
                    executed.clear();
                    source.rollbacks.incrementAndGet();
                }
                yield call(target, method, arguments);
            }
            case "close", "abort" -> {
                source.closed(this);
                yield call(target, method, arguments);
            }
            default -> {
                Object result = call(target, method, arguments);
                yield result instanceof Statement statement
                        ? statement(statement, name.startsWith("prepare") ? (String) first(arguments) : null)
                        : result;
            }
        };
    }

    private @Nullable Object commit(Method method, Object @Nullable [] arguments) throws Throwable {
        String sql = String.join(";", executed);
        executed.clear();
        source.reach(Point.BEFORE_COMMIT, sql, this);
        ensureAlive();
        Object result = call(target, method, arguments);
        source.commits.incrementAndGet();
        source.reach(Point.AFTER_COMMIT, sql, this);
        return result;
    }

    private void ensureAlive() throws SQLException {
        if (dead) {
            throw broken("an earlier point");
        }
    }

    private static @Nullable Object afterDeath(String name) throws SQLException {
        return switch (name) {
            case "close", "abort" -> null;
            case "isClosed" -> true;
            case "isValid" -> false;
            default -> throw broken("an earlier point");
        };
    }

    private Statement statement(Statement statement, @Nullable String prepared) {
        Class<?> type = statement instanceof CallableStatement
                ? CallableStatement.class
                : statement instanceof PreparedStatement ? PreparedStatement.class : Statement.class;
        List<String> batch = new ArrayList<>();
        return (Statement) Proxy.newProxyInstance(
                FaultyConnection.class.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> onStatement(self, statement, prepared, batch, method, arguments));
    }

    private @Nullable Object onStatement(
            Object self,
            Statement statement,
            @Nullable String prepared,
            List<String> batch,
            Method method,
            Object @Nullable [] arguments)
            throws Throwable {
        String name = method.getName();
        Object shared = shared(self, statement, method, arguments);
        if (shared != UNSHARED) {
            return shared;
        }
        if (dead) {
            return afterDeath(name);
        }
        if (name.equals("getConnection")) {
            return proxy;
        }
        if (name.startsWith("execute")) {
            boolean isBatch = name.equals("executeBatch") || name.equals("executeLargeBatch");
            String sql = prepared != null
                    ? prepared
                    : isBatch ? String.join(";", batch) : Objects.requireNonNull((String) first(arguments), "sql");
            if (isBatch) {
                batch.clear();
            }
            return execute(statement, sql, method, arguments);
        }
        if (name.equals("addBatch") && first(arguments) instanceof String sql) {
            batch.add(sql);
        } else if (name.equals("clearBatch")) {
            batch.clear();
        }
        return call(statement, method, arguments);
    }

    private @Nullable Object execute(Statement statement, String sql, Method method, Object @Nullable [] arguments)
            throws Throwable {
        boolean commits = !method.getName().equals("executeQuery") && target.getAutoCommit();
        source.reach(Point.BEFORE_STATEMENT, sql, this);
        if (commits) {
            source.reach(Point.BEFORE_COMMIT, sql, this);
        }
        ensureAlive();
        source.statements.incrementAndGet();
        Object result = call(statement, method, arguments);
        if (commits) {
            source.commits.incrementAndGet();
        } else if (executed.size() < MOST_EXECUTED) {
            executed.add(sql);
        }
        source.reach(Point.AFTER_STATEMENT, sql, this);
        if (commits) {
            source.reach(Point.AFTER_COMMIT, sql, this);
        }
        return result;
    }

    private static final Object UNSHARED = new Object();

    /** What every proxy does alike, also a dead one: identity and unwrapping. */
    private static @Nullable Object shared(Object self, Object target, Method method, Object @Nullable [] arguments)
            throws Throwable {
        return switch (method.getName()) {
            case "equals" -> self == first(arguments);
            case "hashCode" -> System.identityHashCode(self);
            case "toString" -> "faulty " + target;
            case "unwrap" ->
                ((Class<?>) Objects.requireNonNull(first(arguments))).isInstance(self)
                        ? self
                        : call(target, method, arguments);
            case "isWrapperFor" ->
                ((Class<?>) Objects.requireNonNull(first(arguments))).isInstance(self)
                        || Boolean.TRUE.equals(call(target, method, arguments));
            default -> UNSHARED;
        };
    }

    private static @Nullable Object first(Object @Nullable [] arguments) {
        return arguments == null || arguments.length == 0 ? null : arguments[0];
    }

    private static @Nullable Object call(Object target, Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
