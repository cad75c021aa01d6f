package dev.weir.server.demo;

import java.io.PrintWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A data source with an off switch, which looks from above like a database that went away: connections are refused, and
 * those in use are cut, whatever they were doing. A call that was under way when the switch was thrown has reached the
 * database, but its answer is lost; for COMMIT that is the hardest case there is. Thread-safe.
 *
 * <p><em>Concurrency:</em> {@code era} is odd while the database is stopped and grows with each turn of the switch. A
 * connection works only in the era that it was opened in, so one that was cut stays cut after a restart.
 */
final class FaultSwitch implements DataSource {
    private static final String CONNECTION_FAILURE = "08006";

    private final DataSource target;
    private final AtomicLong era = new AtomicLong();

    FaultSwitch(DataSource target) {
        this.target = target;
    }

    boolean stopped() {
        return (era.get() & 1) == 1;
    }

    /** Stops the database or starts it again; does nothing when it is so already. */
    void stopped(boolean stop) {
        era.updateAndGet(now -> (now & 1) == (stop ? 1 : 0) ? now : now + 1);
    }

    @Override
    public Connection getConnection() throws SQLException {
        long opened = era.get();
        require(opened);
        return cuttable(Connection.class, target.getConnection(), opened, null);
    }

    @Override
    public Connection getConnection(String username, String password) throws SQLException {
        long opened = era.get();
        require(opened);
        return cuttable(Connection.class, target.getConnection(username, password), opened, null);
    }

    private boolean alive(long opened) {
        return (opened & 1) == 0 && era.get() == opened;
    }

    private void require(long opened) throws SQLException {
        if (!alive(opened)) {
            throw new SQLNonTransientConnectionException("The demo's database is stopped.", CONNECTION_FAILURE);
        }
    }

    private <T> T cuttable(Class<T> type, Object real, long opened, @Nullable Connection connection) {
        return type.cast(Proxy.newProxyInstance(
                FaultSwitch.class.getClassLoader(), new Class<?>[] {type}, new Cuttable(real, opened, connection)));
    }

    private final class Cuttable implements InvocationHandler {
        private final Object real;
        private final long opened;
        private final @Nullable Connection connection;

        Cuttable(Object real, long opened, @Nullable Connection connection) {
            this.real = real;
            this.opened = opened;
            this.connection = connection;
        }

        @Override
        public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
            switch (method.getName()) {
                case "close", "abort", "isClosed", "unwrap", "isWrapperFor", "toString", "hashCode" -> {
                    return call(method, arguments);
                }
                case "equals" -> {
                    return arguments != null && proxy == arguments[0];
                }
                case "isValid" -> {
                    return alive(opened) && Boolean.TRUE.equals(call(method, arguments));
                }
                default -> {
                    require(opened);
                    Object result = call(method, arguments);
                    require(opened);
                    return guarded(proxy, result);
                }
            }
        }

        private @Nullable Object guarded(Object proxy, @Nullable Object result) {
            Connection owner = connection != null ? connection : (Connection) proxy;
            if (result instanceof Connection) {
                return owner;
            }
            if (result instanceof PreparedStatement) {
                return cuttable(PreparedStatement.class, result, opened, owner);
            }
            if (result instanceof Statement) {
                return cuttable(Statement.class, result, opened, owner);
            }
            if (result instanceof ResultSet) {
                return cuttable(ResultSet.class, result, opened, owner);
            }
            if (result instanceof DatabaseMetaData) {
                return cuttable(DatabaseMetaData.class, result, opened, owner);
            }
            return result;
        }

        private @Nullable Object call(Method method, Object @Nullable [] arguments) throws Throwable {
            try {
                return method.invoke(real, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause() == null ? e : e.getCause();
            }
        }
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        return target.getLogWriter();
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
        target.setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        target.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return target.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getLogger(Logger.GLOBAL_LOGGER_NAME);
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return type.isInstance(this) ? type.cast(this) : target.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return type.isInstance(this) || target.isWrapperFor(type);
    }
}
