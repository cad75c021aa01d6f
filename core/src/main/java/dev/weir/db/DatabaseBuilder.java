package dev.weir.db;

import dev.weir.db.engine.Dialect;
import dev.weir.time.Clock;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Settings of a {@link Database}. How long to wait for a connection is the pool's setting. Not thread-safe. */
public final class DatabaseBuilder {
    private final DataSource dataSource;
    private final List<TransactionHook> hooks = new ArrayList<>();
    private String name = "default";
    private Duration statementTimeout = Duration.ofSeconds(30);
    private Duration lockTimeout = Duration.ofSeconds(10);
    private Duration slowQuery = Duration.ofMillis(500);
    private Clock clock = Clock.system();
    private @Nullable Dialect dialect;
    private @Nullable Function<Database, Database.WriteBehind> writeBehind;

    DatabaseBuilder(DataSource dataSource) {
        this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
    }

    /** The connection's name; {@code default} unless set. Not blank. */
    public DatabaseBuilder name(String value) {
        Objects.requireNonNull(value, "name");
        if (value.isBlank()) {
            throw new IllegalArgumentException("A database's name must not be blank: name=" + value + ". Give one.");
        }
        this.name = value;
        return this;
    }

    /** How long a statement may run; 30 seconds unless set. Engines count in whole seconds: it is rounded up. */
    public DatabaseBuilder statementTimeout(Duration value) {
        this.statementTimeout = TransactionOptions.positive("statementTimeout", value);
        return this;
    }

    /** How long a statement that writes waits for a lock; 10 seconds unless set. */
    public DatabaseBuilder lockTimeout(Duration value) {
        this.lockTimeout = TransactionOptions.positive("lockTimeout", value);
        return this;
    }

    /** From what duration on a statement is logged as slow, without values; 500 ms unless set. */
    public DatabaseBuilder slowQuery(Duration value) {
        this.slowQuery = TransactionOptions.positive("slowQuery", value);
        return this;
    }

    /** Where time is read; the system's clock unless set. */
    public DatabaseBuilder clock(Clock value) {
        this.clock = Objects.requireNonNull(value, "clock");
        return this;
    }

    /** The engine; found out by its product name unless set. */
    public DatabaseBuilder dialect(Dialect value) {
        this.dialect = Objects.requireNonNull(value, "dialect");
        return this;
    }

    /** Adds a hook, after those that were added before. */
    public DatabaseBuilder addHook(TransactionHook hook) {
        hooks.add(Objects.requireNonNull(hook, "hook"));
        return this;
    }

    /** What stands behind {@code table(…).buffer()}. Called once, at the end of {@link #build}, with the finished database. */
    public DatabaseBuilder writeBehind(Function<Database, Database.WriteBehind> make) {
        this.writeBehind = Objects.requireNonNull(make, "make");
        return this;
    }

    /**
     * The database. Takes one connection to find out the engine, unless {@link #dialect} was called.
     *
     * @throws SqlException if no connection is to be had
     */
    public Database build() {
        Dialect known = dialect != null ? dialect : ask();
        JdbcDatabase database = new JdbcDatabase(this, known);
        if (writeBehind != null) {
            database.writeBehind(Objects.requireNonNull(writeBehind.apply(database), "writeBehind"));
        }
        return database;
    }

    private Dialect ask() {
        try (Connection connection = dataSource.getConnection()) {
            return Dialect.of(connection);
        } catch (SQLException e) {
            throw SqlErrors.notConnected("The database could not be reached: database=" + name, e);
        }
    }

    DataSource dataSource() {
        return dataSource;
    }

    List<TransactionHook> hooks() {
        return List.copyOf(hooks);
    }

    String databaseName() {
        return name;
    }

    Duration statementTimeout() {
        return statementTimeout;
    }

    Duration lockTimeout() {
        return lockTimeout;
    }

    Duration slowQuery() {
        return slowQuery;
    }

    Clock clock() {
        return clock;
    }
}
