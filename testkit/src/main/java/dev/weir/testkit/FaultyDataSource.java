package dev.weir.testkit;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Wraps a data source and breaks what goes through it, when and where a test says so:
 *
 * <pre>{@code
 * faulty.on(Point.BEFORE_COMMIT).breakConnection();   // COMMIT never reaches the server, which rolls back
 * faulty.on(Point.BEFORE_COMMIT).fail(deadlock);      // the server rolls back and says so; the connection lives
 * faulty.on(Point.AFTER_COMMIT).breakConnection();    // the server commits, its answer is lost
 * faulty.on(Point.AFTER_COMMIT).breakQuietly();       // the commit succeeds, the connection is dead at its next use
 * faulty.on(Point.BEFORE_STATEMENT).matching(sql -> sql.startsWith("UPDATE")).nth(3).fail(lockTimeout);
 * Gate gate = faulty.on(Point.AFTER_COMMIT).pause();  // the server has committed, the caller does not know yet
 * faulty.cut();                                       // all connections die now
 * }</pre>
 *
 * <p>Below a pool, or without one. A broken connection is really closed, so the server rolls back what it had not
 * committed; then it is not valid, is closed, and each call throws an {@link SQLException} with state 08006.
 * {@code unwrap} to the driver's own classes gives those (PostgreSQL's COPY needs them): what is done there is not
 * counted and can't fail by itself, but commits by this connection and breaks with it.
 *
 * <p>A commit is {@code commit()}, {@code setAutoCommit(true)} in a transaction, and while auto-commit is on each
 * execution of a statement except {@code executeQuery}. Thread-safe.
 *
 * <p><i>Concurrency</i>: one lock guards the rules and their counters; pauses, faults and calls of the driver happen
 * outside of it.
 */
public final class FaultyDataSource implements DataSource {
    /** Where a fault or a pause can happen. */
    public enum Point {
        /** {@code getConnection}, before a connection is opened. */
        CONNECT,
        /** A statement or batch is about to be sent. */
        BEFORE_STATEMENT,
        /** The server has executed a statement, the caller has no answer yet. */
        AFTER_STATEMENT,
        /** COMMIT is about to be sent. */
        BEFORE_COMMIT,
        /** The server has committed, the caller has no answer yet. */
        AFTER_COMMIT
    }

    private final DataSource target;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Rule> rules = new ArrayList<>();
    private final List<Gate> gates = new CopyOnWriteArrayList<>();
    private final Set<FaultyConnection> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong opened = new AtomicLong();
    final AtomicLong commits = new AtomicLong();
    final AtomicLong rollbacks = new AtomicLong();
    final AtomicLong statements = new AtomicLong();

    /** Wraps {@code target}; without a rule it does what that does. */
    public FaultyDataSource(DataSource target) {
        this.target = Objects.requireNonNull(target, "target");
    }

    /** Begins a rule for the next time that something comes to this point. Its last call says what happens there. */
    public Occasion on(Point point) {
        return new Occasion(Objects.requireNonNull(point, "point"));
    }

    /** Breaks all connections that are open now, whatever they are doing. */
    public void cut() {
        List.copyOf(open).forEach(FaultyConnection::breakNow);
    }

    /** Forgets all rules and opens all gates. */
    public void clear() {
        lock.lock();
        try {
            rules.clear();
        } finally {
            lock.unlock();
        }
        gates.forEach(Gate::open);
        gates.clear();
    }

    /** How many commits succeeded on the server. */
    public long commits() {
        return commits.get();
    }

    /** How often {@code rollback()} was called without a savepoint. */
    public long rollbacks() {
        return rollbacks.get();
    }

    /** How many executions of statements were sent; a batch is one. */
    public long statements() {
        return statements.get();
    }

    /** How many connections were opened so far. */
    public long connectionsOpened() {
        return opened.get();
    }

    /** How many connections are open now. */
    public int connectionsOpen() {
        return open.size();
    }

    /** One rule in the making: which occasions it means, then what happens there. Not thread-safe. */
    public final class Occasion {
        private final Point point;
        private Predicate<String> sql = text -> true;
        private int skip;
        private int times = 1;

        private Occasion(Point point) {
            this.point = point;
        }

        /**
         * Only statements whose SQL passes; a batch of plain statements is its texts joined by semicolons. A COMMIT's SQL
         * is that of its transaction's first 1,000 statements, joined by semicolons.
         */
        public Occasion matching(Predicate<String> sql) {
            if (point == Point.CONNECT) {
                throw new IllegalStateException("Only statements and commits have SQL to match: point=" + point);
            }
            this.sql = Objects.requireNonNull(sql, "sql");
            return this;
        }

        /** Only from the n-th such occasion from now on, counted from 1. */
        public Occasion nth(int n) {
            if (n < 1) {
                throw new IllegalArgumentException("Occasions are counted from 1: n=" + n);
            }
            this.skip = n - 1;
            return this;
        }

        /** For so many occasions; without it for one. */
        public Occasion times(int count) {
            if (count < 1) {
                throw new IllegalArgumentException("A rule holds at least once: count=" + count);
            }
            this.times = count;
            return this;
        }

        /** For all occasions until {@link FaultyDataSource#clear()}. */
        public Occasion always() {
            return times(Integer.MAX_VALUE);
        }

        /**
         * The call throws this error and the connection lives. Before a commit the server has then rolled back, as it
         * does when it refuses one; after a commit or statement it has done it. Before a statement the server never
         * hears of it: a PostgreSQL transaction is not aborted then, as it is by an error of its own.
         */
        public void fail(SQLException error) {
            Objects.requireNonNull(error, "error");
            add(new Rule(this, Action.FAIL, error, null));
        }

        /** The connection breaks and the call throws. At {@link Point#CONNECT} none is opened. */
        public void breakConnection() {
            add(new Rule(this, Action.BREAK, null, null));
        }

        /** The connection breaks but the call goes on; the next use of the connection throws. */
        public void breakQuietly() {
            if (point != Point.AFTER_COMMIT && point != Point.AFTER_STATEMENT) {
                throw new IllegalStateException(
                        "A connection breaks quietly after a commit or statement: point=" + point);
            }
            add(new Rule(this, Action.BREAK_QUIETLY, null, null));
        }

        /** The call halts at the gate that is returned, before any other rule for the same occasion takes effect. */
        public Gate pause() {
            Gate gate = new Gate(point.name());
            gates.add(gate);
            add(new Rule(this, Action.PAUSE, null, gate));
            return gate;
        }

        private void add(Rule rule) {
            lock.lock();
            try {
                rules.add(rule);
            } finally {
                lock.unlock();
            }
        }
    }

    /** What a rule does. */
    enum Action {
        FAIL,
        BREAK,
        BREAK_QUIETLY,
        PAUSE
    }

    private static final class Rule {
        private final Point point;
        private final Predicate<String> sql;
        private final Action action;
        private final @Nullable SQLException error;
        private final @Nullable Gate gate;
        private int skip;
        private int times;

        Rule(Occasion occasion, Action action, @Nullable SQLException error, @Nullable Gate gate) {
            this.point = occasion.point;
            this.sql = occasion.sql;
            this.skip = occasion.skip;
            this.times = occasion.times;
            this.action = action;
            this.error = error;
            this.gate = gate;
        }
    }

    private List<Rule> take(Point point, String sql) {
        List<Rule> taken = new ArrayList<>();
        lock.lock();
        try {
            for (Rule rule : rules) {
                if (rule.point != point || !rule.sql.test(sql)) {
                    continue;
                }
                if (rule.skip > 0) {
                    rule.skip--;
                } else if (rule.action == Action.PAUSE
                        || taken.stream().noneMatch(other -> other.action != Action.PAUSE)) {
                    rule.times--;
                    taken.add(rule);
                }
            }
            rules.removeIf(rule -> rule.times == 0);
        } finally {
            lock.unlock();
        }
        return taken;
    }

    /** Comes to a point: pauses, then does what the first other rule says. */
    void reach(Point point, String sql, @Nullable FaultyConnection connection) throws SQLException {
        List<Rule> taken = take(point, sql);
        for (Rule rule : taken) {
            if (rule.gate != null) {
                rule.gate.pass();
            }
        }
        for (Rule rule : taken) {
            switch (rule.action) {
                case PAUSE -> {}
                case FAIL -> {
                    SQLException error = Objects.requireNonNull(rule.error);
                    if (point == Point.BEFORE_COMMIT && connection != null) {
                        connection.rollBackForRefusal();
                    }
                    throw error;
                }
                case BREAK, BREAK_QUIETLY -> {
                    if (connection != null) {
                        connection.breakNow();
                    }
                    if (rule.action == Action.BREAK) {
                        throw FaultyConnection.broken(point.name());
                    }
                }
            }
        }
    }

    void closed(FaultyConnection connection) {
        open.remove(connection);
    }

    @Override
    public Connection getConnection() throws SQLException {
        reach(Point.CONNECT, "", null);
        return wrap(target.getConnection());
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        reach(Point.CONNECT, "", null);
        return wrap(target.getConnection(user, password));
    }

    private Connection wrap(Connection connection) throws SQLException {
        FaultyConnection faulty = new FaultyConnection(this, connection);
        opened.incrementAndGet();
        open.add(faulty);
        return faulty.proxy();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return type.isInstance(this) ? type.cast(this) : target.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return type.isInstance(this) || target.isWrapperFor(type);
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
