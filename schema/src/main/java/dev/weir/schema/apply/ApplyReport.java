package dev.weir.schema.apply;

import java.util.List;

/**
 * What an apply or a rollback did.
 *
 * @param steps the ids of the steps that were carried out, in order; empty if there was nothing to do
 */
public record ApplyReport(List<String> steps) {
    /** A copy whose list can't change. */
    public ApplyReport {
        steps = List.copyOf(steps);
    }
}
