package dev.weir.schema.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.db.engine.Dialect;
import dev.weir.schema.diff.Change;
import dev.weir.schema.model.ColumnBuilder;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.ColumnType.Kind;
import dev.weir.schema.model.Index;
import dev.weir.schema.model.Table;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.physical.PhysicalSchema;
import dev.weir.schema.physical.PhysicalTable;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** Tables by chance: what is declared, made, read and made again is one and the same. */
class RandomTableTest {
    private static final long SEED = Long.getLong("weir.seed", System.nanoTime() & 0xffff_ffffL);
    private static final int TABLES = 60;

    private static final List<String> NAMES =
            List.of("a", "b", "Name", "order", "key", "x y", "it's", "é", "value", "\"q\"", "end", "level");

    @TempDir
    Path directory;

    /** A table whose every row can be made of defaults alone. */
    private static Table table(Random random, boolean h2) {
        Table.Builder table = Table.named("t");
        table.column("id", ColumnType.of(random.nextBoolean() ? Kind.INCREMENTS : Kind.BIG_INCREMENTS));
        List<String> texts = new ArrayList<>();
        List<String> numbers = new ArrayList<>();
        for (String name : NAMES) {
            if (random.nextInt(3) == 0) {
                continue;
            }
            switch (random.nextInt(9)) {
                case 0 -> {
                    table.column(name, ColumnType.string(1 + random.nextInt(300)), c -> text(c, random));
                    texts.add(name);
                }
                case 1 -> {
                    table.column(name, ColumnType.of(Kind.TEXT), c -> text(c, random));
                    if (!h2) {
                        texts.add(name);
                    }
                }
                case 2 -> {
                    table.column(name, ColumnType.of(Kind.INTEGER), c -> number(c, random, random.nextInt(99)));
                    numbers.add(name);
                }
                case 3 -> {
                    ColumnType type = ColumnType.decimal(3 + random.nextInt(9), random.nextInt(3));
                    table.column(name, type, c -> number(c, random, random.nextInt(9)));
                    numbers.add(name);
                }
                case 4 -> {
                    table.column(name, ColumnType.of(Kind.BIG_INTEGER).withoutSign(), c -> number(c, random, 7));
                    numbers.add(name);
                }
                case 5 -> table.column(name, ColumnType.enumeration("draft", "li've", "é"), c -> c.defaultValue("é"));
                case 6 ->
                    table.column(
                            name, ColumnType.of(Kind.BOOLEAN), c -> c.notNull().defaultValue(random.nextBoolean()));
                case 7 ->
                    table.column(
                            name,
                            ColumnType.of(Kind.TIMESTAMP),
                            c -> c.notNull().defaultSql("CURRENT_TIMESTAMP"));
                default -> table.column(name, ColumnType.of(Kind.BINARY).withLength(1 + random.nextInt(40)));
            }
        }
        rules(table, random, texts, numbers, h2);
        return table.build();
    }

    private static ColumnBuilder text(ColumnBuilder column, Random random) {
        return random.nextBoolean() ? column : column.notNull().defaultValue("it's (a) -- é \"x\"");
    }

    private static ColumnBuilder number(ColumnBuilder column, Random random, int value) {
        return random.nextBoolean() ? column : column.notNull().defaultValue(value);
    }

    private static void rules(
            Table.Builder table, Random random, List<String> texts, List<String> numbers, boolean h2) {
        for (String text : texts) {
            String quoted = SqlExpression.quote(text);
            switch (random.nextInt(5)) {
                case 0 -> table.index(Index.on(text + (random.nextBoolean() ? " desc" : "")));
                case 1 -> table.check("check " + text, quoted + " <> 'no' or " + quoted + " is null");
                case 2 -> {
                    if (!h2) {
                        table.index(Index.on("(lower(" + quoted + "))", text + " desc")
                                .where("length(" + quoted + ") > 3"));
                    }
                }
                case 3 -> table.column(text + " of", ColumnType.string(400), c -> c.generated("upper(" + quoted + ")"));
                default -> {}
            }
        }
        for (String number : numbers) {
            String quoted = SqlExpression.quote(number);
            switch (random.nextInt(4)) {
                case 0 -> table.index(Index.on("id", number).withUnique());
                case 1 -> table.check("check " + number, quoted + " >= -1 and " + quoted + " + 1 < 1000 * (id + 3)");
                case 2 -> table.index(Index.on(number, "id desc"));
                default -> {}
            }
        }
    }

    private static List<PhysicalTable> read(SchemaDialect dialect, Connection connection) throws SQLException {
        PhysicalSchema schema = dialect.read(connection, name -> false);
        assertThat(schema.others()).isEmpty();
        return schema.tables();
    }

    private static PhysicalTable normalised(SchemaDialect dialect, DataSource source, PhysicalTable table)
            throws SQLException {
        try (Scratch scratch = dialect.scratch(source).orElseThrow()) {
            SchemaDialectContract.create(dialect, scratch.connection(), List.of(table));
            return read(dialect, scratch.connection()).get(0);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new SQLException(e.getMessage() + " in: " + sql, e);
        }
    }

    private static PhysicalTable agreed(SchemaDialect dialect, Connection connection, DataSource source, Table declared)
            throws SQLException {
        PhysicalTable physical = dialect.physical(declared);
        SchemaDialectContract.create(dialect, connection, List.of(physical));
        PhysicalTable made = read(dialect, connection).get(0);
        assertThat(normalised(dialect, source, physical)).isEqualTo(made);
        assertThat(normalised(dialect, source, made)).isEqualTo(made);
        assertThat(dialect.byRules(physical)).isEqualTo(dialect.byRules(made));
        return made;
    }

    @Test
    void h2_readsWhatIsDeclared() throws Exception {
        for (int i = 0; i < TABLES; i++) {
            JdbcDataSource source = new JdbcDataSource();
            source.setURL("jdbc:h2:mem:" + UUID.randomUUID());
            try (Connection connection = source.getConnection()) {
                agreed(SchemaDialect.of(Dialect.of(connection)), connection, source, table(new Random(SEED + i), true));
            } catch (SQLException | AssertionError | RuntimeException e) {
                throw new AssertionError("-Dweir.seed=" + (SEED + i) + ": " + e.getMessage(), e);
            }
        }
    }

    @Test
    void sqlite_readsWhatIsDeclared_andMakesATableIntoAnyOther() throws Exception {
        for (int i = 0; i < TABLES; i++) {
            SQLiteDataSource source = new SQLiteDataSource();
            source.setUrl("jdbc:sqlite:" + directory.resolve("db" + i) + "?foreign_keys=on");
            try (Connection connection = source.getConnection()) {
                sqlite(source, connection, new Random(SEED + i));
            } catch (SQLException | AssertionError | RuntimeException e) {
                throw new AssertionError("-Dweir.seed=" + (SEED + i) + ": " + e.getMessage(), e);
            }
        }
    }

    private static void sqlite(DataSource source, Connection connection, Random random) throws SQLException {
        SchemaDialect dialect = SchemaDialect.of(Dialect.of(connection));
        PhysicalTable from = agreed(dialect, connection, source, table(random, false));
        for (int row = 0; row < 5; row++) {
            execute(connection, "insert into t default values");
        }
        execute(connection, "delete from t where id = 5");
        PhysicalTable to = normalised(dialect, source, dialect.physical(table(random, false)));
        Map<String, String> sources = new HashMap<>();
        for (PhysicalColumn column : to.columns()) {
            boolean kept = column.generated() == null
                    && from.column(column.name())
                            .filter(old -> old.type().equals(column.type()) && (old.nullable() == column.nullable()))
                            .isPresent();
            if (kept) {
                sources.put(column.name(), column.name());
            }
        }
        Change rebuild = new Change.RebuildTable(from, to, sources);
        try (DdlTransaction transaction = dialect.begin(connection, List.of(rebuild))) {
            for (String sql : dialect.ddl(rebuild, false).statements()) {
                execute(connection, sql);
            }
            transaction.commit();
        }
        assertThat(read(dialect, connection)).containsExactly(to);
        execute(connection, "insert into t default values");
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select count(*), max(id) from t")) {
            rows.next();
            assertThat(rows.getInt(1)).isEqualTo(5);
            assertThat(rows.getInt(2)).isEqualTo(6);
        }
    }
}
