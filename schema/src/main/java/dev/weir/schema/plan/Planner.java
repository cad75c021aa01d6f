package dev.weir.schema.plan;

import dev.weir.schema.diff.Change;
import dev.weir.schema.diff.Difference;
import dev.weir.schema.diff.Evolution;
import dev.weir.schema.diff.Expressions;
import dev.weir.schema.engine.Ddl;
import dev.weir.schema.engine.SchemaDialect;
import dev.weir.schema.model.DataStep;
import dev.weir.schema.physical.PhysicalCheck;
import dev.weir.schema.physical.PhysicalForeignKey;
import dev.weir.schema.physical.PhysicalIndex;
import dev.weir.schema.physical.PhysicalTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Makes the steps of a plan out of a difference. Reads the rows that are there, writes nothing. Not thread-safe. */
public final class Planner {
    /** Checks that are Weir's own, and gone after the step that they serve, begin with this. */
    static final String OWN_CHECK = SchemaDialect.OWN_CHECK;

    private final SchemaDialect dialect;
    private final Connection connection;
    private final long large;

    /** @param large more rows than this make a table large: what keeps its writers waiting is then a hazard */
    public Planner(SchemaDialect dialect, Connection connection, long large) {
        this.dialect = dialect;
        this.connection = connection;
        this.large = large;
    }

    /**
     * The steps, in order.
     *
     * @param pending data steps that are still to run
     */
    public List<Step> steps(Difference difference, List<DataStep> pending) throws SQLException {
        return steps(difference, pending, Set.of());
    }

    /**
     * The steps that lead back, in order.
     *
     * @param pending what takes data steps back
     * @param own what goes back to where it came from, as {@code table}, {@code table.column}, {@code table.constraint}: it
     *     needs no consent as long as it holds nothing
     */
    public List<Step> steps(Difference difference, List<DataStep> pending, Set<String> own) throws SQLException {
        Map<String, PhysicalTable> state = new HashMap<>();
        difference.renamed().tables().forEach(table -> state.put(table.name(), table));
        LiveRows rows = new LiveRows(connection, dialect, difference.changes(), Map.copyOf(state));
        Set<String> created = new HashSet<>();
        difference.created().forEach(table -> created.add(table.name()));
        rows.look(difference.altered().stream().map(table -> table.to().name()).toList());
        // Of what is there, not of what has rows: a plan that was reviewed for a copy must be the same here.
        Predicate<String> there = Set.copyOf(state.keySet())::contains;
        Hazards hazards = new Hazards(dialect, rows, large, difference, table -> mends(pending, table), own);
        List<Step> steps = new ArrayList<>();
        Phase phase = Phase.EXPAND;
        for (Move move : online(new Ordering(dialect, difference, !pending.isEmpty()).moves(), there)) {
            if (phase == Phase.EXPAND && move.phase() == Phase.CONTRACT) {
                phase = Phase.CONTRACT;
                pending.forEach(step -> steps.add(step(step)));
            }
            steps.add(step(move, state, hazards, there.test(move.change().table())));
        }
        if (phase == Phase.EXPAND) {
            pending.forEach(step -> steps.add(step(step)));
        }
        return numbered(steps);
    }

    /** Whether a data step may change a table's rows: one in SQL names it, one in Java may do anything. */
    private static boolean mends(List<DataStep> pending, String table) {
        return pending.stream()
                .anyMatch(step -> step.sql() == null
                        || Expressions.words(step.sql()).stream().anyMatch(table::equalsIgnoreCase));
    }

    /**
     * Where the engine can do it, foreign keys and checks of tables that are there are added unproven and proven later, and
     * NOT NULL is proven by such a check first, so that writers go on.
     */
    private List<Move> online(List<Move> moves, Predicate<String> there) {
        if (!dialect.validatesLater()) {
            return moves;
        }
        List<Move> online = new ArrayList<>();
        for (Move move : moves) {
            String table = move.change().table();
            if (!there.test(table)) {
                online.add(move);
            } else if (move.change() instanceof Change.AddForeignKey add
                    && add.key().valid()) {
                PhysicalForeignKey key = add.key();
                online.add(new Move(move.phase(), new Change.AddForeignKey(table, unproven(key)), move.around()));
                online.add(new Move(move.phase(), new Change.ValidateForeignKey(table, unproven(key)), true));
            } else if (move.change() instanceof Change.AddCheck add
                    && add.check().valid()) {
                PhysicalCheck check =
                        new PhysicalCheck(add.check().name(), add.check().condition(), false);
                online.add(new Move(move.phase(), new Change.AddCheck(table, check), move.around()));
                online.add(new Move(move.phase(), new Change.ValidateCheck(table, check), true));
            } else if (move.change() instanceof Change.AlterColumn alter
                    && move.phase() == Phase.CONTRACT
                    && alter.from().nullable()
                    && alter.from().withNullable(false).equals(alter.to())) {
                String column = alter.to().name();
                PhysicalCheck proof = new PhysicalCheck(
                        proof(table, column), dialect.dialect().quote(column) + " IS NOT NULL", false);
                online.add(new Move(move.phase(), new Change.AddCheck(table, proof), true));
                online.add(new Move(move.phase(), new Change.ValidateCheck(table, proof), true));
                online.add(move);
                online.add(new Move(move.phase(), new Change.DropCheck(table, proof), true));
            } else {
                online.add(move);
            }
        }
        return online;
    }

    private static String proof(String table, String column) {
        return OWN_CHECK + "not_null_" + Fingerprint.of(table + "." + column).substring(0, 16);
    }

    /** Whether a check that holds tells the engine already that a column has no NULL, so that it need not look. */
    private static boolean proven(Change change, @Nullable PhysicalTable before) {
        return change instanceof Change.AlterColumn alter
                && before != null
                && before.checks().stream()
                        .anyMatch(check -> check.name()
                                .equals(proof(alter.table(), alter.to().name())));
    }

    private static PhysicalForeignKey unproven(PhysicalForeignKey key) {
        return new PhysicalForeignKey(
                key.name(), key.columns(), key.table(), key.targets(), key.onDelete(), key.onUpdate(), false);
    }

    private Step step(Move move, Map<String, PhysicalTable> state, Hazards hazards, boolean online)
            throws SQLException {
        Change change = move.change();
        PhysicalTable before = state.get(change.table());
        Ddl ddl = dialect.ddl(change, online);
        if (proven(change, before)) {
            ddl = new Ddl(ddl.statements(), ddl.transactional(), ddl.lock(), Ddl.Effort.MOMENT);
        }
        List<Hazard> found = hazards.of(move, ddl);
        boolean lossy = !move.around() && loses(change, found);
        List<String> reverse = lossy || validates(change) ? List.of() : reverse(change, before);
        PhysicalTable after = before == null ? null : Evolution.after(before, change);
        if (change instanceof Change.CreateTable create) {
            state.put(create.table(), create.created());
        } else if (after != null) {
            state.put(change.table(), after);
        }
        return new Step(
                id(change),
                ddl.statements(),
                ddl.transactional(),
                ddl.lock(),
                reverse,
                lossy,
                found,
                new Step.SchemaWork(move.phase(), change, hazards.guards()));
    }

    private static boolean loses(Change change, List<Hazard> found) {
        if (change instanceof Change.DropColumn drop) {
            return drop.column().generated() == null;
        }
        return change instanceof Change.DropTable
                || found.stream()
                        .anyMatch(hazard ->
                                hazard.kind() == Hazard.Kind.NARROW_TYPE || hazard.kind() == Hazard.Kind.DROP_COLUMN);
    }

    private static boolean validates(Change change) {
        return change instanceof Change.ValidateForeignKey || change instanceof Change.ValidateCheck;
    }

    private List<String> reverse(Change change, @Nullable PhysicalTable before) {
        return dialect.ddl(Reversal.of(dialect, change, before), false).statements();
    }

    private static Step step(DataStep step) {
        List<String> shown = List.of(step.sql() == null ? "-- in Java, version " + step.content() : step.sql());
        List<String> undo = step.undo() == null ? List.of() : List.of(step.undo());
        return new Step(
                "data:" + step.key(), shown, false, "", undo, undo.isEmpty(), List.of(), new Step.DataWork(step));
    }

    /** Ids tell what a step does; a number tells steps apart that do the same. */
    private static List<Step> numbered(List<Step> steps) {
        Map<String, Integer> seen = new HashMap<>();
        List<Step> numbered = new ArrayList<>();
        for (Step step : steps) {
            int number = seen.merge(step.id(), 1, Integer::sum);
            numbered.add(number == 1 ? step : step.named(step.id() + "#" + number));
        }
        return numbered;
    }

    private static String id(Change change) {
        String table = change.table();
        if (change instanceof Change.RenameTable rename) {
            return "rename_table:" + table + ":" + rename.to();
        } else if (change instanceof Change.RenameColumn rename) {
            return "rename_column:" + table + "." + rename.column() + ":" + rename.to();
        } else if (change instanceof Change.CreateTable) {
            return "create_table:" + table;
        } else if (change instanceof Change.DropTable) {
            return "drop_table:" + table;
        } else if (change instanceof Change.AddColumn add) {
            return "add_column:" + table + "." + add.column().name();
        } else if (change instanceof Change.DropColumn drop) {
            return "drop_column:" + table + "." + drop.column().name();
        } else if (change instanceof Change.AlterColumn alter) {
            return "alter_column:" + table + "." + alter.to().name();
        } else if (change instanceof Change.AlterPrimaryKey) {
            return "primary_key:" + table;
        } else if (change instanceof Change.AddIndex add) {
            return "add_index:" + table + "." + name(add.index());
        } else if (change instanceof Change.DropIndex drop) {
            return "drop_index:" + table + "." + name(drop.index());
        } else if (change instanceof Change.AddForeignKey add) {
            return "add_foreign_key:" + table + "." + name(add.key());
        } else if (change instanceof Change.DropForeignKey drop) {
            return "drop_foreign_key:" + table + "." + name(drop.key());
        } else if (change instanceof Change.ValidateForeignKey validate) {
            return "validate_foreign_key:" + table + "." + name(validate.key());
        } else if (change instanceof Change.AddCheck add) {
            return "add_check:" + table + "." + add.check().name();
        } else if (change instanceof Change.DropCheck drop) {
            return "drop_check:" + table + "." + drop.check().name();
        } else if (change instanceof Change.ValidateCheck validate) {
            return "validate_check:" + table + "." + validate.check().name();
        } else if (change instanceof Change.RebuildTable) {
            return "rebuild_table:" + table;
        }
        return "comment:" + table;
    }

    private static String name(PhysicalIndex index) {
        return index.name();
    }

    private static String name(PhysicalForeignKey key) {
        return key.name().isEmpty() ? String.join("_", key.columns()) : key.name();
    }
}
