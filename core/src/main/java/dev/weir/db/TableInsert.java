package dev.weir.db;

import dev.weir.db.engine.ColumnInfo;
import dev.weir.db.engine.ColumnValues;
import dev.weir.db.engine.TableInfo;
import dev.weir.db.engine.ValueKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Rows on their way into a table: all are checked before the first is sent. */
final class TableInsert {
    private static final int MOST_ROWS = 500;
    private static final int MOST_COLLISIONS = 10;
    /** Below what SQLite takes, which takes the least. */
    private static final int MOST_PARAMETERS = 30_000;

    private final Runner runner;
    private TableInfo table;

    TableInsert(Runner runner, String name) {
        this.runner = runner;
        this.table = runner.lookUp(name);
    }

    /** The columns of a row with their canonical values. */
    Map<ColumnInfo, @Nullable Object> resolved(Map<String, ? extends @Nullable Object> row) {
        Objects.requireNonNull(row, "row");
        return checked(() -> resolvedNow(row));
    }

    /** Before anything is refused the table is looked at once more: somebody else may have changed it. */
    private <T> T checked(Supplier<T> check) {
        try {
            return check.get();
        } catch (IllegalArgumentException refusal) {
            TableInfo now = runner.fresh(table, refusal);
            if (now.equals(table)) {
                throw refusal;
            }
            table = now;
            return check.get();
        }
    }

    private Map<ColumnInfo, @Nullable Object> resolvedNow(Map<String, ? extends @Nullable Object> row) {
        if (row.isEmpty()) {
            throw new IllegalArgumentException(
                    "A row must name a column: table=" + table.name() + ". Give at least one.");
        }
        Map<ColumnInfo, @Nullable Object> values = new LinkedHashMap<>();
        for (Map.Entry<String, ? extends @Nullable Object> entry : row.entrySet()) {
            ColumnInfo column = runner.lookUp(table, Objects.requireNonNull(entry.getKey(), "column"));
            if (column.generated()) {
                throw new IllegalArgumentException("The database computes this column itself: column=" + column.name()
                        + ", table=" + table.name() + ". Leave it out.");
            }
            if (values.containsKey(column)) {
                throw new IllegalArgumentException("A row must name each column once: column=" + column.name()
                        + ", table=" + table.name() + ". Two spellings of it are given.");
            }
            values.put(column, ColumnValues.canonical(column, entry.getValue()));
        }
        return values;
    }

    List<Row> insert(List<? extends Map<String, ? extends @Nullable Object>> rows) {
        Objects.requireNonNull(rows, "rows");
        if (rows.isEmpty()) {
            return List.of();
        }
        return insertResolved(checked(() -> resolvedNow(rows)));
    }

    private List<Map<ColumnInfo, @Nullable Object>> resolvedNow(
            List<? extends Map<String, ? extends @Nullable Object>> rows) {
        List<Map<ColumnInfo, @Nullable Object>> resolved = new ArrayList<>(rows.size());
        for (int i = 0; i < rows.size(); i++) {
            Map<ColumnInfo, @Nullable Object> row = resolvedNow(Objects.requireNonNull(rows.get(i), "row"));
            if (i > 0 && !row.keySet().equals(resolved.get(0).keySet())) {
                throw new IllegalArgumentException(
                        "All rows of a batch must have the same columns: table=" + table.name()
                                + ", row=" + i + " has " + names(row.keySet()) + ", row=0 has "
                                + names(resolved.get(0).keySet()) + ". Give null where a row has no value.");
            }
            resolved.add(row);
        }
        return resolved;
    }

    private List<Row> insertResolved(List<Map<ColumnInfo, @Nullable Object>> rows) {
        List<ColumnInfo> columns = List.copyOf(rows.get(0).keySet());
        List<ColumnInfo> key = columns(table.primaryKey());
        RowHeader header = new RowHeader(names(key));
        List<ColumnInfo> missing =
                key.stream().filter(column -> !columns.contains(column)).toList();
        if (!missing.isEmpty() && runner.dialect().lastNumber().isPresent()) {
            requireOneNumber(missing);
            return insertOneByOne(rows, columns, key, header);
        }
        int perStatement = Math.max(1, Math.min(MOST_ROWS, MOST_PARAMETERS / columns.size()));
        return runner.write(Written.of(table), session -> {
            List<Row> keys = new ArrayList<>(rows.size());
            for (int from = 0; from < rows.size(); from += perStatement) {
                List<Map<ColumnInfo, @Nullable Object>> some =
                        rows.subList(from, Math.min(rows.size(), from + perStatement));
                String insert = runner.dialect().insert(table, columns, some.size());
                List<Command.Parameter> parameters = parameters(columns, some);
                if (missing.isEmpty()) {
                    session.update(Command.update(insert, parameters));
                    some.forEach(row ->
                            keys.add(new Row(header, key.stream().map(row::get).toArray())));
                } else {
                    String returning = runner.dialect().returning(insert, key);
                    keys.addAll(
                            answered(session.query(Command.query(returning, parameters, key, header)), some.size()));
                }
            }
            return List.copyOf(keys);
        });
    }

    private List<Row> answered(List<Row> keys, int rows) {
        if (keys.size() != rows) {
            throw new IllegalStateException("An insert must answer a key for each row: table=" + table.name()
                    + ", rows=" + rows + ", keys=" + keys.size()
                    + ". A trigger or rule of the table drops rows; insert by sql.");
        }
        return keys;
    }

    /** Where the driver tells the number that one row was given, and nothing else. */
    private List<Row> insertOneByOne(
            List<Map<ColumnInfo, @Nullable Object>> rows,
            List<ColumnInfo> columns,
            List<ColumnInfo> key,
            RowHeader header) {
        String insert = runner.dialect().insert(table, columns, 1);
        return runner.write(Written.of(table), session -> {
            List<Row> keys = new ArrayList<>(rows.size());
            for (Map<ColumnInfo, @Nullable Object> row : rows) {
                Long number = session.generatedNumber(Command.update(insert, parameters(columns, List.of(row))));
                if (number == null) {
                    throw new IllegalStateException("The driver must tell the generated key: table=" + table.name()
                            + ". Its key is no auto-increment number; give it a value.");
                }
                keys.add(new Row(
                        header,
                        key.stream()
                                .map(column -> row.containsKey(column) ? row.get(column) : number)
                                .toArray()));
            }
            return List.copyOf(keys);
        });
    }

    private void requireOneNumber(List<ColumnInfo> missing) {
        if (missing.size() != 1 || missing.get(0).kind() != ValueKind.INTEGER) {
            throw new IllegalArgumentException(
                    "This engine tells no other generated key than an auto-increment number: table=" + table.name()
                            + ", missing=" + names(missing) + ". Give these columns a value.");
        }
    }

    void upsert(Map<String, ? extends @Nullable Object> row, List<String> keyNames) {
        Map<ColumnInfo, @Nullable Object> values = resolved(row);
        List<ColumnInfo> key = key(keyNames);
        if (!values.keySet().containsAll(key)) {
            throw new IllegalArgumentException("An upsert must name the whole key: table=" + table.name() + ", key="
                    + names(key) + ", row has " + names(values.keySet()) + ". Give the missing columns.");
        }
        List<ColumnInfo> columns = List.copyOf(values.keySet());
        List<ColumnInfo> others =
                columns.stream().filter(column -> !key.contains(column)).toList();
        Command command = Command.update(
                runner.dialect().upsert(table, columns, key, others), parameters(columns, List.of(values)));
        runner.write(Written.of(table), session -> upserted(session, command));
    }

    private long upserted(Session session, Command command) {
        for (int collisions = 1; ; collisions++) {
            try {
                return session.update(command);
            } catch (UniqueViolationException e) {
                if (!runner.dialect().upsertsCollide() || collisions == MOST_COLLISIONS) {
                    throw e;
                }
            }
        }
    }

    private List<ColumnInfo> key(List<String> names) {
        List<ColumnInfo> key = names.isEmpty()
                ? columns(table.primaryKey())
                : names.stream().map(name -> runner.lookUp(table, name)).toList();
        Set<String> wanted = new HashSet<>(names(key));
        boolean unique = !wanted.isEmpty()
                && (wanted.equals(Set.copyOf(table.primaryKey()))
                        || table.uniqueKeys().stream().anyMatch(columns -> wanted.equals(Set.copyOf(columns))));
        if (!unique) {
            throw new IllegalArgumentException(
                    "An upsert needs a unique key of the table: table=" + table.name() + ", key="
                            + names(key) + ", primaryKey=" + table.primaryKey() + ", uniqueKeys=" + table.uniqueKeys()
                            + ". Name the columns of one of them.");
        }
        return key;
    }

    private List<ColumnInfo> columns(List<String> names) {
        return names.stream().map(name -> runner.lookUp(table, name)).toList();
    }

    private static List<String> names(Collection<ColumnInfo> columns) {
        return columns.stream().map(ColumnInfo::name).toList();
    }

    private static List<Command.Parameter> parameters(
            List<ColumnInfo> columns, List<Map<ColumnInfo, @Nullable Object>> rows) {
        List<Command.Parameter> parameters = new ArrayList<>(columns.size() * rows.size());
        for (Map<ColumnInfo, @Nullable Object> row : rows) {
            for (ColumnInfo column : columns) {
                parameters.add(new Command.Parameter(column, row.get(column)));
            }
        }
        return parameters;
    }
}
