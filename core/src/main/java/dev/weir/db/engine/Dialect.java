package dev.weir.db.engine;

import dev.weir.error.Failure;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What differs between engines, one file an engine: quoting, the catalog, values, generated keys, bulk statements, errors.
 * Stateless and thread-safe.
 */
public interface Dialect {
    /**
     * The dialect of the database behind a connection, by its product name.
     *
     * @throws IllegalArgumentException if no dialect knows it; the message lists those there are
     */
    static Dialect of(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        return switch (product) {
            case "H2" -> H2Dialect.INSTANCE;
            case "MariaDB" -> MariaDbDialect.MARIADB;
            case "MySQL" -> MariaDbDialect.MYSQL;
            case "PostgreSQL" -> PostgresDialect.INSTANCE;
            case "SQLite" -> SqliteDialect.INSTANCE;
            default ->
                throw new IllegalArgumentException("No dialect knows this database: product=" + product
                        + "; known are H2, MariaDB, MySQL, PostgreSQL, SQLite");
        };
    }

    /** The dialect of a {@link #name}; empty if there is none of it. */
    static Optional<Dialect> named(String name) {
        return List.<Dialect>of(
                        SqliteDialect.INSTANCE,
                        H2Dialect.INSTANCE,
                        PostgresDialect.INSTANCE,
                        MariaDbDialect.MARIADB,
                        MariaDbDialect.MYSQL)
                .stream()
                .filter(dialect -> dialect.name().equals(name))
                .findFirst();
    }

    /** The engine's name: {@code sqlite}, {@code h2}, {@code postgresql}, {@code mariadb}, {@code mysql}. */
    String name();

    /** An identifier in the engine's quotes, whatever characters it has. */
    String quote(String identifier);

    /** A table's name in the engine's quotes, with its schema unless that is empty. */
    default String quote(TableInfo table) {
        return table.schema().isEmpty() ? quote(table.name()) : quote(table.schema()) + "." + quote(table.name());
    }

    /** What an error means. Never guesses {@link Failure#DATA}: unknown errors are {@link Failure#OTHER}. */
    Failure classify(SQLException error);

    /** The engine's own error behind the one that was thrown, such as that of a batch. */
    default SQLException root(SQLException error) {
        return StandardFailure.root(error);
    }

    /** Whether a unique key was in the way. */
    default boolean duplicateKey(SQLException error) {
        return "23505".equals(root(error).getSQLState());
    }

    /**
     * Whether a statement no longer fits the schema: what it names is gone, or of another kind or type. Only a change of the
     * schema helps, never a retry. A missing right is no such error. Always {@link Failure#OTHER} or {@link Failure#DATA}.
     */
    default boolean schemaChanged(SQLException error) {
        return StandardFailure.schemaChanged(root(error));
    }

    /** Whether the engine gave the transaction up because of another one, so that running it anew may help. */
    default boolean conflict(SQLException error) {
        return StandardFailure.state(root(error)).startsWith("40") && classify(error) == Failure.TRANSIENT;
    }

    /** Whether the engine may have rolled the whole transaction back by itself: what comes after must not be committed. */
    default boolean endsTransaction(SQLException error) {
        return StandardFailure.state(root(error)).startsWith("40") || classify(error) == Failure.CONNECTION;
    }

    /** Makes constraints that are deferred to the COMMIT of the open transaction speak at once, on an engine that can. */
    default void checkDeferredNow(Connection connection) throws SQLException {
        Objects.requireNonNull(connection, "connection");
    }

    /**
     * How many rows break a foreign key as the open transaction stands, on an engine whose deferred keys speak at COMMIT and
     * not before; always 0 on others. Reads every table that has a foreign key.
     */
    default long brokenKeys(Connection connection) throws SQLException {
        Objects.requireNonNull(connection, "connection");
        return 0;
    }

    /** Whether a COMMIT that failed so may be in the database all the same. */
    default boolean commitUnknown(SQLException error) {
        return StandardFailure.commitUnknown(this, error);
    }

    /** Binds a value of the column in its canonical Java type. */
    void bind(PreparedStatement statement, int index, ColumnInfo column, @Nullable Object value) throws SQLException;

    /** Reads a value of the column in its canonical Java type. */
    @Nullable Object read(ResultSet rows, int index, ColumnInfo column) throws SQLException;

    /**
     * Describes a table or view: exactly as spelled, else ignoring case if just one fits; in the schema in use unless
     * {@code name} is {@code schema.table}. A fixed number of catalog queries.
     */
    Optional<TableInfo> describe(Connection connection, String name) throws SQLException;

    /** The names of all tables and views in the schema in use. */
    List<String> tableNames(Connection connection) throws SQLException;

    /**
     * Describes a column of an answer to plain SQL, as far as the driver tells; {@link ValueKind#OTHER} if its values have to
     * speak for themselves.
     */
    default ColumnInfo resultColumn(ResultSetMetaData answer, int index) throws SQLException {
        return PlainValues.column(
                answer.getColumnLabel(index),
                answer.getColumnTypeName(index),
                PlainValues.kind(answer.getColumnType(index)));
    }

    /**
     * Limits how long a statement may run, before it is executed.
     *
     * @return what to run when it has been executed
     */
    default Runnable statementTimeout(PreparedStatement statement, int seconds) throws SQLException {
        statement.setQueryTimeout(seconds);
        return () -> {};
    }

    /** Makes a connection refuse to write, or takes that back; outside of a transaction. */
    default void readOnly(Connection connection, boolean readOnly) throws SQLException {
        connection.setReadOnly(readOnly);
    }

    /**
     * Whether an error has made the open transaction one that can only be rolled back, so that COMMIT would quietly do that.
     */
    default boolean aborted(Connection connection) throws SQLException {
        return false;
    }

    /** An expression for a value of the column that compares and sorts as the values do. */
    default String ordered(ColumnInfo column, String expression) {
        return expression;
    }

    /** A comparison of text with a pattern in which a backslash takes the next character as it is. One parameter. */
    default String like(String expression) {
        return expression + " LIKE ? ESCAPE '\\'";
    }

    /**
     * The column, quoted as {@code name}, with a parameter added; NULL counts as 0. The result is exact, or the statement
     * fails. One parameter.
     */
    default String increment(ColumnInfo column, String name) {
        return "COALESCE(" + name + ", 0) + ?";
    }

    /** A SELECT with its limit and offset; null is none. */
    String limit(String select, @Nullable Long limit, @Nullable Long offset);

    /** An INSERT of some rows. One parameter for each column of each row, in order. */
    default String insert(TableInfo table, List<ColumnInfo> columns, int rows) {
        return Statements.insert(this, table, columns, rows);
    }

    /**
     * An INSERT that changes the row instead if one with the same key exists. One parameter for each insert column, in
     * order.
     *
     * @param update the columns that take the new value then; if empty, the row stays as it is
     */
    String upsert(TableInfo table, List<ColumnInfo> insert, List<ColumnInfo> key, List<ColumnInfo> update);

    /**
     * Whether two upserts of one new row at once, or two {@link #nextValue}, may meet so that the later one fails with a
     * duplicate key and has to be repeated; the transaction goes on after that.
     */
    default boolean upsertsCollide() {
        return false;
    }

    /**
     * An INSERT (without trailing semicolon) as a query that inserts and answers {@code columns} of each new row.
     *
     * @throws UnsupportedOperationException on an engine that has a {@link #lastNumber} instead
     */
    String returning(String insert, List<ColumnInfo> columns);

    /**
     * For an engine whose INSERT can't answer: a query for the number that {@link #nextValue} gave out last on this
     * connection. What an INSERT generates the driver tells there, of one row a statement. Empty where {@link #returning} does
     * it.
     */
    default Optional<String> lastNumber() {
        return Optional.empty();
    }

    /**
     * One atomic statement that counts up a row of an own table {@code (name, value)}; the row is made when missing. It is run
     * as a query that answers the new value, or as a statement after which {@link #lastNumber} tells it. Two parameters: the
     * row's name and the value that a new row gets.
     */
    String nextValue(String table);

    /** Limits how long a statement of this connection waits for locks, until {@link #release} or the next call. */
    void lockTimeout(Connection connection, Duration timeout) throws SQLException;

    /** Bulk statements in the engine's best form. */
    Bulk bulk();

    /**
     * Readies a connection for a flush: strict checking of what is written, so that the engine never clamps, truncates or
     * rounds silently. Called once after the connection was taken, outside a transaction; {@link #release} takes it back.
     */
    void prepareForFlush(Connection connection) throws SQLException;

    /** Takes back what {@link #prepareForFlush} set. */
    void release(Connection connection) throws SQLException;

    /**
     * CREATE TABLE statements for Weir's own tables, each harmless when the table is there.
     *
     * @param columns columns in Weir's small vocabulary; see {@link OwnColumn}
     */
    String createOwnTable(String table, List<OwnColumn> columns, List<String> primaryKey);

    /**
     * A column of one of Weir's own tables.
     *
     * @param name its name
     * @param kind {@link ValueKind#INTEGER} for 64 bits, {@link ValueKind#TEXT}, {@link ValueKind#BYTES} or
     *     {@link ValueKind#INSTANT}
     * @param length for text: the longest, compared byte for byte; 0 for unbounded text that is never compared
     * @param nullable whether it takes NULL
     */
    record OwnColumn(String name, ValueKind kind, int length, boolean nullable) {
        /** A column that is not null. */
        public OwnColumn(String name, ValueKind kind, int length) {
            this(name, kind, length, false);
        }
    }
}
