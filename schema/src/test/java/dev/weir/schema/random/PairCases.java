package dev.weir.schema.random;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.db.Database;
import dev.weir.db.Row;
import dev.weir.db.UniqueViolationException;
import dev.weir.db.engine.ValueKind;
import dev.weir.schema.SchemaMigration;
import dev.weir.schema.model.Column;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.ForeignKey;
import dev.weir.schema.model.Schema;
import dev.weir.schema.model.Table;
import dev.weir.schema.plan.Hazard;
import dev.weir.schema.plan.Plan;
import dev.weir.schema.plan.PlanText;
import dev.weir.schema.plan.Step;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/**
 * Pairs of schemas, drawn at random: apply the first, fill it, plan the second, apply. Then the plan is empty, the engine's own
 * description equals that of a database which never had the first, what both have kept its values, and what was lost was
 * named before, and nothing else was.
 */
abstract class PairCases {
    private static final Set<Hazard.Kind> VIOLATIONS = Set.of(
            Hazard.Kind.NOT_NULL_WITH_NULLS,
            Hazard.Kind.UNIQUE_WITH_DUPLICATES,
            Hazard.Kind.FOREIGN_KEY_WITH_ORPHANS,
            Hazard.Kind.CHECK_VIOLATED,
            Hazard.Kind.NARROW_TYPE);

    /** Numbers of a row are this many times its own. */
    private static final long PART = 3;

    /** The build draws the same pairs each time; others with {@code -Dschema.seed}, more with {@code -Dschema.pairs}. */
    private static final long SEED = 20_261_121L;

    /** An empty database; {@code which} tells the one that changes from the one that is made at once. */
    abstract DataSource empty(int which) throws Exception;

    abstract SchemaDraw.Engine engine();

    /** What the engine says of all tables, sorted, without generated names and the order of columns. */
    abstract List<String> dump(Database database) throws SQLException;

    int pairs() {
        return Integer.getInteger("schema.pairs", 150);
    }

    @Test
    void pairs_converge_andLoseNothingUnnamed() throws Exception {
        long seed = Long.getLong("schema.seed", SEED);
        System.out.println("schema.seed=" + seed + " (" + getClass().getSimpleName() + ")");
        int filled = 0;
        for (int i = 0; i < pairs(); i++) {
            long drawn = seed + i;
            try {
                filled += pair(new Random(drawn)) ? 1 : 0;
            } catch (Exception | AssertionError e) {
                throw new AssertionError("with -Dschema.seed=" + drawn + " -Dschema.pairs=1: " + e.getMessage(), e);
            }
        }
        // Tables whose rows would break the second schema are emptied: most pairs must have some that are not.
        assertThat(filled).isGreaterThanOrEqualTo(pairs() / 3);
    }

    /** Whether there were rows when the second was applied. */
    private boolean pair(Random random) throws Exception {
        SchemaDraw first = new SchemaDraw(random, engine()).first();
        Schema a = first.schema();
        Schema b = first.next().schema();
        Database database = Database.builder(empty(0)).build();
        SchemaMigration.of(database, a).build().apply(List.of());
        fill(database, a, random);
        SchemaMigration migration = SchemaMigration.of(database, b).build();
        Plan plan = migration.plan();
        Set<String> violating = violating(plan, b);
        if (!violating.isEmpty()) {
            empty(database, a, violating);
            plan = migration.plan();
            assertThat(plan.hazards()).noneMatch(hazard -> VIOLATIONS.contains(hazard.kind()));
        }
        Map<String, Map<Object, Map<String, Object>>> before = values(database, a);
        boolean filled = before.values().stream().anyMatch(rows -> !rows.isEmpty());
        assertNamed(a, b, plan);
        List<String> consents = plan.hazards().stream().map(Hazard::consent).toList();
        String shown = String.join("\n", PlanText.lines(plan));
        try {
            migration.apply(consents);
            assertThat(SchemaMigration.of(database, b).build().plan().steps())
                    .extracting(Step::sql)
                    .isEmpty();
            assertKept(b, before, values(database, b));
            Database fresh = Database.builder(empty(1)).build();
            SchemaMigration.of(fresh, b).build().apply(List.of());
            assertThat(dump(database)).isEqualTo(dump(fresh));
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(e.getMessage() + "\nplan:\n" + shown, e);
        }
        return filled;
    }

    /** Drops of columns and tables are named exactly where something goes. */
    private static void assertNamed(Schema a, Schema b, Plan plan) {
        Set<String> gone = new TreeSet<>();
        Map<String, Table> after = new HashMap<>();
        b.tables().forEach(table -> after.put(table.renamedFrom() == null ? table.name() : table.renamedFrom(), table));
        for (Table table : a.tables()) {
            Table then = after.get(table.name());
            if (then == null || then.dropped()) {
                gone.add("drop_table:" + table.name());
                continue;
            }
            for (Column column : table.columns()) {
                boolean kept = then.columns().stream()
                        .anyMatch(other -> other.name().equals(column.name())
                                || column.name().equals(other.renamedFrom()));
                if (!kept && column.generated() == null) {
                    gone.add("drop_column:" + then.name() + "." + column.name());
                }
                boolean becameComputed = then.column(column.name())
                        .filter(other -> other.generated() != null && column.generated() == null)
                        .isPresent();
                if (becameComputed) {
                    gone.add("drop_column:" + then.name() + "." + column.name());
                }
            }
        }
        Set<String> named = new TreeSet<>();
        for (Hazard hazard : plan.hazards()) {
            if (hazard.kind() == Hazard.Kind.DROP_COLUMN || hazard.kind() == Hazard.Kind.DROP_TABLE) {
                named.add(hazard.consent());
            }
        }
        assertThat(named).isEqualTo(gone);
    }

    /** By table, by id, by column. */
    private static Map<String, Map<Object, Map<String, Object>>> values(Database database, Schema schema) {
        Map<String, Map<Object, Map<String, Object>>> values = new TreeMap<>();
        database.catalog().refresh();
        for (Table table : schema.tables()) {
            if (table.dropped()) {
                continue;
            }
            Map<Object, Map<String, Object>> rows = new HashMap<>();
            for (Row row : database.table(table.name()).all().list()) {
                Map<String, Object> columns = new HashMap<>();
                row.columns().forEach(column -> columns.put(column, comparable(row.get(column))));
                rows.put(row.get("id"), columns);
            }
            values.put(table.name(), rows);
        }
        return values;
    }

    private static Object comparable(Object value) {
        if (value instanceof byte[] bytes) {
            return ByteBuffer.wrap(bytes);
        }
        return value instanceof Number ? new BigDecimal(value.toString()).stripTrailingZeros() : value;
    }

    private static void assertKept(
            Schema b,
            Map<String, Map<Object, Map<String, Object>>> before,
            Map<String, Map<Object, Map<String, Object>>> after) {
        for (Table table : b.tables()) {
            Map<Object, Map<String, Object>> old =
                    before.get(table.renamedFrom() == null ? table.name() : table.renamedFrom());
            if (table.dropped() || old == null) {
                continue;
            }
            Map<Object, Map<String, Object>> now = after.get(table.name());
            assertThat(now.keySet()).as("rows of %s", table.name()).isEqualTo(old.keySet());
            for (Column column : table.columns()) {
                String was = column.renamedFrom() == null ? column.name() : column.renamedFrom();
                if (column.generated() != null) {
                    continue;
                }
                old.forEach((id, values) -> {
                    if (values.containsKey(was)
                            && sameType(values.get(was), now.get(id).get(column.name()))) {
                        assertThat(now.get(id).get(column.name()))
                                .as("%s.%s of row %s", table.name(), column.name(), id)
                                .isEqualTo(values.get(was));
                    }
                });
            }
        }
    }

    /** A value whose column became one of quite another type can't be compared. */
    private static boolean sameType(Object before, Object after) {
        return before == null || after == null || before.getClass() == after.getClass();
    }

    /** The tables, by their old names, whose rows would break the second schema. */
    private static Set<String> violating(Plan plan, Schema b) {
        Set<String> tables = new HashSet<>();
        for (Hazard hazard : plan.hazards()) {
            if (VIOLATIONS.contains(hazard.kind())) {
                String name = hazard.object().substring(0, hazard.object().indexOf('.'));
                tables.add(b.tables().stream()
                        .filter(table -> table.name().equals(name) && table.renamedFrom() != null)
                        .map(Table::renamedFrom)
                        .findFirst()
                        .orElse(name));
            }
        }
        return tables;
    }

    private static void empty(Database database, Schema schema, Set<String> tables) {
        for (Table table : schema.tables()) {
            for (ForeignKey key : table.foreignKeys()) {
                if (tables.contains(key.table())) {
                    Map<String, Object> nothing = new HashMap<>();
                    nothing.put(key.columns().get(0), null);
                    database.table(table.name()).all().update(nothing);
                }
            }
        }
        for (String table : tables) {
            database.table(table).all().delete();
        }
    }

    /** Tables that others refer to first, as far as there is such an order. */
    private static List<Table> ordered(Schema schema) {
        List<Table> ordered = new ArrayList<>();
        Set<String> done = new HashSet<>();
        List<Table> rest = new ArrayList<>(schema.tables());
        while (!rest.isEmpty()) {
            Table next = rest.stream()
                    .filter(table -> table.foreignKeys().stream()
                            .allMatch(key ->
                                    done.contains(key.table()) || key.table().equals(table.name())))
                    .findFirst()
                    .orElse(rest.get(0));
            rest.remove(next);
            done.add(next.name());
            ordered.add(next);
        }
        return ordered;
    }

    private static void fill(Database database, Schema schema, Random random) {
        database.catalog().refresh();
        Map<String, Integer> counts = new HashMap<>();
        for (Table table : ordered(schema)) {
            int many = random.nextInt(5);
            for (int i = 1; i <= many; i++) {
                Map<String, Object> row = new HashMap<>();
                for (Column column : table.columns()) {
                    if (column.generated() == null) {
                        Object value = value(table, column, i, random, counts);
                        if (value != null || column.nullable()) {
                            row.put(column.name(), fitting(database, table, column, value));
                        }
                    }
                }
                try {
                    database.table(table.name()).insert(row);
                } catch (UniqueViolationException e) {
                    // An enumeration has no value for each row of a unique index.
                    break;
                }
                counts.put(table.name(), i);
            }
        }
    }

    /** A time in the form that the engine's column takes. */
    private static Object fitting(Database database, Table table, Column column, Object value) {
        ValueKind kind = database.catalog()
                .column(database.catalog().table(table.name()), column.name())
                .kind();
        if (kind == ValueKind.INSTANT && value instanceof LocalDateTime local) {
            return local.toInstant(ZoneOffset.UTC);
        }
        return kind == ValueKind.TIMESTAMP && value instanceof Instant instant
                ? LocalDateTime.ofInstant(instant, ZoneOffset.UTC)
                : value;
    }

    private static Object value(Table table, Column column, int row, Random random, Map<String, Integer> counts) {
        if (column.name().equals("id")) {
            return (long) row;
        }
        for (ForeignKey key : table.foreignKeys()) {
            if (key.columns().contains(column.name())) {
                int there = counts.getOrDefault(key.table(), 0);
                if (there == 0 || random.nextInt(3) == 0) {
                    return null;
                }
                // The columns of one key name the same row.
                long target = 1L + row % there;
                String of = key.targets().get(key.columns().indexOf(column.name()));
                return of.equals("id") ? target : target * PART;
            }
        }
        if (column.nullable() && random.nextInt(4) == 0) {
            return null;
        }
        // Different in each row, so that unique columns take them.
        return switch (column.type().kind()) {
            case INTEGER, BIG_INTEGER, SMALL_INTEGER -> row * PART;
            case STRING, TEXT ->
                random.nextInt(5) == 0
                        ? "value '" + row + "' that is longer than others".substring(0, 10) + row
                        : "v" + row;
            case DECIMAL -> new BigDecimal(row + ".25");
            case BOOLEAN -> random.nextBoolean();
            case ENUM ->
                column.type().values().get(random.nextInt(column.type().values().size()));
            case TIMESTAMP -> Instant.parse("2020-01-0" + row + "T10:00:00Z");
            case DATE -> LocalDate.of(2020, 1, row);
            case DATETIME -> LocalDateTime.of(2020, 1, row, 10, 30);
            case JSON, JSONB -> "{\"a\": " + row + "}";
            case UUID -> new UUID(7, row);
            case BINARY -> new byte[] {1, (byte) row};
            case FLOAT -> row + 0.5;
            default -> throw new AssertionError(column.type().kind() + " " + ColumnType.Kind.values().length);
        };
    }

    /** The rows of a query, each as the texts of its columns. */
    static List<List<String>> rows(Database database, String sql, String... parameters) throws SQLException {
        List<List<String>> found = new ArrayList<>();
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    List<String> row = new ArrayList<>();
                    for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                        row.add(String.valueOf(rows.getString(i)));
                    }
                    found.add(row);
                }
            }
        }
        return found;
    }

    static List<String> sorted(List<String> lines) {
        return lines.stream().sorted().toList();
    }
}
