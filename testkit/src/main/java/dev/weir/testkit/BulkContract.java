package dev.weir.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weir.db.engine.Bulk;
import dev.weir.db.engine.BulkUpdate;
import dev.weir.db.engine.ColumnInfo;
import dev.weir.db.engine.Dialect;
import dev.weir.db.engine.TableInfo;
import dev.weir.db.engine.ValueKind;
import dev.weir.db.engine.Values;
import dev.weir.error.Failure;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TimeZone;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What {@link Bulk}, and the values and errors of its {@link Dialect}, must do on every engine. A subclass says where the
 * database is and how it spells a few types. The seed of random data is printed and taken from {@code weir.test.seed}.
 */
public abstract class BulkContract {
    private static final List<ValueKind> NUMBERS = List.of(ValueKind.INTEGER, ValueKind.DECIMAL, ValueKind.DOUBLE);

    protected Connection connection;
    protected Dialect dialect;
    protected Bulk bulk;

    /** A new connection to a database that is empty at the start of each test. */
    protected abstract Connection connect() throws SQLException;

    /** Called after each test, when the contract's own connection is closed. */
    protected void drop() throws SQLException {}

    /** The SQL type of a column of that kind: 64 bits, DECIMAL(15,3), text of at least 200 characters as a key. */
    protected abstract String type(ValueKind kind);

    /** The kinds that the engine has a type for. */
    protected abstract List<ValueKind> kinds();

    /** The smallest step of times. */
    protected abstract ChronoUnit timeUnit();

    /** How many rows of a large batch reach the engine's second form, if it has one. */
    protected int manyRows() {
        return 2_500;
    }

    /** The values at the ends of a kind's range. */
    protected List<Object> extremes(ValueKind kind) {
        return switch (kind) {
            case INTEGER -> List.of(Long.MIN_VALUE, Long.MAX_VALUE, 0L, -1L, (1L << 53) + 1);
            case DECIMAL ->
                List.of(
                        new BigDecimal("999999999999.999"),
                        new BigDecimal("-999999999999.999"),
                        new BigDecimal("0.100"));
            case DOUBLE -> List.of(Double.MAX_VALUE, -Double.MAX_VALUE, Double.MIN_NORMAL, 0.1, 1e23);
            case BOOLEAN -> List.of(true, false);
            case TEXT -> List.of("", " ", "a ", "ünï→漢😀'\"\\`\n\t%_?", "x".repeat(200), "NULL");
            case BYTES -> List.of(new byte[0], new byte[] {0, -1, 127, -128, 39, 92}, new byte[200]);
            case UUID -> List.of(new UUID(0, 0), new UUID(-1, -1), new UUID(Long.MIN_VALUE, 1));
            case DATE -> List.of(LocalDate.of(1000, 1, 1), LocalDate.of(9999, 12, 31), LocalDate.of(1582, 10, 10));
            case TIME -> List.of(LocalTime.MIDNIGHT, LocalTime.of(2, 30), LocalTime.MAX.truncatedTo(timeUnit()));
            case TIMESTAMP ->
                List.of(
                        LocalDateTime.of(1000, 1, 1, 0, 0),
                        LocalDateTime.of(9999, 12, 31, 23, 59, 59, 999_999_999).truncatedTo(timeUnit()),
                        LocalDateTime.of(2024, 3, 10, 2, 30),
                        LocalDateTime.of(2024, 3, 31, 2, 30, 0, 1_000));
            case INSTANT ->
                List.of(
                        Instant.parse("1970-01-01T00:00:01Z"),
                        Instant.parse("2000-10-10T20:55:36Z"),
                        Instant.parse("2024-11-03T05:30:00.000001Z"),
                        Instant.parse("2024-11-03T06:30:00.5Z"),
                        Instant.parse("2024-03-31T01:30:00Z"));
            case OTHER -> List.of();
        };
    }

    @BeforeEach
    void open() throws SQLException {
        connection = connect();
        dialect = Dialect.of(connection);
        bulk = dialect.bulk();
        dialect.prepareForFlush(connection);
        connection.setAutoCommit(false);
    }

    @AfterEach
    void close() throws SQLException {
        if (!connection.isClosed()) {
            connection.rollback();
            connection.setAutoCommit(true);
            dialect.release(connection);
            connection.close();
        }
        drop();
    }

    // Values

    @Test
    void everyKind_extremesAndNull_comeBackAsTheyWere() throws SQLException {
        everyKindComesBack(0);
    }

    @Test
    void everyKind_inAnyDefaultTimeZone_comesBackAsItWas() throws SQLException {
        TimeZone before = TimeZone.getDefault();
        try {
            for (String zone : List.of("America/New_York", "Europe/Berlin", "Pacific/Apia", "Asia/Kathmandu")) {
                TimeZone.setDefault(TimeZone.getTimeZone(zone));
                everyKindComesBack(0);
            }
        } finally {
            TimeZone.setDefault(before);
        }
    }

    @Test
    void everyKind_inManyRows_comesBackAsItWas() throws SQLException {
        everyKindComesBack(manyRows());
    }

    private void everyKindComesBack(int atLeast) throws SQLException {
        TableInfo table = kindsTable();
        int rows =
                kinds().stream().mapToInt(kind -> extremes(kind).size()).max().orElse(0) + 1;
        rows = Math.max(rows, atLeast);
        List<ColumnInfo> columns = table.columns();
        List<Values> values = new ArrayList<>(List.of(ids(rows)));
        for (ColumnInfo column : columns.subList(1, columns.size())) {
            List<Object> extremes = extremes(column.kind());
            @Nullable Object[] data = new @Nullable Object[rows];
            for (int row = 0; row < rows; row++) {
                int at = row % (extremes.size() + 1);
                data[row] = at < extremes.size() ? extremes.get(at) : null;
            }
            values.add(new Values.Objects(data, rows));
        }
        Bulk.Result inserted = bulk.insert(connection, table, columns, values);
        assertThat(inserted.rows()).isEqualTo(rows);

        // By prepared statement, as plain SQL would read it; then in bulk.
        List<@Nullable Object[]> plain = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT * FROM " + dialect.quote(table) + " ORDER BY 1")) {
            while (found.next()) {
                @Nullable Object[] row = new @Nullable Object[columns.size()];
                for (int i = 0; i < row.length; i++) {
                    row[i] = dialect.read(found, i + 1, columns.get(i));
                }
                plain.add(row);
            }
        }
        assertSame(plain, values, rows);
        List<@Nullable Object[]> selected = bulk.select(
                connection, table, columns.subList(0, 1), values.subList(0, 1), columns.subList(1, columns.size()));
        selected.sort((a, b) -> Long.compare((Long) a[0], (Long) b[0]));
        assertSame(selected, values, rows);

        // Written again by plain statement into the rows, and by bulk update.
        for (int i = 1; i < columns.size(); i++) {
            try (PreparedStatement statement = connection.prepareStatement("UPDATE " + dialect.quote(table) + " SET "
                    + dialect.quote(columns.get(i).name()) + " = ? WHERE " + dialect.quote("id") + " = ?")) {
                for (int row = 0; row < Math.min(rows, 10); row++) {
                    dialect.bind(statement, 1, columns.get(i), values.get(i).get(row));
                    dialect.bind(statement, 2, columns.get(0), (long) row);
                    assertThat(statement.executeUpdate()).isOne();
                }
            }
        }
        List<BulkUpdate.Assignment> sets = new ArrayList<>();
        for (int i = 1; i < columns.size(); i++) {
            sets.add(new BulkUpdate.Set(columns.get(i), values.get(i)));
        }
        Bulk.Result updated =
                bulk.update(connection, new BulkUpdate(table, columns.subList(0, 1), values.subList(0, 1), sets));
        assertThat(updated.rows()).as("rows matched although nothing changed").isEqualTo(rows);
        selected = bulk.select(
                connection, table, columns.subList(0, 1), values.subList(0, 1), columns.subList(1, columns.size()));
        selected.sort((a, b) -> Long.compare((Long) a[0], (Long) b[0]));
        assertSame(selected, values, rows);
        connection.rollback();
    }

    private void assertSame(List<@Nullable Object[]> found, List<Values> expected, int rows) {
        assertThat(found).hasSize(rows);
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < expected.size(); i++) {
                Object value = found.get(row)[i];
                assertThat(value)
                        .as("row %s column %s", row, i)
                        .isEqualTo(expected.get(i).get(row));
            }
        }
    }

    @Test
    void key_ofEveryKindThatComparesByBytes_findsItsRow() throws SQLException {
        for (ValueKind kind : kinds()) {
            if (kind == ValueKind.DOUBLE || kind == ValueKind.BOOLEAN) {
                continue;
            }
            String name = "k_" + kind.name().toLowerCase(Locale.ROOT);
            TableInfo table = create(
                    name,
                    dialect.quote("k") + " " + type(kind) + " NOT NULL PRIMARY KEY, " + dialect.quote("n") + " "
                            + type(ValueKind.INTEGER));
            List<Object> extremes = extremes(kind);
            Values keys = new Values.Objects(extremes.toArray(), extremes.size());
            List<ColumnInfo> key = List.of(column(table, "k"));
            assertThat(key.get(0).binaryComparison())
                    .as("%s compares by bytes", kind)
                    .isTrue();
            Values ones =
                    longs(LongStream.generate(() -> 1).limit(extremes.size()).toArray());
            assertThat(bulk.insert(connection, table, table.columns(), List.of(keys, ones))
                            .rows())
                    .as("inserted by key of %s", kind)
                    .isEqualTo(extremes.size());
            BulkUpdate update =
                    new BulkUpdate(table, key, List.of(keys), List.of(new BulkUpdate.Add(column(table, "n"), ones)));
            assertThat(bulk.update(connection, update).rows())
                    .as("updated by key of %s", kind)
                    .isEqualTo(extremes.size());
            assertThat(bulk.select(connection, table, key, List.of(keys), List.of(column(table, "n"))))
                    .as("selected by key of %s", kind)
                    .hasSize(extremes.size())
                    .allSatisfy(row -> assertThat(row[1]).isEqualTo(2L));
            assertThat(bulk.delete(connection, table, key, List.of(keys)).rows())
                    .as("deleted by key of %s", kind)
                    .isEqualTo(extremes.size());
        }
    }

    // Updates

    @Test
    void update_ofRandomAssignments_equalsRowByRow() throws SQLException {
        long seed = seed();
        Random random = new Random(seed);
        TableInfo table = kindsTable();
        for (int round = 0; round < 25; round++) {
            randomUpdate(table, random, 1 + random.nextInt(60));
        }
    }

    @Test
    void update_ofManyRows_equalsRowByRow() throws SQLException {
        randomUpdate(kindsTable(), new Random(seed()), manyRows());
    }

    private void randomUpdate(TableInfo table, Random random, int rows) throws SQLException {
        execute("DELETE FROM " + dialect.quote(table));
        List<ColumnInfo> key = table.columns().subList(0, 1);
        List<ColumnInfo> columns = table.columns().subList(1, table.columns().size());
        int stored = Math.max(1, rows - random.nextInt(5));
        List<Values> before = new ArrayList<>(List.of(ids(stored)));
        for (ColumnInfo column : columns) {
            before.add(randomValues(random, column.kind(), stored, 4));
        }
        bulk.insert(connection, table, table.columns(), before);

        List<BulkUpdate.Assignment> assignments = new ArrayList<>();
        for (ColumnInfo column : columns) {
            if (random.nextInt(4) > 0) {
                assignments.add(randomAssignment(random, column, rows));
            }
        }
        if (assignments.isEmpty()) {
            return;
        }
        Bulk.Result result = bulk.update(connection, new BulkUpdate(table, key, List.of(ids(rows)), assignments));
        assertThat(result.rows()).isEqualTo(stored);
        assertThat(result.statements()).isPositive();

        Map<Long, @Nullable Object[]> after = new HashMap<>();
        for (@Nullable Object[] row : bulk.select(connection, table, key, List.of(ids(rows)), columns)) {
            after.put((Long) row[0], row);
        }
        assertThat(after).hasSize(stored);
        for (int row = 0; row < stored; row++) {
            for (int i = 0; i < columns.size(); i++) {
                Object expected = before.get(i + 1).get(row);
                for (BulkUpdate.Assignment assignment : assignments) {
                    if (assignment.column().equals(columns.get(i))) {
                        expected = apply(assignment, expected, row);
                    }
                }
                assertThat(Objects.requireNonNull(after.get((long) row))[i + 1])
                        .as("row %s, %s", row, columns.get(i).name())
                        .isEqualTo(expected);
            }
        }
    }

    private BulkUpdate.Assignment randomAssignment(Random random, ColumnInfo column, int rows) {
        ValueKind kind = column.kind();
        boolean number = NUMBERS.contains(kind);
        boolean ordered = number
                || kind == ValueKind.DATE
                || kind == ValueKind.TIME
                || kind == ValueKind.TIMESTAMP
                || kind == ValueKind.INSTANT;
        int form = random.nextInt(ordered ? 5 : 1);
        if (form == 4 && !number) {
            form = random.nextInt(4);
        }
        return switch (form) {
            case 1 -> new BulkUpdate.Max(column, randomValues(random, kind, rows, 0));
            case 2 -> new BulkUpdate.Min(column, randomValues(random, kind, rows, 0));
            case 3 ->
                new BulkUpdate.Clamp(
                        column,
                        number && random.nextBoolean() ? randomValues(random, kind, rows, 0) : null,
                        randomValues(random, kind, rows, 2),
                        randomValues(random, kind, rows, 2),
                        randomValues(random, kind, rows, 2));
            case 4 -> new BulkUpdate.Add(column, randomValues(random, kind, rows, 0));
            default -> new BulkUpdate.Set(column, randomValues(random, kind, rows, 4));
        };
    }

    @SuppressWarnings("unchecked")
    private static @Nullable Object apply(BulkUpdate.Assignment assignment, @Nullable Object old, int row) {
        if (assignment instanceof BulkUpdate.Set set) {
            return set.values().get(row);
        } else if (assignment instanceof BulkUpdate.Add add) {
            Object delta = Objects.requireNonNull(add.values().get(row));
            return old == null ? delta : sum(old, delta);
        } else if (assignment instanceof BulkUpdate.Max max) {
            Comparable<Object> value =
                    (Comparable<Object>) Objects.requireNonNull(max.values().get(row));
            return old == null || value.compareTo(old) > 0 ? value : old;
        } else if (assignment instanceof BulkUpdate.Min min) {
            Comparable<Object> value =
                    (Comparable<Object>) Objects.requireNonNull(min.values().get(row));
            return old == null || value.compareTo(old) < 0 ? value : old;
        }
        BulkUpdate.Clamp clamp = (BulkUpdate.Clamp) assignment;
        if (old == null) {
            return clamp.onNull().get(row);
        }
        Object moved = clamp.add() == null
                ? old
                : sum(old, Objects.requireNonNull(clamp.add().get(row)));
        Comparable<Object> low = (Comparable<Object>) clamp.low().get(row);
        Object raised = low != null && low.compareTo(moved) > 0 ? low : moved;
        Comparable<Object> high = (Comparable<Object>) clamp.high().get(row);
        return high != null && high.compareTo(raised) < 0 ? high : raised;
    }

    private static Object sum(Object left, Object right) {
        if (left instanceof Long a) {
            return Math.addExact(a, (Long) right);
        } else if (left instanceof BigDecimal a) {
            return a.add((BigDecimal) right);
        }
        return (Double) left + (Double) right;
    }

    private Values randomValues(Random random, ValueKind kind, int rows, int nullOneIn) {
        if (kind == ValueKind.INTEGER && nullOneIn == 0) {
            return longs(random.longs(rows, -1_000, 1_000).toArray());
        }
        @Nullable Object[] data = new @Nullable Object[rows];
        for (int row = 0; row < rows; row++) {
            data[row] = nullOneIn > 0 && random.nextInt(nullOneIn) == 0 ? null : randomValue(random, kind);
        }
        return new Values.Objects(data, rows);
    }

    private Object randomValue(Random random, ValueKind kind) {
        long near = random.nextInt(2_000) - 1_000L;
        return switch (kind) {
            case INTEGER -> near;
            case DECIMAL -> BigDecimal.valueOf(near * 1_000_003, 3);
            case DOUBLE -> (double) near / 4;
            case BOOLEAN -> random.nextBoolean();
            case TEXT -> "ä😀" + near + (random.nextBoolean() ? " " : "");
            case BYTES -> BigInteger.valueOf(near).toByteArray();
            case UUID ->
                UUID.nameUUIDFromBytes(BigInteger.valueOf(random.nextLong()).toByteArray());
            case DATE -> LocalDate.of(2024, 1, 1).plusDays(near);
            case TIME -> LocalTime.NOON.plusSeconds(near);
            case TIMESTAMP -> LocalDateTime.of(2024, 1, 1, 0, 0).plus(Duration.ofMillis(near * 500));
            case INSTANT -> Instant.parse("2024-11-03T05:30:00Z").plusMillis(near * 500);
            case OTHER -> throw new AssertionError(kind);
        };
    }

    @Test
    void update_ofUnknownKeys_countsOnlyTheRowsThatAreThere() throws SQLException {
        TableInfo table = counters(5);
        List<ColumnInfo> key = List.of(column(table, "id"));
        BulkUpdate update = new BulkUpdate(
                table,
                key,
                List.of(longs(-7, 0, 3, 99)),
                List.of(new BulkUpdate.Add(column(table, "n"), longs(1, 2, 3, 4))));
        Bulk.Result result = bulk.update(connection, update);
        assertThat(result.rows()).isEqualTo(2);
        if (result.missed() != null) {
            assertThat(result.missed().stream()).as("places of the missed keys").containsExactly(0, 3);
        }
        assertThat(counts()).containsExactly(2L, 0L, 0L, 3L, 0L);
    }

    @Test
    void update_thatChangesNothing_countsItsRows() throws SQLException {
        TableInfo table = counters(5);
        BulkUpdate update = new BulkUpdate(
                table,
                List.of(column(table, "id")),
                List.of(longs(0, 1, 2)),
                List.of(new BulkUpdate.Set(column(table, "n"), longs(0, 0, 0))));
        assertThat(bulk.update(connection, update).rows()).isEqualTo(3);
    }

    @Test
    void update_byKeyOfSeveralColumns_meetsOnlyItsRow() throws SQLException {
        TableInfo table = create(
                "pair",
                dialect.quote("b") + " " + type(ValueKind.TEXT) + " NOT NULL, " + dialect.quote("a") + " "
                        + type(ValueKind.INTEGER) + " NOT NULL, " + dialect.quote("n") + " "
                        + type(ValueKind.INTEGER) + " NOT NULL, PRIMARY KEY (" + dialect.quote("a") + ", "
                        + dialect.quote("b") + ")");
        List<ColumnInfo> key = List.of(column(table, "a"), column(table, "b"));
        Values a = longs(1, 1, 2, 2);
        Values b = objects("x", "y", "x", "y");
        bulk.insert(
                connection,
                table,
                List.of(column(table, "a"), column(table, "b"), column(table, "n")),
                List.of(a, b, longs(10, 20, 30, 40)));
        BulkUpdate update = new BulkUpdate(
                table,
                key,
                List.of(longs(1, 2, 3), objects("y", "x", "x")),
                List.of(new BulkUpdate.Add(column(table, "n"), longs(1, 2, 3))));
        assertThat(bulk.update(connection, update).rows()).isEqualTo(2);
        Map<List<Object>, Object> found = new HashMap<>();
        for (@Nullable Object[] row : bulk.select(connection, table, key, List.of(a, b), List.of(column(table, "n")))) {
            found.put(List.of(row[0], row[1]), row[2]);
        }
        assertThat(found)
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        List.of(1L, "x"), 10L, List.of(1L, "y"), 21L, List.of(2L, "x"), 32L, List.of(2L, "y"), 40L));
        assertThat(bulk.delete(connection, table, key, List.of(longs(1, 2), objects("y", "y")))
                        .rows())
                .isEqualTo(2);
    }

    @Test
    void add_beyondSixtyFourBits_failsAsDataAndChangesNothing() throws SQLException {
        TableInfo table = counters(3);
        for (long delta : new long[] {Long.MAX_VALUE, Long.MIN_VALUE}) {
            set(table, delta > 0 ? 1 : -1);
            BulkUpdate update = new BulkUpdate(
                    table,
                    List.of(column(table, "id")),
                    List.of(longs(0, 1)),
                    List.of(new BulkUpdate.Add(column(table, "n"), longs(1, delta))));
            connection.commit();
            assertFailure(Failure.DATA, () -> bulk.update(connection, update));
            long kept = delta > 0 ? 1 : -1;
            assertThat(counts()).containsExactly(kept, kept, kept);
        }
    }

    @Test
    void add_thatEndsAtTheLimits_isExact() throws SQLException {
        TableInfo table = counters(2);
        set(table, 1);
        add(table, longs(0, 1), longs(Long.MAX_VALUE - 1, Long.MIN_VALUE));
        assertThat(counts()).containsExactly(Long.MAX_VALUE, Long.MIN_VALUE + 1);
        add(table, longs(0, 1), longs(Long.MIN_VALUE, Long.MAX_VALUE));
        assertThat(counts()).containsExactly(-1L, 0L);
    }

    @Test
    void clamp_whoseSumWouldOverflow_keepsItsBounds() throws SQLException {
        TableInfo table = counters(6);
        ColumnInfo n = column(table, "n");
        List<ColumnInfo> key = List.of(column(table, "id"));
        Values ids = ids(6);
        long max = Long.MAX_VALUE;
        long min = Long.MIN_VALUE;
        bulk.update(
                connection,
                new BulkUpdate(
                        table, key, List.of(ids), List.of(new BulkUpdate.Set(n, longs(max, min, max, min, 5, 5)))));
        BulkUpdate.Clamp clamp = new BulkUpdate.Clamp(
                n,
                longs(5, -5, -5, 5, max, min),
                objects(null, -7L, max, null, max, min),
                objects(10L, null, null, min, max, min),
                objects(null, null, null, null, null, null));
        assertThat(bulk.update(connection, new BulkUpdate(table, key, List.of(ids), List.of(clamp)))
                        .rows())
                .isEqualTo(6);
        assertThat(counts()).containsExactly(10L, -7L, max, min, max, min);
    }

    // Inserts and deletes

    @Test
    void insert_thatLeavesColumnsOut_takesTheirDefaults() throws SQLException {
        TableInfo table = create(
                "defaulted",
                dialect.quote("id") + " " + type(ValueKind.INTEGER) + " PRIMARY KEY, " + dialect.quote("n") + " "
                        + type(ValueKind.INTEGER) + " DEFAULT 7 NOT NULL, " + dialect.quote("m") + " "
                        + type(ValueKind.INTEGER));
        assertThat(column(table, "n").hasDefault()).isTrue();
        assertThat(column(table, "m").hasDefault()).isFalse();
        int rows = manyRows();
        Bulk.Result result = bulk.insert(connection, table, List.of(column(table, "id")), List.of(ids(rows)));
        assertThat(result.rows()).isEqualTo(rows);
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT COUNT(*) FROM " + dialect.quote(table) + " WHERE "
                        + dialect.quote("n") + " = 7 AND " + dialect.quote("m") + " IS NULL")) {
            found.next();
            assertThat(found.getInt(1)).isEqualTo(rows);
        }
    }

    @Test
    void delete_ofManyKeys_deletesJustThose() throws SQLException {
        int rows = manyRows();
        TableInfo table = counters(rows);
        long[] odd = LongStream.range(0, rows + 100L).filter(id -> id % 2 == 1).toArray();
        Bulk.Result result = bulk.delete(connection, table, List.of(column(table, "id")), List.of(longs(odd)));
        assertThat(result.rows()).isEqualTo(rows / 2);
        assertThat(counts()).hasSize(rows - rows / 2);
    }

    @Test
    void update_withoutRows_sendsNothingOrChangesNothing() throws SQLException {
        TableInfo table = counters(2);
        BulkUpdate update = new BulkUpdate(
                table,
                List.of(column(table, "id")),
                List.of(longs()),
                List.of(new BulkUpdate.Add(column(table, "n"), longs())));
        assertThat(bulk.update(connection, update).rows()).isZero();
        assertThat(bulk.select(connection, table, update.key(), update.keys(), List.of()))
                .isEmpty();
        assertThat(bulk.delete(connection, table, update.key(), update.keys()).rows())
                .isZero();
    }

    // Errors

    @Test
    void error_ofTheData_isData() throws SQLException {
        TableInfo table = create(
                "strict",
                dialect.quote("id") + " " + type(ValueKind.INTEGER) + " PRIMARY KEY, " + dialect.quote("n") + " "
                        + type(ValueKind.INTEGER) + " NOT NULL CHECK (" + dialect.quote("n") + " < 100)");
        List<ColumnInfo> columns = table.columns();
        bulk.insert(connection, table, columns, List.of(longs(1), longs(1)));
        connection.commit();
        assertFailure(Failure.DATA, () -> bulk.insert(connection, table, columns, List.of(longs(2, 1), longs(1, 1))));
        assertFailure(
                Failure.DATA, () -> bulk.insert(connection, table, columns, List.of(longs(2, 3), objects(1L, null))));
        assertFailure(Failure.DATA, () -> bulk.insert(connection, table, columns, List.of(longs(2, 3), longs(1, 100))));
        assertFailure(Failure.DATA, () -> add(table, longs(1), longs(99)));
        int rows = manyRows();
        long[] ones = IntStream.range(0, rows)
                .mapToLong(row -> row == rows - 1 ? 100 : 1)
                .toArray();
        assertFailure(Failure.DATA, () -> bulk.insert(connection, table, columns, List.of(ids(rows), longs(ones))));
    }

    @Test
    void error_ofTheSchema_isOther() {
        assertFailure(Failure.OTHER, () -> execute("INSERT INTO nowhere VALUES (1)"));
        assertFailure(Failure.OTHER, () -> execute("SELEKT 1"));
    }

    @Test
    void error_ofAClosedConnection_isConnection() throws SQLException {
        Connection closed = connect();
        closed.close();
        assertThat(failure(() -> closed.prepareStatement("SELECT 1"))).isEqualTo(Failure.CONNECTION);
    }

    @Test
    void lockTimeout_isTransient_andRowsStay() throws SQLException {
        TableInfo table = counters(2);
        connection.commit();
        add(table, longs(0), longs(1));
        try (Connection other = connect()) {
            dialect.lockTimeout(other, Duration.ofMillis(50));
            other.setAutoCommit(false);
            BulkUpdate update = new BulkUpdate(
                    table,
                    List.of(column(table, "id")),
                    List.of(longs(0)),
                    List.of(new BulkUpdate.Add(column(table, "n"), longs(1))));
            assertThat(failure(() -> bulk.update(other, update))).isEqualTo(Failure.TRANSIENT);
            other.rollback();
            other.setAutoCommit(true);
            dialect.release(other);
        }
        connection.commit();
        assertThat(counts()).containsExactly(1L, 0L);
    }

    // Statements

    @Test
    void upsert_insertsOrChanges() throws SQLException {
        TableInfo table = counters(1);
        List<ColumnInfo> key = List.of(column(table, "id"));
        String change = dialect.upsert(table, table.columns(), key, List.of(column(table, "n")));
        String leave = dialect.upsert(table, table.columns(), key, List.of());
        for (long[] row : new long[][] {{0, 8}, {1, 9}}) {
            try (PreparedStatement statement = connection.prepareStatement(change)) {
                statement.setLong(1, row[0]);
                statement.setLong(2, row[1]);
                statement.executeUpdate();
            }
        }
        for (long[] row : new long[][] {{0, -1}, {2, 10}}) {
            try (PreparedStatement statement = connection.prepareStatement(leave)) {
                statement.setLong(1, row[0]);
                statement.setLong(2, row[1]);
                statement.executeUpdate();
            }
        }
        assertThat(counts()).containsExactly(8L, 9L, 10L);
    }

    @Test
    void nextValue_countsFromTheFirst() throws SQLException {
        execute(dialect.createOwnTable(
                "weir_test_id",
                List.of(
                        new Dialect.OwnColumn("name", ValueKind.TEXT, 100),
                        new Dialect.OwnColumn("value", ValueKind.INTEGER, 0)),
                List.of("name")));
        List<Long> values = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            try (PreparedStatement statement = connection.prepareStatement(dialect.nextValue("weir_test_id"))) {
                statement.setString(1, "t");
                statement.setLong(2, 5);
                try (ResultSet rows = statement.executeQuery()) {
                    rows.next();
                    values.add(rows.getLong(1));
                }
            }
        }
        assertThat(values).containsExactly(5L, 6L, 7L);
    }

    @Test
    void returning_answersTheNewRow() throws SQLException {
        TableInfo table = counters(0);
        String insert = "INSERT INTO " + dialect.quote(table) + " VALUES (?, ?)";
        try (PreparedStatement statement =
                connection.prepareStatement(dialect.returning(insert, List.of(column(table, "n"))))) {
            statement.setLong(1, 1);
            statement.setLong(2, 42);
            try (ResultSet rows = statement.executeQuery()) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getLong(1)).isEqualTo(42);
            }
        }
        assertThat(counts()).containsExactly(42L);
    }

    @Test
    void limitAndOffset_cutTheRows() throws SQLException {
        counters(5);
        String select = "SELECT " + dialect.quote("id") + " FROM " + dialect.quote("counter") + " ORDER BY 1";
        assertThat(query(dialect.limit(select, 2L, null))).containsExactly(0L, 1L);
        assertThat(query(dialect.limit(select, 2L, 1L))).containsExactly(1L, 2L);
        assertThat(query(dialect.limit(select, null, 3L))).containsExactly(3L, 4L);
        assertThat(query(dialect.limit(select, null, null))).hasSize(5);
    }

    @Test
    void ownTable_isDescribedWithByteForByteKeys_andMadeOnce() throws SQLException {
        List<Dialect.OwnColumn> columns = List.of(
                new Dialect.OwnColumn("writer", ValueKind.TEXT, 200),
                new Dialect.OwnColumn("seq", ValueKind.INTEGER, 0),
                new Dialect.OwnColumn("body", ValueKind.TEXT, 0),
                new Dialect.OwnColumn("raw", ValueKind.BYTES, 0, true),
                new Dialect.OwnColumn("at", ValueKind.INSTANT, 0));
        for (int i = 0; i < 2; i++) {
            execute(dialect.createOwnTable("weir_own", columns, List.of("writer", "seq")));
        }
        TableInfo table = dialect.describe(connection, "weir_own").orElseThrow();
        assertThat(table.primaryKey()).containsExactly("writer", "seq");
        assertThat(table.transactional()).isTrue();
        assertThat(table.columns())
                .extracting(ColumnInfo::kind)
                .containsExactly(ValueKind.TEXT, ValueKind.INTEGER, ValueKind.TEXT, ValueKind.BYTES, ValueKind.INSTANT);
        assertThat(table.columns()).extracting(ColumnInfo::nullable).containsExactly(false, false, false, true, false);
        assertThat(column(table, "writer").binaryComparison()).isTrue();
        Object[] row = {"w ", 1L, "é".repeat(100_000), new byte[] {1}, Instant.parse("2024-01-01T00:00:00.123Z")};
        List<Values> values = Arrays.stream(row).map(value -> objects(value)).toList();
        bulk.insert(connection, table, table.columns(), values);
        List<@Nullable Object[]> found = bulk.select(
                connection,
                table,
                table.columns().subList(0, 2),
                values.subList(0, 2),
                table.columns().subList(2, 5));
        assertThat(found).hasSize(1);
        assertThat(found.get(0)).isEqualTo(row);
    }

    @Test
    void describe_takesAnExactNameBeforeAnotherCase_andNoneForAnUnknown() throws SQLException {
        counters(0);
        assertThat(dialect.describe(connection, "counter")).map(TableInfo::name).contains("counter");
        assertThat(dialect.describe(connection, "COUNTER")).map(TableInfo::name).contains("counter");
        assertThat(dialect.describe(connection, "counters")).isEmpty();
        assertThat(dialect.tableNames(connection)).contains("counter");
    }

    // Helpers

    protected final TableInfo create(String name, String columns) throws SQLException {
        execute("CREATE TABLE " + dialect.quote(name) + " (" + columns + ")");
        connection.commit();
        return dialect.describe(connection, name).orElseThrow();
    }

    protected final TableInfo counters(int rows) throws SQLException {
        TableInfo table = create(
                "counter",
                dialect.quote("id") + " " + type(ValueKind.INTEGER) + " PRIMARY KEY, " + dialect.quote("n") + " "
                        + type(ValueKind.INTEGER));
        if (rows > 0) {
            bulk.insert(connection, table, table.columns(), List.of(ids(rows), longs(new long[rows])));
        }
        return table;
    }

    private TableInfo kindsTable() throws SQLException {
        if (dialect.describe(connection, "kinds").isPresent()) {
            execute("DELETE FROM " + dialect.quote("kinds"));
            return dialect.describe(connection, "kinds").orElseThrow();
        }
        StringBuilder columns = new StringBuilder(dialect.quote("id") + " " + type(ValueKind.INTEGER) + " PRIMARY KEY");
        Map<ValueKind, String> names = new EnumMap<>(ValueKind.class);
        for (ValueKind kind : kinds()) {
            names.put(kind, "c_" + kind);
            columns.append(", ").append(dialect.quote("c_" + kind)).append(' ').append(type(kind));
        }
        TableInfo table = create("kinds", columns.toString());
        names.forEach((kind, name) -> assertThat(column(table, name).kind()).isEqualTo(kind));
        return table;
    }

    protected final ColumnInfo column(TableInfo table, String name) {
        return table.column(name).orElseThrow();
    }

    protected final void add(TableInfo table, Values keys, Values deltas) throws SQLException {
        bulk.update(
                connection,
                new BulkUpdate(
                        table,
                        List.of(column(table, "id")),
                        List.of(keys),
                        List.of(new BulkUpdate.Add(column(table, "n"), deltas))));
    }

    private void set(TableInfo table, long value) throws SQLException {
        execute("UPDATE " + dialect.quote(table) + " SET " + dialect.quote("n") + " = " + value);
    }

    protected final List<Long> counts() throws SQLException {
        return query("SELECT " + dialect.quote("n") + " FROM " + dialect.quote("counter") + " ORDER BY "
                + dialect.quote("id"));
    }

    protected final List<Long> query(String sql) throws SQLException {
        List<Long> answer = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                answer.add(rows.getLong(1));
            }
        }
        return answer;
    }

    protected final void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** What the dialect makes of the error that the call fails with. */
    protected final Failure failure(ThrowingCallable call) {
        SQLException error = catchThrowableOfType(SQLException.class, call);
        assertThat((Throwable) error).isNotNull();
        return dialect.classify(error);
    }

    /** The call fails so, and is rolled back. */
    protected final void assertFailure(Failure expected, ThrowingCallable call) {
        assertThat(failure(call)).isEqualTo(expected);
        try {
            connection.rollback();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    protected static Values longs(long... values) {
        return new Values.Longs(values, values.length);
    }

    protected static Values objects(@Nullable Object... values) {
        return new Values.Objects(values, values.length);
    }

    protected static Values ids(int rows) {
        return longs(LongStream.range(0, rows).toArray());
    }

    private static long seed() {
        long seed = Long.getLong("weir.test.seed", new Random().nextLong());
        System.out.println("weir.test.seed=" + seed);
        return seed;
    }
}
