package dev.weir.schema.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.schema.diff.Change;
import dev.weir.schema.model.Column;
import dev.weir.schema.model.ColumnBuilder;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.ColumnType.Kind;
import dev.weir.schema.model.Index;
import dev.weir.schema.model.Table;
import dev.weir.schema.physical.PhysicalCheck;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.physical.PhysicalForeignKey;
import dev.weir.schema.physical.PhysicalIndex;
import dev.weir.schema.physical.PhysicalSchema;
import dev.weir.schema.physical.PhysicalSchema.Other;
import dev.weir.schema.physical.PhysicalTable;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteDataSource;

class SqliteSchemaTest extends SchemaDialectContract {
    private static final String BY_HAND = """
            create table if not exists "Everything" ( -- a remark, with 'quotes' and (
              id INTEGER  primary key /* , */ AutoIncrement,
              code VARCHAR(  20 ) not null on conflict ignore collate NoCase unique on conflict replace,
              `in` int constraint positive check ("in">0) default -5,
              [a b] text default 'it''s' constraint nn NOT NULL,
              author bigint references Parent on delete set null deferrable initially deferred,
              x int, y int,
              now timestamp default current_timestamp,
              double as (x*2), triple int generated always as (X  *3) stored,
              expression text default (lower('A' || 'b')),
              blob blob default x'AB', truth boolean default true, word text default word,
              huge "my odd type" default 1e3,
              constraint pair unique (y desc, [a b] collate rtrim)
              constraint key foreign key (x, y) references pairs (Y, X) on update cascade,
              CHECK (Everything.x<>y And code LIKE 'A%' escape '\\' or x between -1 and +2 or cast(x as TEXT) in('1','2'))
            )""";

    @TempDir
    Path directory;

    @Override
    DataSource open() {
        return source("?foreign_keys=on&busy_timeout=5000");
    }

    private DataSource source(String parameters) {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + directory.resolve("test.db") + parameters);
        return source;
    }

    @Override
    String settings() {
        return "pragma busy_timeout";
    }

    @Override
    void drop() {}

    private void byHand() throws SQLException {
        execute("create table Parent (Id integer primary key)");
        execute("create table pairs (x int, y int, primary key (y, x)) without rowid");
        execute(BY_HAND);
        execute("create unique index partial on everything (lower(CODE) desc, Y) where X>5 /* x */");
        execute("create index plain on Everything (code collate binary, [a b])");
        execute("create trigger tr after insert on everything begin update parent set id=id; end");
        execute("create view v as select id, code from everything");
    }

    @Test
    void tableByHand_isReadWithAllThatItHas() throws Exception {
        byHand();
        PhysicalTable read = table("Everything");
        assertThat(read.columns())
                .extracting(PhysicalColumn::name)
                .containsExactly(
                        "id",
                        "code",
                        "in",
                        "a b",
                        "author",
                        "x",
                        "y",
                        "now",
                        "double",
                        "triple",
                        "expression",
                        "blob",
                        "truth",
                        "word",
                        "huge");
        assertThat(column(read, "id").identity()).isEqualTo("AUTOINCREMENT");
        assertThat(column(read, "id").nullable()).isFalse();
        assertThat(column(read, "code").type()).isEqualTo("varchar(20)");
        assertThat(column(read, "code").collation()).isEqualTo("NOCASE");
        assertThat(column(read, "in").defaultSql()).isEqualTo("-5");
        assertThat(column(read, "a b").nullable()).isFalse();
        assertThat(column(read, "now").defaultSql()).isEqualTo("CURRENT_TIMESTAMP");
        assertThat(column(read, "double").generated()).isEqualTo("x * 2");
        assertThat(column(read, "double").stored()).isFalse();
        assertThat(column(read, "triple").generated()).isEqualTo("x * 3");
        assertThat(column(read, "triple").stored()).isTrue();
        assertThat(column(read, "expression").defaultSql()).isEqualTo("lower('A' || 'b')");
        assertThat(column(read, "truth").defaultSql()).isEqualTo("1");
        assertThat(column(read, "word").defaultSql()).isEqualTo("'word'");
        assertThat(column(read, "huge").type()).isEqualTo("my odd type");
        assertThat(read.checks())
                .containsExactly(
                        new PhysicalCheck(
                                "",
                                "x <> y AND code LIKE 'A%' ESCAPE '\\' OR x BETWEEN -1 AND +2 OR CAST(x AS text) IN ('1', '2')",
                                true),
                        new PhysicalCheck("positive", "\"in\" > 0", true));
        assertThat(read.foreignKeys())
                .containsExactly(
                        new PhysicalForeignKey(
                                "", List.of("author"), "Parent", List.of("Id"), "SET NULL", "NO ACTION", true),
                        new PhysicalForeignKey(
                                "key", List.of("x", "y"), "pairs", List.of("y", "x"), "NO ACTION", "CASCADE", true));
        assertThat(read.options())
                .contains("UNIQUE (\"code\") ON CONFLICT REPLACE")
                .contains("NOT NULL (\"code\") ON CONFLICT IGNORE")
                .contains("FOREIGN KEY (\"author\") DEFERRABLE INITIALLY DEFERRED");
        assertThat(index(read, "partial"))
                .isEqualTo(new PhysicalIndex(
                        "partial",
                        List.of(
                                new PhysicalIndex.Part("lower(code)", true, true, ""),
                                new PhysicalIndex.Part("y", false, false, "")),
                        true,
                        null,
                        "x > 5",
                        false,
                        true));
        assertThat(index(read, "plain").parts().get(0).options()).isEqualTo("COLLATE BINARY");
        assertThat(index(read, "pair").constraint()).isTrue();
        assertThat(read.attached()).hasSize(1);
        assertThat(table("pairs").options()).isEqualTo("WITHOUT ROWID");
        assertThat(read().others()).containsExactly(new Other("trigger", "tr"), new Other("view", "v"));
    }

    @Test
    void tableByHand_isTheSameAfterItWasMadeAnew() throws Exception {
        byHand();
        execute("insert into parent (id) values (7)");
        execute("insert into pairs (x, y) values (3, 2)");
        execute("insert into everything (code, \"in\", \"a b\", author, x, y) values ('A', 1, 'b', 7, 2, 3)");
        PhysicalSchema before = read();
        for (PhysicalTable table : before.tables()) {
            make(new Change.RebuildTable(table, withoutOptions(table), Tables.sources(table)));
        }
        assertThat(read()).isEqualTo(before);
        assertThat(number("select count(*) from v")).isOne();
        // The deferred key, and NULL that is ignored.
        execute("insert into everything (code, \"a b\") values (null, 'b')");
        assertThat(number("select count(*) from everything")).isOne();
        execute("begin");
        execute("insert into everything (code, \"in\", \"a b\", author, x, y) values ('AA', 2, 'c', 8, 2, 3)");
        execute("rollback");
    }

    /** As a declaration has it, which says nothing of options. */
    private static PhysicalTable withoutOptions(PhysicalTable table) {
        return new PhysicalTable(
                table.name(),
                table.columns(),
                table.primaryKey(),
                table.indexes(),
                table.foreignKeys(),
                table.checks(),
                null,
                "",
                List.of());
    }

    private static PhysicalColumn column(PhysicalTable table, String name) {
        return table.column(name).orElseThrow();
    }

    private static PhysicalIndex index(PhysicalTable table, String name) {
        return table.indexes().stream()
                .filter(index -> index.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void strictTable_staysStrict() throws Exception {
        execute(
                "create table s (a any, b integer not null, c blob, constraint pk primary key (a)) strict, without rowid");
        PhysicalTable read = table("s");
        assertThat(read.options()).isEqualTo("STRICT; WITHOUT ROWID");
        rebuild("s", table -> table);
        assertThat(table("s")).isEqualTo(read);
        assertThatThrownBy(() -> execute("insert into s (a, b) values (1, 'no')"))
                .hasMessageContaining("INTEGER");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create table t (a integer primary key desc, b int)",
                "create table t (a text, b int, primary key (a desc, b))",
                "create table t (a text collate rtrim, b int, primary key (a collate nocase, b))"
            })
    void whatCanNotBeWrittenAgain_isRefusedByName(String sql) throws Exception {
        execute(sql);
        PhysicalTable read = table("t");
        assertThatThrownBy(() ->
                        dialect.ddl(new Change.RebuildTable(read, withoutOptions(read), Tables.sources(read)), false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("table=t")
                .hasMessageContaining("PRIMARY KEY");
    }

    private void rebuild(String name, UnaryOperator<PhysicalTable> change) throws SQLException {
        PhysicalTable from = table(name);
        PhysicalTable to = change.apply(from);
        make(new Change.RebuildTable(from, to, Tables.sources(to)));
    }

    private void family() throws SQLException {
        execute("create table parent (id integer primary key autoincrement, name varchar(10) not null)");
        execute("create table child (id integer primary key, parent int references parent (id) on delete cascade)");
        execute("create table step (id integer primary key, parent int references parent (id) on delete set null)");
        execute("create trigger named after update on parent begin insert into log values (new.name); end");
        execute("create table log (text text)");
        execute("create trigger logged after insert on log begin update parent set name = name; end");
        execute("create view everyone as select name from parent");
        execute("insert into parent (name) values ('a'), ('b'), ('c')");
        execute("delete from parent where name = 'c'");
        execute("insert into child values (1, 1), (2, 2)");
        execute("insert into step values (1, 1), (2, 2)");
    }

    private static PhysicalTable longer(PhysicalTable table) {
        PhysicalColumn name = column(table, "name");
        return Tables.with(
                table,
                new Change.AlterColumn(
                        table.name(),
                        name,
                        new PhysicalColumn("name", "varchar(20)", false, "'x'", null, false, null, null, null)));
    }

    @Test
    void rebuild_keepsRowsChildrenNumbersTriggersAndViews() throws Exception {
        family();
        rebuild("parent", SqliteSchemaTest::longer);
        assertThat(column(table("parent"), "name").type()).isEqualTo("varchar(20)");
        assertThat(number("select count(*) from child where parent is not null"))
                .isEqualTo(2);
        assertThat(number("select count(*) from step where parent is not null")).isEqualTo(2);
        assertThat(number("select count(*) from everyone")).isEqualTo(2);
        assertThat(table("child").foreignKeys().get(0).table()).isEqualTo("parent");
        execute("insert into parent (name) values ('d')");
        assertThat(number("select max(id) from parent")).isEqualTo(4);
        execute("update parent set name = 'e' where id = 4");
        assertThat(number("select count(*) from log where text = 'e'")).isOne();
        assertThat(number("pragma foreign_keys")).isOne();
        assertThat(number("pragma legacy_alter_table")).isZero();
        assertThatThrownBy(() -> execute("insert into child values (3, 99)")).hasMessageContaining("FOREIGN KEY");
    }

    @Test
    void rebuild_ofAnEmptyTable_keepsItsNumbers() throws Exception {
        family();
        execute("delete from child");
        execute("delete from parent");
        rebuild("parent", SqliteSchemaTest::longer);
        execute("insert into parent (name) values ('d')");
        assertThat(number("select id from parent")).isEqualTo(4);
    }

    @Test
    void rebuild_keepsTheHiddenNumbersOfRows() throws Exception {
        execute("create table t (rowid text, a text)");
        execute("insert into t (oid, a) values (5, 'x'), (9, 'y')");
        rebuild("t", table -> Tables.with(table, new Change.DropColumn("t", column(table, "rowid"))));
        assertThat(number("select rowid from t where a = 'y'")).isEqualTo(9);
    }

    @Test
    void rebuild_ofTablesThatReferToThemselvesAndToEachOther_keepsTheirRows() throws Exception {
        execute("create table a (id integer primary key, name text, up int references a (id) on delete cascade,"
                + " b int references b (id) on delete cascade)");
        execute("create table b (id integer primary key, name text, a int references a (id) on delete cascade)");
        execute("insert into a values (1, 'x', null, null), (2, 'y', 1, null)");
        execute("insert into b values (1, 'z', 2)");
        execute("update a set b = 1");
        PhysicalTable a = table("a");
        PhysicalTable b = table("b");
        List<Change> changes = List.of(
                new Change.RebuildTable(a, longer(a), Tables.sources(a)),
                new Change.RebuildTable(b, longer(b), Tables.sources(b)));
        execute("pragma foreign_keys = on");
        try (DdlTransaction transaction = dialect.begin(connection, changes)) {
            run(changes.get(0));
            run(changes.get(1));
            transaction.commit();
        }
        assertThat(number("select count(*) from a where b = 1")).isEqualTo(2);
        assertThat(number("select count(*) from b where a = 2")).isOne();
        assertThat(table("a").foreignKeys()).isEqualTo(a.foreignKeys());
        execute("delete from a where id = 1");
        assertThat(number("select count(*) from b")).isZero();
    }

    @Test
    void begin_refuses_whenForeignKeysStayOn() throws Exception {
        family();
        Change change = change("parent");
        execute("begin");
        assertThatThrownBy(() -> dialect.begin(connection, List.of(change)))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("foreign_keys=1");
        execute("rollback");
        assertThat(number("pragma foreign_keys")).isOne();
    }

    private Change change(String table) throws SQLException {
        PhysicalTable from = table(table);
        return new Change.RebuildTable(from, longer(from), Tables.sources(from));
    }

    /** Leaves foreign keys on and says that they are off, as if nobody had looked. */
    private static String broken(String sql) {
        return switch (sql) {
            case "PRAGMA foreign_keys = OFF" -> "PRAGMA foreign_keys = ON";
            case "PRAGMA foreign_keys" -> "SELECT 0";
            default -> sql;
        };
    }

    @Test
    void commit_noticesRowsThatWereDeleted_whenTheRecipeIsBroken() throws Exception {
        family();
        execute("drop table step");
        Change change = change("parent");
        Connection broken = new Intercepted(connection, SqliteSchemaTest::broken).connection();
        try (DdlTransaction transaction = dialect.begin(broken, List.of(change))) {
            run(change);
            assertThat(number("select count(*) from child")).isZero();
            assertThatThrownBy(transaction::commit)
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("table=child")
                    .hasMessageContaining("rows before=2")
                    .hasMessageContaining("rows after=0");
        }
        assertThat(number("select count(*) from child")).isEqualTo(2);
        assertThat(column(table("parent"), "name").type()).isEqualTo("varchar(10)");
    }

    @Test
    void commit_noticesValuesThatWereSetToNull_whenTheRecipeIsBroken() throws Exception {
        family();
        execute("drop table child");
        Change change = change("parent");
        Connection broken = new Intercepted(connection, SqliteSchemaTest::broken).connection();
        try (DdlTransaction transaction = dialect.begin(broken, List.of(change))) {
            run(change);
            assertThatThrownBy(transaction::commit).hasMessageContaining("table=step, column=parent, values before=2");
        }
        assertThat(number("select count(parent) from step")).isEqualTo(2);
    }

    private void run(Change change) throws SQLException {
        for (String sql : dialect.ddl(change, false).statements()) {
            execute(sql);
        }
    }

    @Test
    void commit_noticesOrphansOfANewForeignKey() throws Exception {
        execute("create table parent (id integer primary key)");
        execute("create table child (id integer primary key, parent int)");
        execute("insert into child values (1, 5)");
        PhysicalForeignKey key =
                new PhysicalForeignKey("k", List.of("parent"), "parent", List.of("id"), "NO ACTION", "NO ACTION", true);
        assertThatThrownBy(() -> rebuild("child", table -> table.withForeignKeys(List.of(key))))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("table=child")
                .hasMessageContaining("before=0, after=1");
        assertThat(table("child").foreignKeys()).isEmpty();
        execute("insert into parent values (5)");
        rebuild("child", table -> table.withForeignKeys(List.of(key)));
        assertThat(table("child").foreignKeys()).containsExactly(key);
    }

    @Test
    void orphansThatWereThereBefore_areNoHindrance() throws Exception {
        execute("create table child (id integer primary key, parent int references gone (id), name text)");
        execute("pragma foreign_keys = off");
        execute("insert into child values (1, 5, 'x')");
        rebuild("child", SqliteSchemaTest::longer);
        assertThat(number("select count(*) from child")).isOne();
        assertThat(number("pragma foreign_keys")).isZero();
    }

    @Test
    void commit_noticesViewsThatBreak_andLetsThoseBeThatWereBroken() throws Exception {
        execute("create table t (id integer primary key, a text, b text check (b <> ''))");
        execute("create view v as select b from t");
        assertThatThrownBy(() -> rebuild("t", table -> dropB(table)))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("view v")
                .hasMessageContaining("no such column: b");
        assertThatThrownBy(() -> make(new Change.DropTable(table("t")))).hasMessageContaining("view v");
        assertThat(table("t").column("b")).isPresent();
        execute("create view w as select a from nowhere");
        rebuild("t", table -> dropB(table));
        assertThat(table("t").column("b")).isEmpty();
    }

    @Test
    void commit_noticesTriggersThatBreak() throws Exception {
        execute("create table t (id integer primary key, a text, b text check (b <> ''))");
        execute("create trigger tr after insert on t begin update t set a = new.b; end");
        assertThatThrownBy(() -> rebuild("t", table -> dropB(table))).hasMessageContaining("trigger tr");
    }

    private static PhysicalTable dropB(PhysicalTable table) {
        PhysicalTable without = Tables.with(table, new Change.DropColumn("t", column(table, "b")));
        return Tables.with(without, new Change.DropCheck("t", table.checks().get(0)));
    }

    @Test
    void changesOfOneTransaction_mayRenameRebuildAndDrop() throws Exception {
        family();
        List<Change> changes = List.of(
                new Change.RenameTable("parent", "people"),
                new Change.RenameTable("child", "kids"),
                new Change.DropTable(table("step")));
        try (DdlTransaction transaction = dialect.begin(
                connection, List.of(changes.get(0), changes.get(1), changes.get(2), change("parent", "people")))) {
            for (Change change : changes) {
                run(change);
            }
            PhysicalTable people = table("people");
            run(new Change.RebuildTable(people, longer(people), Tables.sources(people)));
            transaction.commit();
        }
        assertThat(number("select count(*) from kids where parent is not null")).isEqualTo(2);
        assertThat(table("kids").foreignKeys().get(0).table()).isEqualTo("people");
        assertThat(table("people").attached().get(0)).contains("people");
    }

    private Change change(String table, String later) throws SQLException {
        PhysicalTable from = table(table);
        PhysicalTable named = new PhysicalTable(
                later,
                from.columns(),
                from.primaryKey(),
                from.indexes(),
                from.foreignKeys(),
                from.checks(),
                null,
                "",
                from.attached());
        return new Change.RebuildTable(named, named, Tables.sources(named));
    }

    @Test
    void columnThatTakesOverAnother_hasItsValues() throws Exception {
        execute(
                "create table t (id integer primary key, a text references u on delete cascade deferrable initially deferred)");
        execute("create table u (id text primary key)");
        execute("insert into t values (1, null)");
        PhysicalTable from = table("t");
        PhysicalTable to = new PhysicalTable(
                "t",
                List.of(column(from, "id"), column(from, "a").named("b")),
                from.primaryKey(),
                List.of(),
                List.of(new PhysicalForeignKey("k", List.of("b"), "u", List.of("id"), "CASCADE", "NO ACTION", true)),
                List.of(),
                null,
                "",
                List.of());
        make(new Change.RebuildTable(from, to, Map.of("id", "id", "b", "a")));
        assertThat(table("t").options()).isEqualTo("FOREIGN KEY (\"b\") DEFERRABLE INITIALLY DEFERRED");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            nullValues = "-",
            value = {
                "true | integer | -",
                "true | integer | 5",
                "true | text | 'it''s'",
                "false | timestamp | CURRENT_TIMESTAMP",
                "false | integer | abs(1)",
                "true | integer | -5"
            })
    void column_isAddedInPlace_whereTheEngineCan(boolean possible, String type, String defaultSql) throws Exception {
        execute("create table t (a int)");
        execute("insert into t values (1)");
        PhysicalColumn column = new PhysicalColumn("b", type, true, defaultSql, null, false, null, null, null);
        Change change = new Change.AddColumn("t", column);
        assertThat(dialect.inPlace(change, table("t"))).isEqualTo(possible);
        if (possible) {
            make(change);
            assertThat(table("t").column("b")).contains(column);
            if (defaultSql != null) {
                make(new Change.AddColumn("t", column.named("c").withNullable(false)));
            } else {
                assertThat(dialect.inPlace(new Change.AddColumn("t", column.withNullable(false)), table("t")))
                        .isFalse();
            }
        } else {
            assertThatThrownBy(() -> make(change)).isInstanceOf(SQLException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "b", "c", "d", "e", "f", "g", "h", "i"})
    void column_isDroppedInPlace_whereTheEngineCan(String name) throws Exception {
        execute("create table t (id integer primary key, a text unique, b text, c text, d text check (d > ''), e text,"
                + " f text as (e), g text references t (id), h text, i text, j text, primary_ text)");
        execute("create index one on t (b)");
        execute("create index two on t (lower(c)) where j > ''");
        execute("create trigger tr after insert on t begin update t set primary_ = new.h; end");
        PhysicalTable table = table("t");
        boolean possible = dialect.inPlace(new Change.DropColumn("t", column(table, name)), table);
        assertThat(possible).isEqualTo(name.equals("f") || name.equals("i"));
        Change change = new Change.DropColumn("t", column(table, name));
        if (possible) {
            make(change);
            assertThat(table("t").column(name)).isEmpty();
        }
    }

    @Test
    void spellings_thatMeanTheSame_areOne() throws Exception {
        execute("create table t (id integer primary key, a int, b VARCHAR (5) , check((A>0)and[b]  <>'x' -- end\n))");
        Table declared = Table.named("t")
                .column("id", ColumnType.of(Kind.INTEGER), ColumnBuilder::primary)
                .column("a", ColumnType.raw("INT"))
                .column("b", ColumnType.string(5))
                .check("c", "(a > 0) AND b <> 'x'")
                .build();
        PhysicalTable read = table("t");
        PhysicalTable wanted = normalised(declared).tables().get(0);
        assertThat(read.columns()).isEqualTo(wanted.columns());
        assertThat(read.checks().get(0).sameAs(wanted.checks().get(0))).isTrue();
    }

    @Test
    void renamedColumn_readsAsTheDeclaredOne() throws Exception {
        Table before = Table.named("t")
                .column("id", ColumnType.of(Kind.INCREMENTS))
                .column("a", ColumnType.enumeration("x", "y"))
                .column("b", ColumnType.string(10), c -> c.generated("upper(a)"))
                .index(Index.on("(lower(a))").where("a > ''"))
                .check("c", "a <> 'z'")
                .build();
        create(before);
        make(new Change.RenameColumn("t", "a", "key"), new Change.RenameTable("t", "T"));
        Table after = Table.named("T")
                .column("id", ColumnType.of(Kind.INCREMENTS))
                .column("key", ColumnType.enumeration("x", "y"))
                .column("b", ColumnType.string(10), c -> c.generated("upper(\"key\")"))
                .index(Index.on("(lower(\"key\"))").where("\"key\" > ''"))
                .check("c", "\"key\" <> 'z'")
                .build();
        PhysicalTable read = table("T");
        PhysicalTable wanted = normalised(after).tables().get(0);
        assertThat(read.columns()).isEqualTo(wanted.columns());
        assertThat(read.checks())
                .allSatisfy(check -> assertThat(wanted.checks()).anyMatch(check::sameAs));
        assertThat(read.indexes().get(0).sameAs(wanted.indexes().get(0))).isTrue();
    }

    @Test
    void virtualTables_areReportedAlone() throws Exception {
        execute("create table t (a int)");
        execute("create virtual table words using fts5 (text)");
        PhysicalSchema read = read();
        assertThat(read.tables()).extracting(PhysicalTable::name).containsExactly("t");
        assertThat(read.others()).containsExactly(new Other("virtual table", "words"));
    }

    @Test
    void tablesThatDifferByTheCaseOfALetterBeyondAscii_areTwo() throws Exception {
        execute("create table ä (É int, é int, check (É > é))");
        execute("create table Ä (a int references ä (É))");
        assertThat(read().tables()).extracting(PhysicalTable::name).containsExactlyInAnyOrder("ä", "Ä");
        assertThat(table("ä").checks().get(0).condition()).isEqualTo("\"É\" > \"é\"");
        assertThat(table("Ä").foreignKeys().get(0).table()).isEqualTo("ä");
    }

    @Test
    void identity_needsToBeThePrimaryKey() {
        Table declared = Table.named("t")
                .column("a", ColumnType.of(Kind.INTEGER), c -> c.identity(Column.Identity.ALWAYS))
                .column("b", ColumnType.of(Kind.INTEGER), ColumnBuilder::primary)
                .build();
        assertThatThrownBy(() -> dialect.physical(declared))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("table=t, column=a");
    }

    @Test
    void indexMethod_isRefusedByName() {
        Table declared = Table.named("t")
                .column("a", ColumnType.of(Kind.INTEGER))
                .index(Index.on("a").using("gin"))
                .build();
        assertThatThrownBy(() -> dialect.physical(declared))
                .hasMessageContaining("table=t, index=t_a_gin_idx, method=gin");
    }

    @Test
    void numberedRows_takeNull_whereTheKeyIsTheRowNumber() throws Exception {
        create(Table.named("t")
                .column("id", ColumnType.of(Kind.INTEGER), ColumnBuilder::primary)
                .column("a", ColumnType.string(5))
                .build());
        execute("insert into t (a) values ('x')");
        assertThat(number("select id from t")).isOne();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "text | varchar(3) | 'abc', null, 'abcd' | 1",
                "varchar(9) | integer | '12', '-3', '1.5', 'x', '007', null | 3",
                "double | bigint | 1.0, 2.5, null | 1",
                "bigint | smallint | 1, 32768, -32769, null | 2",
                "text | boolean | 1, 'true', null | 2",
                "integer | boolean | 0, 1, 2, null | 1",
                "decimal(10, 2) | decimal(6, 1) | 1.5, 1.25, 123456, 99999.9, null | 2",
                "integer | decimal(4, 2) | 99, 100, null | 1",
                "text | decimal(10, 2) | '1.50', '1.555', 'x', '', null, '0.01', '12345678901234567.8' | 4",
                "bigint | double | 9007199254740992, 9007199254740993 | 1",
                "text | double | '1.5', '1e3', 'x' | 1",
                "text | date | '2020-02-29', '2020-02-30', 'now', '2020-01-01 10:00', null | 3",
                "text | time | '10:00', '10:00:01.5', 'now', '25:00' | 2",
                "text | timestamp | '2020-01-01T10:00:00Z', '2020-01-01', 'x', '2020-01-01 10:00:00.123456789' | 2",
                "text | uuid | 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6', 'x', null | 1",
                "text | json text | '{}', '1', '{', null | 1",
                "text | blob | 'x', x'00', null | 1",
                "blob | text | x'00', null | 1",
                "blob | blob(1) | x'0000', x'00' | 1",
                "date | point | '2020-01-01', null | 1"
            })
    void misfits_areFound(String from, String to, String values, int misfits) throws Exception {
        execute("create table t (c " + from + ")");
        for (String value : values.split(", ")) {
            execute("insert into t values (" + value + ")");
        }
        PhysicalColumn before = column(table("t"), "c");
        PhysicalColumn after = new PhysicalColumn("c", to, true, null, null, false, null, null, null);
        String condition = dialect.typeChange(before, after).misfits();
        assertThat(condition).isNotNull();
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("select group_concat(quote(c)), count(*) from t where " + condition)) {
            rows.next();
            assertThat(rows.getInt(2)).as(rows.getString(1)).isEqualTo(misfits);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "integer, bigint",
        "boolean, integer",
        "real, double",
        "timestamp, datetime",
        "varchar(9), text",
        "json text, text"
    })
    void typesThatTakeEveryValue_haveNoMisfits(String from, String to) {
        assertThat(dialect.typeChange(
                        new PhysicalColumn("c", from, true, null, null, false, null, null, null),
                        new PhysicalColumn("c", to, true, null, null, false, null, null, null)))
                .isEqualTo(TypeChange.SAFE);
    }

    @Test
    void generatedColumn_losesTheValuesOfAnOrdinaryOne() {
        PhysicalColumn plain = new PhysicalColumn("c", "text", true, null, null, false, null, null, null);
        PhysicalColumn generated = new PhysicalColumn("c", "text", true, null, "lower(a)", true, null, null, null);
        assertThat(dialect.typeChange(plain, generated)).isEqualTo(TypeChange.unknown("\"c\""));
    }

    @Test
    void lock_isOne_whateverTheDataSource_andLeavesTheDatabaseFree() throws Exception {
        Optional<SchemaLock> first = dialect.tryLock(source(""));
        assertThat(dialect.tryLock(source("?busy_timeout=1"))).isEmpty();
        execute("create table t (a int)");
        first.orElseThrow().close();
        assertThat(first.orElseThrow().held()).isFalse();
    }

    @Test
    void lock_ofADatabaseInMemory_isItsOwn() throws Exception {
        SQLiteDataSource one = new SQLiteDataSource();
        one.setUrl("jdbc:sqlite::memory:");
        SQLiteDataSource two = new SQLiteDataSource();
        two.setUrl("jdbc:sqlite::memory:");
        SQLiteDataSource shared = new SQLiteDataSource();
        shared.setUrl("jdbc:sqlite:file:" + directory.getFileName() + "?mode=memory&cache=shared");
        SQLiteDataSource same = new SQLiteDataSource();
        same.setUrl(shared.getUrl());
        try (SchemaLock first = dialect.tryLock(one).orElseThrow();
                SchemaLock second = dialect.tryLock(two).orElseThrow();
                SchemaLock third = dialect.tryLock(shared).orElseThrow()) {
            assertThat(first.held() && second.held() && third.held()).isTrue();
            assertThat(dialect.tryLock(one)).isEmpty();
            assertThat(dialect.tryLock(same)).isEmpty();
        }
        dialect.tryLock(one).orElseThrow().close();
    }

    @Test
    void lockTimeout_isKnown() throws Exception {
        execute("create table t (a int)");
        try (Connection other = dataSource.getConnection();
                Statement statement = other.createStatement()) {
            statement.execute("begin immediate");
            dialect.limits(connection, Duration.ofMillis(50), Duration.ofSeconds(1));
            assertThatThrownBy(() -> dialect.begin(connection, List.of()))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            e -> assertThat(dialect.lockTimedOut(e)).isTrue());
            statement.execute("rollback");
        }
        assertThat(number("pragma foreign_keys")).isOne();
    }

    @Test
    void missingRights_areNamed() throws Exception {
        execute("create table t (a int)");
        try (Connection readOnly =
                DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("test.db") + "?open_mode=1")) {
            assertThat(dialect.missingRights(readOnly, List.of("t")))
                    .hasSize(1)
                    .first()
                    .asString()
                    .contains("read-only");
            assertThat(dialect.read(readOnly, name -> false).table("t")).isPresent();
        }
    }
}
