package dev.weir.schema.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.schema.diff.Change;
import dev.weir.schema.model.Column;
import dev.weir.schema.model.ColumnBuilder;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.ColumnType.Kind;
import dev.weir.schema.model.ForeignKey;
import dev.weir.schema.model.Index;
import dev.weir.schema.model.ReferentialAction;
import dev.weir.schema.model.Table;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.physical.PhysicalTable;
import dev.weir.testservers.RequiresServer;
import dev.weir.testservers.Server;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** Random declarations: the same is read wherever a table is made, and each change leads where it says, and back. */
@RequiresServer(Server.POSTGRES)
class PostgresRandomTest extends OnPostgres {
    private static final long SEED =
            Long.getLong("model.seed", ThreadLocalRandom.current().nextLong(1_000_000_000L));
    private static final int ROUNDS = Integer.getInteger("model.rounds", 8);

    private static final List<String> NAMES = List.of("a", "b", "order", "Mixed Case", "it's", "q\"q", "g", "h");
    private static final List<Kind> KINDS = List.of(
            Kind.SMALL_INTEGER,
            Kind.INTEGER,
            Kind.BIG_INTEGER,
            Kind.FLOAT,
            Kind.STRING,
            Kind.TEXT,
            Kind.BOOLEAN,
            Kind.DATE,
            Kind.DATETIME,
            Kind.TIMESTAMP,
            Kind.TIME,
            Kind.BINARY,
            Kind.JSON,
            Kind.JSONB,
            Kind.UUID);

    private final Random random = new Random();

    private boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private ColumnType type() {
        return switch (random.nextInt(8)) {
            case 0 -> ColumnType.decimal(5 + random.nextInt(5), random.nextInt(4));
            case 1 -> ColumnType.string(1 + random.nextInt(30));
            case 2 -> ColumnType.of(Kind.INTEGER).withoutSign();
            case 3 -> ColumnType.enumeration("new", "it's", "a\\b").withLength(9);
            case 4 -> ColumnType.raw(any(List.of("int4", "varchar(7)", "timestamptz(2)", "inet", "text[]", "char(3)")));
            default -> ColumnType.of(any(KINDS));
        };
    }

    private ColumnBuilder settings(ColumnBuilder column, ColumnType type) {
        if (oneIn(3)) {
            column.notNull();
        }
        if (oneIn(4)) {
            column.comment("said 'so' \\ " + random.nextInt(9));
        }
        if (oneIn(2)) {
            switch (type.kind()) {
                case SMALL_INTEGER, INTEGER, BIG_INTEGER, DECIMAL -> column.defaultValue(random.nextInt(9));
                case FLOAT -> column.defaultValue(-0.25 * random.nextInt(9));
                case TEXT, ENUM -> column.defaultValue(any(List.of("new", "It's", "a\\b", "")));
                case BOOLEAN -> column.defaultValue(random.nextBoolean());
                case DATETIME, TIMESTAMP ->
                    column.defaultSql(any(List.of("now()", "CURRENT_TIMESTAMP", "localtimestamp")));
                case JSON, JSONB -> column.defaultValue("{\"a\": 1}");
                case UUID -> column.defaultSql("gen_random_uuid()");
                default -> {}
            }
        }
        if (oneIn(3) && (type.kind() == Kind.TEXT || type.kind() == Kind.STRING)) {
            column.collation("C");
        }
        return column;
    }

    private Table declared(String name) {
        Table.Builder table = Table.named(name);
        boolean numbered = oneIn(2);
        table.column("id", ColumnType.of(numbered && oneIn(2) ? Kind.INCREMENTS : Kind.BIG_INTEGER), c -> {
            c.primary();
            return oneIn(2) ? c.identity(any(List.of(Column.Identity.values()))) : c;
        });
        table.column("n", ColumnType.of(Kind.INTEGER)).column("t", ColumnType.of(Kind.TEXT));
        List<String> indexable = new ArrayList<>(List.of("id", "n", "t"));
        for (String column : NAMES) {
            if (column.length() == 1 && column.charAt(0) >= 'g' && oneIn(2)) {
                String expression = any(List.of("lower(t)", "t || 'x'", "upper(t) || lower(t)"));
                boolean stored = oneIn(2);
                table.column(
                        column,
                        ColumnType.of(Kind.TEXT),
                        c -> stored ? c.generated(expression) : c.generatedVirtual(expression));
            } else if (oneIn(2)) {
                ColumnType type = type();
                table.column(column, type, c -> settings(c, type));
                if (type.kind() != Kind.JSON && type.kind() != Kind.RAW) {
                    indexable.add(column);
                }
            }
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            Index index = Index.on(
                    any(indexable) + (oneIn(3) ? " desc" : ""), any(List.of("n", "(lower(t))", "(n + 1) desc")));
            index = index.named(name + "_i" + i);
            index = oneIn(3) ? index.withUnique() : index;
            index = oneIn(3)
                    ? index.where(any(List.of("n > 0 and t in ('a', 'b')", "n is null", "t <> 'it''s'")))
                    : index;
            table.index(oneIn(4) ? index.using("btree include (n) nulls not distinct") : index);
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            String condition = any(
                    List.of("n between 1 and 9 and id > 0", "t in ('a', 'b') or n > 5", "not (n = 3)", "t like 'x%'"));
            table.check(name + "_c" + i, condition);
        }
        if (oneIn(3)) {
            table.comment("a table");
        }
        if (!name.equals("one") && oneIn(2)) {
            table.foreignKey(new ForeignKey(
                    null,
                    List.of("n"),
                    "one",
                    List.of("id"),
                    any(List.of(ReferentialAction.values())),
                    ReferentialAction.CASCADE));
        }
        return table.build();
    }

    @Test
    void whatIsDeclared_isReadTheSameEverywhere_andEachChangeLeadsToIt() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            long seed = SEED + round;
            try {
                round(seed);
            } catch (SQLException | RuntimeException | AssertionError e) {
                throw new AssertionError("failed with -Dmodel.seed=" + seed + " -Dmodel.rounds=1", e);
            }
        }
    }

    private void round(long seed) throws SQLException {
        random.setSeed(seed);
        List<Table> first = List.of(declared("one"), declared("two"));
        List<Table> second = List.of(declared("one"), declared("two"));
        List<PhysicalTable> physical = first.stream().map(dialect::physical).toList();
        SchemaDialectContract.create(dialect, connection, physical);
        List<PhysicalTable> live = read().tables();
        assertThat(normal(first)).isEqualTo(live);
        assertThat(remade(live)).isEqualTo(live);
        for (int i = 0; i < live.size(); i++) {
            assertThat(dialect.byRules(live.get(i))).isEqualTo(dialect.byRules(physical.get(i)));
        }
        List<PhysicalTable> wanted = normal(second);
        // Its own foreign keys go first, and come last.
        change(live.get(1), wanted.get(1).withForeignKeys(List.of()));
        change(live.get(0), wanted.get(0));
        wanted.get(1).foreignKeys().forEach(key -> makeUnchecked(new Change.AddForeignKey("two", key)));
        assertThat(sorted(read().tables())).isEqualTo(sorted(wanted));
        execute("drop table two, one");
    }

    private void makeUnchecked(Change change) {
        try {
            make(change);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void change(PhysicalTable from, PhysicalTable to) {
        String table = from.name();
        List<Change> changes = new ArrayList<>();
        from.foreignKeys().forEach(key -> changes.add(new Change.DropForeignKey(table, key)));
        from.indexes().forEach(index -> changes.add(new Change.DropIndex(table, index)));
        from.checks().forEach(check -> changes.add(new Change.DropCheck(table, check)));
        List<Change> additions = new ArrayList<>();
        for (PhysicalColumn column : to.columns()) {
            Optional<PhysicalColumn> old = from.column(column.name());
            if (old.isEmpty()) {
                additions.add(new Change.AddColumn(table, column));
            } else if (!old.get().equals(column)) {
                changes.add(new Change.AlterColumn(table, old.get(), column));
            }
        }
        for (PhysicalColumn column : from.columns()) {
            if (to.column(column.name()).isEmpty()) {
                changes.add(new Change.DropColumn(table, column));
            }
        }
        changes.addAll(additions);
        if (!String.valueOf(from.comment()).equals(String.valueOf(to.comment()))) {
            changes.add(new Change.AlterComment(table, from.comment(), to.comment()));
        }
        to.checks().forEach(check -> changes.add(new Change.AddCheck(table, check)));
        to.indexes().forEach(index -> changes.add(new Change.AddIndex(table, index)));
        to.foreignKeys().forEach(key -> changes.add(new Change.AddForeignKey(table, key)));
        changes.forEach(this::makeUnchecked);
        for (int i = changes.size() - 1; i >= 0; i--) {
            makeUnchecked(changes.get(i).inverse());
        }
        changes.forEach(this::makeUnchecked);
    }

    private static List<PhysicalTable> sorted(List<PhysicalTable> tables) {
        return tables.stream()
                .map(table -> table.withColumns(table.columns().stream()
                        .sorted(Comparator.comparing(PhysicalColumn::name))
                        .toList()))
                .toList();
    }
}
