package dev.weir.db;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** The columns that all rows of a result share. Immutable. */
final class RowHeader {
    private static final int AMBIGUOUS = -1;

    private final List<String> labels;
    private final Map<String, Integer> exact;
    private final Map<String, Integer> folded;

    RowHeader(List<String> labels) {
        this(labels, labels);
    }

    /**
     * Columns of a join.
     *
     * @param qualified a second name for each, such as {@code posts.id}
     */
    RowHeader(List<String> labels, List<String> qualified) {
        this.labels = List.copyOf(labels);
        this.exact = new HashMap<>(labels.size() * 2);
        this.folded = new HashMap<>(labels.size() * 2);
        for (int i = 0; i < labels.size(); i++) {
            add(labels.get(i), i);
            add(qualified.get(i), i);
        }
    }

    private void add(String label, int index) {
        exact.merge(label, index, RowHeader::same);
        folded.merge(label.toLowerCase(Locale.ROOT), index, RowHeader::same);
    }

    private static Integer same(Integer one, Integer other) {
        return one.equals(other) ? one : Integer.valueOf(AMBIGUOUS);
    }

    List<String> labels() {
        return labels;
    }

    int index(String column) {
        Objects.requireNonNull(column, "column");
        Integer found = exact.get(column);
        if (found == null) {
            found = folded.get(column.toLowerCase(Locale.ROOT));
        }
        if (found == null) {
            throw new IllegalArgumentException(
                    "The row has no such column: column=" + column + ". It has " + labels + ".");
        }
        if (found == AMBIGUOUS) {
            throw new IllegalArgumentException("Several columns of the row have this name: column=" + column
                    + ". Give each its own name in the statement, by AS.");
        }
        return found;
    }
}
