package dev.weir.schema.plan;

/**
 * A loss that no row would have suffered when the plan was made, and that must not happen to one that came since: looked for
 * again when the step keeps all writers out.
 *
 * @param kind what would have to be consented to
 * @param object whose it would be
 * @param condition an SQL condition that holds for the rows which would lose something
 */
public record Guard(Hazard.Kind kind, String object, String condition) {
    /** The hazard that this is, with so many rows. */
    public Hazard hazard(long count) {
        return new Hazard(kind, object, count);
    }
}
