package dev.weir.schema.plan;

import dev.weir.error.WeirException;
import dev.weir.schema.diff.Change;
import dev.weir.schema.diff.Wanted;
import dev.weir.schema.engine.SchemaDialect;
import dev.weir.schema.engine.Scratch;
import dev.weir.schema.model.Column;
import dev.weir.schema.model.Schema;
import dev.weir.schema.model.Script;
import dev.weir.schema.model.Table;
import dev.weir.schema.physical.PhysicalForeignKey;
import dev.weir.schema.physical.PhysicalTable;
import dev.weir.schema.sql.SqlScript;
import java.sql.BatchUpdateException;
import java.sql.Connection;
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
     * @throws WeirException if the engine refuses the declaration; the message names the table or script
     */
    public Normal tables(Schema schema, boolean scratch) {
        List<PhysicalTable> tables = schema.tables().stream()
                .filter(table -> !table.dropped())
                .map(dialect::physical)
                .toList();
        try {
            if (scratch) {
                try (Scratch place = dialect.scratch(dataSource).orElse(null)) {
                    if (place != null) {
                        make(place.connection(), tables, schema.scripts());
                        return new Normal(
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
        return new Normal(tables, false);
    }

    /** A statement, and what of the declaration it makes. */
    private record Making(String sql, String where) {}

    private void make(Connection connection, List<PhysicalTable> tables, List<Script> scripts) throws SQLException {
        List<Making> all = makings(tables, scripts);
        try (Statement statement = connection.createStatement()) {
            int size = dialect.pipelines() ? TOGETHER : 1;
            for (int from = 0; from < all.size(); from += size) {
                List<Making> some = all.subList(from, Math.min(all.size(), from + size));
                if (some.size() == 1 || !together(statement, some)) {
                    for (Making making : some) {
                        execute(statement, making.sql(), making.where());
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

    private List<Making> makings(List<PhysicalTable> tables, List<Script> scripts) {
        List<Making> all = new ArrayList<>();
        for (PhysicalTable table : tables) {
            Change change =
                    new Change.CreateTable(dialect.foreignKeysInside() ? table : table.withForeignKeys(List.of()));
            all.addAll(makings(change));
        }
        for (Script script : scripts) {
            for (String sql : SqlScript.split(script.sql())) {
                all.add(new Making(sql, "script=" + script.origin()));
            }
        }
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
                .map(sql -> new Making(sql, "table=" + change.table()))
                .toList();
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
