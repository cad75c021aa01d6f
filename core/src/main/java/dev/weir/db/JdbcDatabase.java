package dev.weir.db;

import dev.weir.db.engine.Catalog;
import dev.weir.db.engine.ColumnInfo;
import dev.weir.db.engine.Dialect;
import dev.weir.db.engine.TableInfo;
import dev.weir.error.Failure;
import dev.weir.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A database over a data source: leases connections, runs transactions, repeats those that another one got in the way of. */
final class JdbcDatabase implements Database, Runner {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);
    private static final int LONGEST_LOGGED_SQL = 2_000;
    private static final long NANOS_PER_MILLI = 1_000_000L;
    private static final long FIRST_PAUSE_MILLIS = 10;
    private static final long LONGEST_PAUSE_MILLIS = 1_000;
    private static final int MOST_DOUBLINGS = 7;

    private final String name;
    private final DataSource dataSource;
    private final Dialect dialect;
    private final Catalog catalog;
    private final Hooks hooks;
    private final Duration statementTimeout;
    private final Duration lockTimeout;
    private final long slowNanos;
    private final Clock clock;
    private final Sequences sequences;
    /** Set once, before anybody else sees the database. */
    private @Nullable WriteBehind writeBehind;

    JdbcDatabase(DatabaseBuilder settings, Dialect dialect) {
        this.name = settings.databaseName();
        this.dataSource = settings.dataSource();
        this.dialect = dialect;
        this.catalog = Catalog.of(dataSource, dialect);
        this.hooks = new Hooks(settings.hooks());
        this.statementTimeout = Duration.ofNanos(Session.saturated(settings.statementTimeout()));
        this.lockTimeout = Duration.ofNanos(Session.saturated(settings.lockTimeout()));
        this.slowNanos = Session.saturated(settings.slowQuery());
        this.clock = settings.clock();
        this.sequences = new Sequences(this);
    }

    void writeBehind(WriteBehind made) {
        this.writeBehind = made;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Dialect dialect() {
        return dialect;
    }

    @Override
    public Catalog catalog() {
        return catalog;
    }

    @Override
    public DataSource dataSource() {
        return dataSource;
    }

    @Override
    public Duration statementTimeout() {
        return statementTimeout;
    }

    @Override
    public Duration lockTimeout() {
        return lockTimeout;
    }

    @Override
    public TransactionHook hooks() {
        return hooks;
    }

    @Override
    public Table table(String table) {
        return TableQuery.of(this, table);
    }

    @Override
    public Sql sql(String text, @Nullable Object... positional) {
        return SqlStatement.of(this, text, positional);
    }

    @Override
    public long nextId(String table) {
        return sequences.next(table);
    }

    // ---- transactions

    @Override
    public void transaction(Consumer<Transaction> block) {
        transaction(TransactionOptions.DEFAULT, block);
    }

    @Override
    public void transaction(TransactionOptions options, Consumer<Transaction> block) {
        Objects.requireNonNull(block, "block");
        this.<@Nullable Object>transactionResult(options, tx -> {
            block.accept(tx);
            return null;
        });
    }

    @Override
    public <T extends @Nullable Object> T transactionResult(Function<Transaction, T> block) {
        return transactionResult(TransactionOptions.DEFAULT, block);
    }

    @Override
    public <T extends @Nullable Object> T transactionResult(
            TransactionOptions options, Function<Transaction, T> block) {
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(block, "block");
        return run(options, block::apply);
    }

    private <T extends @Nullable Object> T run(TransactionOptions options, Function<JdbcTransaction, T> block) {
        for (int retry = 0; ; retry++) {
            try {
                return once(options, block);
            } catch (CommitUnknownException e) {
                throw e;
            } catch (RuntimeException e) {
                if (retry >= options.retryCount() || !SqlErrors.conflict(dialect, e) || !paused(retry)) {
                    throw e;
                }
                LOG.debug("A transaction met another one and runs anew: database={}, retry={}", name, retry + 1);
            }
        }
    }

    private <T extends @Nullable Object> T once(TransactionOptions options, Function<JdbcTransaction, T> block) {
        Duration timeout = options.timeoutOrNull();
        Long deadline = timeout == null ? null : Long.valueOf(clock.nanoTime() + deadlineIn(timeout));
        JdbcTransaction transaction = new JdbcTransaction(this, Lease.transaction(this, options), options, deadline);
        T result;
        try {
            result = block.apply(transaction);
        } catch (RuntimeException | Error e) {
            transaction.rollBack();
            throw e;
        }
        transaction.commit();
        return result;
    }

    /** Half of what a clock's difference can say, so that no sum overflows. */
    private static long deadlineIn(Duration timeout) {
        return Math.min(Session.saturated(timeout), Long.MAX_VALUE / 2);
    }

    /** Waits a random time that doubles at most with each retry; false if the thread was interrupted. */
    private static boolean paused(int retry) {
        long most = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(retry, MOST_DOUBLINGS));
        try {
            Thread.sleep(ThreadLocalRandom.current().nextLong(1, most + 1));
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    SqlException overdue(String consequence) {
        return new SqlException(
                "The transaction has exceeded its timeout, " + consequence + ", database=" + name
                        + ". Do less in it or set a longer one.",
                Failure.TRANSIENT,
                null,
                0,
                null,
                true);
    }

    // ---- what its chains run on

    @Override
    public TableInfo lookUp(String table) {
        return catalog.table(table);
    }

    @Override
    public TableInfo fresh(TableInfo table) {
        return catalog.fresh(table);
    }

    @Override
    public ColumnInfo lookUp(TableInfo table, String column) {
        return catalog.column(table, column);
    }

    @Override
    public <T extends @Nullable Object> T read(Function<Session, T> work) {
        return leased(Lease.single(this), work);
    }

    private <T extends @Nullable Object> T leased(Lease lease, Function<Session, T> work) {
        try {
            return work.apply(session(lease));
        } finally {
            lease.giveBack();
        }
    }

    @Override
    public <T extends @Nullable Object> T write(Written written, Function<Session, T> work) {
        return run(TransactionOptions.DEFAULT, transaction -> transaction.write(written, work));
    }

    @Override
    public <T extends @Nullable Object> T alone(Written written, Function<Session, T> work) {
        return outside(Lease::single, written, work);
    }

    @Override
    public <T extends @Nullable Object> T committing(Written written, Function<Session, T> work) {
        return outside(Lease::writing, written, work);
    }

    /** Without a transaction nobody knows what a statement that failed has left behind. */
    private <T extends @Nullable Object> T outside(
            Function<JdbcDatabase, Lease> take, Written written, Function<Session, T> work) {
        Observers observers = new Observers(name, hooks);
        observers.wrote(written);
        try {
            observers.hooksBeforeCommit();
        } catch (RuntimeException | Error e) {
            observers.afterRollback();
            throw e;
        }
        T result;
        try {
            result = leased(take.apply(this), work);
        } catch (RuntimeException | Error e) {
            observers.afterUnknown();
            throw e;
        }
        observers.afterCommit();
        return result;
    }

    @Override
    public Stream<Row> stream(Command query) {
        Lease lease = Lease.streaming(this);
        return session(lease).stream(query, Runnable::run, lease::giveBack);
    }

    private Session session(Lease lease) {
        return new Session(this, lease.connection(), null, error -> {
            if (dialect.classify(error) == Failure.CONNECTION) {
                lease.markBroken();
            }
        });
    }

    @Override
    public TableBuffer buffer(String table) {
        return requireWriteBehind().table(table);
    }

    WriteBehind requireWriteBehind() {
        WriteBehind made = writeBehind;
        if (made == null) {
            throw new IllegalStateException("The database has no write-behind: database=" + name
                    + ". Build it with one, by Weir.builder().journal(…) or DatabaseBuilder.writeBehind.");
        }
        return made;
    }

    @Override
    public void catalogChanged() {
        catalog.refresh();
    }

    // ---- settings for its parts

    Clock clock() {
        return clock;
    }

    void slowLog(Command command, long nanos) {
        if (nanos >= slowNanos) {
            String shown = command.shown().get();
            LOG.warn(
                    "Slow statement: database={}, millis={}, sql={}",
                    name,
                    nanos / NANOS_PER_MILLI,
                    shown.length() > LONGEST_LOGGED_SQL ? shown.substring(0, LONGEST_LOGGED_SQL) + "…" : shown);
        }
    }
}
