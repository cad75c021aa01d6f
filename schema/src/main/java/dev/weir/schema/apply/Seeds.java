package dev.weir.schema.apply;

import dev.weir.db.Database;
import dev.weir.db.DatabaseAccess;
import dev.weir.db.NanoId;
import dev.weir.db.Row;
import dev.weir.db.engine.ColumnInfo;
import dev.weir.db.engine.ColumnValues;
import dev.weir.db.engine.TableInfo;
import dev.weir.schema.engine.SchemaDialect;
import dev.weir.schema.model.Column;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.Seed;
import dev.weir.schema.model.Table;
import dev.weir.schema.plan.Fingerprint;
import dev.weir.schema.plan.Step;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Rows that a table is to have: looks which are missing or differ, and writes them. */
public final class Seeds {
    /** What the ids of its steps begin with. */
    static final String STEP = "seed:";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Database database;

    /** For a database. */
    public Seeds(Database database) {
        this.database = database;
    }

    /**
     * The step that a table's seed needs.
     *
     * @param exists whether the table is there with all its columns, so that its rows can be looked at
     * @return empty if all rows are there
     */
    public Optional<Step> step(Table table, boolean exists) {
        Seed seed = table.seed().orElse(null);
        if (seed == null) {
            return Optional.empty();
        }
        if (exists && allRight(table, seed)) {
            return Optional.empty();
        }
        // Without a count of what is wrong: a plan that was reviewed for a copy must be the same here.
        String shown = "-- " + seed.rows().size() + " declared rows of " + table.name() + ", by "
                + String.join(", ", seed.key()) + (seed.enforce() ? ", enforced" : ", inserted when missing")
                + ", digest " + Fingerprint.of(sorted(seed.rows())).substring(0, 16);
        return Optional.of(new Step(
                STEP + table.name(), List.of(shown), false, "", List.of(), true, List.of(), new Step.SeedWork(table)));
    }

    /**
     * Writes what is missing or differs, in one transaction. Before it, columns that the database numbers go past the numbers
     * that rows bring with them, so that none is given again.
     */
    void apply(Connection connection, SchemaDialect dialect, Table table) throws SQLException {
        Seed seed = table.seed().orElseThrow();
        for (Column column : table.columns()) {
            if (column.type().increments() || column.identity() != null) {
                OptionalLong greatest = seed.rows().stream()
                        .map(row -> row.get(column.name()))
                        .filter(Number.class::isInstance)
                        .mapToLong(value -> ((Number) value).longValue())
                        .max();
                if (greatest.isPresent()) {
                    dialect.numberPast(connection, table.name(), column.name(), greatest.getAsLong());
                }
            }
        }
        database.catalog().refresh();
        database.transaction(tx -> {
            for (Map<String, @Nullable Object> row : seed.rows()) {
                RowState state = state(tx, table, seed, row);
                Map<String, @Nullable Object> values = values(table, row);
                if (state == RowState.MISSING) {
                    for (var column : table.columns()) {
                        if (column.type().kind() == ColumnType.Kind.NANOID && !values.containsKey(column.name())) {
                            Integer length = column.type().length();
                            values.put(column.name(), length == null ? NanoId.next() : NanoId.next(length));
                        }
                    }
                    tx.table(table.name()).insert(values);
                } else if (state == RowState.DIFFERENT) {
                    seed.key().forEach(values::remove);
                    found(tx, table, seed, row).update(values);
                }
            }
        });
    }

    private boolean allRight(Table table, Seed seed) {
        for (Map<String, @Nullable Object> row : seed.rows()) {
            if (state(database, table, seed, row) != RowState.RIGHT) {
                return false;
            }
        }
        return true;
    }

    private static String sorted(List<Map<String, @Nullable Object>> rows) {
        return rows.stream().map(row -> new TreeMap<>(row).toString()).collect(Collectors.joining("\n"));
    }

    private enum RowState {
        MISSING,
        DIFFERENT,
        RIGHT
    }

    private RowState state(DatabaseAccess access, Table table, Seed seed, Map<String, @Nullable Object> wanted) {
        Optional<Row> there = found(access, table, seed, wanted).first();
        if (there.isEmpty()) {
            return RowState.MISSING;
        }
        if (!seed.enforce()) {
            return RowState.RIGHT;
        }
        TableInfo info = database.catalog().table(table.name());
        for (Map.Entry<String, @Nullable Object> entry : values(table, wanted).entrySet()) {
            ColumnInfo column = database.catalog().column(info, entry.getKey());
            if (!same(isJson(table, entry.getKey()), column, there.get().get(column.name()), entry.getValue())) {
                return RowState.DIFFERENT;
            }
        }
        return RowState.RIGHT;
    }

    private static boolean same(boolean json, ColumnInfo column, @Nullable Object have, @Nullable Object want) {
        if (have == null || want == null) {
            return have == null && want == null;
        }
        if (json) {
            return JSON.readTree(String.valueOf(have)).equals(JSON.readTree(String.valueOf(want)));
        }
        Object there = ColumnValues.comparable(column, have);
        Object wanted = ColumnValues.comparable(column, want);
        if (there instanceof BigDecimal number) {
            return number.compareTo((BigDecimal) wanted) == 0;
        }
        if (there instanceof Double number) {
            // A column of single precision gives back what it kept of it.
            return number.equals(wanted) || (number.floatValue() == ((Double) wanted).floatValue() && isSingle(number));
        }
        return Objects.deepEquals(there, wanted);
    }

    private static boolean isSingle(double number) {
        return number == (float) number || Double.toString(number).equals(Float.toString((float) number));
    }

    private dev.weir.db.Table found(DatabaseAccess access, Table table, Seed seed, Map<String, @Nullable Object> row) {
        Map<String, @Nullable Object> values = values(table, row);
        dev.weir.db.Table query = access.table(table.name());
        for (String column : seed.key()) {
            query = query.where(column, Objects.requireNonNull(values.get(column), column));
        }
        return query;
    }

    /**
     * The values as they are written: what is declared as JSON becomes text, and texts become what the column holds, because
     * a file can give nothing else for a time, an id or bytes.
     */
    private Map<String, @Nullable Object> values(Table table, Map<String, @Nullable Object> row) {
        TableInfo info = database.catalog().table(table.name());
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        row.forEach((column, value) -> {
            if (value != null && isJson(table, column) && !(value instanceof String)) {
                values.put(column, JSON.writeValueAsString(value));
            } else if (value instanceof String text) {
                values.put(column, parsed(table, database.catalog().column(info, column), text));
            } else {
                values.put(column, value);
            }
        });
        return values;
    }

    private static Object parsed(Table table, ColumnInfo column, String text) {
        try {
            return SeedValues.of(column.kind(), text);
        } catch (DateTimeException | IllegalArgumentException e) {
            throw new SchemaException(
                    "A seed's text must say what its column holds: table=" + table.name() + ", column=" + column.name()
                            + ", kind=" + column.kind() + "; " + SeedValues.cure(column.kind()),
                    e,
                    false);
        }
    }

    private static boolean isJson(Table table, String column) {
        return table.column(column)
                .map(found -> found.type().kind() == ColumnType.Kind.JSON
                        || found.type().kind() == ColumnType.Kind.JSONB)
                .orElse(false);
    }

    /** The tables with seeds, those that others refer to first. */
    public static List<Table> inOrder(List<Table> tables) {
        List<Table> ordered = new ArrayList<>();
        List<Table> rest = new ArrayList<>(tables);
        while (!rest.isEmpty()) {
            Table next = rest.stream()
                    .filter(table -> table.foreignKeys().stream()
                            .noneMatch(key -> !key.table().equals(table.name())
                                    && rest.stream()
                                            .anyMatch(other -> other.name().equals(key.table()))))
                    .findFirst()
                    .orElse(rest.get(0));
            ordered.add(next);
            rest.remove(next);
        }
        return ordered;
    }
}
