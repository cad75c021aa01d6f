package dev.weir.testkit;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A data source that writes down what is sent through it and in what state its connections come back, and fails a COMMIT when
 * told to. Thread-safe.
 */
public final class RecordingDataSource {
    /** How a COMMIT fails. */
    public enum CommitFailure {
        /** The connection is lost before the database hears of it. */
        LOST_BEFORE,
        /** The database commits, and the connection is lost before its answer. */
        LOST_AFTER,
        /** The database refuses, as for a deferred constraint. */
        REFUSED
    }

    /** The settings of a connection. */
    public record Settings(boolean autoCommit, int isolation, boolean readOnly) {
        static Settings of(Connection connection) throws SQLException {
            return new Settings(
                    connection.getAutoCommit(), connection.getTransactionIsolation(), connection.isReadOnly());
        }
    }

    private final DataSource target;
    private final List<String> sent = new CopyOnWriteArrayList<>();
    private final List<String> soiled = new CopyOnWriteArrayList<>();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final AtomicReference<@Nullable CommitFailure> nextCommit = new AtomicReference<>();
    private final AtomicReference<@Nullable String> failingCall = new AtomicReference<>();
    private final DataSource dataSource;

    /** A recorder in front of {@code target}. */
    public RecordingDataSource(DataSource target) {
        this.target = Objects.requireNonNull(target, "target");
        this.dataSource = proxy(DataSource.class, this::onDataSource);
    }

    /** What to give to the code under test. */
    public DataSource dataSource() {
        return dataSource;
    }

    /** The SQL texts that were prepared or executed, in order, and {@code COMMIT} and {@code ROLLBACK}. */
    public List<String> sent() {
        return List.copyOf(sent);
    }

    /** Forgets what was sent. */
    public void clear() {
        sent.clear();
    }

    /** Connections that are taken and not given back. */
    public int open() {
        return open.get();
    }

    /** How many were taken at once at most. */
    public int mostOpen() {
        return most.get();
    }

    /** Connections that came back with other settings than they had; each with both. */
    public List<String> soiled() {
        return List.copyOf(soiled);
    }

    /** Makes the next COMMIT fail. */
    public void failNextCommit(CommitFailure failure) {
        nextCommit.set(failure);
    }

    /** Makes the next call of this method of a connection fail. */
    public void failNext(String method) {
        failingCall.set(method);
    }

    private @Nullable Object onDataSource(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        Object result = invoke(target, method, arguments);
        return method.getName().equals("getConnection") && result instanceof Connection connection
                ? recorded(connection)
                : result;
    }

    private Connection recorded(Connection connection) throws SQLException {
        Settings before = Settings.of(connection);
        most.accumulateAndGet(open.incrementAndGet(), Math::max);
        AtomicInteger closed = new AtomicInteger();
        List<String> aborted = new ArrayList<>();
        return proxy(Connection.class, (proxy, method, arguments) -> {
            String name = method.getName();
            if (failingCall.compareAndSet(name, null)) {
                throw new SQLException("planted", "58000");
            }
            switch (name) {
                case "prepareStatement" -> sent.add(String.valueOf(Objects.requireNonNull(arguments)[0]));
                case "rollback" -> sent.add("ROLLBACK");
                case "abort" -> aborted.add(name);
                case "commit" -> {
                    sent.add("COMMIT");
                    CommitFailure failure = nextCommit.getAndSet(null);
                    if (failure == CommitFailure.REFUSED) {
                        throw new SQLException("planted: a deferred constraint", "23503");
                    }
                    if (failure == CommitFailure.LOST_BEFORE) {
                        connection.rollback();
                        throw new SQLException("planted: the connection is lost", "08006");
                    }
                    if (failure == CommitFailure.LOST_AFTER) {
                        connection.commit();
                        throw new SQLException("planted: the connection is lost", "08006");
                    }
                }
                case "close" -> {
                    if (closed.getAndIncrement() == 0) {
                        open.decrementAndGet();
                        if (aborted.isEmpty()) {
                            Settings after = Settings.of(connection);
                            if (!after.equals(before)) {
                                soiled.add(before + " came back as " + after);
                            }
                        }
                    }
                }
                default -> {}
            }
            return invoke(connection, method, arguments);
        });
    }

    private static @Nullable Object invoke(Object on, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(on, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
