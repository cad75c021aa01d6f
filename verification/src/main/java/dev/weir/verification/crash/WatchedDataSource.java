package dev.weir.verification.crash;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A data source whose connections tell a trap where a flush stands, and break a rule if they are to. Thread-safe. */
final class WatchedDataSource implements DataSource {
    private final DataSource target;
    private final Trap trap;
    private final Sabotage sabotage;

    WatchedDataSource(DataSource target, Trap trap, @Nullable Fault fault) {
        this.target = target;
        this.trap = trap;
        this.sabotage = new Sabotage(fault);
    }

    @Override
    public Connection getConnection() throws SQLException {
        return new WatchedConnection(target.getConnection(), trap, sabotage).proxy();
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return new WatchedConnection(target.getConnection(user, password), trap, sabotage).proxy();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return target.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return target.isWrapperFor(type);
    }

    @Override
    public @Nullable PrintWriter getLogWriter() throws SQLException {
        return target.getLogWriter();
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
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
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        return target.getParentLogger();
    }
}
