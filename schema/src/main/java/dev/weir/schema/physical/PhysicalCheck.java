package dev.weir.schema.physical;

/**
 * A check.
 *
 * @param name empty on an engine where it has none
 * @param condition as the engine spells it, without the word CHECK and its parentheses
 * @param valid false for one that was added without looking at the rows
 */
public record PhysicalCheck(String name, String condition, boolean valid) {
    /** Whether both are the same, names aside. */
    public boolean sameAs(PhysicalCheck other) {
        return condition.equals(other.condition);
    }
}
