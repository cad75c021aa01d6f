package dev.weir.db;

import dev.weir.db.engine.Catalog;
import dev.weir.db.engine.Dialect;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * One SQL database, reached through a {@link DataSource}.
 *
 * <pre>{@code
 * Database db = Database.builder(dataSource).build();
 * Optional<Row> post = db.table("posts").where("id", 5).select("id", "title").first();
 * db.transaction(tx -> {
 *     tx.table("posts").insert(Map.of("title", "Hello"));
 *     tx.sql("update stats set posts = posts + ?", 1).execute();
 * });
 * }</pre>
 *
 * <p>Each statement made here takes a connection for itself and gives it back; a write is a transaction of its own. Inside
 * {@link #transaction} the statements are made on the {@link Transaction}: those made on the database then run on another
 * connection, and are no part of it.
 *
 * <p>Thread-safe. It holds no thread and no connection, so there is nothing to close: the data source is its owner's.
 */
public interface Database extends DatabaseAccess {
    /** Starts the settings of a database. */
    static DatabaseBuilder builder(DataSource dataSource) {
        return new DatabaseBuilder(dataSource);
    }

    /** The connection's name; {@code default} unless it was given another. */
    String name();

    /** The engine. */
    Dialect dialect();

    /** The catalog. */
    Catalog catalog();

    /** Where its connections come from. */
    DataSource dataSource();

    /** How long a statement may run. */
    Duration statementTimeout();

    /** How long a statement that writes waits for a lock. */
    Duration lockTimeout();

    /** Tells the hooks of a transaction that somebody else runs on one of this database's connections. */
    TransactionHook hooks();

    /** {@link #transaction(TransactionOptions, Consumer)} with the default options. */
    void transaction(Consumer<Transaction> block);

    /**
     * Runs the block in one transaction and commits it; if the block throws, rolls back and throws the same.
     *
     * <p>A block with {@link TransactionOptions#retries} may run several times, each time in a new transaction: what it does
     * besides the database must bear that.
     *
     * @throws SqlException if a statement or the COMMIT failed; the transaction is rolled back then
     * @throws CommitUnknownException if COMMIT was sent and not answered
     */
    void transaction(TransactionOptions options, Consumer<Transaction> block);

    /** {@link #transactionResult(TransactionOptions, Function)} with the default options. */
    <T extends @Nullable Object> T transactionResult(Function<Transaction, T> block);

    /** {@link #transaction(TransactionOptions, Consumer)}, and returns what the block returned. */
    <T extends @Nullable Object> T transactionResult(TransactionOptions options, Function<Transaction, T> block);

    /**
     * The next id for a table, from 1 upwards: one above the last that was given, and above every id that is in the table.
     * Drawn by one atomic statement from the table {@code weir_sequence}, which is made when missing, in a transaction of its
     * own on a connection of its own: it neither joins nor commits a transaction of the caller, and an id whose transaction
     * rolls back leaves a gap. Rows that others insert with ids of their own choice at the same time are not foreseen.
     *
     * <p>SQLite has one writer at a time: draw the id there before the transaction writes.
     *
     * @throws IllegalArgumentException if the table has no primary key of one integer column
     */
    long nextId(String table);

    /** What a database needs of the buffer that stands behind {@code table(…).buffer()}. */
    interface WriteBehind {
        /** The buffer of a table. */
        TableBuffer table(String table);

        /** The buffer of a table whose operations travel with {@code transaction}. */
        TableBuffer table(String table, Transaction transaction);
    }
}
