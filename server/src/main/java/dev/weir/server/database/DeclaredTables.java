package dev.weir.server.database;

import dev.weir.db.Database;
import dev.weir.schema.SchemaMigration;
import dev.weir.schema.apply.ApplyListener;
import dev.weir.schema.apply.ApplySettings;
import dev.weir.schema.apply.StalePlanException;
import dev.weir.schema.diff.Change;
import dev.weir.schema.diff.Difference;
import dev.weir.schema.model.Schema;
import dev.weir.schema.model.Table;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.physical.PhysicalTable;
import dev.weir.schema.plan.Plan;
import dev.weir.server.CommandFailed;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The tables that a command declares for itself in the database that it works on. Those that are missing are made, by one of
 * several processes; one that is there is never changed: it fits or is refused. What a user adds to one that fits, such as
 * indexes and comments, is left alone.
 */
public final class DeclaredTables {
    private static final int ATTEMPTS = 10;

    private final Database database;
    private final String command;
    private final String otherPlace;
    private final List<Table> tables;

    /** Declares tables, in the words of an engine. */
    @FunctionalInterface
    public interface Declaration {
        /**
         * The tables.
         *
         * @param engine its name
         * @param spelling how it keeps names that stand without quotes
         */
        List<Table> tables(String engine, Spelling spelling);
    }

    /** How an engine keeps names that stand without quotes. */
    public enum Spelling {
        /** As they are written. */
        KEPT,
        /** In capitals. */
        CAPITALS;

        /** A name as it is kept. */
        public String of(String name) {
            return this == CAPITALS ? name.toUpperCase(Locale.ROOT) : name;
        }
    }

    private DeclaredTables(Database database, String command, String otherPlace, List<Table> tables) {
        this.database = database;
        this.command = command;
        this.otherPlace = otherPlace;
        this.tables = tables;
    }

    /**
     * The tables of a command.
     *
     * @param command whose tables they are
     * @param otherPlace what a user may give instead of this database, such as {@code another database with --db}
     */
    public static DeclaredTables of(Database database, String command, String otherPlace, Declaration declaration)
            throws SQLException {
        Spelling spelling;
        try (Connection connection = database.dataSource().getConnection()) {
            spelling = connection.getMetaData().storesUpperCaseIdentifiers() ? Spelling.CAPITALS : Spelling.KEPT;
        }
        return new DeclaredTables(
                database,
                command,
                otherPlace,
                declaration.tables(database.dialect().name(), spelling));
    }

    /**
     * Looks whether the tables that are there fit. Changes nothing.
     *
     * @throws CommandFailed if one does not; the message names each and all that is in the way
     */
    public void check() {
        missing();
    }

    /**
     * Makes the tables that are missing.
     *
     * @param settings how patient it is with others
     * @param listener who hears of it
     * @throws CommandFailed if one that is there does not fit
     * @throws dev.weir.schema.apply.SchemaException if one can't be made
     */
    public void make(ApplySettings settings, ApplyListener listener) {
        List<Table> missing = missing();
        for (int attempt = 1; !missing.isEmpty(); attempt++) {
            SchemaMigration migration =
                    migration(missing).settings(settings).listener(listener).build();
            Plan plan = migration.plan();
            boolean makesOnly = plan.steps().stream().allMatch(step -> step.change() instanceof Change.CreateTable);
            if (makesOnly && !plan.isEmpty()) {
                try {
                    migration.apply(plan, List.of());
                } catch (StalePlanException e) {
                    // Somebody has changed the schema since: what is missing now?
                    if (attempt == ATTEMPTS) {
                        throw e;
                    }
                }
            }
            missing = missing();
        }
    }

    /** Without a scratch place, which would take rights and time: such plain tables are compared by rules as well. */
    private SchemaMigration.Builder migration(Collection<Table> some) {
        return SchemaMigration.of(database, Schema.of(some, List.of()))
                .history(command)
                .withoutScratch();
    }

    private List<Table> missing() {
        Difference difference = migration(tables).build().difference();
        List<String> misfits = new ArrayList<>();
        List<Table> missing = new ArrayList<>();
        for (Table table : tables) {
            List<String> problems = new ArrayList<>();
            if (difference.created().stream().anyMatch(created -> created.name().equals(table.name()))) {
                missing.add(table);
                difference.renamed().others().stream()
                        .filter(other -> other.name().equals(table.name())
                                && other.kind().endsWith("view"))
                        .forEach(view -> problems.add("it is a " + view.kind()));
            } else {
                difference.altered().stream()
                        .filter(altered -> altered.to().name().equals(table.name()))
                        .flatMap(altered -> altered.changes().stream().flatMap(change -> problem(change, altered.to())))
                        .forEach(problems::add);
                if (problems.isEmpty()) {
                    problems.addAll(looseKeys(table));
                }
            }
            if (!problems.isEmpty()) {
                misfits.add("table=" + table.name() + ", " + String.join(", ", problems));
            }
        }
        if (!misfits.isEmpty()) {
            throw new CommandFailed("a table of " + command + " must have just the columns that " + command
                    + " gives it: " + String.join("; ", misfits) + "; no table was changed, rename "
                    + (misfits.size() == 1 ? "that table" : "those tables") + ", or give " + otherPlace);
        }
        return missing;
    }

    /** What stands in the way when a table must change so; nothing if it is the user's own affair. */
    private static Stream<String> problem(Change change, PhysicalTable to) {
        if (change instanceof Change.AddColumn add) {
            return Stream.of(add.column().name() + " is missing");
        } else if (change instanceof Change.DropColumn drop) {
            return Stream.of(drop.column().name() + " is not one of its columns");
        } else if (change instanceof Change.AlterPrimaryKey key) {
            return Stream.of("its primary key is not "
                    + (key.to() == null ? "empty" : String.join(", ", key.to().columns())));
        } else if (change instanceof Change.AlterColumn alter) {
            boolean inKey = to.primaryKey() != null
                    && to.primaryKey().columns().contains(alter.to().name());
            return holdsTheSame(alter.from(), alter.to(), inKey)
                    ? Stream.empty()
                    : Stream.of(
                            alter.to().name() + " is " + spelled(alter.from()) + " and must be " + spelled(alter.to()));
        }
        return Stream.empty();
    }

    /** Whether a column takes the same values; what it is by default, and how it compares, is looked at elsewhere. */
    private static boolean holdsTheSame(PhysicalColumn from, PhysicalColumn to, boolean inKey) {
        return from.type().equals(to.type())
                // A primary key of SQLite may be declared without NOT NULL.
                && (from.nullable() == to.nullable() || inKey)
                && Objects.equals(from.generated(), to.generated())
                && Objects.equals(from.identity(), to.identity());
    }

    private static String spelled(PhysicalColumn column) {
        return column.type()
                + (column.nullable() ? "" : " not null")
                + (column.identity() == null ? "" : ", numbered by the database")
                + (column.generated() == null ? "" : ", computed by the database");
    }

    /** The buffer names rows by keys, and two that the database takes for one would be two to it. */
    private List<String> looseKeys(Table table) {
        return database.catalog().table(table.name()).columns().stream()
                .filter(column -> table.primaryKey().contains(column.name()))
                .filter(column -> !column.binaryComparison())
                .map(column -> column.name() + " does not compare byte for byte")
                .toList();
    }
}
