package dev.weir.schema.plan;

import dev.weir.error.WeirException;
import dev.weir.schema.diff.Change;
import dev.weir.schema.diff.Wanted;
import dev.weir.schema.engine.DeclaredScripts;
import dev.weir.schema.engine.SchemaDialect;
import dev.weir.schema.engine.Scratch;
import dev.weir.schema.model.Column;
import dev.weir.schema.model.InvalidSchemaException;
import dev.weir.schema.model.Schema;
import dev.weir.schema.model.Script;
import dev.weir.schema.model.Table;
import dev.weir.schema.physical.PhysicalForeignKey;
import dev.weir.schema.physical.PhysicalTable;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * Brings a declaration into the engine's words: by having the engine itself spell it in a scratch place, or by rules.
 * Immutable.
 */
public final class Normaliser {
    /** How many statements are sent together where the engine takes them so. */
    private static final int TOGETHER = 200;

    private final SchemaDialect dialect;
    private final DataSource dataSource;

    /** For the engine behind a data source. */
    public Normaliser(SchemaDialect dialect, DataSource dataSource) {
        this.dialect = dialect;
        this.dataSource = dataSource;
    }

    /**
     * A declaration's tables in the engine's words.
     *
     * @param byEngine whether the engine itself spelled them
     */
    public record Normal(List<PhysicalTable> tables, boolean byEngine) {
        /** A copy whose list can't change. */
        public Normal {
            tables = List.copyOf(tables);
        }
    }

    /** What tells one declaration's tables from another's. */
    public static String hash(Schema schema, String engine) {
        StringBuilder text = new StringBuilder(engine);
        for (Table table : schema.tables()) {
            text.append('\n').append(withoutSeed(table));
        }
        schema.scripts().forEach(script -> text.append('\n').append(script));
        return Fingerprint.of(text.toString());
    }

    private static Table withoutSeed(Table table) {
        return new Table(
                table.name(),
                table.columns(),
                table.primaryKey(),
                table.foreignKeys(),
                table.indexes(),
                table.checks(),
                table.comment(),
                table.renamedFrom(),
                table.dropped(),
                Optional.empty(),
                table.options());
    }

    /**
     * The tables that a declaration asks for.
     *
     * @param scratch whether the engine may be asked
     * @throws InvalidSchemaException if the declaration holds other statements than those that declare tables, or what the
     *     engine can't give back
     * @throws WeirException if the engine refuses the declaration; the message names the table or script
     */
    public Normal tables(Schema schema, boolean scratch) {
        List<PhysicalTable> tables = schema.tables().stream()
                .filter(table -> !table.dropped())
                .map(dialect::physical)
                .toList();
        List<Making> makings = makings(tables, schema);
        try {
            if (scratch) {
                try (Scratch place = dialect.scratch(dataSource).orElse(null)) {
                    if (place != null) {
                        make(place, makings);
                        return normal(
                                dialect.read(place.connection(), name -> false).tables(), true);
                    }
                }
            }
        } catch (SQLException e) {
            throw new WeirException("The scratch place can't be had: " + e.getMessage(), e, true);
        }
        if (!schema.scripts().isEmpty()) {
            throw new WeirException("A schema declared in SQL needs a scratch place, where the engine reads it: script="
                    + schema.scripts().get(0).origin()
                    + "; leave --no-scratch out and let the user create one, or declare the tables in YAML");
        }
        return normal(tables, false);
    }

    private Normal normal(List<PhysicalTable> tables, boolean byEngine) {
        return new Normal(tables.stream().map(dialect::named).toList(), byEngine);
    }

    /** A statement, what of the declaration it makes, and whether it is the user's own. */
    private record Making(String sql, String where, boolean own) {}

    private void make(Scratch place, List<Making> all) throws SQLException {
        try (Statement statement = place.connection().createStatement()) {
            int size = dialect.pipelines() ? TOGETHER : 1;
            for (int from = 0; from < all.size(); from += size) {
                List<Making> some = all.subList(from, Math.min(all.size(), from + size));
                if (some.size() == 1 || some.stream().anyMatch(Making::own) || !together(statement, some)) {
                    for (Making making : some) {
                        execute(statement, making.sql(), making.where());
                        if (making.own()) {
                            place.check();
                        }
                    }
                }
            }
        }
    }

    /** Sends statements together; if that fails, none is done, and one after the other tells which is refused. */
    private static boolean together(Statement statement, List<Making> makings) throws SQLException {
        Savepoint before = statement.getConnection().setSavepoint();
        try {
            for (Making making : makings) {
                statement.addBatch(making.sql());
            }
            statement.executeBatch();
            statement.getConnection().releaseSavepoint(before);
            return true;
        } catch (BatchUpdateException e) {
            statement.clearBatch();
            statement.getConnection().rollback(before);
            return false;
        }
    }

    private List<Making> makings(List<PhysicalTable> tables, Schema schema) {
        List<Making> all = new ArrayList<>();
        for (PhysicalTable table : tables) {
            Change change =
                    new Change.CreateTable(dialect.foreignKeysInside() ? table : table.withForeignKeys(List.of()));
            all.addAll(makings(change));
        }
        DeclaredScripts.of(schema, dialect.dialect().name())
                .forEach(own -> all.add(new Making(own.sql(), "script=" + own.origin(), true)));
        if (!dialect.foreignKeysInside()) {
            for (PhysicalTable table : tables) {
                for (PhysicalForeignKey key : table.foreignKeys()) {
                    all.addAll(makings(new Change.AddForeignKey(table.name(), key)));
                }
            }
        }
        return all;
    }

    private List<Making> makings(Change change) {
        return dialect.ddl(change, false).statements().stream()
                .map(sql -> making(sql, change.table()))
                .toList();
    }

    private Making making(String sql, String table) {
        DeclaredScripts.requireSingle(sql, dialect.dialect().name(), table);
        return new Making(sql, "table=" + table, false);
    }

    private static void execute(Statement statement, String sql, String where) {
        try {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new WeirException(
                    "The engine refuses the declaration: " + where + ", reason=" + e.getMessage() + ", sql=" + sql,
                    e,
                    false);
        }
    }

    /** What a database is to be: the tables in the engine's words, and the declaration's renames and drops. */
    public static Wanted wanted(Schema schema, List<PhysicalTable> tables) {
        Map<String, String> tableRenames = new HashMap<>();
        Map<String, Map<String, String>> columnRenames = new HashMap<>();
        for (Table table : schema.tables()) {
            String oldTable = table.renamedFrom();
            if (oldTable != null) {
                tableRenames.put(oldTable, table.name());
            }
            for (Column column : table.columns()) {
                String old = column.renamedFrom();
                if (old != null) {
                    columnRenames
                            .computeIfAbsent(table.name(), name -> new HashMap<>())
                            .put(old, column.name());
                }
            }
        }
        for (Script script : schema.scripts()) {
            for (Script.Rename rename : script.renames()) {
                String column = rename.column();
                if (column == null) {
                    tableRenames.put(rename.table(), rename.to());
                } else {
                    columnRenames
                            .computeIfAbsent(rename.table(), name -> new HashMap<>())
                            .put(column, rename.to());
                }
            }
        }
        List<String> dropped =
                schema.tables().stream().filter(Table::dropped).map(Table::name).toList();
        return new Wanted(tables, dropped, tableRenames, columnRenames);
    }
}
