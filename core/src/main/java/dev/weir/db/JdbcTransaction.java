package dev.weir.db;

import dev.weir.db.engine.ColumnInfo;
import dev.weir.db.engine.Dialect;
import dev.weir.db.engine.TableInfo;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A transaction on a leased connection: made, run and ended by {@link JdbcDatabase} on one thread.
 *
 * <p><b>Concurrency:</b> {@code user} is the thread inside a call, if any; another one that comes meanwhile is refused, not
 * queued. Taking and leaving {@code user} orders the calls of different threads, so that the other fields need no lock. Once
 * {@code ended} is true no call gets in.
 */
final class JdbcTransaction implements Transaction, Runner {
    private final JdbcDatabase database;
    private final Lease lease;
    private final TransactionOptions options;
    private final Session session;
    private final @Nullable Long deadlineNanos;
    private final Observers observers;
    private final List<Stream<Row>> streams = new ArrayList<>();
    private final AtomicReference<@Nullable Thread> user = new AtomicReference<>();
    /** Whether anything but looks into the catalog was sent. */
    private boolean begun;

    private boolean catalogChanged;
    private boolean rollbackOnly;
    private @Nullable SQLException lastError;
    private @Nullable SQLException gone;
    private volatile boolean ended;

    JdbcTransaction(JdbcDatabase database, Lease lease, TransactionOptions options, @Nullable Long deadlineNanos) {
        this.database = database;
        this.lease = lease;
        this.options = options;
        this.deadlineNanos = deadlineNanos;
        this.observers = new Observers(database.name(), database.hooks());
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
        IdentityHashMap<Transaction.Listener, @Nullable Object> marks = inside(observers::marks);
        Savepoint savepoint = begun(() -> jdbc("A savepoint could not be set", Connection::setSavepoint));
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
            observers.rollbackTo(marks);
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
            observers.wrote(
                    tables.length == 0
                            ? Written.ANY
                            : Written.of(Stream.of(tables).map(this::lookUp).toList()));
            return null;
        });
    }

    @Override
    public <L extends Transaction.Listener> L listener(Class<L> type, Supplier<L> make) {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(make, "make");
        return inside(() -> observers.listener(type, make));
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
    public TableInfo fresh(TableInfo table) {
        return looked(() -> database.catalog().fresh(lease.connection(), table));
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
            observers.wrote(tables);
            return work.apply(session);
        });
    }

    @Override
    public <T extends @Nullable Object> T alone(Written tables, Function<Session, T> work) {
        return write(tables, work);
    }

    @Override
    public <T extends @Nullable Object> T committing(Written tables, Function<Session, T> work) {
        throw new IllegalStateException(
                "The engine would commit the transaction before this statement: database=" + database.name()
                        + ", engine=" + dialect().name() + ". Run it on the database, outside of a transaction.");
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
        try {
            beforeCommit();
        } catch (RuntimeException | Error e) {
            rollBack();
            throw e;
        }
        try {
            lease.connection().commit();
        } catch (SQLException e) {
            throw commitFailed(e);
        } catch (RuntimeException | Error e) {
            unknown();
            throw e;
        }
        lease.giveBack();
        observers.afterCommit();
    }

    private void beforeCommit() {
        this.<@Nullable Object>usable(() -> {
            observers.listenersBeforeCommit();
            if (deadlineNanos != null && database.clock().nanoTime() - deadlineNanos >= 0) {
                throw database.overdue("it was rolled back");
            }
            observers.hooksBeforeCommit();
            closeStreams();
            refuseWhenAborted();
            ended = true;
            return null;
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

    private SqlException commitFailed(SQLException error) {
        Dialect dialect = database.dialect();
        if (dialect.commitUnknown(error)) {
            unknown();
            return new CommitUnknownException(
                    "COMMIT was sent and not answered, so the transaction is in the database or not: database="
                            + database.name() + ", sqlState=" + error.getSQLState()
                            + ". Look before repeating it; the cause has the driver's own words.",
                    error.getSQLState(),
                    error.getErrorCode(),
                    error);
        }
        lease.rollBack();
        rolledBack();
        return SqlErrors.translated(dialect, "COMMIT was refused: database=" + database.name(), error);
    }

    private void unknown() {
        lease.markBroken();
        forgetCatalog();
        lease.giveBack();
        observers.afterUnknown();
    }

    /** Rolls back. An unanswered rollback is one too: without COMMIT nothing gets into the database. */
    void rollBack() {
        ended = true;
        closeStreams();
        lease.rollBack();
        rolledBack();
    }

    private void rolledBack() {
        forgetCatalog();
        lease.giveBack();
        observers.afterRollback();
    }

    /** What the catalog learned of tables that this transaction made is wrong now. */
    private void forgetCatalog() {
        if (catalogChanged) {
            database.catalog().refresh();
        }
    }
}
