package dev.weir.db;

import dev.weir.db.engine.Catalog;
import dev.weir.db.engine.ColumnInfo;
import dev.weir.db.engine.Dialect;
import dev.weir.db.engine.TableInfo;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where a chain's statements run: a database, each on a connection of its own, or a transaction. */
interface Runner {
    Dialect dialect();

    /** Looks a table up; see {@link Catalog#table(String)}. */
    TableInfo lookUp(String name);

    /** Looks a column up; see {@link Catalog#column(TableInfo, String)}. */
    ColumnInfo lookUp(TableInfo table, String name);

    /** Runs what only reads. */
    <T extends @Nullable Object> T read(Function<Session, T> work);

    /** Runs what writes {@code written}; on a database in a transaction of its own. */
    <T extends @Nullable Object> T write(Written written, Function<Session, T> work);

    /** Runs what the engine wants outside of any transaction. */
    <T extends @Nullable Object> T alone(Function<Session, T> work);

    /** Opens a query that is fetched bit by bit. */
    Stream<Row> stream(Command query);

    /** The buffer of a table. */
    TableBuffer buffer(String table);

    /** Forgets the catalog, after a statement that may have changed it. */
    void catalogChanged();
}
