package dev.weir.schema.physical;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An index or a unique constraint; the primary key's own index is not among them.
 *
 * @param method null for the engine's default
 * @param where the condition as the engine spells it; null if it holds all rows
 * @param constraint whether it stands as a UNIQUE constraint, and so is dropped as one; not compared
 * @param valid false for one whose build failed half way
 */
public record PhysicalIndex(
        String name,
        List<Part> parts,
        boolean unique,
        @Nullable String method,
        @Nullable String where,
        boolean constraint,
        boolean valid) {

    /**
     * A column or an expression.
     *
     * @param text the column's name, or the expression as the engine spells it
     * @param options what else the engine says of it, such as an operator class or a prefix length; empty by default
     */
    public record Part(String text, boolean expression, boolean descending, String options) {}

    /** A copy whose list can't change. */
    public PhysicalIndex {
        parts = List.copyOf(parts);
    }

    /** Whether both are the same, names aside. */
    public boolean sameAs(PhysicalIndex other) {
        return parts.equals(other.parts)
                && unique == other.unique
                && java.util.Objects.equals(method, other.method)
                && java.util.Objects.equals(where, other.where)
                && valid
                && other.valid;
    }

    /** The columns that stand in it by name. */
    public List<String> columns() {
        return parts.stream().filter(part -> !part.expression()).map(Part::text).toList();
    }
}
