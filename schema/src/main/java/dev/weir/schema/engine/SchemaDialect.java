package dev.weir.schema.engine;

import dev.weir.db.engine.Dialect;
import dev.weir.schema.diff.Change;
import dev.weir.schema.model.Table;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.physical.PhysicalForeignKey;
import dev.weir.schema.physical.PhysicalSchema;
import dev.weir.schema.physical.PhysicalTable;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import javax.sql.DataSource;

/** What differs between engines when a schema is read and changed, one class an engine. Stateless and thread-safe. */
public interface SchemaDialect {
    /** What the names of checks begin with that are Weir's own, and gone after the step that they serve. */
    String OWN_CHECK = "weir_own_";

    /** The schema dialect of an engine. */
    static SchemaDialect of(Dialect dialect) {
        String engine = dialect.name();
        return switch (engine) {
            case "postgresql" -> new PostgresSchema(dialect);
            case "h2" -> new H2Schema(dialect);
            case "sqlite" -> new SqliteSchema(dialect);
            case "mariadb", "mysql" -> new MariaDbSchema(dialect);
            default -> throw new IllegalArgumentException("No schema dialect knows this engine: engine=" + engine);
        };
    }

    /** The engine's quoting and values. */
    Dialect dialect();

    /** Whether a rollback takes DDL back. */
    boolean transactional();

    /**
     * Whether foreign keys and checks can be added without looking at the rows and validated later
     * ({@link Change.ValidateForeignKey}, {@link Change.ValidateCheck}), while others write.
     */
    default boolean validatesLater() {
        return false;
    }

    /** Whether a new table's foreign keys are part of {@link Change.CreateTable}, whatever they point to. */
    default boolean foreignKeysInside() {
        return false;
    }

    // Reading

    /**
     * Reads the catalog, of the schema in use alone, in a number of queries that does not depend on what is there.
     *
     * @param ignored names of tables that are left out
     */
    PhysicalSchema read(Connection connection, Predicate<String> ignored) throws SQLException;

    /** A declared table in the engine's words, as far as rules tell; made so it has to be normalised by the engine. */
    PhysicalTable physical(Table declared);

    /**
     * A form in which tables that the engine has spelled are compared: without what can't be declared, so that it stays as it
     * is where it is. It is never executed.
     */
    default PhysicalTable comparable(PhysicalTable table) {
        return table;
    }

    /** A declared table, with names that hold in every database where the engine has made some up for its scratch place. */
    default PhysicalTable named(PhysicalTable table) {
        return table;
    }

    /**
     * A form in which tables are compared when the engine can't be asked to normalise: spellings that mean the same become
     * the same. It is never executed.
     */
    PhysicalTable byRules(PhysicalTable table);

    /**
     * Opens a scratch place.
     *
     * @return empty if the user has no right to make one
     */
    Optional<Scratch> scratch(DataSource dataSource) throws SQLException;

    /**
     * Whether many statements are sent together to a scratch place, without waiting for each. Its connection is then in a
     * transaction and has savepoints.
     */
    default boolean pipelines() {
        return false;
    }

    /** What besides the server's version has a part in how a declaration reads once it is made. */
    default String surroundings(Connection connection) throws SQLException {
        return "";
    }

    /** Whether two names of tables are one to the engine. */
    default boolean sameTable(String one, String other) {
        return one.equals(other);
    }

    /** Whether two names of columns are one to the engine. */
    default boolean sameColumn(String one, String other) {
        return one.equals(other);
    }

    /**
     * Declared tables without what the database gives a new table anyway, and so does not tell of one: where rules decide, it
     * would look like a difference.
     */
    default List<PhysicalTable> withDefaults(Connection connection, List<PhysicalTable> declared) throws SQLException {
        return declared;
    }

    // Changing

    /**
     * Whether a change can be made without making the table anew.
     *
     * @param table as it is when the change is made
     */
    default boolean inPlace(Change change, PhysicalTable table) {
        return true;
    }

    /**
     * Whether a foreign key has to be dropped before a change is made, and added after it: the engine refuses the change
     * while it is there.
     *
     * @param owner the table whose key it is, as it is when the change is made
     */
    default boolean inTheWay(PhysicalForeignKey key, PhysicalTable owner, Change change) {
        return StandardForeignKeys.inTheWay(key, owner, change);
    }

    /**
     * The statements of a change.
     *
     * @param online whether the table may hold rows that others write meanwhile: indexes are then built and dropped beside
     *     them, outside a transaction, where the engine can; {@link Change.AddForeignKey} and {@link Change.AddCheck} of
     *     something that is not {@code valid} do not look at the rows
     */
    Ddl ddl(Change change, boolean online);

    /**
     * The statements of a change at the moment when it is made: as they were planned, but for what steps before it may have
     * changed in the texts that they repeat.
     */
    default List<String> statements(Connection connection, Change change, List<String> planned) throws SQLException {
        return planned;
    }

    /**
     * An expression in a query as a value of another column's type, where the engine is strict about types.
     *
     * @param expression NULL, or a quoted column whose values all fit
     */
    default String converted(String expression, PhysicalColumn to) {
        return "CAST(" + expression + " AS " + to.type() + ")";
    }

    /** Whether generated columns that are computed from a column must be gone while its type changes so. */
    default boolean generatedInTheWay(PhysicalColumn from, PhysicalColumn to) {
        return !from.type().equals(to.type());
    }

    /** What becomes of the values of a column whose type, collation or expression changes. */
    TypeChange typeChange(PhysicalColumn from, PhysicalColumn to);

    /**
     * Begins a transaction for changes, on a connection in auto-commit mode.
     *
     * @param changes all that will be made in it
     */
    DdlTransaction begin(Connection connection, List<Change> changes) throws SQLException;

    /** Lets a column that the database numbers go on after a number, if it does not do so by itself. Never goes back. */
    default void numberPast(Connection connection, String table, String column, long number) throws SQLException {
        // What is inserted with a number is counted from.
    }

    /**
     * Keeps rows out of a table for which a condition holds, or all writers, until the guard is closed or the transaction of
     * the step ends, and tells how many there are.
     *
     * @param condition on the columns as they are now
     */
    TableGuard guard(Connection connection, String table, String condition) throws SQLException;

    /** How many rows of a table fulfil a condition. */
    default long count(Connection connection, String table, String condition) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT count(*) FROM " + dialect().quote(table) + " WHERE " + condition)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /**
     * Limits how long a statement of this connection waits for locks, and how long it runs.
     *
     * @return closing it takes the limits back
     */
    Limits limits(Connection connection, Duration lockTimeout, Duration statementTimeout) throws SQLException;

    /** Whether the error is that a lock was not to be had in time, so that trying again may help. */
    boolean lockTimedOut(SQLException error);

    /**
     * Tries to become the one who applies, without waiting. The lock belongs to a session: it ends when it is closed, and
     * when its process dies.
     *
     * @return empty if another has it
     */
    Optional<SchemaLock> tryLock(DataSource dataSource) throws SQLException;

    /**
     * The rights that are missing to change these tables and to make new ones, each in a few words; empty if none is known to
     * be missing.
     */
    List<String> missingRights(Connection connection, Collection<String> tables) throws SQLException;

    /** The same for what {@link #guard} does. */
    default List<String> missingRightsToGuard(Connection connection) throws SQLException {
        return List.of();
    }
}
