package dev.weir.buffer;

import dev.weir.buffer.RowChange.Insert;
import dev.weir.buffer.RowChange.Missing;
import dev.weir.db.engine.Catalog;
import dev.weir.db.engine.ColumnInfo;
import dev.weir.db.engine.ColumnValues;
import dev.weir.db.engine.TableInfo;
import dev.weir.db.engine.ValueKind;
import dev.weir.error.WeirException;
import java.math.BigDecimal;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What the buffer keeps of one table: its key, its columns by index, its rows and counters with pending changes. What callers
 * give is checked by {@link Arguments}.
 *
 * <p><b>Concurrency.</b> What the catalog says is asked for without a lock and then published under {@code publishing}: the
 * column list only grows, a column keeps its index and its kind, and what else is known of it may be replaced. All of it is
 * read through volatile references.
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
    private static final long LOOK_AGAIN_NANOS = 1_000_000_000;

    volatile TableInfo info;
    final String name;
    final TableSettings settings;
    final Missing missing;
    final int[] key;
    final boolean longKey;

    /** Rows with entries in the row log. */
    final ConcurrentHashMap<Object, PendingRow> rows = new ConcurrentHashMap<>();

    final AtomicLong pendingRows = new AtomicLong();

    /** Checks what callers outside a transaction give. */
    final Arguments arguments;

    private final Catalog catalog;
    private final ReentrantLock publishing = new ReentrantLock();
    private final Map<String, Integer> indexes = new ConcurrentHashMap<>();
    private volatile ColumnInfo[] columns;
    private volatile @Nullable CounterColumn[] counters;
    private volatile long lookFailed = System.nanoTime() - LOOK_AGAIN_NANOS;

    /**
     * A table.
     *
     * @param name what the catalog knows it by, and the journal and dead letters call it
     * @param connection a look at the catalog while it is made goes through it; null if the pool may be asked
     */
    BufferedTable(
            TableInfo info, String name, TableSettings settings, Catalog catalog, @Nullable Connection connection) {
        this.info = info;
        this.name = name;
        this.settings = settings;
        this.catalog = catalog;
        this.arguments = new Arguments(this, catalog);
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
        Arguments checks = arguments(connection);
        this.key = new int[keyNames.size()];
        List<String> spelled = new ArrayList<>();
        for (int i = 0; i < key.length; i++) {
            key[i] = checks.column(keyNames.get(i));
            ColumnInfo column = columns[key[i]];
            spelled.add(column.name());
            checkKeyColumn(column);
        }
        if (!isUnique(info, spelled)) {
            throw refused(
                    "A buffered row is named by a unique key, and no unique key has just these columns: key=" + spelled,
                    "Use the primary key " + info.primaryKey() + " or one of " + info.uniqueKeys() + ".");
        }
        this.longKey = key.length == 1 && columns[key[0]].kind() == ValueKind.INTEGER;
        Map<String, ? extends @Nullable Object> defaults = settings.orInsert();
        this.missing = defaults != null
                ? checks.missing(defaults)
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

    private static boolean isUnique(TableInfo info, List<String> columns) {
        return sameColumns(columns, info.primaryKey())
                || info.uniqueKeys().stream().anyMatch(unique -> sameColumns(columns, unique));
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

    /** The checks for callers inside a transaction, which ask on its connection; the usual ones if there is none. */
    Arguments arguments(@Nullable Connection connection) {
        return connection == null ? arguments : new Arguments(this, new HeldCatalog(catalog, connection));
    }

    /** The index of a column. A name that is not known causes one fresh look at the catalog. */
    int column(String columnName) {
        return column(columnName, catalog);
    }

    int column(String columnName, Catalog from) {
        Integer known = indexes.get(Objects.requireNonNull(columnName, "column"));
        return known != null ? known : publish(columnName, look(columnName, from));
    }

    private ColumnInfo look(String columnName, Catalog from) {
        TableInfo now = info;
        return now.column(columnName).orElseGet(() -> from.column(now, columnName));
    }

    private int publish(String columnName, ColumnInfo found) {
        publishing.lock();
        try {
            int at = find(found.name());
            if (at < 0) {
                at = columns.length;
                ColumnInfo[] more = Arrays.copyOf(columns, at + 1);
                more[at] = found;
                counters = Arrays.copyOf(counters, at + 1);
                columns = more;
            }
            indexes.put(columnName, at);
            return at;
        } finally {
            publishing.unlock();
        }
    }

    private int find(String exactName) {
        for (int i = 0; i < columns.length; i++) {
            if (columns[i].name().equals(exactName)) {
                return i;
            }
        }
        return -1;
    }

    /**
     * Looks at the catalog once more, because something is about to be refused by what was known, and takes over what changed.
     *
     * @return whether anything did
     * @throws IllegalArgumentException if the table is gone
     * @throws IllegalStateException if it changed so that pending changes may not fit it
     */
    boolean renew(Catalog from) {
        if (System.nanoTime() - lookFailed < LOOK_AGAIN_NANOS) {
            return false;
        }
        TableInfo known = info;
        TableInfo fresh;
        try {
            fresh = from.fresh(known);
        } catch (WeirException e) {
            // The database is away: what was known holds, and the next refusals do not wait for it.
            lookFailed = System.nanoTime();
            return false;
        }
        publishing.lock();
        try {
            if (fresh.equals(info)) {
                return !known.equals(fresh);
            }
            ColumnInfo[] renewed = columns.clone();
            for (int i = 0; i < renewed.length; i++) {
                renewed[i] = renewed(fresh, columns[i], isKey(i));
            }
            if (!isUnique(fresh, keyColumns().stream().map(ColumnInfo::name).toList())) {
                throw changed("its key is not unique any more");
            }
            columns = renewed;
            info = fresh;
            return true;
        } finally {
            publishing.unlock();
        }
    }

    private ColumnInfo renewed(TableInfo fresh, ColumnInfo known, boolean inKey) {
        ColumnInfo now = fresh.columns().stream()
                .filter(column -> column.name().equals(known.name()))
                .findFirst()
                .orElse(null);
        if (now == null && !inKey) {
            // A column that is gone asks for no value.
            return new ColumnInfo(
                    known.name(),
                    known.typeName(),
                    known.kind(),
                    true,
                    true,
                    known.generated(),
                    known.length(),
                    known.precision(),
                    known.scale(),
                    known.binaryComparison());
        }
        if (now == null || now.kind() != known.kind() || (inKey && !now.binaryComparison())) {
            throw changed("column=" + known.name() + ", was=" + known.typeName() + ", now="
                    + (now == null ? "gone" : now.typeName()));
        }
        return now;
    }

    private IllegalStateException changed(String how) {
        return new IllegalStateException(
                "A buffered table keeps its key and its columns' kinds of value while the application runs, and it was changed: table="
                        + name + ", " + how + ". Restart the application.");
    }

    boolean isKey(int column) {
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

    private CounterColumn makeCounter(int column) {
        publishing.lock();
        try {
            CounterColumn counter = counters[column];
            if (counter == null) {
                counter = new CounterColumn(this, column);
                @Nullable CounterColumn[] more = counters.clone();
                more[column] = counter;
                counters = more;
            }
            return counter;
        } finally {
            publishing.unlock();
        }
    }

    /** The largest magnitude that may be added to a column without asking {@link Arguments#checkAdd} and without a lock. */
    long addLimit(int column) {
        ColumnInfo info = columns[column];
        Integer digits = info.precision();
        if (info.kind() != ValueKind.INTEGER) {
            return 0;
        }
        return digits == null || digits > 40 ? Cell.SMALL : (1L << digits) - 1;
    }

    /** Checks a key and answers its canonical form. */
    Object key(Object given) {
        return arguments.key(given);
    }

    /** Checks one value of a key. */
    Object keyPart(int part, @Nullable Object value) {
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
}
