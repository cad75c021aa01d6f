package dev.weir.schema.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.db.engine.Dialect;
import dev.weir.schema.diff.Change;
import dev.weir.schema.model.ColumnBuilder;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.ColumnType.Kind;
import dev.weir.schema.model.Index;
import dev.weir.schema.model.Table;
import dev.weir.schema.physical.PhysicalCheck;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.physical.PhysicalForeignKey;
import dev.weir.schema.physical.PhysicalIndex;
import dev.weir.schema.physical.PhysicalKey;
import dev.weir.schema.physical.PhysicalSchema;
import dev.weir.schema.physical.PhysicalSchema.Other;
import dev.weir.schema.physical.PhysicalTable;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** H2 as it is without settings, where a name without quotes is one of capitals. */
class H2OwnModeTest {
    private final JdbcDataSource source = new JdbcDataSource();
    private Connection connection;
    private SchemaDialect dialect;

    @BeforeEach
    void connect() throws SQLException {
        connect("");
    }

    private void connect(String settings) throws SQLException {
        source.setURL("jdbc:h2:mem:" + UUID.randomUUID() + settings);
        connection = source.getConnection();
        dialect = SchemaDialect.of(Dialect.of(connection));
    }

    @AfterEach
    void disconnect() throws SQLException {
        connection.close();
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void make(Change change) throws SQLException {
        for (String sql : dialect.ddl(change, false).statements()) {
            execute(sql);
        }
    }

    private long number(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getLong(1);
        }
    }

    private PhysicalSchema read() throws SQLException {
        return dialect.read(connection, name -> name.startsWith("weir_"));
    }

    private PhysicalTable table(String name) throws SQLException {
        return read().table(name).orElseThrow();
    }

    private static PhysicalColumn column(PhysicalTable table, String name) {
        return table.column(name).orElseThrow();
    }

    private PhysicalTable normalised(Table declared) throws SQLException {
        try (Scratch scratch = dialect.scratch(source).orElseThrow()) {
            SchemaDialectContract.create(dialect, scratch.connection(), List.of(dialect.physical(declared)));
            return dialect.read(scratch.connection(), name -> false).tables().get(0);
        }
    }

    private void byHand() throws SQLException {
        execute("create domain positive as integer check (value > 0)");
        execute("create sequence numbers");
        execute("create table parents (id bigint auto_increment(5) primary key, code varchar(10) unique, a int, b int,"
                + " unique (b, a))");
        execute("create table everything (id int generated always as identity, title varchar(20) default 'é' not null,"
                + " text clob, state enum('a', 'li''ve') default 'a', price decimal(10,2) default 0, p positive,"
                + " list int array[3], at timestamp default current_timestamp, n bigint default next value for numbers,"
                + " twice int generated always as (id * 2), parent bigint, a int, b int, clock time, x float(10),"
                + " span interval day(3) to second(4), constraint everything_key primary key (id),"
                + " constraint \"Fits\" check (price >= 0 and (a > 1 or b is null)),"
                + " constraint up foreign key (parent) references parents on delete set null,"
                + " constraint two foreign key (a, b) references parents (a, b) on update cascade)");
        execute("create index sorted on everything (title desc, price nulls last)");
        execute("create unique nulls not distinct index alone on everything (title, a)");
        execute("create hash index fast on everything (at)");
        execute("comment on table everything is 'it''s all'");
        execute("comment on column everything.title is 'a name'");
        execute("create view titles as select title from everything");
        execute("create local temporary table passing (a int)");
    }

    @Test
    void tableByHand_isReadWithAllThatItHas() throws Exception {
        byHand();
        PhysicalTable read = table("EVERYTHING");
        assertThat(read.comment()).isEqualTo("it's all");
        assertThat(column(read, "TITLE").comment()).isEqualTo("a name");
        assertThat(column(read, "ID").identity()).isEqualTo("ALWAYS");
        assertThat(read.columns())
                .extracting(PhysicalColumn::type)
                .containsExactly(
                        "INTEGER",
                        "CHARACTER VARYING(20)",
                        "CHARACTER LARGE OBJECT",
                        "ENUM('a', 'li''ve')",
                        "NUMERIC(10, 2)",
                        "\"POSITIVE\"",
                        "INTEGER ARRAY[3]",
                        "TIMESTAMP(6)",
                        "BIGINT",
                        "INTEGER",
                        "BIGINT",
                        "INTEGER",
                        "INTEGER",
                        "TIME(0)",
                        "REAL",
                        "INTERVAL DAY(3) TO SECOND(4)");
        assertThat(column(read, "AT").defaultSql()).isEqualTo("CURRENT_TIMESTAMP");
        assertThat(column(read, "TWICE").generated()).isEqualTo("\"ID\" * 2");
        assertThat(column(read, "TITLE").nullable()).isFalse();
        assertThat(read.primaryKey()).isEqualTo(new PhysicalKey("EVERYTHING_KEY", List.of("ID")));
        assertThat(read.foreignKeys())
                .containsExactly(
                        new PhysicalForeignKey(
                                "TWO", List.of("A", "B"), "PARENTS", List.of("A", "B"), "NO ACTION", "CASCADE", true),
                        new PhysicalForeignKey(
                                "UP", List.of("PARENT"), "PARENTS", List.of("ID"), "SET NULL", "NO ACTION", true));
        assertThat(read.checks()).extracting(PhysicalCheck::name).containsExactly("Fits");
        assertThat(read.indexes())
                .containsExactly(
                        index("ALONE", true, "nulls not distinct", part("TITLE", false, ""), part("A", false, "")),
                        index("FAST", false, "hash", part("AT", false, "")),
                        index("SORTED", false, null, part("TITLE", true, ""), part("PRICE", false, "NULLS LAST")));
        assertThat(table("PARENTS").indexes())
                .extracting(PhysicalIndex::columns)
                .containsExactlyInAnyOrder(List.of("CODE"), List.of("B", "A"));
        assertThat(read().others())
                .containsExactly(
                        new Other("domain", "POSITIVE"), new Other("sequence", "NUMBERS"), new Other("view", "TITLES"));
    }

    private static PhysicalIndex index(String name, boolean unique, String method, PhysicalIndex.Part... parts) {
        return new PhysicalIndex(name, List.of(parts), unique, method, null, false, true);
    }

    private static PhysicalIndex.Part part(String column, boolean descending, String options) {
        return new PhysicalIndex.Part(column, false, descending, options);
    }

    @Test
    void tableByHand_isTheSameInAScratchPlace_withTheDomainsAndSequencesThatItNeeds() throws Exception {
        byHand();
        PhysicalSchema before = read();
        try (Scratch scratch = dialect.scratch(source).orElseThrow()) {
            SchemaDialectContract.create(
                    dialect,
                    scratch.connection(),
                    before.tables().stream()
                            .sorted(java.util.Comparator.comparing(PhysicalTable::name)
                                    .reversed())
                            .toList());
            assertThat(dialect.read(scratch.connection(), name -> false).tables())
                    .isEqualTo(before.tables());
        }
    }

    @Test
    void declaredTable_speaksOfItsColumnsWithoutQuotes() throws Exception {
        Table declared = Table.named("posts")
                .column("id", ColumnType.of(Kind.NANOID), ColumnBuilder::primary)
                .column("title", ColumnType.string(200))
                .column("slug", ColumnType.string(200), c -> c.generated("lower(Title) || '-title'"))
                .column("date", ColumnType.of(Kind.DATE))
                .column("price", ColumnType.decimal(10, 2), c -> c.defaultValue(1.5))
                .check("dated", "posts.date > DATE '2000-01-01' and (price >= 0 or title is null)")
                .build();
        PhysicalTable physical = dialect.physical(declared);
        make(new Change.CreateTable(physical));
        PhysicalTable made = table("posts");
        assertThat(made).isEqualTo(normalised(declared));
        assertThat(dialect.byRules(physical).columns())
                .isEqualTo(dialect.byRules(made).columns());
        execute("insert into \"posts\" (\"id\", \"title\") values ('a', 'Hello')");
        assertThat(number("select count(*) from \"posts\" where \"slug\" = 'hello-title'"))
                .isOne();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "a > 0 and (b > 1.5 or c like 'a%') and a + 1 < 5 * (a - 2)",
                "a between 1 and 3",
                "c is not null or a is null",
                "a in (1, 2)",
                "coalesce(a, 1) <> -1",
                "c || 'x' <> upper(c)",
                "b >= 0 and c <> 'é'",
                "a <> 3 and (a > 1 or b > 2)"
            })
    void byRules_anExpressionAndWhatTheEngineMakesOfIt_areTheSame(String condition) throws Exception {
        Table declared = Table.named("t")
                .column("a", ColumnType.of(Kind.INTEGER))
                .column("b", ColumnType.decimal(10, 2))
                .column("c", ColumnType.string(10))
                .check("k", condition)
                .build();
        make(new Change.CreateTable(dialect.physical(declared)));
        assertThat(dialect.byRules(table("t"))).isEqualTo(dialect.byRules(dialect.physical(declared)));
    }

    @Test
    void byRules_parenthesesThatMatter_areSeen() {
        assertThat(byRules("(a > 1 or b > 2) and a < 9")).isNotEqualTo(byRules("a > 1 or (b > 2 and a < 9)"));
        assertThat(byRules("a - (b - 1) > 0")).isNotEqualTo(byRules("(a - b) - 1 > 0"));
    }

    private PhysicalTable byRules(String condition) {
        return dialect.byRules(dialect.physical(Table.named("t")
                .column("a", ColumnType.of(Kind.INTEGER))
                .column("b", ColumnType.of(Kind.INTEGER))
                .check("k", condition)
                .build()));
    }

    @Test
    void whatTheEngineHasNot_isRefusedByName() {
        Table.Builder table = Table.named("t").column("a", ColumnType.string(10));
        assertRefused(
                Table.named("t")
                        .column("a", ColumnType.string(10))
                        .index(Index.on("a").where("a > ''")),
                "index=t_a_");
        assertRefused(
                Table.named("t")
                        .column("a", ColumnType.string(10))
                        .index(Index.on("(lower(a))").named("i")),
                "index=i, expression=lower(a); make a generated column");
        assertRefused(table.index(Index.on("a").using("gin")), "method=gin");
        assertRefused(
                Table.named("t").column("a", ColumnType.string(10), c -> c.collation("german")),
                "column=a, collation=german");
        assertRefused(
                Table.named("t").column("a", ColumnType.string(10), c -> c.generatedVirtual("1")),
                "column=a, stored=false");
    }

    private void assertRefused(Table.Builder declared, String words) {
        assertThatThrownBy(() -> dialect.physical(declared.build()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("table=t")
                .hasMessageContaining(words);
    }

    @Test
    void uniqueIndex_canBeReferredTo() throws Exception {
        Table parent = Table.named("parent")
                .column("code", ColumnType.string(10), ColumnBuilder::unique)
                .build();
        Table child = Table.named("child")
                .column("code", ColumnType.string(10), c -> c.references("parent", "code"))
                .build();
        SchemaDialectContract.create(dialect, connection, List.of(dialect.physical(parent), dialect.physical(child)));
        assertThat(table("child").foreignKeys()).hasSize(1);
        assertThat(table("child").indexes()).isEmpty();
        assertThat(table("parent").indexes()).extracting(PhysicalIndex::name).containsExactly("parent_code_key");
    }

    @Test
    void indexThatAForeignKeyHolds_goesOnceTheKeyIsGone() throws Exception {
        execute("create table p (id int primary key)");
        execute("create table c (p int)");
        execute("create index i on c (p)");
        execute("alter table c add constraint k foreign key (p) references p");
        PhysicalTable read = table("C");
        Change drop = new Change.DropIndex("C", read.indexes().get(0));
        assertThat(dialect.inTheWay(read.foreignKeys().get(0), read, drop)).isTrue();
        assertThatThrownBy(() -> make(drop)).isInstanceOf(SQLException.class).hasMessageContaining("\"I\"");
        Change key = new Change.DropForeignKey("C", read.foreignKeys().get(0));
        make(key);
        make(drop);
        make(key.inverse());
        assertThat(table("C").indexes()).isEmpty();
        assertThat(table("C").foreignKeys()).isEqualTo(read.foreignKeys());
    }

    @Test
    void identity_comesAndGoes_andNumbersBehindTheRowsThatAreThere() throws Exception {
        execute("create table t (id bigint not null, a int)");
        execute("insert into t values (7, 1)");
        PhysicalColumn plain = column(table("T"), "ID");
        PhysicalColumn numbered =
                new PhysicalColumn("ID", "BIGINT", false, null, null, false, "BY DEFAULT", null, null);
        Change change = new Change.AlterColumn("T", plain, numbered);
        make(change);
        assertThat(column(table("T"), "ID")).isEqualTo(numbered);
        execute("insert into t (a) values (2)");
        assertThat(number("select max(id) from t")).isEqualTo(8);
        make(change.inverse());
        assertThat(column(table("T"), "ID")).isEqualTo(plain);
    }

    @Test
    void generatedColumn_comesChangesAndGoes() throws Exception {
        execute("create table t (a int, b int default 5)");
        execute("insert into t values (2, 3)");
        PhysicalColumn plain = column(table("T"), "B");
        PhysicalColumn twice = new PhysicalColumn("B", "INTEGER", false, null, "\"A\" * 2", true, null, null, null);
        PhysicalColumn thrice = new PhysicalColumn("B", "BIGINT", true, null, "\"A\" * 3", true, null, null, "x");
        make(new Change.AlterColumn("T", plain, twice));
        assertThat(column(table("T"), "B")).isEqualTo(twice);
        make(new Change.AlterColumn("T", twice, thrice));
        assertThat(column(table("T"), "B")).isEqualTo(thrice);
        assertThat(number("select b from t")).isEqualTo(6);
        make(new Change.AlterColumn("T", thrice, plain));
        assertThat(column(table("T"), "B")).isEqualTo(plain);
        assertThat(number("select b from t")).isEqualTo(6);
    }

    @Test
    void primaryKeyAndComments_change() throws Exception {
        execute("create table t (a int not null, b int not null, primary key (a))");
        PhysicalTable before = table("T");
        PhysicalKey next = new PhysicalKey("t_pkey", List.of("B", "A"));
        make(new Change.AlterPrimaryKey("T", before.primaryKey(), next));
        make(new Change.AlterComment("T", null, "it's"));
        assertThat(table("T").primaryKey()).isEqualTo(next);
        assertThat(table("T").comment()).isEqualTo("it's");
        make(new Change.AlterPrimaryKey("T", next, null));
        make(new Change.AlterComment("T", "it's", null));
        assertThat(table("T").primaryKey()).isNull();
        assertThat(table("T").comment()).isNull();
    }

    @Test
    void rebuild_isNotForThisEngine() throws Exception {
        execute("create table t (a int)");
        PhysicalTable table = table("T");
        assertThatThrownBy(() -> dialect.ddl(new Change.RebuildTable(table, table, Tables.sources(table)), false))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void otherSchemas_areOutOfSight() throws Exception {
        execute("create table t (a int primary key)");
        execute("create schema app");
        execute("create table app.t (b int, constraint k foreign key (b) references public.t (a))");
        execute("set schema app");
        PhysicalSchema read = read();
        assertThat(read.name()).isEqualTo("APP");
        assertThat(read.tables()).hasSize(1);
        assertThat(table("T").columns()).extracting(PhysicalColumn::name).containsExactly("B");
        assertThat(table("T").foreignKeys().get(0).table()).isEqualTo("PUBLIC.T");
    }

    @Test
    void scratch_hasTheSettingsAndTheSchemaOfTheDatabase() throws Exception {
        connection.close();
        connect(";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;IGNORECASE=TRUE;"
                + "INIT=CREATE SCHEMA IF NOT EXISTS app\\;SET SCHEMA app");
        execute("create table t (a varchar(5), b bytea, c serial)");
        execute("create index i on t (a, b nulls first)");
        try (Scratch scratch = dialect.scratch(source).orElseThrow();
                Statement statement = scratch.connection().createStatement()) {
            statement.execute("create table t (a varchar(5), b bytea, c serial)");
            statement.execute("create index i on t (a, b nulls first)");
            assertThat(dialect.read(scratch.connection(), name -> false)).isEqualTo(read());
        }
        assertThat(table("t").indexes().get(0).parts().get(0).options()).isEmpty();
        assertThat(column(table("t"), "a").type()).isEqualTo("VARCHAR_IGNORECASE(5)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "varchar(9) | CHARACTER VARYING(3) | 'abc', 'abcd', null | 1",
                "clob | CHARACTER VARYING(3) | 'abc', 'abcd', null | 1",
                "integer | CHARACTER VARYING(2) | 12, 123, null | 1",
                "varbinary(9) | BINARY VARYING(1) | x'00', x'0000', null | 1",
                "bigint | INTEGER | 1, 2147483648, -2147483649, null | 2",
                "numeric(10,2) | SMALLINT | 1.00, 1.50, 40000, null | 2",
                "varchar(30) | INTEGER | '1', '-12', '1.5', 'x', '2147483648', '99999999999999999999', null | 4",
                "numeric(10,2) | NUMERIC(6, 1) | 1.5, 1.25, 123456, null | 2",
                "integer | NUMERIC(4, 2) | 99, 100, null | 1",
                "timestamp(6) | TIMESTAMP(0) | '2020-01-01 00:00:00', '2020-01-01 00:00:00.5', null | 1",
                "timestamp(6) | DATE | '2020-01-01 00:00:00', '2020-01-01 01:00:00', null | 1",
                "bigint | DOUBLE PRECISION | 1, 9007199254740993, null | 1",
                "double precision | REAL | 1.5, 0.1, null | 1",
                "varchar(9) | UUID | 'x', null | 1",
                "boolean | INTEGER | true, null | 1"
            })
    void misfits_areFound(String from, String to, String values, int misfits) throws Exception {
        execute("create table t (c " + from + ")");
        for (String value : values.split(", ")) {
            execute("insert into t values (" + value + ")");
        }
        PhysicalColumn before = column(table("T"), "C");
        PhysicalColumn after = new PhysicalColumn("C", to, true, null, null, false, null, null, null);
        String condition = dialect.typeChange(before, after).misfits();
        assertThat(condition).isNotNull();
        assertThat(number("select count(*) from t where " + condition)).isEqualTo(misfits);
        execute("delete from t where " + condition);
        long left = number("select count(*) from t");
        make(new Change.AlterColumn("T", before, after));
        assertThat(number("select count(*) from t")).isEqualTo(left);
        assertThat(column(table("T"), "C").type()).isEqualTo(to);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CHARACTER VARYING(5) | CHARACTER VARYING(9) | MOMENT",
                "CHARACTER VARYING(5) | CHARACTER LARGE OBJECT | REWRITE",
                "SMALLINT | BIGINT | REWRITE",
                "NUMERIC(5, 2) | NUMERIC(9, 3) | REWRITE",
                "TIMESTAMP(3) | TIMESTAMP(6) | REWRITE",
                "DATE | TIMESTAMP(6) | REWRITE",
                "REAL | DOUBLE PRECISION | REWRITE"
            })
    void typesThatTakeEveryValue_haveNoMisfits(String from, String to, Ddl.Effort effort) {
        PhysicalColumn before = new PhysicalColumn("c", from, true, null, null, false, null, null, null);
        PhysicalColumn after = new PhysicalColumn("c", to, true, null, null, false, null, null, null);
        assertThat(dialect.typeChange(before, after)).isEqualTo(TypeChange.SAFE);
        assertThat(dialect.ddl(new Change.AlterColumn("t", before, after), false)
                        .effort())
                .isEqualTo(effort);
    }

    @Test
    void lock_endsWithItsSession_andPutsTheConnectionBackAsItWas() throws Exception {
        Optional<SchemaLock> first = dialect.tryLock(source);
        assertThat(first).isPresent();
        execute("create table t (a int)");
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "select session_id from information_schema.sessions" + " where session_id <> session_id()")) {
            assertThat(rows.next()).isTrue();
            execute("call abort_session(" + rows.getInt(1) + ")");
        }
        assertThat(first.orElseThrow().held()).isFalse();
        try (SchemaLock second = dialect.tryLock(source).orElseThrow()) {
            assertThat(second.held()).isTrue();
        }
        assertThat(read().tables()).extracting(PhysicalTable::name).containsExactly("T");
    }

    @Test
    void lockTimeout_isKnown() throws Exception {
        execute("create table t (a int)");
        execute("insert into t values (1)");
        try (Connection other = source.getConnection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("update t set a = 2");
            dialect.limits(connection, Duration.ofMillis(20), Duration.ofSeconds(30));
            assertThatThrownBy(() -> execute("alter table t add column b int"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            e -> assertThat(dialect.lockTimedOut(e)).isTrue());
            other.rollback();
        }
    }

    @Test
    void missingRights_areNamed() throws Exception {
        execute("create table t (a int)");
        execute("create user ada password 'secret'");
        execute("grant all on t to ada");
        try (Connection ada = DriverManager.getConnection(source.getURL(), "ada", "secret")) {
            assertThat(dialect.missingRights(ada, List.of("T")))
                    .containsExactly("own the schema PUBLIC, or be an administrator: user=ADA");
            execute("grant alter any schema to ada");
            assertThat(dialect.missingRights(ada, List.of("T"))).isEmpty();
        }
    }
}
