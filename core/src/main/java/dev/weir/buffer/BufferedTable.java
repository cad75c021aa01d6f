package dev.weir.buffer;

import dev.weir.buffer.RowChange.Insert;
import dev.weir.buffer.RowChange.Missing;
import dev.weir.db.engine.Catalog;
import dev.weir.db.engine.ColumnInfo;
import dev.weir.db.engine.ColumnValues;
import dev.weir.db.engine.TableInfo;
import dev.weir.db.engine.ValueKind;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What the buffer keeps of one table: its key, its columns by index, its rows and counters with pending changes. Checks and
 * canonicalises what callers give.
 *
 * <p><b>Concurrency.</b> The column list only grows, under this object's monitor; it is read through volatile references.
 */
final class BufferedTable {
    private static final Set<ValueKind> KEY_KINDS = EnumSet.of(
            ValueKind.INTEGER,
            ValueKind.TEXT,
            ValueKind.UUID,
            ValueKind.BYTES,
            ValueKind.DATE,
            ValueKind.DECIMAL,
            ValueKind.BOOLEAN);
    private static final Set<ValueKind> ORDERED_KINDS = EnumSet.of(
            ValueKind.INTEGER,
            ValueKind.DECIMAL,
            ValueKind.DATE,
            ValueKind.TIME,
            ValueKind.TIMESTAMP,
            ValueKind.INSTANT);

    final TableInfo info;
    final String name;
    final TableSettings settings;
    final Missing missing;
    final int[] key;
    final boolean longKey;

    /** Rows with entries in the row log. */
    final ConcurrentHashMap<Object, PendingRow> rows = new ConcurrentHashMap<>();

    final AtomicLong pendingRows = new AtomicLong();

    private final Catalog catalog;
    private final Map<String, Integer> indexes = new ConcurrentHashMap<>();
    private volatile ColumnInfo[] columns;
    private volatile @Nullable CounterColumn[] counters;

    /**
     * A table.
     *
     * @param name what the catalog knows it by, and the journal and dead letters call it
     */
    BufferedTable(TableInfo info, String name, TableSettings settings, Catalog catalog) {
        this.info = info;
        this.name = name;
        this.settings = settings;
        this.catalog = catalog;
        this.columns = info.columns().toArray(ColumnInfo[]::new);
        this.counters = new @Nullable CounterColumn[columns.length];
        if (info.view()) {
            throw refused("Only a table can be buffered, not a view", "Buffer the table beneath it.");
        }
        if (!info.transactional()) {
            throw refused(
                    "A buffered table needs transactions, and the table's storage engine has none",
                    "Change the table's engine, for example to InnoDB.");
        }
        List<String> keyNames = settings.key() != null ? settings.key() : info.primaryKey();
        if (keyNames.isEmpty()) {
            throw refused(
                    "A buffered row is named by a unique key, and the table has no primary key",
                    "Name a unique key by TableSettings.key(…).");
        }
        this.key = new int[keyNames.size()];
        List<String> spelled = new ArrayList<>();
        for (int i = 0; i < key.length; i++) {
            key[i] = column(keyNames.get(i));
            ColumnInfo column = columns[key[i]];
            spelled.add(column.name());
            checkKeyColumn(column);
        }
        if (!sameColumns(spelled, info.primaryKey())
                && info.uniqueKeys().stream().noneMatch(unique -> sameColumns(spelled, unique))) {
            throw refused(
                    "A buffered row is named by a unique key, and no unique key has just these columns: key=" + spelled,
                    "Use the primary key " + info.primaryKey() + " or one of " + info.uniqueKeys() + ".");
        }
        this.longKey = key.length == 1 && columns[key[0]].kind() == ValueKind.INTEGER;
        Map<String, ? extends @Nullable Object> defaults = settings.orInsert();
        this.missing = defaults != null
                ? new Missing(null, insertOf(defaults, false))
                : settings.missingRow() == MissingRow.IGNORE ? Missing.IGNORE : Missing.DEAD_LETTER;
    }

    private void checkKeyColumn(ColumnInfo column) {
        if (!KEY_KINDS.contains(column.kind())) {
            throw refused(
                    "A buffer key has columns that compare exactly: column=" + column.name() + ", type="
                            + column.typeName(),
                    "Name another unique key by TableSettings.key(…).");
        }
        if (!column.binaryComparison()) {
            throw refused(
                    "A buffer key must compare byte for byte, or two spellings of one row would meet in one statement: column="
                            + column.name() + ", type=" + column.typeName(),
                    "Give the column a binary collation without padding.");
        }
    }

    private static boolean sameColumns(List<String> a, List<String> b) {
        return a.size() == b.size() && Set.copyOf(a).equals(Set.copyOf(b));
    }

    private IllegalArgumentException refused(String rule, String cure) {
        return new IllegalArgumentException(rule + ": table=" + name + ". " + cure);
    }

    ColumnInfo columnInfo(int column) {
        return columns[column];
    }

    int columnCount() {
        return columns.length;
    }

    /** The key's columns in their order. */
    List<ColumnInfo> keyColumns() {
        List<ColumnInfo> result = new ArrayList<>(key.length);
        for (int column : key) {
            result.add(columns[column]);
        }
        return result;
    }

    /** The index of a column. A name that is not known causes one fresh look at the catalog. */
    int column(String columnName) {
        Integer known = indexes.get(Objects.requireNonNull(columnName, "column"));
        return known != null ? known : lookUp(columnName);
    }

    private synchronized int lookUp(String columnName) {
        ColumnInfo found = info.column(columnName).orElseGet(() -> catalog.column(info, columnName));
        for (int i = 0; i < columns.length; i++) {
            if (columns[i].name().equals(found.name())) {
                indexes.put(columnName, i);
                return i;
            }
        }
        ColumnInfo[] more = Arrays.copyOf(columns, columns.length + 1);
        more[columns.length] = found;
        counters = Arrays.copyOf(counters, more.length);
        columns = more;
        indexes.put(columnName, more.length - 1);
        return more.length - 1;
    }

    private boolean isKey(int column) {
        for (int k : key) {
            if (k == column) {
                return true;
            }
        }
        return false;
    }

    /** The counter of a column, or null if it was never counted on. */
    @Nullable CounterColumn counterIfAny(int column) {
        @Nullable CounterColumn[] c = counters;
        return column < c.length ? c[column] : null;
    }

    /** The counters there are. */
    @Nullable CounterColumn[] counters() {
        return counters;
    }

    CounterColumn counter(int column) {
        CounterColumn counter = counterIfAny(column);
        return counter != null ? counter : makeCounter(column);
    }

    private synchronized CounterColumn makeCounter(int column) {
        CounterColumn counter = counters[column];
        if (counter == null) {
            counter = new CounterColumn(this, column);
            @Nullable CounterColumn[] more = counters.clone();
            more[column] = counter;
            counters = more;
        }
        return counter;
    }

    /** Checks that a column may be added to, and by how much. */
    void checkAdd(int column, long delta) {
        ColumnInfo info = columns[column];
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
            throw new IllegalArgumentException("Only an integer or decimal column can be added to exactly: column="
                    + name + "." + info.name() + ", type=" + info.typeName() + ". Use update, or change the type.");
        }
    }

    /** The largest magnitude that may be added to a column without asking {@link #checkAdd} and without a lock. */
    long addLimit(int column) {
        ColumnInfo info = columns[column];
        Integer digits = info.precision();
        if (info.kind() != ValueKind.INTEGER) {
            return 0;
        }
        return digits == null || digits > 40 ? Cell.SMALL : (1L << digits) - 1;
    }

    private IllegalArgumentException notExact(ColumnInfo column, String why) {
        return new IllegalArgumentException("A buffered value must be one that its column stores exactly, and " + why
                + ": column=" + name + "." + column.name() + ", type=" + column.typeName() + ".");
    }

    /** Checks a bound for max or min and answers its canonical value. */
    Object bound(int column, Object value) {
        ColumnInfo info = columns[column];
        writable(column);
        if (!ORDERED_KINDS.contains(info.kind())) {
            throw new IllegalArgumentException("Only a number or a time can be raised or lowered: column=" + name + "."
                    + info.name() + ", type=" + info.typeName() + ". Use update.");
        }
        return Objects.requireNonNull(ColumnValues.canonical(info, Objects.requireNonNull(value, "value")));
    }

    /** Checks a value to set and answers its canonical form. */
    @Nullable Object value(int column, @Nullable Object value) {
        ColumnInfo info = columns[column];
        writable(column);
        return canonical(info, value);
    }

    private @Nullable Object canonical(ColumnInfo info, @Nullable Object value) {
        if (info.kind() == ValueKind.OTHER) {
            throw new IllegalArgumentException("The buffer does not know the column's type: column=" + name + "."
                    + info.name() + ", type=" + info.typeName() + ". Write it directly, not through the buffer.");
        }
        return ColumnValues.canonical(info, value);
    }

    private void writable(int column) {
        if (columns[column].generated()) {
            throw new IllegalArgumentException("The database computes this column itself: column=" + name + "."
                    + columns[column].name() + ". Leave it out.");
        }
        if (isKey(column)) {
            throw new IllegalArgumentException("The key that names a buffered row can't be changed: column=" + name
                    + "." + columns[column].name() + ". Delete the row and insert another.");
        }
    }

    /** Checks a key and answers its canonical form. */
    Object key(Object given) {
        Objects.requireNonNull(given, "key");
        if (key.length == 1) {
            if (given instanceof Map<?, ?> map) {
                if (map.size() != 1) {
                    throw keyShape(map.keySet().toString());
                }
                Map.Entry<?, ?> only = map.entrySet().iterator().next();
                if (!(only.getKey() instanceof String column) || column(column) != key[0]) {
                    throw keyShape(map.keySet().toString());
                }
                return keyPart(0, only.getValue());
            }
            if (longKey && given instanceof Long) {
                return keyPart(0, given);
            }
            return keyPart(0, given);
        }
        if (!(given instanceof Map<?, ?> map)) {
            throw keyShape(given.getClass().getSimpleName());
        }
        @Nullable Object[] parts = new @Nullable Object[key.length];
        for (Map.Entry<?, ?> part : map.entrySet()) {
            int at = -1;
            if (part.getKey() instanceof String column) {
                int index = column(column);
                for (int i = 0; i < key.length; i++) {
                    at = key[i] == index ? i : at;
                }
            }
            if (at < 0) {
                throw keyShape(map.keySet().toString());
            }
            parts[at] = keyPart(at, part.getValue());
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
        List<String> names = keyColumns().stream().map(ColumnInfo::name).toList();
        return new IllegalArgumentException("A row is named by its whole buffer key: table=" + name + ", key=" + names
                + ", given=" + given + ". "
                + (key.length == 1 ? "Give the key's value." : "Give a map from each key column to its value."));
    }

    private Object keyPart(int part, @Nullable Object value) {
        ColumnInfo info = columns[key[part]];
        if (value == null) {
            throw new IllegalArgumentException(
                    "A key has no NULL: column=" + name + "." + info.name() + ". Give the row's key.");
        }
        Object canonical = Objects.requireNonNull(ColumnValues.canonical(info, value));
        if (canonical instanceof byte[] bytes) {
            return new Bytes(bytes);
        }
        return canonical instanceof BigDecimal decimal ? decimal.stripTrailingZeros() : canonical;
    }

    /** Values of a key, one a key column, as the database takes them. */
    static Object[] parts(Object key) {
        if (key instanceof CompositeKey composite) {
            Object[] parts = composite.parts().toArray();
            for (int i = 0; i < parts.length; i++) {
                parts[i] = plain(parts[i]);
            }
            return parts;
        }
        return new Object[] {plain(key)};
    }

    private static Object plain(Object part) {
        return part instanceof Bytes bytes ? bytes.value() : part;
    }

    /** Checks a row to insert. */
    Insert insertOf(Map<String, ? extends @Nullable Object> row, boolean whole) {
        Objects.requireNonNull(row, "row");
        int[] at = new int[row.size()];
        @Nullable Object[] values = new @Nullable Object[at.length];
        int n = 0;
        for (Map.Entry<String, ? extends @Nullable Object> field : row.entrySet()) {
            int column = column(field.getKey());
            ColumnInfo info = columns[column];
            if (info.generated()) {
                writable(column);
            }
            if (isKey(column) && !whole) {
                throw new IllegalArgumentException("The key is given by where(…): column=" + name + "." + info.name()
                        + ". Leave it out of the defaults.");
            }
            for (int i = 0; i < n; i++) {
                if (at[i] == column) {
                    throw new IllegalArgumentException(
                            "A column is given once: column=" + name + "." + info.name() + ".");
                }
            }
            at[n] = column;
            values[n++] = canonical(info, field.getValue());
        }
        if (whole) {
            if (n == 0) {
                throw new IllegalArgumentException("A row to insert has at least one column: table=" + name + ".");
            }
            for (int i = 0; i < columns.length; i++) {
                if (!columns[i].nullable() && !columns[i].hasDefault() && !contains(at, i)) {
                    throw new IllegalArgumentException(
                            "A row to insert has a value for each column that needs one: column=" + name + "."
                                    + columns[i].name() + ". Give it a value.");
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

    /** The key of a row to insert; null if the database makes it. */
    @Nullable Object keyOf(Insert insert) {
        @Nullable Object[] parts = new @Nullable Object[key.length];
        for (int i = 0; i < key.length; i++) {
            int at = insert.find(key[i]);
            Object value = at < 0 ? null : insert.values()[at];
            if (value == null) {
                return null;
            }
            parts[i] = keyPart(i, value);
        }
        return key.length == 1 ? parts[0] : new CompositeKey(Arrays.<Object>asList(parts));
    }

    /** The key whose columns begin a row that was read. */
    Object keyOfColumns(@Nullable Object[] row) {
        if (key.length == 1) {
            return keyPart(0, row[0]);
        }
        List<Object> parts = new ArrayList<>(key.length);
        for (int i = 0; i < key.length; i++) {
            parts.add(keyPart(i, row[i]));
        }
        return new CompositeKey(parts);
    }

    Missing missing(Map<String, ? extends @Nullable Object> defaults) {
        return new Missing(null, insertOf(defaults, false));
    }
}
