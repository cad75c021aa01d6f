package dev.weir.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.weir.db.engine.Bulk;
import dev.weir.db.engine.BulkUpdate;
import dev.weir.db.engine.ColumnInfo;
import dev.weir.db.engine.TableInfo;
import dev.weir.db.engine.ValueKind;
import dev.weir.db.engine.Values;
import dev.weir.error.Failure;
import dev.weir.testservers.Servers;
import dev.weir.testservers.TestDatabase;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("servers")
class PostgresBulkTest extends BulkContract {
    private TestDatabase database;

    @Override
    protected Connection connect() throws SQLException {
        if (database == null) {
            database = Servers.postgres().newDatabase();
        }
        return database.connect();
    }

    @Override
    protected void drop() throws SQLException {
        if (database != null) {
            database.drop();
        }
    }

    @Override
    protected List<ValueKind> kinds() {
        return Stream.of(ValueKind.values())
                .filter(kind -> kind != ValueKind.OTHER)
                .toList();
    }

    @Override
    protected ChronoUnit timeUnit() {
        return ChronoUnit.MICROS;
    }

    @Override
    protected int manyRows() {
        return 12_000;
    }

    @Override
    protected String type(ValueKind kind) {
        return switch (kind) {
            case INTEGER -> "bigint";
            case DECIMAL -> "numeric(15, 3)";
            case DOUBLE -> "double precision";
            case BOOLEAN -> "boolean";
            case TEXT -> "text";
            case BYTES -> "bytea";
            case UUID -> "uuid";
            case DATE -> "date";
            case TIME -> "time";
            case TIMESTAMP -> "timestamp";
            case INSTANT -> "timestamptz";
            default -> throw new AssertionError(kind);
        };
    }

    @Override
    protected List<Object> extremes(ValueKind kind) {
        List<Object> extremes = new ArrayList<>(super.extremes(kind));
        switch (kind) {
            case DATE -> extremes.addAll(List.of(LocalDate.of(-4712, 1, 1), LocalDate.of(5874897, 12, 31)));
            case TIMESTAMP ->
                extremes.addAll(List.of(
                        LocalDateTime.of(-4712, 1, 1, 0, 0),
                        LocalDateTime.of(294276, 12, 31, 23, 59, 59, 999_999_000),
                        LocalDateTime.MAX));
            case INSTANT ->
                extremes.addAll(List.of(
                        Instant.parse("-0044-03-15T12:00:00Z"),
                        Instant.parse("+294276-12-31T23:59:59.999999Z"),
                        OffsetDateTime.MAX.toInstant()));
            case DOUBLE -> extremes.addAll(List.of(Double.NaN, Double.POSITIVE_INFINITY, -0.0, Double.MIN_VALUE));
            default -> {}
        }
        return extremes;
    }

    @Test
    void update_ofSomeRowsOfALargeTable_usesTheIndex_andLeavesThePlannerAsItWas() throws SQLException {
        TableInfo table = counters(100_000);
        connection.commit();
        execute("ANALYZE counter");
        connection.commit();
        execute("SET LOCAL enable_mergejoin = off");
        long[] scansBefore = scans();
        long[] keys = LongStream.range(0, 1_000).map(key -> key * 97).toArray();
        add(table, longs(keys), longs(keys));
        long[] scans = scans();
        assertThat(scans[0] - scansBefore[0]).as("scans of the whole table").isZero();
        assertThat(scans[1] - scansBefore[1]).as("uses of the index").isEqualTo(1_000);
        assertThat(setting("enable_hashjoin")).isEqualTo("on");
        assertThat(setting("enable_mergejoin")).isEqualTo("off");
        connection.commit();
        assertThat(setting("enable_mergejoin")).isEqualTo("on");
        assertThat(query("SELECT count(*) FROM counter WHERE n = id AND id > 0"))
                .containsExactly(999L);
    }

    private long[] scans() throws SQLException {
        return new long[] {
            query("SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relname = 'counter'")
                    .get(0),
            query("SELECT idx_scan FROM pg_stat_xact_user_tables WHERE relname = 'counter'")
                    .get(0)
        };
    }

    @Test
    void update_ofManyRows_leavesNoTemporaryTable() throws SQLException {
        TableInfo table = counters(manyRows());
        connection.commit();
        for (int i = 0; i < 2; i++) {
            add(table, ids(manyRows()), ids(manyRows()));
        }
        connection.commit();
        assertThat(query("SELECT count(*) FROM pg_class WHERE relname LIKE 'weir%'"))
                .containsExactly(0L);
        assertThat(query("SELECT sum(n) FROM counter")).containsExactly((long) manyRows() * (manyRows() - 1));
    }

    @Test
    void update_ofManyRows_withoutTheRightToTemporaryTables_usesArrays() throws SQLException {
        TableInfo table = counters(manyRows());
        execute("REVOKE TEMPORARY ON DATABASE " + database.name() + " FROM PUBLIC");
        execute("CREATE ROLE plain_" + database.name());
        execute("GRANT SELECT, UPDATE ON counter TO plain_" + database.name());
        connection.commit();
        execute("SET LOCAL ROLE plain_" + database.name());
        BulkUpdate update = new BulkUpdate(
                table,
                List.of(column(table, "id")),
                List.of(ids(manyRows())),
                List.of(new BulkUpdate.Add(column(table, "n"), ids(manyRows()))));
        assertThat(bulk.update(connection, update)).isEqualTo(new Bulk.Result(1, manyRows()));
        connection.rollback();
        execute("DROP OWNED BY plain_" + database.name());
        execute("DROP ROLE plain_" + database.name());
        connection.commit();
    }

    @Test
    void bulk_throughAPool_usesCopyAllTheSame() throws SQLException {
        TableInfo table = counters(manyRows());
        connection.commit();
        HikariConfig config = new HikariConfig();
        config.setDataSource(database.dataSource());
        config.setMaximumPoolSize(1);
        try (HikariDataSource pool = new HikariDataSource(config);
                Connection pooled = pool.getConnection()) {
            pooled.setAutoCommit(false);
            BulkUpdate update = new BulkUpdate(
                    table,
                    List.of(column(table, "id")),
                    List.of(ids(manyRows())),
                    List.of(new BulkUpdate.Add(column(table, "n"), ids(manyRows()))));
            assertThat(bulk.update(pooled, update)).isEqualTo(new Bulk.Result(3, manyRows()));
            pooled.rollback();
        }
    }

    @Test
    void insert_underRowSecurity_isChecked() throws SQLException {
        TableInfo table = counters(0);
        String role = "guarded_" + database.name();
        execute("CREATE ROLE " + role);
        execute("GRANT SELECT, INSERT ON counter TO " + role);
        execute("ALTER TABLE counter ENABLE ROW LEVEL SECURITY");
        execute("CREATE POLICY small ON counter USING (true) WITH CHECK (id < 1000)");
        connection.commit();
        execute("SET LOCAL ROLE " + role);
        assertThat(bulk.insert(connection, table, table.columns(), List.of(ids(500), ids(500)))
                        .rows())
                .isEqualTo(500);
        connection.rollback();
        execute("DROP OWNED BY " + role);
        execute("DROP ROLE " + role);
        connection.commit();
    }

    @Test
    void everyType_ofManyAndOfFewRows_comesBack() throws SQLException {
        execute("CREATE DOMAIN code AS varchar(5) DEFAULT 'none' NOT NULL");
        execute("CREATE COLLATION whatever (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
        TableInfo table = create(
                "typed",
                "id serial primary key, a smallint, b integer, c numeric, d real, e char(3), f json, g jsonb, h code,"
                        + " i varchar(10) collate \"C\", j text collate whatever, k timestamp(3), l numeric(6, -2)");
        assertThat(table.columns())
                .extracting(ColumnInfo::binaryComparison)
                .containsExactly(true, true, true, true, false, false, false, false, true, true, false, true, true);
        assertThat(table.columns())
                .extracting(ColumnInfo::scale)
                .containsExactly(null, null, null, null, null, null, null, null, null, null, null, 3, -2);
        assertThat(column(table, "a").precision()).isEqualTo(16);
        assertThat(column(table, "h").length()).isEqualTo(5);
        assertThat(column(table, "h").hasDefault()).isTrue();
        assertThat(column(table, "h").nullable()).isFalse();
        Object[] row = {
            32767L,
            -2147483648L,
            new BigDecimal("-1234567890123456789012345678901234567890.000100000000000000000000000000"),
            (double) 0.1f,
            "abc",
            "{\"x\": [1, 2]}",
            "{\"x\": 1}",
            "äöü",
            "c",
            "J",
            LocalDateTime.of(2024, 3, 31, 2, 30, 0, 123_000_000),
            new BigDecimal("123400")
        };
        for (int rows : new int[] {3, 200, manyRows()}) {
            execute("TRUNCATE typed");
            List<Values> values = new ArrayList<>(List.of(ids(rows)));
            for (Object value : row) {
                Object[] data = new Object[rows];
                Arrays.fill(data, value);
                values.add(objects(data));
            }
            assertThat(bulk.insert(connection, table, table.columns(), values).rows())
                    .isEqualTo(rows);
            List<BulkUpdate.Assignment> sets = new ArrayList<>();
            for (int i = 1; i < values.size(); i++) {
                sets.add(new BulkUpdate.Set(table.columns().get(i), values.get(i)));
            }
            BulkUpdate update = new BulkUpdate(table, table.columns().subList(0, 1), values.subList(0, 1), sets);
            assertThat(bulk.update(connection, update).rows()).isEqualTo(rows);
            List<ColumnInfo> columns = table.columns().subList(1, 13);
            for (Object[] found : bulk.select(connection, table, update.key(), update.keys(), columns)) {
                assertThat(List.of(found).subList(1, 13)).isEqualTo(List.of(row));
            }
        }
    }

    @Test
    void numeric_ofManyShapes_isEncodedAsTheServerReadsIt() throws SQLException {
        TableInfo table = create("amount", "id bigint primary key, v numeric");
        List<Object> numbers = new ArrayList<>();
        for (String digits :
                List.of("0", "1", "10", "9999", "10000", "10001", "99990000", "123456789012345678901234")) {
            for (int scale = -5; scale <= 9; scale++) {
                BigDecimal value = new BigDecimal(new BigInteger(digits), scale);
                numbers.add(value);
                numbers.add(value.negate());
            }
        }
        Object[] data = numbers.toArray();
        bulk.insert(connection, table, table.columns(), List.of(ids(data.length), objects(data)));
        List<Object[]> found = bulk.select(
                connection,
                table,
                table.columns().subList(0, 1),
                List.of(ids(data.length)),
                table.columns().subList(1, 2));
        assertThat(data.length).isGreaterThan(200);
        for (Object[] row : found) {
            BigDecimal sent = (BigDecimal) data[Math.toIntExact((Long) row[0])];
            assertThat(row[1]).isEqualTo(sent.scale() < 0 ? sent.setScale(0) : sent);
        }
    }

    @Test
    void value_outOfItsColumnsRange_isData_whateverTheNumberOfRows() throws SQLException {
        TableInfo table = create("narrow", "id bigint primary key, a smallint, t varchar(3), n numeric(4, 1), at time");
        connection.commit();
        for (int rows : new int[] {1, 200}) {
            for (Object bad : List.of(40_000L, "long", new BigDecimal("12345"), LocalTime.of(1, 1, 1, 1), "a\0b")) {
                Object[] data = new Object[rows];
                data[rows - 1] = bad;
                String column = bad instanceof Long
                        ? "a"
                        : bad instanceof String ? "t" : bad instanceof BigDecimal ? "n" : "at";
                List<ColumnInfo> columns = List.of(column(table, "id"), column(table, column));
                assertFailure(
                        Failure.DATA, () -> bulk.insert(connection, table, columns, List.of(ids(rows), objects(data))));
            }
        }
    }

    @Test
    void insert_intoATableWithRulesOrRowSecurity_stillWorks() throws SQLException {
        TableInfo table = counters(0);
        execute("CREATE TABLE seen (id bigint)");
        execute("CREATE RULE watch AS ON INSERT TO counter DO ALSO INSERT INTO seen VALUES (new.id)");
        connection.commit();
        assertThat(bulk.insert(connection, table, table.columns(), List.of(ids(500), ids(500)))
                        .rows())
                .isEqualTo(500);
        assertThat(query("SELECT count(*) FROM seen")).containsExactly(500L);
    }

    @Test
    void insert_withATypeThatHasNoEncoder_fallsBack() throws SQLException {
        execute("CREATE TYPE mood AS ENUM ('calm', 'wild')");
        TableInfo table = create("person", "id bigint primary key, m mood");
        assertThat(column(table, "m").kind()).isEqualTo(ValueKind.OTHER);
        Object[] moods = new Object[200];
        Arrays.fill(moods, "wild");
        assertThat(bulk.insert(connection, table, table.columns(), List.of(ids(200), objects(moods)))
                        .rows())
                .isEqualTo(200);
    }

    @Test
    void describe_tellsWhatTheSchemaSays() throws SQLException {
        execute("CREATE SCHEMA other");
        execute("CREATE TABLE other.elsewhere (id int primary key)");
        execute("CREATE TABLE parent (id int primary key)");
        execute("CREATE TABLE \"Child\" (b int, a int, i bigint generated always as identity,"
                + " j bigint generated by default as identity, g int generated always as (a + 1) stored,"
                + " p int references parent, o int references other.elsewhere, u int unique,"
                + " w int, l text, dd int unique deferrable, primary key (a, b))");
        execute("CREATE UNIQUE INDEX ON \"Child\" (w) WHERE w > 0");
        execute("CREATE UNIQUE INDEX ON \"Child\" (lower(l))");
        execute("CREATE UNIQUE INDEX ON \"Child\" (w, u) INCLUDE (l)");
        execute("CREATE VIEW v AS SELECT * FROM parent");
        connection.commit();
        TableInfo table = dialect.describe(connection, "child").orElseThrow();
        assertThat(table.name()).isEqualTo("Child");
        assertThat(table.schema()).isEqualTo("public");
        assertThat(table.primaryKey()).containsExactly("a", "b");
        assertThat(table.uniqueKeys()).containsExactlyInAnyOrder(List.of("u"), List.of("w", "u"));
        assertThat(table.references()).containsExactly("parent");
        assertThat(column(table, "i").generated()).isTrue();
        assertThat(column(table, "j").generated()).isFalse();
        assertThat(column(table, "j").hasDefault()).isTrue();
        assertThat(column(table, "g").generated()).isTrue();
        assertThat(dialect.describe(connection, "v").orElseThrow().view()).isTrue();
        assertThat(dialect.describe(connection, "elsewhere")).isEmpty();
        assertThat(dialect.describe(connection, "other.elsewhere").orElseThrow().schema())
                .isEqualTo("other");
        execute("CREATE TABLE CHILD (id int primary key)");
        assertThat(dialect.describe(connection, "child").orElseThrow().name()).isEqualTo("child");
        assertThat(dialect.describe(connection, "CHILD")).isEmpty();
    }

    @Test
    void deadlock_isTransient() throws Exception {
        TableInfo table = counters(2);
        connection.commit();
        CyclicBarrier both = new CyclicBarrier(2);
        List<CompletableFuture<Failure>> runs = new ArrayList<>();
        for (long first = 0; first < 2; first++) {
            long one = first;
            runs.add(CompletableFuture.supplyAsync(() -> {
                try (Connection own = database.connect()) {
                    own.setAutoCommit(false);
                    for (long key : new long[] {one, 1 - one}) {
                        bulk.update(
                                own,
                                new BulkUpdate(
                                        table,
                                        List.of(column(table, "id")),
                                        List.of(longs(key)),
                                        List.of(new BulkUpdate.Add(column(table, "n"), longs(1)))));
                        if (key == one) {
                            both.await();
                        }
                    }
                    own.commit();
                    return null;
                } catch (SQLException e) {
                    return dialect.classify(e);
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            }));
        }
        assertThat(Arrays.asList(runs.get(0).get(), runs.get(1).get()))
                .containsExactlyInAnyOrder(Failure.TRANSIENT, null);
    }

    @Test
    void killedConnection_isConnection() throws SQLException {
        TableInfo table = counters(2);
        connection.commit();
        long pid = query("SELECT pg_backend_pid()").get(0);
        try (Connection other = database.connect();
                var statement = other.createStatement()) {
            statement.execute("SELECT pg_terminate_backend(" + pid + ", 10000)");
        }
        assertThat(failure(() -> add(table, longs(0), longs(1)))).isEqualTo(Failure.CONNECTION);
        connection.close();
    }

    @Test
    void statementTimeout_andRaisedError_areTold() throws SQLException {
        execute("SET LOCAL statement_timeout = 20");
        assertFailure(Failure.TRANSIENT, () -> execute("SELECT pg_sleep(10)"));
        assertFailure(Failure.DATA, () -> execute("DO $$ BEGIN RAISE EXCEPTION 'no'; END $$"));
    }

    @Test
    void lockTimeout_isPutBack() throws SQLException {
        connection.setAutoCommit(true);
        execute("SET lock_timeout = '1234ms'");
        dialect.lockTimeout(connection, Duration.ofMillis(50));
        dialect.lockTimeout(connection, Duration.ofMillis(70));
        assertThat(setting("lock_timeout")).isEqualTo("70ms");
        dialect.release(connection);
        assertThat(setting("lock_timeout")).isEqualTo("1234ms");
        dialect.release(connection);
        assertThat(setting("lock_timeout")).isEqualTo("1234ms");
        connection.setAutoCommit(false);
    }

    private String setting(String name) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("SHOW " + name)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
