package dev.weir.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What write-behind promises, said plainly: rows in maps, each operation applied at once and in call order. What is refused
 * (a missing row) changes nothing; a group with one refused part changes nothing.
 */
final class WriteBehindModel {
    /** What becomes of a change whose row is missing. */
    enum Missing {
        REFUSE,
        IGNORE,
        INSERT
    }

    /** A change of one row. */
    sealed interface Change {
        record Add(String column, long delta) implements Change {}

        record Set(String column, @Nullable Object value) implements Change {}

        record Max(String column, long value) implements Change {}

        record Min(String column, long value) implements Change {}

        record Delete() implements Change {}

        record Insert(Map<String, Object> row) implements Change {}
    }

    /** One call on one row. */
    record Call(int table, int key, Missing missing, Change change) {}

    static final List<String> NUMBERS = List.of("n", "m", "hi");
    static final List<String> COLUMNS = List.of("n", "m", "hi", "title");
    static final Map<String, Object> DEFAULTS = Map.of("n", 1000L, "title", "made");
    static final int TABLES = 3;
    static final int KEYS = 4;

    private final List<Map<Integer, Map<String, @Nullable Object>>> tables = new ArrayList<>();

    WriteBehindModel() {
        for (int i = 0; i < TABLES; i++) {
            tables.add(new TreeMap<>());
        }
    }

    Map<Integer, Map<String, @Nullable Object>> rows(int table) {
        return tables.get(table);
    }

    boolean exists(Call call) {
        return tables.get(call.table).containsKey(call.key);
    }

    @Nullable Object value(int table, int key, String column) {
        Map<String, @Nullable Object> row = tables.get(table).get(key);
        return row == null ? null : row.get(column);
    }

    /** Whether the database would refuse the call for what it is. */
    boolean refuses(Call call) {
        if (call.change instanceof Change.Insert) {
            return exists(call);
        }
        return !(call.change instanceof Change.Delete) && !exists(call) && call.missing == Missing.REFUSE;
    }

    /** Applies the calls as one: all, or none if one of them is refused; answers which. */
    boolean apply(List<Call> group) {
        List<Map<Integer, Map<String, @Nullable Object>>> before = new ArrayList<>();
        tables.forEach(table -> {
            Map<Integer, Map<String, @Nullable Object>> copy = new TreeMap<>();
            table.forEach((key, row) -> copy.put(key, new HashMap<>(row)));
            before.add(copy);
        });
        for (Call call : group) {
            if (refuses(call)) {
                tables.clear();
                tables.addAll(before);
                return false;
            }
            apply(call);
        }
        return true;
    }

    private void apply(Call call) {
        Map<Integer, Map<String, @Nullable Object>> rows = tables.get(call.table);
        if (call.change instanceof Change.Delete) {
            rows.remove(call.key);
            return;
        } else if (call.change instanceof Change.Insert insert) {
            rows.put(call.key, fresh(insert.row));
            return;
        }
        Map<String, @Nullable Object> row = rows.get(call.key);
        if (row == null) {
            if (call.missing == Missing.IGNORE) {
                return;
            }
            row = fresh(DEFAULTS);
            rows.put(call.key, row);
        }
        if (call.change instanceof Change.Add add) {
            row.merge(add.column, add.delta, (a, b) -> (long) a + (long) b);
        } else if (call.change instanceof Change.Set set) {
            row.put(set.column, set.value);
        } else if (call.change instanceof Change.Max max) {
            row.merge(max.column, max.value, (a, b) -> Math.max((long) a, (long) b));
        } else if (call.change instanceof Change.Min min) {
            row.merge(min.column, min.value, (a, b) -> Math.min((long) a, (long) b));
        }
    }

    private static Map<String, @Nullable Object> fresh(Map<String, Object> values) {
        Map<String, @Nullable Object> row = new HashMap<>();
        COLUMNS.forEach(column -> row.put(column, values.get(column)));
        return row;
    }

    static Call randomCall(Random random) {
        int table = random.nextInt(TABLES);
        int key = random.nextInt(KEYS);
        Missing missing = random.nextInt(4) > 0 ? policy(table) : Missing.values()[random.nextInt(3)];
        return new Call(table, key, missing, randomChange(random));
    }

    /** What the tables' settings say: the first refuses, the second inserts, the third ignores. */
    static Missing policy(int table) {
        return table == 0 ? Missing.REFUSE : table == 1 ? Missing.INSERT : Missing.IGNORE;
    }

    private static Change randomChange(Random random) {
        String number = NUMBERS.get(random.nextInt(NUMBERS.size()));
        return switch (random.nextInt(12)) {
            case 0, 1 -> new Change.Set(number, random.nextInt(8) == 0 ? null : (Object) (long) random.nextInt(50));
            case 2 -> new Change.Set("title", "t" + random.nextInt(9));
            case 3 -> new Change.Max(number, random.nextInt(60) - 20);
            case 4 -> new Change.Min(number, random.nextInt(60) - 20);
            case 5 -> new Change.Delete();
            case 6, 7 -> new Change.Insert(randomRow(random));
            default -> new Change.Add(number, delta(random));
        };
    }

    /** Small deltas on both sides of 0, so that their sums often come to nothing. */
    static long delta(Random random) {
        return random.nextInt(5) - 2;
    }

    private static Map<String, Object> randomRow(Random random) {
        Map<String, Object> row = new LinkedHashMap<>();
        for (String number : NUMBERS) {
            if (random.nextBoolean()) {
                row.put(number, (long) random.nextInt(100));
            }
        }
        row.put("title", "i" + random.nextInt(9));
        return row;
    }

    static List<Call> randomGroup(Random random) {
        List<Call> calls = new ArrayList<>();
        int n = 1 + random.nextInt(3);
        for (int i = 0; i < n; i++) {
            calls.add(randomCall(random));
        }
        return calls;
    }

    void assertSame(int table, Map<Integer, Map<String, @Nullable Object>> actual) {
        assertThat(actual).as("rows of table " + table).isEqualTo(tables.get(table));
    }
}
