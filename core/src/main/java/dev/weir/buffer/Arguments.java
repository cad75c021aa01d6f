package dev.weir.buffer;

import dev.weir.buffer.RowChange.Insert;
import dev.weir.buffer.RowChange.Missing;
import dev.weir.buffer.RowChange.Update;
import dev.weir.db.engine.Catalog;
import dev.weir.db.engine.ColumnInfo;
import dev.weir.db.engine.ColumnValues;
import dev.weir.db.engine.ValueKind;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks what callers give for one table, and brings it into the form that the buffer keeps. Before it refuses anything it has
 * the catalog looked at once more: the table may have been changed. Thread-safe as its catalog is.
 */
final class Arguments {
    private static final Set<ValueKind> ORDERED_KINDS = EnumSet.of(
            ValueKind.INTEGER,
            ValueKind.DECIMAL,
            ValueKind.DATE,
            ValueKind.TIME,
            ValueKind.TIMESTAMP,
            ValueKind.INSTANT);

    final BufferedTable table;
    private final Catalog catalog;

    Arguments(BufferedTable table, Catalog catalog) {
        this.table = table;
        this.catalog = catalog;
    }

    private void lookAgain(IllegalArgumentException refused) {
        if (!table.renew(catalog)) {
            throw refused;
        }
    }

    /** The index of a column. */
    int column(String name) {
        return table.column(name, catalog);
    }

    /** Checks that a column may be added to, and by how much. */
    void checkAdd(int column, long delta) {
        try {
            checkedAdd(column, delta);
        } catch (IllegalArgumentException refused) {
            lookAgain(refused);
            checkedAdd(column, delta);
        }
    }

    private void checkedAdd(int column, long delta) {
        ColumnInfo info = table.columnInfo(column);
        writable(column);
        if (info.kind() == ValueKind.INTEGER) {
            Integer bits = info.precision();
            if (bits != null && bits < 64) {
                long limit = 1L << bits;
                if (delta <= -limit || delta >= limit) {
                    throw notExact(info, "the delta has more than " + bits + " bits");
                }
            }
        } else if (info.kind() == ValueKind.DECIMAL) {
            ColumnValues.canonical(info, BigDecimal.valueOf(delta));
        } else {
            throw new IllegalArgumentException(
                    "Only an integer or decimal column can be added to exactly: column=" + table.name + "."
                            + info.name() + ", type=" + info.typeName() + ". Use update, or change the type.");
        }
    }

    private IllegalArgumentException notExact(ColumnInfo column, String why) {
        return new IllegalArgumentException("A buffered value must be one that its column stores exactly, and " + why
                + ": column=" + table.name + "." + column.name() + ", type=" + column.typeName() + ".");
    }

    /** Checks a bound for max or min and answers its canonical value. */
    Object bound(int column, Object value) {
        try {
            return checkedBound(column, value);
        } catch (IllegalArgumentException refused) {
            lookAgain(refused);
            return checkedBound(column, value);
        }
    }

    private Object checkedBound(int column, Object value) {
        ColumnInfo info = table.columnInfo(column);
        writable(column);
        if (!ORDERED_KINDS.contains(info.kind())) {
            throw new IllegalArgumentException("Only a number or a time can be raised or lowered: column=" + table.name
                    + "." + info.name() + ", type=" + info.typeName() + ". Use update.");
        }
        return Objects.requireNonNull(ColumnValues.canonical(info, Objects.requireNonNull(value, "value")));
    }

    /** Checks a value to set and answers its canonical form. */
    @Nullable Object value(int column, @Nullable Object value) {
        try {
            return checkedValue(column, value);
        } catch (IllegalArgumentException refused) {
            lookAgain(refused);
            return checkedValue(column, value);
        }
    }

    private @Nullable Object checkedValue(int column, @Nullable Object value) {
        ColumnInfo info = table.columnInfo(column);
        writable(column);
        return canonical(info, value);
    }

    private @Nullable Object canonical(ColumnInfo info, @Nullable Object value) {
        if (info.kind() == ValueKind.OTHER) {
            throw new IllegalArgumentException("The buffer does not know the column's type: column=" + table.name + "."
                    + info.name() + ", type=" + info.typeName() + ". Write it directly, not through the buffer.");
        }
        return ColumnValues.canonical(info, value);
    }

    private void writable(int column) {
        if (table.columnInfo(column).generated()) {
            throw new IllegalArgumentException("The database computes this column itself: column=" + table.name + "."
                    + table.columnInfo(column).name() + ". Leave it out.");
        }
        if (table.isKey(column)) {
            throw new IllegalArgumentException("The key that names a buffered row can't be changed: column="
                    + table.name + "." + table.columnInfo(column).name() + ". Delete the row and insert another.");
        }
    }

    /** Checks a key and answers its canonical form. */
    Object key(Object given) {
        try {
            return checkedKey(given);
        } catch (IllegalArgumentException refused) {
            lookAgain(refused);
            return checkedKey(given);
        }
    }

    private Object checkedKey(Object given) {
        Objects.requireNonNull(given, "key");
        if (table.key.length == 1) {
            if (given instanceof Map<?, ?> map) {
                if (map.size() != 1) {
                    throw keyShape(map.keySet().toString());
                }
                Map.Entry<?, ?> only = map.entrySet().iterator().next();
                if (!(only.getKey() instanceof String column) || column(column) != table.key[0]) {
                    throw keyShape(map.keySet().toString());
                }
                return table.keyPart(0, only.getValue());
            }
            return table.keyPart(0, given);
        }
        if (!(given instanceof Map<?, ?> map)) {
            throw keyShape(given.getClass().getSimpleName());
        }
        @Nullable Object[] parts = new @Nullable Object[table.key.length];
        for (Map.Entry<?, ?> part : map.entrySet()) {
            int at = -1;
            if (part.getKey() instanceof String column) {
                int index = column(column);
                for (int i = 0; i < table.key.length; i++) {
                    at = table.key[i] == index ? i : at;
                }
            }
            if (at < 0) {
                throw keyShape(map.keySet().toString());
            }
            parts[at] = table.keyPart(at, part.getValue());
        }
        List<Object> all = new ArrayList<>();
        for (Object part : parts) {
            if (part == null) {
                throw keyShape(map.keySet().toString());
            }
            all.add(part);
        }
        return new CompositeKey(all);
    }

    private IllegalArgumentException keyShape(String given) {
        List<String> names = table.keyColumns().stream().map(ColumnInfo::name).toList();
        return new IllegalArgumentException("A row is named by its whole buffer key: table=" + table.name + ", key="
                + names
                + ", given=" + given + ". "
                + (table.key.length == 1 ? "Give the key's value." : "Give a map from each key column to its value."));
    }

    /** Checks a row to insert. */
    Insert insertOf(Map<String, ? extends @Nullable Object> row, boolean whole) {
        try {
            return checkedInsertOf(row, whole);
        } catch (IllegalArgumentException refused) {
            lookAgain(refused);
            return checkedInsertOf(row, whole);
        }
    }

    private Insert checkedInsertOf(Map<String, ? extends @Nullable Object> row, boolean whole) {
        Objects.requireNonNull(row, "row");
        int[] at = new int[row.size()];
        @Nullable Object[] values = new @Nullable Object[at.length];
        int n = 0;
        for (Map.Entry<String, ? extends @Nullable Object> field : row.entrySet()) {
            int column = column(field.getKey());
            ColumnInfo info = table.columnInfo(column);
            if (info.generated()) {
                writable(column);
            }
            if (table.isKey(column) && !whole) {
                throw new IllegalArgumentException("The key is given by where(…): column=" + table.name + "."
                        + info.name() + ". Leave it out of the defaults.");
            }
            for (int i = 0; i < n; i++) {
                if (at[i] == column) {
                    throw new IllegalArgumentException(
                            "A column is given once: column=" + table.name + "." + info.name() + ".");
                }
            }
            at[n] = column;
            values[n++] = canonical(info, field.getValue());
        }
        if (whole) {
            if (n == 0) {
                throw new IllegalArgumentException(
                        "A row to insert has at least one column: table=" + table.name + ".");
            }
            for (int i = 0; i < table.columnCount(); i++) {
                ColumnInfo column = table.columnInfo(i);
                if (!column.nullable() && !column.hasDefault() && !contains(at, i)) {
                    throw new IllegalArgumentException(
                            "A row to insert has a value for each column that needs one: column=" + table.name + "."
                                    + column.name() + ". Give it a value.");
                }
            }
        }
        return new Insert(at, values);
    }

    private static boolean contains(int[] columns, int column) {
        for (int c : columns) {
            if (c == column) {
                return true;
            }
        }
        return false;
    }

    /** Columns to set as a change of a row. */
    Update update(Map<String, ? extends @Nullable Object> columns, Missing missing) {
        if (Objects.requireNonNull(columns, "columns").isEmpty()) {
            throw new IllegalArgumentException(
                    "An update sets at least one column: table=" + table.name + ", columns={}. Name what changes.");
        }
        int n = columns.size();
        int[] at = new int[n];
        ColumnChange[] changes = new ColumnChange[n];
        int i = 0;
        for (Map.Entry<String, ? extends @Nullable Object> column : columns.entrySet()) {
            at[i] = column(column.getKey());
            changes[i] = new ColumnChange.Put(value(at[i], column.getValue()));
            for (int j = 0; j < i; j++) {
                if (at[j] == at[i]) {
                    throw new IllegalArgumentException("A column is given once: column=" + table.name + "."
                            + table.columnInfo(at[i]).name() + ".");
                }
            }
            i++;
        }
        return new Update(at, changes, missing);
    }

    /** Defaults of a row that may be missing. */
    Missing missing(Map<String, ? extends @Nullable Object> defaults) {
        return new Missing(null, insertOf(defaults, false));
    }
}
