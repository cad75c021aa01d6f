package dev.weir.schema.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.schema.diff.Change;
import dev.weir.schema.engine.Ddl.Effort;
import dev.weir.schema.model.Column;
import dev.weir.schema.model.ColumnBuilder;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.ColumnType.Kind;
import dev.weir.schema.model.Table;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.physical.PhysicalForeignKey;
import dev.weir.schema.physical.PhysicalIndex;
import dev.weir.schema.physical.PhysicalKey;
import dev.weir.schema.physical.PhysicalTable;
import dev.weir.testservers.RequiresServer;
import dev.weir.testservers.Server;
import java.sql.SQLException;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@RequiresServer(Server.MARIADB)
class MariaDbChangeTest extends MariaDbPlace {
    private static final Table NOTHING = Table.named("t").build();

    private static Table with(String column, ColumnType type, UnaryOperator<ColumnBuilder> settings) {
        return Table.named("t").column(column, type, settings).build();
    }

    private Change.AlterColumn alterTo(String column, String type) throws SQLException {
        PhysicalColumn from = table("t").column(column).orElseThrow();
        return new Change.AlterColumn(
                "t",
                from,
                new PhysicalColumn(
                        from.name(),
                        type,
                        from.nullable(),
                        from.defaultSql(),
                        from.generated(),
                        from.stored(),
                        from.identity(),
                        from.collation(),
                        from.comment()));
    }

    // What a column keeps

    @Test
    void odacM8_aNewDefault_leavesAllElseOfTheColumnAsItWas() throws Exception {
        execute("create table t (a varchar(20) collate utf8mb4_bin not null invisible default 'x' comment 'it''s'"
                + " check (a <> 'q'), at timestamp(3) not null default current_timestamp(3)"
                + " on update current_timestamp(3))");
        String before = dump(connection, "t");
        PhysicalColumn a = table("t").column("a").orElseThrow();
        make(new Change.AlterColumn(
                "t",
                a,
                new PhysicalColumn("a", a.type(), false, "'y'", null, false, null, a.collation(), a.comment())));
        PhysicalColumn at = table("t").column("at").orElseThrow();
        make(new Change.AlterColumn(
                "t", at, new PhysicalColumn("at", at.type(), false, at.defaultSql(), null, false, null, null, "when")));
        assertThat(dump(connection, "t"))
                .isEqualTo(before.replace("DEFAULT 'x'", "DEFAULT 'y'")
                        .replace("ON UPDATE current_timestamp(3)", "ON UPDATE current_timestamp(3) COMMENT 'when'"));
    }

    @Test
    void rename_isFollowedByAllThatMentionsTheColumn() throws Exception {
        execute(
                "create table p (id int primary key)",
                "create table t (a int, doc json, n int check (n > 1), s int as (a + 1) stored, v int as (a + 2) virtual,"
                        + " key by_a (a), constraint c check (a > 0), constraint f foreign key (a) references p (id))");
        String before = dump(connection, "t");
        make(
                new Change.RenameColumn("t", "a", "aa"),
                new Change.RenameColumn("t", "doc", "docs"),
                new Change.RenameColumn("t", "n", "nn"),
                new Change.RenameColumn("p", "id", "pid"));
        assertThat(dump(connection, "t"))
                .isEqualTo(before.replace("`a`", "`aa`")
                        .replace("`doc`", "`docs`")
                        .replace("`n`", "`nn`")
                        .replace("`id`", "`pid`"));
        assertThat(table("t").column("docs").orElseThrow().type()).isEqualTo("json");
        assertThat(table("t").column("nn").orElseThrow().type()).isEqualTo("int(11) check (`nn` > 1)");
        execute("alter table t add doc json, add n int check (n > 2)");
        assertThat(table("t").columns())
                .extracting(PhysicalColumn::type)
                .containsExactly(
                        "int(11)",
                        "json",
                        "int(11) check (`nn` > 1)",
                        "int(11)",
                        "int(11)",
                        "json",
                        "int(11) check (`n` > 2)");
    }

    @Test
    void aCheckThatAColumnGets_holdsForTheRowsThatAreThere() throws Exception {
        execute("create table t (l longtext collate utf8mb4_bin, n int)", "insert into t values ('no json', 9)");
        PhysicalColumn l = table("t").column("l").orElseThrow();
        Change toJson = new Change.AlterColumn(
                "t", l, new PhysicalColumn("l", "json", true, null, null, false, null, null, null));
        assertThatThrownBy(() -> make(toJson)).hasMessageContaining("CONSTRAINT");
        assertThatThrownBy(() -> make(alterTo("n", "int(11) check (`n` < 5)"))).hasMessageContaining("CONSTRAINT");
        assertThatThrownBy(() -> make(new Change.AddColumn(
                        "t",
                        new PhysicalColumn("m", "int(11) check (`m` > 5)", false, "0", null, false, null, null, null))))
                .hasMessageContaining("CONSTRAINT");
        execute("update t set l = '{}', n = 1");
        make(toJson, alterTo("n", "int(11) check (`n` < 5)"));
        assertThat(table("t").column("l").orElseThrow().type()).isEqualTo("json");
    }

    @Test
    void odacM11_aColumnThatRefusesNull_isNotFilledWithSomethingByTheEngine() throws Exception {
        execute("create table t (a int)", "insert into t values (1)");
        Change.AddColumn add = added("day", ColumnType.of(Kind.DATE), ColumnBuilder::notNull);
        assertThatThrownBy(() -> make(add)).isInstanceOf(SQLException.class);
        assertThat(string("select day is null from t")).isEqualTo("1");
        execute("alter table t drop column day", "delete from t");
        make(add);
        assertThat(table("t").column("day")).contains(add.column());
    }

    /** Every way between ordinary, stored and virtual, with an index on the column. */
    @ParameterizedTest
    @CsvSource({
        "'', stored",
        "'', virtual",
        "stored, ''",
        "stored, virtual",
        "virtual, ''",
        "virtual, stored",
        "stored, stored",
        "virtual, virtual"
    })
    void generatedColumns_becomeAnyOther_andBack(String before, String after) throws Exception {
        for (String type : List.of("int(11)", "varchar(20)")) {
            execute("create table t (a int not null, c int(11) "
                    + (before.isEmpty() ? "default null" : "as (a + 1) " + before) + ", key by_c (c))");
            execute("insert into t (a) values (1), (2)");
            if (before.isEmpty()) {
                execute("update t set c = a + 1");
            }
            PhysicalColumn from = table("t").column("c").orElseThrow();
            PhysicalColumn to = new PhysicalColumn(
                    "c",
                    type,
                    true,
                    null,
                    after.isEmpty() ? null : before.equals(after) ? "`a` + 5" : "`a` + 1",
                    after.equals("stored"),
                    null,
                    null,
                    null);
            make(new Change.AlterColumn("t", from, to));
            assertThat(table("t").column("c")).contains(to);
            assertThat(table("t").indexes()).hasSize(1);
            assertThat(string("select group_concat(c order by a) from t"))
                    .isEqualTo(before.equals(after) ? "6,7" : "2,3");
            make(new Change.AlterColumn("t", to, from));
            assertThat(table("t").column("c")).contains(from);
            assertThat(string("select group_concat(c order by a) from t"))
                    .isEqualTo(before.isEmpty() && before.equals(after) ? "6,7" : "2,3");
            execute("drop table t");
        }
    }

    // Numbers

    @Test
    void aNumberedColumn_comesToAFilledTable_andItsKeyFollows() throws Exception {
        execute("create table t (a int primary key)", "insert into t values (0), (5), (7)");
        PhysicalTable wanted = dialect.physical(Table.named("t")
                .column("a", ColumnType.of(Kind.INTEGER), ColumnBuilder::notNull)
                .column("id", ColumnType.of(Kind.BIG_INCREMENTS))
                .build());
        make(
                new Change.AddColumn("t", wanted.column("id").orElseThrow()),
                new Change.AlterPrimaryKey("t", table("t").primaryKey(), wanted.primaryKey()));
        assertThat(table("t")).isEqualTo(wanted);
        assertThat(string("select group_concat(a order by id) from t")).isEqualTo("0,5,7");
        PhysicalColumn id = table("t").column("id").orElseThrow();
        PhysicalColumn plain = new PhysicalColumn("id", id.type(), false, null, null, false, null, null, null);
        make(
                new Change.AlterColumn("t", id, plain),
                new Change.AlterPrimaryKey("t", wanted.primaryKey(), new PhysicalKey(null, List.of("a"))),
                new Change.DropColumn("t", plain));
        assertThat(dump(connection, "t")).contains("PRIMARY KEY (`a`)").doesNotContain("id");
    }

    @Test
    void thePrimaryKey_changesInOneStatement_soThatANumberedColumnNeverLosesIt() throws Exception {
        create(Table.named("t")
                .column("id", ColumnType.of(Kind.BIG_INCREMENTS))
                .column("a", ColumnType.of(Kind.INTEGER), ColumnBuilder::notNull)
                .build());
        Change change = new Change.AlterPrimaryKey(
                "t", new PhysicalKey(null, List.of("id")), new PhysicalKey(null, List.of("id", "a")));
        make(change);
        assertThat(table("t").primaryKey().columns()).containsExactly("id", "a");
        make(change.inverse());
        assertThat(table("t").primaryKey().columns()).containsExactly("id");
    }

    @Test
    void numbering_isSwitchedOnAndOff_andAZeroStaysZero() throws Exception {
        execute("create table t (id bigint primary key)", "insert into t values (0), (3)");
        PhysicalColumn id = table("t").column("id").orElseThrow();
        PhysicalColumn numbered = dialect.physical(with(
                        "id", ColumnType.of(Kind.BIG_INTEGER), c -> c.primary().identity(Column.Identity.ALWAYS)))
                .columns()
                .get(0);
        Change change = new Change.AlterColumn("t", id, numbered);
        make(change);
        assertThat(strings("select id from t order by id")).containsExactly("0", "3");
        execute("insert into t values (null)");
        assertThat(string("select max(id) from t")).isEqualTo("4");
        make(change.inverse());
        assertThat(table("t").column("id")).contains(id);
    }

    // Foreign keys and their indexes

    private void parentAndChild(String child) throws SQLException {
        execute("create table p (id int primary key, k int, unique key by_k (k))", "create table t (" + child + ")");
    }

    private PhysicalForeignKey key(String name) throws SQLException {
        return table("t").foreignKeys().stream()
                .filter(key -> key.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theIndexOfAForeignKey_isNotShown_andGoesWithIt() throws Exception {
        parentAndChild("a int, b int, constraint f foreign key (a) references p (id)");
        assertThat(dump(connection, "t")).contains("KEY `f` (`a`)");
        assertThat(table("t").indexes()).isEmpty();
        make(new Change.DropForeignKey("t", key("f")));
        assertThat(dump(connection, "t")).doesNotContain("KEY");
    }

    @Test
    void aDeclaredIndex_servesAForeignKey_andStaysWithoutIt() throws Exception {
        parentAndChild("a int, b int, constraint f foreign key (a) references p (id)");
        PhysicalIndex declared = new PhysicalIndex(
                "by_a",
                List.of(new PhysicalIndex.Part("a", false, false, ""), new PhysicalIndex.Part("b", false, true, "")),
                false,
                null,
                null,
                false,
                true);
        make(new Change.AddIndex("t", declared));
        assertThat(table("t").indexes()).containsExactly(declared);
        assertThat(dump(connection, "t")).doesNotContain("KEY `f` (");
        make(new Change.DropForeignKey("t", key("f")));
        assertThat(table("t").indexes()).containsExactly(declared);
    }

    @Test
    void odacM21_anIndexThatAForeignKeyNeeds_goesWhileTheKeyIsAway() throws Exception {
        parentAndChild("a int, b int, key by_a (a, b), key by_b (b), constraint f foreign key (a) references p (id)");
        Change needed = new Change.DropIndex("t", index("t", "by_a"));
        assertThatThrownBy(() -> make(needed)).hasMessageContaining("needed in a foreign key");
        assertThat(dialect.inTheWay(key("f"), table("t"), new Change.DropIndex("t", index("t", "by_b"))))
                .isFalse();
        assertThat(dialect.inTheWay(key("f"), table("t"), new Change.DropIndex("p", index("p", "by_k"))))
                .isFalse();
        around(key("f"), needed);
        assertThat(table("t").indexes()).extracting(PhysicalIndex::name).containsExactly("by_b");
        assertThat(key("f").columns()).containsExactly("a");
        execute("alter table t add key one (a), add key two (a, b)");
        assertThat(dialect.inTheWay(key("f"), table("t"), new Change.DropIndex("t", index("t", "two"))))
                .isFalse();
        make(new Change.DropIndex("t", index("t", "two")));
    }

    @Test
    void odacM21_aColumnInForeignKeyAndIndex_goesAfterThem() throws Exception {
        parentAndChild("a int, b int, key by_b (b, a), constraint f foreign key (a) references p (id)");
        PhysicalColumn a = table("t").column("a").orElseThrow();
        assertThatThrownBy(() -> make(new Change.DropColumn("t", a))).isInstanceOf(SQLException.class);
        make(
                new Change.DropForeignKey("t", key("f")),
                new Change.DropIndex("t", index("t", "by_b")),
                new Change.DropColumn("t", a));
        assertThat(dump(connection, "t")).doesNotContain("KEY").doesNotContain("`a`");
    }

    @Test
    void twoForeignKeysOfOneColumn_shareAnIndex_andOneOfThemStays() throws Exception {
        parentAndChild("a int, constraint f foreign key (a) references p (id),"
                + " constraint g foreign key (a) references p (k)");
        assertThat(table("t").indexes()).isEmpty();
        Change drop = new Change.DropForeignKey("t", key("g"));
        assertThat(dialect.inTheWay(key("f"), table("t"), drop)).isTrue();
        around(key("f"), drop);
        assertThat(table("t").foreignKeys())
                .extracting(PhysicalForeignKey::name)
                .containsExactly("f");
        assertThat(table("t").indexes()).isEmpty();
    }

    @Test
    void aColumnInAForeignKey_changesItsTypeWhileTheKeyIsAway() throws Exception {
        parentAndChild("a int, s varchar(20), constraint f foreign key (a) references p (id)");
        Change child = alterTo("a", "bigint(20)");
        PhysicalColumn id = table("p").column("id").orElseThrow();
        Change parent = new Change.AlterColumn(
                "p", id, new PhysicalColumn("id", "bigint(20)", false, null, null, false, null, null, null));
        for (Change change : List.of(child, parent)) {
            assertThatThrownBy(() -> make(change)).hasMessageContaining("used in a foreign key constraint");
            assertThat(dialect.inTheWay(key("f"), table("t"), change)).isTrue();
        }
        assertThat(dialect.inTheWay(key("f"), table("t"), alterTo("s", "varchar(5)")))
                .isFalse();
        PhysicalForeignKey key = key("f");
        make(new Change.DropForeignKey("t", key), child, parent, new Change.AddForeignKey("t", key));
        assertThat(key("f")).isEqualTo(key);
    }

    @Test
    void aPrimaryKeyThatIsReferredTo_changesWhileTheKeyIsAway() throws Exception {
        parentAndChild("a int, constraint f foreign key (a) references p (id)");
        Change change = new Change.AlterPrimaryKey(
                "p", new PhysicalKey(null, List.of("id")), new PhysicalKey(null, List.of("k")));
        assertThat(dialect.inTheWay(key("f"), table("t"), change)).isTrue();
        assertThat(dialect.inTheWay(
                        key("f"),
                        table("t"),
                        new Change.AlterPrimaryKey(
                                "p", new PhysicalKey(null, List.of("id")), new PhysicalKey(null, List.of("id", "k")))))
                .isFalse();
    }

    private void around(PhysicalForeignKey key, Change change) throws SQLException {
        assertThat(dialect.inTheWay(key, table("t"), change)).isTrue();
        make(new Change.DropForeignKey("t", key), change, new Change.AddForeignKey("t", key));
    }

    @Test
    void odacM12_whateverTheNames_indexKeyAndCheckAreDropped() throws Exception {
        parentAndChild(
                "a int, b int unique, key `odd ``name` (a, b), constraint `f o` foreign key (a) references p (id),"
                        + " constraint `c.c` check (a > 0)");
        PhysicalTable table = table("t");
        make(new Change.DropForeignKey("t", table.foreignKeys().get(0)));
        for (PhysicalIndex index : table.indexes()) {
            make(new Change.DropIndex("t", index));
        }
        make(new Change.DropCheck("t", table.checks().get(0)));
        assertThat(dump(connection, "t")).doesNotContain("KEY").doesNotContain("CONSTRAINT");
    }

    // Truth of what is told

    private static final String FILLED = "create table t (id int auto_increment primary key, a int not null, n int,"
            + " v varchar(10), v60 varchar(60), v64 varchar(64), e enum('a','b'), dt datetime(6), l longtext,"
            + " g int as (a + 1) virtual, s int as (a + 1) stored, dd decimal(10,2), key an (a, n), key kv (v),"
            + " constraint c check (a > 0), constraint f foreign key (n) references p (id), key nf (n))";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "v   | varchar(20)         | MOMENT",
                "v   | varchar(100)        | MOMENT",
                "v60 | varchar(63)         | MOMENT",
                "v60 | varchar(64)         | REWRITE",
                "v64 | varchar(300)        | MOMENT",
                "v64 | varchar(30)         | REWRITE",
                "v60 | longtext            | REWRITE",
                "e   | enum('a','b','c')   | MOMENT",
                "e   | enum('c','a','b')   | REWRITE",
                "a   | bigint(20)          | REWRITE",
                "dt  | datetime(3)         | REWRITE",
                "dd  | decimal(12,2)       | REWRITE",
                "l   | json                | REWRITE",
                "dt  | datetime(6) invisible | MOMENT",
                "n   | int(11) check (n<5) | REWRITE",
                "id  | bigint(20)          | REWRITE",
            })
    void effortOfATypeChange_isWhatTheServerSays(String column, String type, Effort effort) throws Exception {
        execute("create table p (id int primary key)", FILLED, "insert into t (a) values (1)");
        assertEffort(alterTo(column, type), effort);
    }

    @Test
    void effortOfOtherChanges_isWhatTheServerSays() throws Exception {
        execute("create table p (id int primary key)", FILLED, "insert into t (a) values (1)");
        PhysicalTable t = table("t");
        PhysicalColumn dt = t.column("dt").orElseThrow();
        assertEffort(
                new Change.AlterColumn(
                        "t",
                        dt,
                        new PhysicalColumn(
                                "dt", dt.type(), true, "'2020-01-01 00:00:00.000000'", null, false, null, null, "x")),
                Effort.MOMENT);
        PhysicalColumn a = t.column("a").orElseThrow();
        assertEffort(new Change.AlterColumn("t", a, a.withNullable(true)), Effort.REWRITE);
        PhysicalColumn id = t.column("id").orElseThrow();
        assertEffort(
                new Change.AlterColumn(
                        "t", id, new PhysicalColumn("id", id.type(), false, null, null, false, null, null, null)),
                Effort.MOMENT);
        for (String column : List.of("g", "s")) {
            PhysicalColumn from = t.column(column).orElseThrow();
            assertEffort(
                    new Change.AlterColumn(
                            "t",
                            from,
                            new PhysicalColumn(
                                    column, from.type(), true, null, "`a` + 2", from.stored(), null, null, null)),
                    column.equals("g") ? Effort.MOMENT : Effort.REWRITE);
        }
        for (Change.AddColumn add : List.of(
                added("x1", ColumnType.of(Kind.JSON), c -> c.notNull().defaultValue("[]")),
                added("x2", ColumnType.of(Kind.TIMESTAMP), c -> c.notNull().defaultSql("now()")),
                added("x3", ColumnType.decimal(5, 2), c -> c.notNull().defaultValue(1)),
                added("x4", ColumnType.of(Kind.INTEGER), c -> c.generatedVirtual("a + 1")))) {
            assertEffort(add, Effort.MOMENT);
        }
        assertEffort(added("y1", ColumnType.string(40), c -> c.defaultSql("uuid()")), Effort.REWRITE);
        assertEffort(added("y2", ColumnType.of(Kind.INTEGER), c -> c.generated("a + 1")), Effort.REWRITE);
        assertEffort(new Change.DropColumn("t", dt), Effort.MOMENT);
        assertEffort(new Change.RenameColumn("t", "a", "aa"), Effort.MOMENT);
        assertEffort(new Change.AlterComment("t", null, "it's"), Effort.MOMENT);
        assertEffort(new Change.DropIndex("t", index("t", "an")), Effort.MOMENT);
        assertEffort(new Change.AddIndex("t", index("t", "kv")), "x", Effort.MOMENT);
        assertEffort(new Change.DropCheck("t", t.checks().get(0)), Effort.MOMENT);
        assertEffort(new Change.AddCheck("t", t.checks().get(0)), "x", Effort.REWRITE);
        assertEffort(new Change.DropForeignKey("t", key("f")), Effort.MOMENT);
        assertEffort(new Change.AddForeignKey("t", key("f")), "x", Effort.REWRITE);
        PhysicalKey key = t.primaryKey();
        assertEffort(new Change.AlterPrimaryKey("t", key, new PhysicalKey(null, List.of("id", "a"))), Effort.REWRITE);
    }

    private Change.AddColumn added(String name, ColumnType type, UnaryOperator<ColumnBuilder> settings) {
        return new Change.AddColumn(
                "t", dialect.physical(with(name, type, settings)).columns().get(0));
    }

    private void assertEffort(Change change, Effort effort) throws SQLException {
        assertEffort(change, "", effort);
    }

    /** A moment is what the server does in place beside writers, and makes no copy for. */
    private void assertEffort(Change change, String suffix, Effort effort) throws SQLException {
        Ddl ddl = dialect.ddl(change, true);
        assertThat(ddl.effort()).as(change.toString()).isEqualTo(effort);
        assertThat(ddl.transactional()).isFalse();
        String sql = ddl.statements().get(0);
        if (!suffix.isEmpty()) {
            sql = sql.replaceFirst("(INDEX|CONSTRAINT) `(\\w+)`", "$1 `$2" + suffix + "`");
        }
        String without = sql;
        execute("create table if not exists copy like t");
        if (sql.endsWith("ALGORITHM=COPY")) {
            assertThat(effort).isEqualTo(Effort.REWRITE);
            execute(sql);
        } else if (effort == Effort.MOMENT) {
            execute("set statement sql_mode = '" + MariaDbSession.MODE + "' for " + without
                    + ", algorithm = nocopy, lock = none");
        } else {
            assertThatThrownBy(() -> execute("set statement sql_mode = '" + MariaDbSession.MODE + "' for " + without
                            + ", algorithm = nocopy, lock = none"))
                    .as(without)
                    .hasMessageContaining("is not supported");
            if (ddl.lock().equals("LOCK=NONE")) {
                execute(without + ", algorithm = inplace, lock = none");
            } else {
                execute(without);
            }
        }
        execute("drop table t, copy", FILLED, "insert into t (a) values (1)");
    }

    // Sessions

    @Test
    void begin_isStrict_soThatNothingIsCutSilently_andLeavesTheSessionAsItWas() throws Exception {
        execute("create table p (id int primary key)", "create table t (a varchar(20), b int, c int)");
        execute("insert into t values ('a long text', 70000, 1)");
        String settings = "select concat_ws(';', @@sql_mode, @@time_zone, @@foreign_key_checks,"
                + " @@check_constraint_checks, @@lock_wait_timeout, @@innodb_lock_wait_timeout,"
                + " @@explicit_defaults_for_timestamp)";
        execute("set sql_mode = 'ANSI_QUOTES', time_zone = '+02:00', foreign_key_checks = 0,"
                + " check_constraint_checks = 0, lock_wait_timeout = 77");
        String before = string(settings);
        assertThatThrownBy(() -> make(alterTo("a", "varchar(5)"))).hasMessageContaining("truncated");
        assertThatThrownBy(() -> make(alterTo("b", "smallint(6)"))).hasMessageContaining("Out of range");
        assertThatThrownBy(() -> make(new Change.AddForeignKey(
                        "t",
                        new PhysicalForeignKey("f", List.of("c"), "p", List.of("id"), "NO ACTION", "NO ACTION", true))))
                .hasMessageContaining("foreign key constraint fails");
        assertThat(string(settings)).isEqualTo(before);
        assertThat(string("select a from t")).isEqualTo("a long text");
    }

    @Test
    void rebuild_isNotForThisEngine() {
        assertThatThrownBy(() -> dialect.ddl(
                        new Change.RebuildTable(
                                dialect.physical(NOTHING), dialect.physical(NOTHING), java.util.Map.of()),
                        false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("RebuildTable");
    }
}
