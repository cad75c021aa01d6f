package dev.weir.db;

import dev.weir.db.engine.Catalog;
import dev.weir.db.engine.ColumnInfo;
import dev.weir.db.engine.Dialect;
import dev.weir.db.engine.TableInfo;
import dev.weir.error.WeirException;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where a chain's statements run: a database, each on a connection of its own, or a transaction. */
interface Runner {
    Dialect dialect();

    /** Looks a table up; see {@link Catalog#table(String)}. */
    TableInfo lookUp(String name);

    /** Looks a table up once more; see {@link Catalog#fresh(TableInfo)}. */
    TableInfo fresh(TableInfo table);

    /** The same, before a call is refused. If the database can't be asked now, the refusal stands. */
    default TableInfo fresh(TableInfo table, IllegalArgumentException refusal) {
        try {
            return fresh(table);
        } catch (WeirException e) {
            refusal.addSuppressed(e);
            throw refusal;
        }
    }

    /** Looks a column up; see {@link Catalog#column(TableInfo, String)}. */
    ColumnInfo lookUp(TableInfo table, String name);

    /** Runs what only reads. */
    <T extends @Nullable Object> T read(Function<Session, T> work);

    /** Runs what writes {@code written}; on a database in a transaction of its own. */
    <T extends @Nullable Object> T write(Written written, Function<Session, T> work);

    /** Runs what the engine wants outside of any transaction. */
    <T extends @Nullable Object> T alone(Written written, Function<Session, T> work);

    /**
     * Runs what the engine commits by itself, together with all that is open.
     *
     * @throws IllegalStateException inside a transaction
     */
    <T extends @Nullable Object> T committing(Written written, Function<Session, T> work);

    /** Opens a query that is fetched bit by bit. */
    Stream<Row> stream(Command query);

    /** The buffer of a table. */
    TableBuffer buffer(String table);

    /** Forgets the catalog, after a statement that may have changed it. */
    void catalogChanged();
}
