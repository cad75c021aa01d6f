package dev.weir.schema.apply;

import dev.weir.schema.apply.History.Done;
import dev.weir.schema.diff.Change;
import dev.weir.schema.engine.SchemaDialect;
import dev.weir.schema.model.DataStep;
import dev.weir.schema.physical.PhysicalSchema;
import dev.weir.schema.plan.Plan;
import dev.weir.schema.plan.Planner;
import dev.weir.schema.plan.Step;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The plan that takes the last apply back: the reverse of its steps, the last first. */
public final class Rollback {
    static final String UNDO = "undo_data:";

    private final SchemaDialect dialect;
    private final History history;
    private final Predicate<String> ignored;
    private final long large;

    /**
     * For an engine.
     *
     * @param history what there is to take back
     * @param large more rows than this make a table large
     */
    public Rollback(SchemaDialect dialect, History history, Predicate<String> ignored, long large) {
        this.dialect = dialect;
        this.history = history;
        this.ignored = ignored;
        this.large = large;
    }

    /**
     * The plan.
     *
     * @param runs those that it takes back: the last one that was carried out, and those that were cut off after the one
     *     before
     */
    public record Planned(Plan plan, List<History.Run> runs) {
        /** A copy whose list can't change. */
        public Planned {
            runs = List.copyOf(runs);
        }
    }

    /**
     * Looks and plans; writes nothing.
     *
     * @throws SchemaException if nothing was applied, or a step has no way back; the message names it
     */
    public Planned plan(Connection connection) throws SQLException {
        List<History.Run> runs = last(history.runs(connection));
        PhysicalSchema live = dialect.read(connection, ignored);
        List<Step> steps = new ArrayList<>();
        Planner planner = new Planner(dialect, connection, large);
        for (History.Run run : runs) {
            List<Done> done = run.body().steps();
            for (int i = done.size() - 1; i >= 0; i--) {
                step(planner, live, done.get(i), steps);
            }
        }
        return new Planned(new Plan(Plan.fingerprint(live), "engine", steps, List.of()), runs);
    }

    private static List<History.Run> last(List<History.Run> newestFirst) {
        List<History.Run> runs = new ArrayList<>();
        boolean found = false;
        for (History.Run run : newestFirst) {
            if (run.state() == History.State.ROLLED_BACK) {
                continue;
            }
            if (run.state() == History.State.DONE) {
                if (found) {
                    break;
                }
                if (!run.kind().equals("apply")) {
                    throw new SchemaException(
                            "Only an apply can be taken back: last=" + run.kind() + "; there is nothing to roll back");
                }
                found = true;
            }
            runs.add(run);
        }
        if (runs.isEmpty()) {
            throw new SchemaException(
                    "There must be an apply to take back: history is empty; there is nothing to roll back");
        }
        return runs;
    }

    private void step(Planner planner, PhysicalSchema live, Done done, List<Step> steps) throws SQLException {
        Change change = done.change();
        if (done.lossy() && !done.id().startsWith("seed:")) {
            throw new SchemaException("A step that has no way back can't be rolled back: step=" + done.id()
                    + "; declare what is wanted and apply that, or restore a backup");
        }
        if (change != null && !done.reverse().isEmpty()) {
            steps.add(planner.reverse("undo_" + done.id(), live, change, done.reverse()));
        } else if (change == null && done.id().startsWith("data:")) {
            String key = done.id().substring("data:".length());
            DataStep step = DataStep.sql(key, DataStep.When.BEFORE_CONTRACT, String.join(";\n", done.reverse()), null);
            steps.add(new Step(
                    UNDO + key, done.reverse(), false, "", List.of(), true, List.of(), new Step.DataWork(step)));
        }
    }
}
