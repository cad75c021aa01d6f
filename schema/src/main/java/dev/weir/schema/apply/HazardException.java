package dev.weir.schema.apply;

import dev.weir.schema.plan.Hazard;
import dev.weir.schema.plan.Plan;
import java.util.List;
import java.util.stream.Collectors;

/** A plan has hazards that nobody allowed. Nothing was changed by it. */
public final class HazardException extends SchemaException {
    private static final long serialVersionUID = 1L;

    private final transient List<Hazard> hazards;
    private final transient Plan plan;

    HazardException(String before, List<Hazard> hazards, Plan plan) {
        super(before
                + "hazards must be allowed one by one: "
                + hazards.stream()
                        .map(hazard -> hazard.consent() + " (" + hazard.count() + ")")
                        .collect(Collectors.joining(", "))
                + "; change the declaration, mend the rows by a data step, or allow them by name");
        this.hazards = List.copyOf(hazards);
        this.plan = plan;
    }

    /** The hazards that are not allowed. */
    public List<Hazard> hazards() {
        return hazards;
    }

    /** The plan that was refused. */
    public Plan plan() {
        return plan;
    }
}
