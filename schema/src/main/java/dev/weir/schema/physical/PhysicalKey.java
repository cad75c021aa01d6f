package dev.weir.schema.physical;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A primary key.
 *
 * @param name the constraint's name, which is not compared; null on an engine where it has none
 */
public record PhysicalKey(@Nullable String name, List<String> columns) {
    /** A copy whose list can't change. */
    public PhysicalKey {
        columns = List.copyOf(columns);
    }
}
