package dev.weir.db;

import dev.weir.db.engine.ValueKind;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A table or view, and what is asked of it. Immutable: each step gives a changed copy, so that a chain can be kept and
 * branched.
 *
 * <pre>{@code
 * db.table("posts").where("author", 7).orderByDescending("created").limit(10).list();
 * db.table("posts").join("users", "posts.author", "users.id").select("posts.title", "users.name").list();
 * Row key = db.table("posts").insert(Map.of("title", "Hello"));
 * }</pre>
 *
 * <p>Names are checked against the catalog and quoted, values are bound, and a value that its column cannot hold exactly is
 * refused; all that happens before the statement is sent, with {@link IllegalArgumentException}. In a chain with joins a
 * column is {@code table.column}, or the bare name if just one of the tables has it. What fails in the database is a
 * {@link SqlException}.
 *
 * <p>Rows have their values in the Java types of {@link ValueKind}.
 */
public interface Table extends Results<Row> {
    /** The name as it was given. */
    String name();

    /**
     * Only rows whose column equals the value. Several conditions must all hold.
     *
     * @throws NullPointerException if {@code value} is null: nothing equals NULL; use {@link #whereNull}
     */
    Table where(String column, Object value);

    /**
     * Only rows whose column compares so.
     *
     * @param operator one of {@code = <> != < <= > >=}
     */
    Table where(String column, String operator, Object value);

    /** Only rows for which the condition holds; for {@code or} and {@code not}. */
    Table where(Condition condition);

    /** Only rows whose column equals one of the values; none if there are no values. */
    Table whereIn(String column, Collection<?> values);

    /** Only rows whose column is NULL. */
    Table whereNull(String column);

    /** Only rows whose column is not NULL. */
    Table whereNotNull(String column);

    /**
     * Only rows whose text is like the pattern: {@code %} is any text, {@code _} any character, a backslash takes the next
     * character as it is. Whether case counts is the engine's and the collation's choice.
     */
    Table like(String column, String pattern);

    /** Says that update, increment or delete mean every row. */
    Table all();

    /**
     * Only these columns, in this order. Without this call: all columns of all tables of the chain. A column stands in the row
     * by its own name, and as {@code table.column} if another of the same name is there.
     */
    Table select(String... columns);

    /** Combines with the rows of another table for which both columns are equal. */
    Table join(String table, String column, String otherColumn);

    /** The same, but keeps rows without a partner; the other table's columns are NULL there. */
    Table leftJoin(String table, String column, String otherColumn);

    /** Sorts ascending, after earlier calls. */
    Table orderBy(String column);

    /** Sorts descending, after earlier calls. */
    Table orderByDescending(String column);

    /** At most so many rows. */
    Table limit(long rows);

    /** Without the first rows. */
    Table offset(long rows);

    /** Rows as records; see {@link Sql#as}. */
    <T extends Record> Results<T> as(Class<T> type);

    /** How many rows there are. Refused with a limit or an offset. */
    long count();

    /** Whether there is a row. */
    boolean exists();

    /**
     * Inserts a row. Columns left out get the database's default.
     *
     * @return the new row's primary key, generated or given; an empty row if the table has none
     */
    Row insert(Map<String, ? extends @Nullable Object> row);

    /** Inserts a record: each component goes to the column of its name, ignoring case and underscores. */
    Row insert(Record row);

    /**
     * Inserts rows, all or none, many to a statement. All must have the same columns.
     *
     * @return for each row in order what {@link #insert(Map)} returns
     */
    List<Row> insertAll(List<? extends Map<String, ? extends @Nullable Object>> rows);

    /**
     * Sets columns of the rows for which the conditions hold.
     *
     * @return how many rows fitted. MariaDB counts so too if the connection says {@code useAffectedRows=false}, its default
     * @throws IllegalStateException without a condition; use {@link #all} if every row is meant
     */
    long update(Map<String, ? extends @Nullable Object> columns);

    /**
     * Adds to a numeric column of the rows for which the conditions hold, at once and in the database; NULL counts as 0.
     *
     * @return how many rows fitted
     * @throws IllegalStateException without a condition; use {@link #all} if every row is meant
     */
    long increment(String column, long delta);

    /**
     * Deletes the rows for which the conditions hold.
     *
     * @return how many there were
     * @throws IllegalStateException without a condition; use {@link #all} if every row is meant
     */
    long delete();

    /**
     * Inserts a row, or sets its other columns if one with the same key exists: one atomic statement. On MariaDB a row that
     * meets another unique key of the table counts as existing too.
     *
     * @param key the columns of a unique key of the table, all in {@code row}; none means the primary key
     */
    void upsert(Map<String, ? extends @Nullable Object> row, String... key);

    /**
     * Write-behind to the table; inside a transaction, write-behind that travels with it. Refused on a chain with conditions
     * or other steps.
     *
     * @throws IllegalStateException if the database was built without write-behind
     */
    TableBuffer buffer();
}
