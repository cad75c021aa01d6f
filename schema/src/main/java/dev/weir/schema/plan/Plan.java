package dev.weir.schema.plan;

import dev.weir.schema.physical.PhysicalSchema;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

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

    /**
     * The consents that no hazard wants, and so are slips or left over; empty while data steps are to come, because what
     * comes after them is planned anew.
     */
    public List<String> unmatched(Collection<String> allowed) {
        if (steps.isEmpty() || steps.stream().anyMatch(step -> step.phase() == Phase.DATA)) {
            return List.of();
        }
        Set<String> wanted = new HashSet<>();
        for (Step step : steps) {
            step.hazards().forEach(hazard -> wanted.add(hazard.consent()));
            step.guards().forEach(guard -> wanted.add(guard.hazard(0).consent()));
        }
        return allowed.stream()
                .filter(consent -> !wanted.contains(consent))
                .distinct()
                .toList();
    }

    /** What tells one schema from another: a hash of all that the engine says of its tables. */
    public static String fingerprint(PhysicalSchema schema) {
        return Fingerprint.of(schema.tables().toString());
    }
}
