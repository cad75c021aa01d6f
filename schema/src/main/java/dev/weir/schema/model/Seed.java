package dev.weir.schema.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rows that a table is to have.
 *
 * @param key the columns that tell whether a row is there
 * @param enforce whether a row that is there is made to have these values; else it is left as it is
 * @param rows each with a value for every key column; values are texts, numbers, booleans, null, or for a JSON column maps
 *     and lists
 */
public record Seed(List<String> key, boolean enforce, List<Map<String, @Nullable Object>> rows) {
    /** A copy whose lists and maps can't change. */
    public Seed {
        key = List.copyOf(key);
        List<Map<String, @Nullable Object>> copies = new ArrayList<>();
        for (Map<String, @Nullable Object> row : rows) {
            copies.add(Collections.unmodifiableMap(new LinkedHashMap<>(row)));
        }
        rows = Collections.unmodifiableList(copies);
    }
}
