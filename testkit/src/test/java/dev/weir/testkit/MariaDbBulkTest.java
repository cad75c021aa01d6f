package dev.weir.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.db.engine.BulkUpdate;
import dev.weir.db.engine.ColumnInfo;
import dev.weir.db.engine.TableInfo;
import dev.weir.db.engine.ValueKind;
import dev.weir.error.Failure;
import dev.weir.testservers.Servers;
import dev.weir.testservers.TestDatabase;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("servers")
class MariaDbBulkTest extends BulkContract {
    private TestDatabase database;

    @Override
    protected Connection connect() throws SQLException {
        if (database == null) {
            database = Servers.mariadb().newDatabase();
        }
        return database.connect();
    }

    @Override
    protected void drop() throws SQLException {
        database.drop();
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
    protected String type(ValueKind kind) {
        return switch (kind) {
            case INTEGER -> "bigint";
            case DECIMAL -> "decimal(15, 3)";
            case DOUBLE -> "double";
            case BOOLEAN -> "boolean";
            case TEXT -> "varchar(200) character set utf8mb4 collate utf8mb4_nopad_bin";
            case BYTES -> "varbinary(200)";
            case UUID -> "uuid";
            case DATE -> "date";
            case TIME -> "time(6)";
            case TIMESTAMP -> "datetime(6)";
            case INSTANT -> "timestamp(6)";
            default -> throw new AssertionError(kind);
        };
    }

    @Test
    void update_rolledBack_leavesNothing() throws SQLException {
        TableInfo table = counters(3);
        connection.commit();
        add(table, longs(0, 1), longs(5, 6));
        add(table, longs(2), longs(7));
        assertThat(counts()).containsExactly(5L, 6L, 7L);
        connection.rollback();
        assertThat(counts()).containsExactly(0L, 0L, 0L);
    }

    @Test
    void update_whereTheConnectionCountsChangedRows_countsMatchedOnes() throws SQLException {
        TableInfo table = counters(3);
        connection.commit();
        try (Connection counting = DriverManager.getConnection(
                database.jdbcUrl() + (database.jdbcUrl().contains("?") ? "&" : "?") + "useAffectedRows=true",
                database.user(),
                database.password())) {
            counting.setAutoCommit(false);
            BulkUpdate update = new BulkUpdate(
                    table,
                    List.of(column(table, "id")),
                    List.of(longs(0, 1, 9)),
                    List.of(new BulkUpdate.Set(column(table, "n"), longs(0, 1, 2))));
            assertThat(bulk.update(counting, update).rows()).isEqualTo(2);
            counting.rollback();
        }
    }

    @Test
    void flush_isStrictAndInUtc_andReleasePutsTheSessionBack() throws SQLException {
        connection.setAutoCommit(true);
        dialect.release(connection);
        execute("SET SESSION sql_mode = 'PIPES_AS_CONCAT', SESSION time_zone = 'SYSTEM'");
        execute("SET SESSION innodb_lock_wait_timeout = 33");
        dialect.prepareForFlush(connection);
        dialect.lockTimeout(connection, Duration.ofMillis(1_500));
        assertThat(setting("sql_mode")).contains("PIPES_AS_CONCAT", "STRICT_ALL_TABLES", "NO_AUTO_VALUE_ON_ZERO");
        assertThat(setting("time_zone")).isEqualTo("+00:00");
        assertThat(setting("innodb_lock_wait_timeout")).isEqualTo("2");
        dialect.release(connection);
        assertThat(setting("sql_mode")).isEqualTo("PIPES_AS_CONCAT");
        assertThat(setting("time_zone")).isEqualTo("SYSTEM");
        assertThat(setting("innodb_lock_wait_timeout")).isEqualTo("33");
        connection.setAutoCommit(false);
    }

    @Test
    void zeroDate_isNotTakenForNull() throws SQLException {
        TableInfo table = create("old", "id bigint primary key, d date, at datetime");
        execute(
                "SET STATEMENT sql_mode = '' FOR INSERT INTO old VALUES (1, '0000-00-00', '0000-00-00'), (2, null, null)");
        for (String column : List.of("d", "at")) {
            List<ColumnInfo> columns = List.of(column(table, column));
            assertThat(bulk.select(connection, table, table.columns().subList(0, 1), List.of(longs(2)), columns)
                            .get(0)[1])
                    .isNull();
            assertThat(failure(() ->
                            bulk.select(connection, table, table.columns().subList(0, 1), List.of(longs(1)), columns)))
                    .isEqualTo(Failure.DATA);
        }
    }

    @Test
    void timestamp_isTheSameInstant_inAnySessionTimeZone() throws SQLException {
        TableInfo table = create("event", "id bigint primary key, at timestamp(6) null");
        Instant instant = Instant.parse("2024-07-03T05:30:00.000001Z");
        bulk.insert(connection, table, table.columns(), List.of(longs(1), objects(instant)));
        connection.commit();
        for (String zone : List.of("+05:45", "-08:00", "+00:00")) {
            try (Connection other = connect()) {
                other.createStatement().execute("SET time_zone = '" + zone + "'");
                assertThat(bulk.select(
                                        other,
                                        table,
                                        table.columns().subList(0, 1),
                                        List.of(longs(1)),
                                        List.of(column(table, "at")))
                                .get(0)[1])
                        .isEqualTo(instant);
                bulk.update(
                        other,
                        new BulkUpdate(
                                table,
                                table.columns().subList(0, 1),
                                List.of(longs(1)),
                                List.of(new BulkUpdate.Set(column(table, "at"), objects(instant)))));
            }
        }
        assertThat(query("SELECT UNIX_TIMESTAMP(at) FROM event")).containsExactly(instant.getEpochSecond());
    }

    @Test
    void value_outOfItsColumnsRange_isData() throws SQLException {
        TableInfo table = create(
                "narrow",
                "id bigint primary key, a smallint, b int unsigned, t varchar(3), n decimal(4, 1), e enum('x', 'y'),"
                        + " d double, u bigint unsigned");
        for (Object[] bad : new Object[][] {
            {"a", 40_000L},
            {"b", -1L},
            {"b", 5_000_000_000L},
            {"t", "long"},
            {"n", new BigDecimal("12345")},
            {"e", "z"},
            {"d", Double.NaN},
            {"u", -1L}
        }) {
            ColumnInfo column = column(table, (String) bad[0]);
            assertFailure(
                    Failure.DATA,
                    () -> bulk.insert(
                            connection,
                            table,
                            List.of(column(table, "id"), column),
                            List.of(longs(1), objects(bad[1]))));
        }
        bulk.insert(connection, table, List.of(column(table, "id"), column(table, "u")), List.of(longs(1), longs(5)));
        connection.commit();
        ColumnInfo u = column(table, "u");
        for (long delta : new long[] {-6, Long.MIN_VALUE}) {
            assertFailure(
                    Failure.DATA,
                    () -> bulk.update(
                            connection,
                            new BulkUpdate(
                                    table,
                                    List.of(column(table, "id")),
                                    List.of(longs(1)),
                                    List.of(new BulkUpdate.Add(u, longs(delta))))));
        }
        bulk.update(
                connection,
                new BulkUpdate(
                        table,
                        List.of(column(table, "id")),
                        List.of(longs(1)),
                        List.of(new BulkUpdate.Add(u, longs(-5)))));
        assertThat(query("SELECT u FROM narrow")).containsExactly(0L);
    }

    @Test
    void update_ofLongTexts_needsNoTableInMemory() throws SQLException {
        TableInfo table = create("article", "id bigint primary key, body longtext, raw longblob");
        int rows = 30;
        String body = "漢".repeat(100_000);
        Object[] bodies = new Object[rows];
        Object[] raws = new Object[rows];
        Arrays.fill(bodies, body);
        Arrays.fill(raws, new byte[300_000]);
        bulk.insert(connection, table, table.columns(), List.of(ids(rows), objects(bodies), objects(raws)));
        bodies[7] = "short";
        assertThat(bulk.update(
                                connection,
                                new BulkUpdate(
                                        table,
                                        table.columns().subList(0, 1),
                                        List.of(ids(rows)),
                                        List.of(new BulkUpdate.Set(column(table, "body"), objects(bodies)))))
                        .rows())
                .isEqualTo(rows);
        assertThat(query("SELECT SUM(CHAR_LENGTH(body)) FROM article")).containsExactly(2_900_005L);
    }

    @Test
    void insert_ofZero_intoAnAutoIncrementColumn_staysZero() throws SQLException {
        TableInfo table = create("numbered", "id bigint primary key auto_increment, n bigint");
        bulk.insert(connection, table, table.columns(), List.of(longs(0), longs(1)));
        assertThat(query("SELECT id FROM numbered")).containsExactly(0L);
        assertThat(column(table, "id").hasDefault()).isTrue();
    }

    @Test
    void describe_tellsWhatTheSchemaSays() throws SQLException {
        execute("CREATE TABLE parent (id int primary key)");
        execute("CREATE TABLE child (b int, a int, u int unique, t varchar(10) collate utf8mb4_general_ci,"
                + " n varchar(10) collate utf8mb4_bin, m varchar(10) collate utf8mb4_nopad_bin unique, c char(3)"
                + " collate utf8mb4_nopad_bin, x varbinary(5), g int as (a + 1) stored, f tinyint(1), y year,"
                + " w bigint unsigned not null default 3, i text, p int, primary key (a, b), unique (i(5)),"
                + " foreign key (p) references parent (id))");
        execute("CREATE TABLE loose (id int primary key) ENGINE=MyISAM");
        execute("CREATE TABLE aria (id int primary key) ENGINE=Aria");
        execute("CREATE VIEW v AS SELECT * FROM parent");
        TableInfo table = dialect.describe(connection, "child").orElseThrow();
        assertThat(table.schema()).isEqualTo(database.name());
        assertThat(table.primaryKey()).containsExactly("a", "b");
        assertThat(table.uniqueKeys()).containsExactlyInAnyOrder(List.of("u"), List.of("m"));
        assertThat(table.references()).containsExactly("parent");
        assertThat(table.transactional()).isTrue();
        assertThat(Stream.of("t", "n", "m", "c", "x")
                        .map(name -> column(table, name).binaryComparison()))
                .containsExactly(false, false, true, false, true);
        assertThat(column(table, "g").generated()).isTrue();
        assertThat(column(table, "f").kind()).isEqualTo(ValueKind.BOOLEAN);
        assertThat(column(table, "y").kind()).isEqualTo(ValueKind.INTEGER);
        assertThat(column(table, "w").precision()).isEqualTo(65);
        assertThat(column(table, "w").hasDefault()).isTrue();
        assertThat(column(table, "p").hasDefault()).isFalse();
        assertThat(dialect.describe(connection, "loose").orElseThrow().transactional())
                .isFalse();
        assertThat(dialect.describe(connection, "aria").orElseThrow().transactional())
                .isFalse();
        assertThat(dialect.describe(connection, "v").orElseThrow().view()).isTrue();
        assertThat(dialect.describe(connection, database.name() + ".child")).isPresent();
        bulk.insert(
                connection,
                table,
                List.of(column(table, "a"), column(table, "b"), column(table, "y"), column(table, "f")),
                List.of(longs(1), longs(1), longs(1999), objects(true)));
        assertThat(bulk.select(
                                connection,
                                table,
                                List.of(column(table, "a"), column(table, "b")),
                                List.of(longs(1), longs(1)),
                                List.of(column(table, "y"), column(table, "f")))
                        .get(0))
                .containsExactly(1L, 1L, 1999L, true);
    }

    @Test
    void killedConnection_isConnection() throws SQLException {
        TableInfo table = counters(2);
        connection.commit();
        long id = query("SELECT CONNECTION_ID()").get(0);
        try (Connection other = database.connect();
                var statement = other.createStatement()) {
            statement.execute("KILL " + id);
        }
        assertThat(failure(() -> add(table, longs(0), longs(1)))).isEqualTo(Failure.CONNECTION);
        connection.close();
    }

    @Test
    void statementTimeout_andSignal_areTold() throws SQLException {
        assertFailure(
                Failure.TRANSIENT,
                () -> execute("SET STATEMENT max_statement_time=0.02 FOR SELECT SLEEP(10)"
                        + " FROM information_schema.TABLES"));
        assertFailure(Failure.DATA, () -> execute("SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'"));
    }

    private String setting(String name) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT @@SESSION." + name)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
