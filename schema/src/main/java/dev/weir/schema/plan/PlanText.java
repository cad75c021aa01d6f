package dev.weir.schema.plan;

import java.util.ArrayList;
import java.util.List;

/** Plans as people read them. */
public final class PlanText {
    private PlanText() {}

    /** The plan, a line each for what it says and what is dangerous about it, its SQL indented below. */
    public static List<String> lines(Plan plan) {
        List<String> lines = new ArrayList<>();
        if (plan.isEmpty()) {
            lines.add("Nothing to do: the database is what is declared.");
        }
        for (Step step : plan.steps()) {
            List<String> notes = new ArrayList<>();
            if (!step.transactional() && step.change() != null) {
                notes.add("by itself");
            }
            if (!step.lock().isEmpty()) {
                notes.add("lock " + step.lock());
            }
            if (step.lossy() && step.phase() != Phase.SEED) {
                notes.add("no way back");
            }
            lines.add(step.id() + (notes.isEmpty() ? "" : "  (" + String.join(", ", notes) + ")"));
            step.sql().lines().forEach(line -> lines.add("    " + line));
            for (Hazard hazard : step.hazards()) {
                lines.add("  ! " + hazard.consent() + ": " + hazard.count() + " " + meaning(hazard));
            }
        }
        if (!plan.undeclared().isEmpty()) {
            lines.add("Left alone: " + String.join(", ", plan.undeclared()));
        }
        if (plan.normalised().equals("rules")) {
            lines.add("Compared by rules: the engine was not asked how it spells the declaration.");
        }
        return lines;
    }

    private static String meaning(Hazard hazard) {
        return switch (hazard.kind()) {
            case DROP_COLUMN -> "values go with the column";
            case DROP_TABLE -> "rows go with the table";
            case DROP_CONSTRAINT -> "rows are not held to it any more";
            case DROP_INDEX -> "rows are not indexed by it any more";
            case NARROW_TYPE -> "values do not fit the new type";
            case NOT_NULL_WITH_NULLS -> "rows have NULL there";
            case UNIQUE_WITH_DUPLICATES -> "rows repeat an earlier one";
            case FOREIGN_KEY_WITH_ORPHANS -> "rows refer to nothing";
            case CHECK_VIOLATED -> "rows do not fulfil it";
            case TABLE_REWRITE -> "rows are written anew while writers wait";
            case LONG_LOCK -> "rows are read while writers wait";
            case POSSIBLE_RENAME -> "values would be lost if this is a rename; declare renamedFrom";
        };
    }
}
