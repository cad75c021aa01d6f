package dev.weir.schema.plan;

import dev.weir.schema.diff.Change;
import dev.weir.schema.model.DataStep;
import dev.weir.schema.model.Table;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One step of a plan.
 *
 * @param id unique in the plan, and the same whenever the same plan is made
 * @param statements its SQL, in order; of a data step or seed, as it is shown
 * @param transactional whether it stands in one transaction with its neighbours that are so too
 * @param lock what it holds others off from, in the engine's words; empty if nothing
 * @param reverse the statements that take it back, in order; empty if there is none
 * @param lossy whether taking it back does not bring the data back
 * @param work what it does
 */
public record Step(
        String id,
        List<String> statements,
        boolean transactional,
        String lock,
        List<String> reverse,
        boolean lossy,
        List<Hazard> hazards,
        Work work) {

    /** What a step does. */
    public sealed interface Work {}

    /**
     * A change of the schema.
     *
     * @param guards what must not have come true since it was planned
     */
    public record SchemaWork(Phase phase, Change change, List<Guard> guards) implements Work {
        /** A copy whose list can't change. */
        public SchemaWork {
            guards = List.copyOf(guards);
        }
    }

    /** A data step. */
    public record DataWork(DataStep step) implements Work {}

    /** Rows of a table that are to be there. */
    public record SeedWork(Table table) implements Work {}

    /** A copy whose lists can't change. */
    public Step {
        statements = List.copyOf(statements);
        reverse = List.copyOf(reverse);
        hazards = List.copyOf(hazards);
    }

    /** The same under another id. */
    public Step named(String newId) {
        return new Step(newId, statements, transactional, lock, reverse, lossy, hazards, work);
    }

    /** The part of the plan that it belongs to. */
    public Phase phase() {
        if (work instanceof SchemaWork schema) {
            return schema.phase();
        }
        return work instanceof DataWork ? Phase.DATA : Phase.SEED;
    }

    /** The statements as one text. */
    public String sql() {
        return String.join(";\n", statements);
    }

    /** What must not have come true since it was planned. */
    public List<Guard> guards() {
        return work instanceof SchemaWork schema ? schema.guards() : List.of();
    }

    /** The change of the schema that it makes; null if it makes none. */
    public @Nullable Change change() {
        return work instanceof SchemaWork schema ? schema.change() : null;
    }
}
