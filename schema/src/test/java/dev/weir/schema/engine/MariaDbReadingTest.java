package dev.weir.schema.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.db.engine.ColumnInfo;
import dev.weir.db.engine.TableInfo;
import dev.weir.db.engine.ValueKind;
import dev.weir.schema.model.ColumnBuilder;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.ColumnType.Kind;
import dev.weir.schema.model.Index;
import dev.weir.schema.model.Table;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.physical.PhysicalIndex;
import dev.weir.schema.physical.PhysicalSchema;
import dev.weir.schema.physical.PhysicalSchema.Other;
import dev.weir.schema.physical.PhysicalTable;
import dev.weir.testservers.RequiresServer;
import dev.weir.testservers.Server;
import dev.weir.testservers.Servers;
import dev.weir.testservers.TestDatabase;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.Test;

@RequiresServer(Server.MARIADB)
class MariaDbReadingTest extends MariaDbPlace {
    private static final String PEOPLE = "create table people (id bigint auto_increment primary key, k int, key (k))";

    /** Everything that a table can have and Weir's own words have no name for. */
    private static final String WILD = """
            create table wild (
              id bigint unsigned not null auto_increment,
              person bigint,
              title varchar(200) not null default 'it''s \\\\ "x"',
              l1 varchar(30) character set latin1 default 'é',
              fixed char(3) collate utf8mb4_bin,
              zero int(5) unsigned zerofill default 7,
              bits bit(3) default b'101',
              y year default 2020,
              s set('a','b''c') default 'a',
              e enum('x','y\\\\z') not null default 'x',
              doc json not null default '[]',
              own longtext check (json_valid(`own`)),
              n int default 5 comment 'it''s n' check (n > 3 and n < 'a'),
              hidden int invisible default 3,
              packed varchar(10) compressed,
              created timestamp(6) not null default current_timestamp(6) on update current_timestamp(6),
              seen timestamp null on update current_timestamp(),
              since timestamp not null default '2020-01-01 00:00:00',
              soon datetime default (current_timestamp() + interval 1 day),
              expr varchar(40) default concat('a', lower('B')),
              uid uuid default uuid(),
              num int default nextval(numbers),
              v varchar(210) generated always as (concat(title, 'a''b')) virtual comment 'v',
              st int generated always as (n * 2) stored,
              body mediumtext default 'none',
              blobs varbinary(20) default 'a\\0b',
              place point not null,
              primary key (id, e),
              unique key by_own (own),
              key by_title (title(10) desc, n),
              key by_v (v),
              key by_hash (n) using hash,
              fulltext key words (body, title),
              spatial key there (place),
              constraint named check (n <> 7 or title in ('a', 'b''c')),
              check (st > 0),
              constraint person_of foreign key (person) references people (id) on delete set null on update cascade
            ) comment 'it''s wild'
            """;

    private static final String PLAIN =
            "create table plain (a varchar(10), b varchar(10) collate utf8mb4_bin, c varchar(3) collate latin1_bin)"
                    + " engine=aria default character set latin1 transactional=1 page_checksum=1";

    private void createWild() throws Exception {
        execute("create sequence numbers", PEOPLE, WILD, PLAIN);
    }

    /** By the server's own words, not by what is read of them. */
    @Test
    void tables_madeFromWhatWasRead_areTheSameToTheServer() throws Exception {
        createWild();
        PhysicalSchema read = read();
        try (Scratch scratch = dialect.scratch(database.dataSource()).orElseThrow()) {
            execute(scratch.connection(), "create sequence numbers");
            SchemaDialectContract.create(dialect, scratch.connection(), read.tables());
            for (String table : List.of("people", "wild", "plain")) {
                String place = string(scratch.connection(), "select database()", 1);
                assertThat(lines(dump(scratch.connection(), table).replace(place, database.name())))
                        .isEqualTo(lines(dump(connection, table)));
            }
            assertThat(dialect.read(scratch.connection(), name -> false).tables())
                    .isEqualTo(read.tables());
        }
    }

    /** The order of indexes and checks says nothing, and a hash that InnoDB does not make neither. */
    private static List<String> lines(String dump) {
        return dump.replace("KEY `by_hash` (`n`) USING HASH", "KEY `by_hash` (`n`)")
                .lines()
                .map(line -> line.endsWith(",") ? line.substring(0, line.length() - 1) : line)
                .sorted()
                .toList();
    }

    @Test
    void read_isTheSameInEverySession() throws Exception {
        createWild();
        PhysicalSchema usual = read();
        for (String mode : List.of("ANSI_QUOTES,NO_BACKSLASH_ESCAPES", "ORACLE", "")) {
            execute("set sql_mode = '" + mode + "', time_zone = '+05:00'");
            assertThat(read()).isEqualTo(usual);
            assertThat(string("select @@sql_mode")).contains(mode);
            assertThat(string("select @@time_zone")).isEqualTo("+05:00");
        }
    }

    @Test
    void read_asksAsManyQueries_howeverManyTablesThereAre() throws Exception {
        execute(PEOPLE);
        long one = questions();
        for (int i = 0; i < 20; i++) {
            execute("create table t" + i + " (a int primary key, b bigint, index (b), check (a > 0),"
                    + " foreign key (b) references people (id))");
        }
        assertThat(questions()).isEqualTo(one).isLessThan(12);
    }

    private long questions() throws Exception {
        String asked = "select variable_value from information_schema.session_status where variable_name = 'questions'";
        long before = Long.parseLong(string(asked));
        read();
        return Long.parseLong(string(asked)) - before - 1;
    }

    @Test
    void read_tellsWhatIsNoTable() throws Exception {
        execute(
                PEOPLE,
                "create sequence numbers",
                "create view names as select id from people",
                "create trigger counts before insert on people for each row set new.k = 1",
                "create function one() returns int return 1",
                "create procedure nothing() select 1",
                "create event never on schedule every 1 year disable do select 1");
        assertThat(read().others())
                .containsExactly(
                        new Other("event", "never"),
                        new Other("function", "one"),
                        new Other("procedure", "nothing"),
                        new Other("sequence", "numbers"),
                        new Other("trigger", "counts"),
                        new Other("view", "names"));
        execute("create temporary table passing (a int)");
        assertThat(read().tables()).extracting(PhysicalTable::name).containsExactly("people");
    }

    @Test
    void odacM20_sameNamesInAnotherDatabase_areNotMixedIn() throws Exception {
        execute(PEOPLE, "create table t (a bigint, constraint of_people foreign key (a) references people (id))");
        PhysicalSchema before = read();
        String upper = database.name().toUpperCase(java.util.Locale.ROOT);
        try (TestDatabase other = Servers.mariadb().newDatabase();
                Connection elsewhere = other.connect()) {
            execute(elsewhere, "create table people (id bigint primary key, other int, key o (other))");
            execute(
                    elsewhere,
                    "create table t (a bigint, b int, key x (b), check (b > 0),"
                            + " constraint of_people foreign key (a) references " + database.name() + ".people (id))");
            execute(
                    "create database " + upper,
                    "create table " + upper + ".t (z int, key (z), check (z > 1))",
                    "create table " + upper + ".another (z int)",
                    "create trigger " + upper + ".tr before insert on " + upper
                            + ".another for each row set new.z = 1");
            try {
                assertThat(read()).isEqualTo(before);
                assertThat(dialect.read(elsewhere, name -> false)
                                .table("t")
                                .orElseThrow()
                                .foreignKeys()
                                .get(0)
                                .table())
                        .isEqualTo(database.name() + ".people");
            } finally {
                execute(elsewhere, "drop table t");
                execute("drop database " + upper);
            }
        }
    }

    @Test
    void odacM15_orderAndDirectionOfAnIndex_areSeen() throws Exception {
        execute("create table t (a int, b int, key one (a, b), key two (b, a), key three (a, b desc))");
        PhysicalIndex one = index("t", "one");
        assertThat(one.sameAs(index("t", "two"))).isFalse();
        assertThat(one.sameAs(index("t", "three"))).isFalse();
    }

    @Test
    void json_isOneType_andALongtextThatChecksItIsNot() throws Exception {
        execute("create table t (doc json, own longtext check (json_valid(`own`)))");
        PhysicalTable table = table("t");
        assertThat(table.column("doc").orElseThrow().type()).isEqualTo("json");
        assertThat(table.column("own").orElseThrow().type()).isEqualTo("longtext check (json_valid(`own`))");
        assertThat(table.checks()).isEmpty();
    }

    @Test
    void nanoid_canNameARowOfTheBuffer_andOthersReadAsTheirKinds() throws Exception {
        create(Table.named("t")
                .column("id", ColumnType.of(Kind.NANOID), ColumnBuilder::primary)
                .column("live", ColumnType.of(Kind.BOOLEAN))
                .column("at", ColumnType.of(Kind.TIMESTAMP))
                .column("local", ColumnType.of(Kind.DATETIME))
                .column("token", ColumnType.of(Kind.UUID))
                .column("data", ColumnType.of(Kind.BINARY))
                .column("doc", ColumnType.of(Kind.JSONB))
                .build());
        TableInfo info = dialect.dialect().describe(connection, "t").orElseThrow();
        assertThat(info.columns().get(0).binaryComparison()).isTrue();
        assertThat(info.columns())
                .extracting(ColumnInfo::kind)
                .containsExactly(
                        ValueKind.TEXT,
                        ValueKind.BOOLEAN,
                        ValueKind.INSTANT,
                        ValueKind.TIMESTAMP,
                        ValueKind.UUID,
                        ValueKind.BYTES,
                        ValueKind.TEXT);
    }

    @Test
    void aLongText_isIndexedByItsBeginning_butUniqueAsAWhole() throws Exception {
        create(Table.named("t")
                .column("a", ColumnType.of(Kind.TEXT), ColumnBuilder::unique)
                .column("b", ColumnType.of(Kind.TEXT))
                .index(Index.on("b"))
                .build());
        assertThat(table("t").indexes())
                .extracting(index -> index.parts().get(0).options())
                .containsExactly("", "255");
        execute("insert into t (a) values (concat(repeat('x', 3000), 'a')), (concat(repeat('x', 3000), 'b'))");
        assertThat(string("select count(*) from t")).isEqualTo("2");
    }

    @Test
    void timestamps_haveNoDefaultThatNobodyDeclared() throws Exception {
        execute("set explicit_defaults_for_timestamp = 0");
        Table declared = Table.named("t")
                .column("a", ColumnType.of(Kind.TIMESTAMP), ColumnBuilder::notNull)
                .column("b", ColumnType.of(Kind.TIMESTAMP))
                .column("c", ColumnType.of(Kind.TIMESTAMP), c -> c.defaultSql("now() on update now()"))
                .build();
        make(new dev.weir.schema.diff.Change.CreateTable(dialect.physical(declared)));
        assertThat(table("t").columns())
                .extracting(PhysicalColumn::defaultSql)
                .containsExactly(null, null, "current_timestamp(6) on update current_timestamp(6)");
        assertThat(table("t").columns()).extracting(PhysicalColumn::nullable).containsExactly(false, true, true);
        assertThat(string("select @@explicit_defaults_for_timestamp")).isEqualTo("0");
    }
}
