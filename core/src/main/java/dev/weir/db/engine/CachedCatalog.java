package dev.weir.db.engine;

import dev.weir.error.Failure;
import dev.weir.error.WeirException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A catalog that keeps what it has seen, by the name it was asked for.
 *
 * <p><b>Concurrency:</b> two threads that miss one name may both look; either answer may stay. {@link #refresh} while a
 * look is under way: what that look finds is returned but not kept, because it may be older than the change.
 */
final class CachedCatalog implements Catalog {
    /** Names differ by spelling, so their number is the caller's: beyond this nothing more is kept. */
    private static final int MAXIMUM_NAMES = 10_000;

    private static final int NEAREST = 3;

    private final DataSource dataSource;
    private final Dialect dialect;
    private volatile ConcurrentHashMap<String, TableInfo> known = new ConcurrentHashMap<>();

    CachedCatalog(DataSource dataSource, Dialect dialect) {
        this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
        this.dialect = Objects.requireNonNull(dialect, "dialect");
    }

    @Override
    public TableInfo table(String name) {
        return find(null, name);
    }

    @Override
    public TableInfo table(Connection connection, String name) {
        return find(Objects.requireNonNull(connection, "connection"), name);
    }

    @Override
    public ColumnInfo column(TableInfo table, String name) {
        return findColumn(null, table, name);
    }

    @Override
    public ColumnInfo column(Connection connection, TableInfo table, String name) {
        return findColumn(Objects.requireNonNull(connection, "connection"), table, name);
    }

    @Override
    public TableInfo fresh(TableInfo table) {
        return lookAgain(null, table);
    }

    @Override
    public TableInfo fresh(Connection connection, TableInfo table) {
        return lookAgain(Objects.requireNonNull(connection, "connection"), table);
    }

    @Override
    public void refresh() {
        known = new ConcurrentHashMap<>();
    }

    private TableInfo find(@Nullable Connection held, String name) {
        Objects.requireNonNull(name, "name");
        TableInfo kept = known.get(name);
        return kept != null ? kept : look(held, name);
    }

    private ColumnInfo findColumn(@Nullable Connection held, TableInfo table, String name) {
        Objects.requireNonNull(table, "table");
        Objects.requireNonNull(name, "name");
        Optional<ColumnInfo> column = table.column(name);
        if (column.isPresent()) {
            return column.get();
        }
        TableInfo fresh = lookAgain(held, table);
        return fresh.column(name)
                .orElseThrow(() -> new IllegalArgumentException("A column must exist in its table: column=" + name
                        + ", table=" + fresh.name() + "; its columns are "
                        + fresh.columns().stream().map(ColumnInfo::name).collect(Collectors.joining(", "))));
    }

    private TableInfo lookAgain(@Nullable Connection held, TableInfo table) {
        Objects.requireNonNull(table, "table");
        String qualified = table.schema().isEmpty() ? table.name() : table.schema() + "." + table.name();
        TableInfo fresh = look(held, qualified);
        known.values()
                .removeIf(old ->
                        old.schema().equals(fresh.schema()) && old.name().equals(fresh.name()) && !old.equals(fresh));
        return fresh;
    }

    private TableInfo look(@Nullable Connection held, String name) {
        if (held != null) {
            return look(name, held);
        }
        try (Connection connection = dataSource.getConnection()) {
            return look(name, connection);
        } catch (SQLException e) {
            throw failed(name, e);
        }
    }

    private TableInfo look(String name, Connection connection) {
        ConcurrentHashMap<String, TableInfo> target = known;
        try {
            Optional<TableInfo> found = dialect.describe(connection, name);
            if (found.isEmpty()) {
                throw new IllegalArgumentException("A table must exist in the database: table=" + name
                        + nearest(name, dialect.tableNames(connection)));
            }
            if (target.size() < MAXIMUM_NAMES) {
                target.put(name, found.get());
            }
            return found.get();
        } catch (SQLException e) {
            throw failed(name, e);
        }
    }

    private WeirException failed(String name, SQLException cause) {
        Failure failure = dialect.classify(cause);
        return new WeirException(
                "The catalog could not be read: table=" + name,
                cause,
                failure == Failure.CONNECTION || failure == Failure.TRANSIENT);
    }

    private static String nearest(String name, List<String> names) {
        if (names.isEmpty()) {
            return "; the schema in use has no tables";
        }
        String wanted = name.toLowerCase(Locale.ROOT);
        return "; the nearest are "
                + names.stream()
                        .sorted(Comparator.comparingInt(
                                        (String candidate) -> distance(wanted, candidate.toLowerCase(Locale.ROOT)))
                                .thenComparing(Comparator.naturalOrder()))
                        .limit(NEAREST)
                        .collect(Collectors.joining(", "));
    }

    /** Levenshtein's distance: insertions, deletions and replacements from one to the other. */
    private static int distance(String from, String to) {
        int[] previous = new int[to.length() + 1];
        int[] current = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            current[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
            }
            int[] swap = previous;
            previous = current;
            current = swap;
        }
        return previous[to.length()];
    }
}
