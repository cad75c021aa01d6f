package dev.weir.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.db.engine.BulkUpdate;
import dev.weir.db.engine.ColumnInfo;
import dev.weir.db.engine.TableInfo;
import dev.weir.db.engine.ValueKind;
import dev.weir.error.Failure;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteBulkTest extends BulkContract {
    @TempDir
    Path directory;

    @Override
    protected Connection connect() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:sqlite:" + directory.resolve("test.db") + "?journal_mode=WAL&foreign_keys=on");
    }

    @Override
    protected List<ValueKind> kinds() {
        return Stream.of(ValueKind.values())
                .filter(kind -> kind != ValueKind.OTHER && kind != ValueKind.TIMESTAMP)
                .toList();
    }

    @Override
    protected ChronoUnit timeUnit() {
        return ChronoUnit.NANOS;
    }

    @Override
    protected String type(ValueKind kind) {
        return switch (kind) {
            case INTEGER -> "bigint";
            case DECIMAL -> "decimal(15, 3)";
            case DOUBLE -> "double";
            case BOOLEAN -> "boolean";
            case TEXT -> "text";
            case BYTES -> "blob";
            case UUID -> "uuid";
            case DATE -> "date";
            case TIME -> "time";
            case INSTANT -> "timestamp";
            default -> throw new AssertionError(kind);
        };
    }

    @Test
    void timestamp_isTextInUtc_withFractionOnlyWhenThereIsOne() throws SQLException {
        TableInfo table = create("event", "id integer primary key, at timestamp");
        bulk.insert(
                connection,
                table,
                table.columns(),
                List.of(
                        longs(1, 2),
                        objects(Instant.parse("2000-10-10T20:55:36Z"), Instant.parse("2000-10-10T20:55:36.5Z"))));
        assertThat(texts("SELECT at FROM event ORDER BY id"))
                .containsExactly("2000-10-10T20:55:36Z", "2000-10-10T20:55:36.500000000Z");
        assertThat(texts("SELECT typeof(at) FROM event WHERE id = 1")).containsExactly("text");
    }

    @Test
    void timestamp_writtenByOthers_isRead() throws SQLException {
        TableInfo table = create("event", "id integer primary key, at timestamp default current_timestamp");
        execute("INSERT INTO event VALUES (1, '2000-10-10 20:55:36'), (2, '2000-10-10T22:55:36.25+02:00'),"
                + " (3, 971211336000), (4, '2000-10-10')");
        assertThat(bulk
                        .select(
                                connection,
                                table,
                                table.columns().subList(0, 1),
                                List.of(longs(1, 2, 3, 4)),
                                table.columns().subList(1, 2))
                        .stream()
                        .map(row -> row[1]))
                .containsExactly(
                        Instant.parse("2000-10-10T20:55:36Z"),
                        Instant.parse("2000-10-10T20:55:36.25Z"),
                        Instant.parse("2000-10-10T20:55:36Z"),
                        Instant.parse("2000-10-10T00:00:00Z"));
    }

    @Test
    void decimal_ofMoreDigitsThanTheEngineKeeps_isRefusedAsData() throws SQLException {
        TableInfo table = create("price", "id integer primary key, p decimal(30, 3)");
        ColumnInfo p = column(table, "p");
        assertFailure(
                Failure.DATA,
                () -> bulk.insert(
                        connection,
                        table,
                        table.columns(),
                        List.of(longs(1), objects(new BigDecimal("1234567890123456.789")))));
        bulk.insert(connection, table, table.columns(), List.of(longs(1), objects(new BigDecimal("999999999999.999"))));
        connection.commit();
        for (String delta : List.of("0.001", "9000000000000000000")) {
            BulkUpdate update = new BulkUpdate(
                    table,
                    List.of(column(table, "id")),
                    List.of(longs(1)),
                    List.of(new BulkUpdate.Add(p, objects(new BigDecimal(delta)))));
            if (delta.equals("0.001")) {
                bulk.update(connection, update);
                assertThat(bulk.select(connection, table, update.key(), update.keys(), List.of(p))
                                .get(0)[1])
                        .isEqualTo(new BigDecimal("1000000000000.000"));
                connection.rollback();
            } else {
                assertFailure(Failure.DATA, () -> bulk.update(connection, update));
            }
        }
    }

    @Test
    void add_toAValueThatIsNoInteger_failsAsData() throws SQLException {
        TableInfo table = counters(3);
        execute("UPDATE counter SET n = 'abc' WHERE id = 1");
        connection.commit();
        assertFailure(Failure.DATA, () -> add(table, longs(0, 1), longs(1, 1)));
        assertThat(texts("SELECT n FROM counter ORDER BY id")).containsExactly("0", "abc", "0");
    }

    @Test
    void describe_tellsWhatTheSchemaSays() throws SQLException {
        execute("CREATE TABLE parent (id integer primary key)");
        execute("CREATE TABLE child (id integer primary key, a text collate nocase unique, b text collate rtrim,"
                + " c varchar(10) not null default 'x', d integer generated always as (id + 1) stored,"
                + " e int references parent, f anything, \"g\"\"h\" text, unique (c, e))");
        execute("CREATE UNIQUE INDEX part ON child (b) WHERE b IS NOT NULL");
        execute("CREATE UNIQUE INDEX expr ON child (lower(b))");
        execute("CREATE UNIQUE INDEX whole ON child (f)");
        execute("CREATE UNIQUE INDEX loose ON child (\"g\"\"h\" COLLATE NOCASE)");
        execute("CREATE VIEW v AS SELECT id, a FROM child");
        TableInfo table = dialect.describe(connection, "CHILD").orElseThrow();
        assertThat(table.name()).isEqualTo("child");
        assertThat(table.schema()).isEmpty();
        assertThat(table.primaryKey()).containsExactly("id");
        assertThat(table.uniqueKeys())
                .containsExactlyInAnyOrder(List.of("a"), List.of("c", "e"), List.of("f"), List.of("g\"h"));
        assertThat(table.references()).containsExactly("parent");
        assertThat(table.view()).isFalse();
        assertThat(table.columns())
                .extracting(ColumnInfo::binaryComparison)
                .containsExactly(true, false, false, true, true, true, true, false);
        assertThat(table.columns())
                .extracting(ColumnInfo::kind)
                .containsExactly(
                        ValueKind.INTEGER,
                        ValueKind.TEXT,
                        ValueKind.TEXT,
                        ValueKind.TEXT,
                        ValueKind.INTEGER,
                        ValueKind.INTEGER,
                        ValueKind.OTHER,
                        ValueKind.TEXT);
        assertThat(column(table, "id").hasDefault()).isTrue();
        assertThat(column(table, "id").nullable()).isFalse();
        assertThat(column(table, "c").hasDefault()).isTrue();
        assertThat(column(table, "c").nullable()).isFalse();
        assertThat(column(table, "d").generated()).isTrue();
        assertThat(dialect.describe(connection, "v").orElseThrow().view()).isTrue();
        assertThat(dialect.describe(connection, "main.child").orElseThrow().schema())
                .isEmpty();
    }

    private List<String> texts(String sql) throws SQLException {
        List<String> answer = new java.util.ArrayList<>();
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                answer.add(rows.getString(1));
            }
        }
        return answer;
    }
}
