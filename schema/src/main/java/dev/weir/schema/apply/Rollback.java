package dev.weir.schema.apply;

import dev.weir.schema.apply.History.Done;
import dev.weir.schema.diff.Change;
import dev.weir.schema.diff.Differ;
import dev.weir.schema.diff.Difference;
import dev.weir.schema.diff.Wanted;
import dev.weir.schema.engine.SchemaDialect;
import dev.weir.schema.model.DataStep;
import dev.weir.schema.physical.PhysicalSchema;
import dev.weir.schema.physical.PhysicalTable;
import dev.weir.schema.plan.Plan;
import dev.weir.schema.plan.Planner;
import dev.weir.schema.plan.Step;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The plan that takes the last apply back: what lies between the database as it is and the tables as they were before, with
 * what takes its data steps back in between. So it is the same plan again, less what is done, when it was cut off.
 */
public final class Rollback {
    static final String UNDO = "undo_";

    private static final String DATA = "data:";
    private static final String SEED = "seed:";

    private final SchemaDialect dialect;
    private final History history;
    private final Predicate<String> ignored;
    private final long large;

    /**
     * For an engine.
     *
     * @param large more rows than this make a table large
     */
    public Rollback(SchemaDialect dialect, Predicate<String> ignored, long large) {
        this.dialect = dialect;
        this.history = new History(dialect.dialect());
        this.ignored = ignored;
        this.large = large;
    }

    /**
     * The runs that a rollback takes back, the newest first: the last apply, and those before it that were cut off.
     *
     * @throws SchemaException if nothing was applied, or a step has no way back; the message names it
     */
    List<History.Run> runs(Connection connection) throws SQLException {
        List<History.Run> runs = new ArrayList<>();
        boolean found = false;
        for (History.Run run : history.runs(connection)) {
            if (run.state() == History.State.ROLLED_BACK || run.kind().equals("rollback")) {
                continue;
            }
            if (found && run.state() == History.State.DONE) {
                break;
            }
            if (!run.kind().equals("apply")) {
                throw new SchemaException(
                        "Only an apply can be taken back: last=" + run.kind() + "; there is nothing to roll back");
            }
            // One that found nothing to do has no steps: it goes with the one before.
            found |= !run.body().steps().isEmpty();
            runs.add(run);
        }
        if (!found) {
            throw new SchemaException(
                    "There must be an apply to take back: history is empty; there is nothing to roll back");
        }
        Set<String> begun = begunDataSteps(connection);
        for (History.Run run : runs) {
            for (Done done : run.body().steps()) {
                boolean never =
                        done.id().startsWith(DATA) && !begun.contains(done.id().substring(DATA.length()));
                if (done.lossy() && !never && !done.id().startsWith(SEED)) {
                    throw new SchemaException("A step that has no way back can't be rolled back: step=" + done.id()
                            + "; declare what is wanted and apply that, or restore a backup");
                }
            }
        }
        return runs;
    }

    /** The plan. Looks and writes nothing. */
    public Plan plan(Connection connection) throws SQLException {
        return plan(connection, live(connection), runs(connection));
    }

    PhysicalSchema live(Connection connection) throws SQLException {
        return dialect.read(connection, ignored);
    }

    Plan plan(Connection connection, PhysicalSchema live, List<History.Run> runs) throws SQLException {
        Before before = new Before();
        Set<String> begun = begunDataSteps(connection);
        List<DataStep> undos = new ArrayList<>();
        for (int i = runs.size() - 1; i >= 0; i--) {
            runs.get(i).body().before().forEach(before::was);
            for (Done done : runs.get(i).body().steps()) {
                if (done.change() != null) {
                    before.changed(done.change());
                } else if (done.id().startsWith(DATA)) {
                    String key = done.id().substring(DATA.length());
                    if (begun.remove(key)) {
                        undos.add(0, undo(key, String.join(";\n", done.reverse())));
                    }
                }
            }
        }
        Difference difference = Differ.between(live, before.wanted());
        List<Step> steps = new Planner(dialect, connection, large)
                .steps(difference, undos, before.own()).stream()
                        .map(step -> step.id().startsWith(DATA) ? step.named(UNDO + step.id()) : step)
                        .toList();
        return new Plan(Plan.fingerprint(live), "engine", steps, List.of());
    }

    private Set<String> begunDataSteps(Connection connection) throws SQLException {
        Set<String> keys = new HashSet<>();
        history.dataSteps(connection).forEach(step -> keys.add(step.key()));
        return keys;
    }

    private static DataStep undo(String key, String sql) {
        return DataStep.sql(key, DataStep.When.BEFORE_CONTRACT, sql, null);
    }

    /** The tables as they were, found by going through what was changed since. Not thread-safe. */
    private static final class Before {
        private final Map<String, PhysicalTable> tables = new LinkedHashMap<>();
        private final Set<String> created = new HashSet<>();

        /** By the name of now, the name of then. */
        private final Map<String, String> oldTables = new LinkedHashMap<>();

        private final Map<String, Map<String, String>> oldColumns = new LinkedHashMap<>();
        private final Set<String> own = new HashSet<>();

        /** A table as it was when a run began; what an earlier run found is older. */
        void was(PhysicalTable table) {
            if (!created.contains(table.name()) && !oldTables.containsKey(table.name())) {
                tables.putIfAbsent(table.name(), table);
            }
        }

        void changed(Change change) {
            String table = oldTables.getOrDefault(change.table(), change.table());
            if (change instanceof Change.CreateTable) {
                created.add(table);
                own.add(table);
            } else if (change instanceof Change.RenameTable rename) {
                oldTables.remove(rename.table());
                oldTables.put(rename.to(), table);
            } else if (change instanceof Change.RenameColumn rename) {
                Map<String, String> columns = oldColumns.computeIfAbsent(table, name -> new LinkedHashMap<>());
                String old = columns.getOrDefault(rename.column(), rename.column());
                columns.remove(rename.column());
                columns.put(rename.to(), old);
            } else if (change instanceof Change.AddColumn add) {
                own.add(table + "." + add.column().name());
            } else if (change instanceof Change.AddIndex add) {
                own.add(table + "." + add.index().name());
            } else if (change instanceof Change.AddForeignKey add) {
                own.add(table + "."
                        + nameOr(add.key().name(), String.join("_", add.key().columns())));
            } else if (change instanceof Change.AddCheck add) {
                own.add(table + "." + nameOr(add.check().name(), "check"));
            } else if (change instanceof Change.AlterPrimaryKey) {
                own.add(table + ".primary key");
            } else if (change instanceof Change.RebuildTable rebuild) {
                rebuilt(rebuild);
            }
        }

        private void rebuilt(Change.RebuildTable rebuild) {
            Wanted after = new Wanted(List.of(rebuild.to()), List.of(), Map.of(), Map.of());
            Differ.between(new PhysicalSchema("", List.of(rebuild.from()), List.of()), after)
                    .altered()
                    .forEach(altered -> altered.changes().forEach(this::changed));
        }

        private static String nameOr(String name, String otherwise) {
            return name.isEmpty() ? otherwise : name;
        }

        Wanted wanted() {
            List<String> dropped =
                    created.stream().filter(table -> !tables.containsKey(table)).toList();
            return new Wanted(List.copyOf(tables.values()), dropped, oldTables, oldColumns);
        }

        Set<String> own() {
            return own;
        }
    }
}
