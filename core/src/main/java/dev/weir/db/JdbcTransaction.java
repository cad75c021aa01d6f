package dev.weir.db;

import dev.weir.db.engine.ColumnInfo;
import dev.weir.db.engine.Dialect;
import dev.weir.db.engine.TableInfo;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A transaction on a leased connection: made, run and ended by {@link JdbcDatabase} on one thread.
 *
 * <p><b>Concurrency:</b> {@code user} is the thread inside a call, if any; another one that comes meanwhile is refused, not
 * queued. Taking and leaving {@code user} orders the calls of different threads, so that the other fields need no lock. Once
 * {@code ended} is true no call gets in.
 */
final class JdbcTransaction implements Transaction, Runner {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    private final JdbcDatabase database;
    private final Lease lease;
    private final TransactionOptions options;
    private final Session session;
    private final @Nullable Long deadlineNanos;
    private final Map<Class<?>, Transaction.Listener> listeners = new LinkedHashMap<>();
    private final List<Stream<Row>> streams = new ArrayList<>();
    private final Set<String> written = new LinkedHashSet<>();
    private final AtomicReference<@Nullable Thread> user = new AtomicReference<>();
    /** Whether anything but looks into the catalog was sent. */
    private boolean begun;

    private boolean writtenAny;
    private boolean catalogChanged;
    private boolean rollbackOnly;
    private boolean aboutToCommit;
    private @Nullable SQLException lastError;
    private @Nullable SQLException gone;
    private volatile boolean ended;

    JdbcTransaction(JdbcDatabase database, Lease lease, TransactionOptions options, @Nullable Long deadlineNanos) {
        this.database = database;
        this.lease = lease;
        this.options = options;
        this.deadlineNanos = deadlineNanos;
        this.session = new Session(database, lease.connection(), deadlineNanos, this::failed);
    }

    private void failed(SQLException error) {
        lastError = error;
        if (gone == null && database.dialect().endsTransaction(error)) {
            gone = error;
        }
    }

    /** Runs a call of the transaction's user. */
    private <T extends @Nullable Object> T inside(Supplier<T> call) {
        if (ended) {
            throw new IllegalStateException(
                    "The transaction has ended: database=" + database.name() + ". Make the call inside its block.");
        }
        Thread thread = Thread.currentThread();
        boolean nested = user.get() == thread;
        if (!nested && !user.compareAndSet(null, thread)) {
            throw new IllegalStateException("Another thread is in a call of this transaction: database="
                    + database.name() + ". Use a transaction from one thread at a time.");
        }
        try {
            if (ended) {
                throw new IllegalStateException(
                        "The transaction has ended: database=" + database.name() + ". Make the call inside its block.");
            }
            return call.get();
        } finally {
            if (!nested) {
                user.set(null);
            }
        }
    }

    private <T extends @Nullable Object> T usable(Supplier<T> call) {
        return inside(() -> {
            SQLException error = gone;
            if (error != null) {
                throw SqlErrors.translated(
                        database.dialect(),
                        "The database has given this transaction up, it takes no more statements: database="
                                + database.name(),
                        error);
            }
            return call.get();
        });
    }

    @Override
    public Database database() {
        return database;
    }

    @Override
    public Dialect dialect() {
        return database.dialect();
    }

    @Override
    public Table table(String name) {
        return inside(() -> TableQuery.of(this, name));
    }

    @Override
    public Sql sql(String text, @Nullable Object... positional) {
        return inside(() -> SqlStatement.of(this, text, positional));
    }

    @Override
    public void savepoint(Runnable block) {
        Objects.requireNonNull(block, "block");
        this.<@Nullable Object>savepoint(() -> {
            block.run();
            return null;
        });
    }

    @Override
    public <T extends @Nullable Object> T savepoint(Supplier<T> block) {
        Objects.requireNonNull(block, "block");
        IdentityHashMap<Transaction.Listener, @Nullable Object> marks = new IdentityHashMap<>();
        Savepoint savepoint = begun(() -> {
            for (Transaction.Listener listener : listeners.values()) {
                marks.put(listener, listener.mark());
            }
            return jdbc("A savepoint could not be set", Connection::setSavepoint);
        });
        T result;
        try {
            result = block.get();
        } catch (RuntimeException | Error e) {
            try {
                rollBackTo(savepoint, marks);
            } catch (RuntimeException rollback) {
                e.addSuppressed(rollback);
            }
            throw e;
        }
        usable(() -> jdbc("A savepoint could not be released", connection -> {
            connection.releaseSavepoint(savepoint);
            return savepoint;
        }));
        return result;
    }

    private void rollBackTo(Savepoint savepoint, IdentityHashMap<Transaction.Listener, @Nullable Object> marks) {
        this.<@Nullable Object>inside(() -> {
            if (gone == null) {
                try {
                    lease.connection().rollback(savepoint);
                } catch (SQLException e) {
                    gone = e;
                    throw SqlErrors.translated(
                            database.dialect(), "A savepoint could not be rolled back: database=" + database.name(), e);
                }
            }
            for (Transaction.Listener listener : listeners.values()) {
                listener.rollbackTo(marks.get(listener));
            }
            return null;
        });
    }

    private interface JdbcCall<T> {
        T on(Connection connection) throws SQLException;
    }

    private <T> T jdbc(String rule, JdbcCall<T> call) {
        try {
            return call.on(lease.connection());
        } catch (SQLException e) {
            failed(e);
            throw SqlErrors.translated(database.dialect(), rule + ": database=" + database.name(), e);
        }
    }

    @Override
    public void rollbackOnly() {
        this.<@Nullable Object>inside(() -> {
            rollbackOnly = true;
            return null;
        });
    }

    @Override
    public Connection connection() {
        return begun(lease::connection);
    }

    @Override
    public void writes(String... tables) {
        this.<@Nullable Object>inside(() -> {
            refuseWhenReadOnly();
            if (tables.length == 0) {
                writtenAny = true;
            }
            for (String table : tables) {
                written.add(lookUp(table).name());
            }
            return null;
        });
    }

    @Override
    public <L extends Transaction.Listener> L listener(Class<L> type, Supplier<L> make) {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(make, "make");
        return inside(() -> {
            Transaction.Listener known = listeners.get(type);
            if (known != null) {
                return type.cast(known);
            }
            if (aboutToCommit) {
                throw new IllegalStateException(
                        "The transaction is about to commit and takes no new listener: listener=" + type.getName()
                                + ". Register it in the block.");
            }
            L made = Objects.requireNonNull(make.get(), "listener");
            listeners.put(type, made);
            return made;
        });
    }

    private void refuseWhenReadOnly() {
        if (options.isReadOnly()) {
            throw new IllegalStateException("The transaction is read-only: database=" + database.name()
                    + ". Write in one without TransactionOptions.readOnly().");
        }
    }

    // ---- what its chains run on

    @Override
    public TableInfo lookUp(String name) {
        return looked(() -> database.catalog().table(lease.connection(), name));
    }

    @Override
    public ColumnInfo lookUp(TableInfo table, String name) {
        return looked(() -> database.catalog().column(lease.connection(), table, name));
    }

    /**
     * A look into the catalog must not be what fixes the transaction's view of the database: on SQLite a write would then
     * fail if somebody else had written since. As long as nothing else was sent, a rollback undoes just that.
     */
    private <T> T looked(Supplier<T> look) {
        return usable(() -> {
            T found = look.get();
            if (!begun) {
                jdbc("A look into the catalog could not be ended", connection -> {
                    connection.rollback();
                    return found;
                });
            }
            return found;
        });
    }

    private <T extends @Nullable Object> T begun(Supplier<T> call) {
        return usable(() -> {
            begun = true;
            return call.get();
        });
    }

    @Override
    public <T extends @Nullable Object> T read(Function<Session, T> work) {
        return begun(() -> work.apply(session));
    }

    @Override
    public <T extends @Nullable Object> T write(Written tables, Function<Session, T> work) {
        return begun(() -> {
            refuseWhenReadOnly();
            written.addAll(tables.tables());
            writtenAny |= tables.all();
            return work.apply(session);
        });
    }

    @Override
    public <T extends @Nullable Object> T alone(Function<Session, T> work) {
        return write(Written.ANY, work);
    }

    @Override
    public Stream<Row> stream(Command query) {
        return begun(() -> {
            Stream<Row> opened = session.stream(
                    query,
                    step -> this.<@Nullable Object>usable(() -> {
                        step.run();
                        return null;
                    }),
                    () -> {});
            streams.add(opened);
            return opened;
        });
    }

    /** What the block left open would keep the connection busy. */
    private void closeStreams() {
        for (Stream<Row> stream : streams) {
            stream.close();
        }
    }

    @Override
    public TableBuffer buffer(String table) {
        return inside(() -> {
            refuseWhenReadOnly();
            return database.requireWriteBehind().table(table, this);
        });
    }

    @Override
    public void catalogChanged() {
        catalogChanged = true;
        database.catalog().refresh();
    }

    // ---- its end

    /**
     * Commits, or rolls back if the block wants that.
     *
     * @throws SqlException if the COMMIT or what comes before it failed; the transaction is over then
     */
    void commit() {
        if (rollbackOnly && gone == null) {
            rollBack();
            return;
        }
        Scope scope;
        try {
            scope = beforeCommit();
        } catch (RuntimeException | Error e) {
            rollBack();
            throw e;
        }
        try {
            lease.connection().commit();
        } catch (SQLException e) {
            throw commitFailed(scope, e);
        } catch (RuntimeException | Error e) {
            unknown(scope);
            throw e;
        }
        tell(scope, TransactionHook::afterCommit, Transaction.Listener::afterCommit);
    }

    private Scope beforeCommit() {
        return usable(() -> {
            aboutToCommit = true;
            for (Transaction.Listener listener : listeners.values()) {
                listener.beforeCommit();
            }
            if (deadlineNanos != null && database.clock().nanoTime() - deadlineNanos >= 0) {
                throw database.overdue("it was rolled back");
            }
            Scope scope = scope();
            if (scope.wrote()) {
                database.hooks().beforeCommit(scope);
            }
            closeStreams();
            refuseWhenAborted();
            ended = true;
            return scope;
        });
    }

    private void refuseWhenAborted() {
        try {
            if (dialect().aborted(lease.connection())) {
                SQLException error = lastError;
                throw SqlErrors.translated(
                        dialect(),
                        "A statement failed before, so the transaction can't commit and is rolled back: database="
                                + database.name(),
                        error != null ? error : new SQLException("A statement through the connection", "25P02"));
            }
        } catch (SQLException e) {
            throw SqlErrors.translated(
                    dialect(), "The transaction's state could not be read: database=" + database.name(), e);
        }
    }

    private Scope scope() {
        return new Scope(database.name(), writtenAny ? Set.of() : Set.copyOf(written), writtenAny);
    }

    private SqlException commitFailed(Scope scope, SQLException error) {
        Dialect dialect = database.dialect();
        if (dialect.commitUnknown(error)) {
            unknown(scope);
            return new CommitUnknownException(
                    "COMMIT was sent and not answered, so the transaction is in the database or not: database="
                            + database.name() + ", sqlState=" + error.getSQLState()
                            + ". Look before repeating it; the cause has the driver's own words.",
                    error.getSQLState(),
                    error.getErrorCode(),
                    error);
        }
        lease.rollBack();
        rolledBack(scope);
        return SqlErrors.translated(dialect, "COMMIT was refused: database=" + database.name(), error);
    }

    private void unknown(Scope scope) {
        lease.markBroken();
        forgetCatalog();
        tell(scope, TransactionHook::afterUnknown, Transaction.Listener::afterUnknown);
    }

    /** Rolls back. An unanswered rollback is one too: without COMMIT nothing gets into the database. */
    void rollBack() {
        ended = true;
        closeStreams();
        lease.rollBack();
        rolledBack(scope());
    }

    private void rolledBack(Scope scope) {
        forgetCatalog();
        tell(scope, TransactionHook::afterRollback, Transaction.Listener::afterRollback);
    }

    /** What the catalog learned of tables that this transaction made is wrong now. */
    private void forgetCatalog() {
        if (catalogChanged) {
            database.catalog().refresh();
        }
    }

    private void tell(Scope scope, HookCall hooks, Consumer<Transaction.Listener> listener) {
        lease.giveBack();
        if (scope.wrote()) {
            hooks.tell(database.hooks(), scope);
        }
        for (Transaction.Listener each : new ArrayList<>(listeners.values())) {
            try {
                listener.accept(each);
            } catch (RuntimeException e) {
                LOG.warn(
                        "A transaction listener failed and is passed over: database={}, listener={}",
                        database.name(),
                        each.getClass().getName(),
                        e);
            }
        }
    }

    private interface HookCall {
        void tell(TransactionHook hook, CommitScope scope);
    }

    /** Equal only to itself: hooks take it for a key. */
    private static final class Scope implements CommitScope {
        private final String database;
        private final Set<String> tables;
        private final boolean allTables;

        Scope(String database, Set<String> tables, boolean allTables) {
            this.database = database;
            this.tables = tables;
            this.allTables = allTables;
        }

        boolean wrote() {
            return allTables || !tables.isEmpty();
        }

        @Override
        public String database() {
            return database;
        }

        @Override
        public Set<String> tables() {
            return tables;
        }

        @Override
        public boolean allTables() {
            return allTables;
        }
    }
}
