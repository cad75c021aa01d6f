package dev.weir.schema.plan;

import dev.weir.schema.physical.PhysicalSchema;
import java.util.Collection;
import java.util.List;

/**
 * What has to be done to make a database what is declared. Immutable; it belongs to the database that it was made for, as it
 * was then.
 *
 * @param fingerprint of the schema that the database had
 * @param normalised {@code engine} if the engine itself spelled the declaration, {@code rules} if rules did
 * @param steps in the order in which they are done
 * @param undeclared what is in the schema and not in the declaration, and is left alone: {@code kind name}
 */
public record Plan(String fingerprint, String normalised, List<Step> steps, List<String> undeclared) {
    /** A copy whose lists can't change. */
    public Plan {
        steps = List.copyOf(steps);
        undeclared = List.copyOf(undeclared);
    }

    /** Whether there is nothing to do. */
    public boolean isEmpty() {
        return steps.isEmpty();
    }

    /** All hazards, each once. */
    public List<Hazard> hazards() {
        return steps.stream()
                .flatMap(step -> step.hazards().stream())
                .distinct()
                .toList();
    }

    /** The hazards that none of the consents, written {@code name:object}, covers. */
    public List<Hazard> hazardsWithout(Collection<String> allowed) {
        return hazards().stream()
                .filter(hazard -> !allowed.contains(hazard.consent()))
                .toList();
    }

    /** What tells one schema from another: a hash of all that the engine says of its tables. */
    public static String fingerprint(PhysicalSchema schema) {
        return Fingerprint.of(schema.tables().toString());
    }
}
