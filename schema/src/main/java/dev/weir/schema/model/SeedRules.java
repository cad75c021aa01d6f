package dev.weir.schema.model;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules of the rows that a table is to have. Their values never stand in a message. */
final class SeedRules {
    private final Findings findings;
    private final String path;
    private final Table table;
    private final String where;
    private final Seed seed;

    SeedRules(Findings findings, String path, Table table, Seed seed) {
        this.findings = findings;
        this.path = path;
        this.table = table;
        this.where = "table=" + table.name();
        this.seed = seed;
    }

    void check() {
        if (seed.key().isEmpty()) {
            findings.add(path, "a seed has a key, by which its rows are found", where + " key=[]", "name its columns");
        }
        Set<String> key = new HashSet<>();
        for (String column : seed.key()) {
            if (table.column(column).isEmpty()) {
                unknown(path, where + " key=" + seed.key(), column);
            } else if (!key.add(column)) {
                findings.add(
                        path,
                        "a seed's key names a column once",
                        where + " key=" + seed.key() + " column=" + column,
                        "remove one of them");
            }
        }
        Map<List<@Nullable Object>, Integer> seen = new HashMap<>();
        for (int i = 0; i < seed.rows().size(); i++) {
            row(i, key.size() == seed.key().size() && !key.isEmpty(), seen);
        }
    }

    private void row(int number, boolean keyIsKnown, Map<List<@Nullable Object>, Integer> seen) {
        Map<String, @Nullable Object> row = seed.rows().get(number);
        String place = path + ".rows[" + number + "]";
        String found = where + " row=" + (number + 1);
        for (String column : row.keySet()) {
            table.column(column)
                    .ifPresentOrElse(
                            declared -> {
                                if (declared.generated() != null) {
                                    findings.add(
                                            place,
                                            "a seed has no value for a generated column",
                                            found + " column=" + column,
                                            "remove it");
                                }
                            },
                            () -> unknown(place, found, column));
        }
        boolean whole = true;
        for (String column : seed.key()) {
            if (row.get(column) == null) {
                whole = false;
                findings.add(
                        place,
                        "a row of a seed has a value for each column of the key",
                        found + " column=" + column,
                        "give it one");
            }
        }
        if (whole && keyIsKnown) {
            Integer first = seen.putIfAbsent(
                    seed.key().stream()
                            .map(column -> comparable(Objects.requireNonNull(row.get(column))))
                            .toList(),
                    number + 1);
            if (first != null) {
                findings.add(
                        place,
                        "two rows of a seed differ in their key",
                        found + " first=" + first + " key=" + seed.key(),
                        "remove one of them");
            }
        }
    }

    private void unknown(String place, String found, String column) {
        findings.add(
                place,
                "a seed is of columns that are declared",
                found + " column=" + column + SchemaRules.otherCase(column, SchemaRules.columnNames(table)),
                "declare that column, or correct the name");
    }

    /** Numbers are the same if they are equal, whatever their Java types. */
    private static Object comparable(Object value) {
        if (value instanceof Double || value instanceof Float) {
            double number = ((Number) value).doubleValue();
            return (Double.isNaN(number) || Double.isInfinite(number))
                    ? value
                    : BigDecimal.valueOf(number).stripTrailingZeros();
        }
        return value instanceof Number ? new BigDecimal(value.toString()).stripTrailingZeros() : value;
    }
}
