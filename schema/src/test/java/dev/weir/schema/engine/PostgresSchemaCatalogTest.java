package dev.weir.schema.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.schema.diff.Change;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.Index;
import dev.weir.schema.model.Table;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.physical.PhysicalForeignKey;
import dev.weir.schema.physical.PhysicalIndex;
import dev.weir.schema.physical.PhysicalSchema;
import dev.weir.schema.physical.PhysicalSchema.Other;
import dev.weir.schema.physical.PhysicalTable;
import dev.weir.testservers.RequiresServer;
import dev.weir.testservers.Server;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

@RequiresServer(Server.POSTGRES)
class PostgresSchemaCatalogTest extends OnPostgres {
    private PhysicalIndex index(String name) throws SQLException {
        return read().tables().stream()
                .flatMap(table -> table.indexes().stream())
                .filter(index -> index.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void odacM1_indexes_areReadWithTheirColumnsInOrder() throws Exception {
        execute("create table t (a int, b int, c text)", "create unique index i on t (c, a desc, b)");
        PhysicalIndex index = index("i");
        assertThat(index.columns()).containsExactly("c", "a", "b");
        assertThat(index.parts()).extracting(PhysicalIndex.Part::descending).containsExactly(false, true, false);
        assertThat(index.unique()).isTrue();
        Table declared = Table.named("t")
                .column("a", ColumnType.of(ColumnType.Kind.INTEGER))
                .column("b", ColumnType.of(ColumnType.Kind.INTEGER))
                .column("c", ColumnType.of(ColumnType.Kind.TEXT))
                .index(Index.on("c", "a desc", "b").withUnique())
                .build();
        assertThat(normal(declared).indexes().get(0).sameAs(index)).isTrue();
    }

    @Test
    void odacM15_indexesOnTheSameColumnsInAnotherOrder_differ() throws Exception {
        execute("create table t (a int, b int)", "create index ab on t (a, b)", "create index ba on t (b, a)");
        assertThat(index("ab").sameAs(index("ba"))).isFalse();
    }

    @Test
    void odacM12_indexesAndKeysOfOtherNames_areDroppedByThese() throws Exception {
        execute(
                "create table p (id int primary key)",
                "create table t (a int unique, b int, constraint \"My Key\" foreign key (b) references p)",
                "create index \"My Index\" on t (a, b)",
                "alter table t add constraint \"My Check\" check (a > 0)");
        PhysicalTable table = table("t");
        for (PhysicalIndex index : table.indexes()) {
            make(new Change.DropIndex("t", index));
        }
        make(new Change.DropForeignKey("t", table.foreignKeys().get(0)));
        make(new Change.DropCheck("t", table.checks().get(0)));
        PhysicalTable bare = table("t");
        assertThat(bare.indexes()).isEmpty();
        assertThat(bare.foreignKeys()).isEmpty();
        assertThat(bare.checks()).isEmpty();
    }

    @Test
    void odacM20_onlyTheSchemaInUseIsRead() throws Exception {
        execute(
                "create schema other",
                "create table other.p (id int primary key)",
                "create table other.t (x text, y int references other.p)",
                "create index on other.t (x)",
                "create table p (id int primary key)",
                "create table t (a int, b int references p, c int references other.p)",
                "create view v as select * from other.t");
        PhysicalSchema read = read();
        assertThat(read.name()).isEqualTo("public");
        assertThat(read.tables()).extracting(PhysicalTable::name).containsExactly("p", "t");
        PhysicalTable table = table("t");
        assertThat(table.columns()).extracting(PhysicalColumn::name).containsExactly("a", "b", "c");
        assertThat(table.indexes()).isEmpty();
        assertThat(table.foreignKeys()).extracting(PhysicalForeignKey::table).containsExactly("p", "other.p");
        execute("set search_path = other, public");
        assertThat(table("t").columns()).extracting(PhysicalColumn::name).containsExactly("x", "y");
        assertThat(table("t").foreignKeys().get(0).table()).isEqualTo("p");
    }

    @Test
    void read_withoutASchemaInUse_saysSo() throws Exception {
        execute("set search_path = nowhere");
        assertThatThrownBy(this::read).isInstanceOf(SQLException.class).hasMessageContaining("search path");
        assertThat(connection.getAutoCommit()).isTrue();
    }

    @Test
    void everythingATableHas_isReadSoThatItCanBeMadeAgain() throws Exception {
        execute(
                "create type mood as enum ('sad', 'ok')",
                "create collation german (provider = icu, locale = 'de')",
                "create sequence counter",
                "create table parents (a int, b int, primary key (b, a), label text unique)",
                """
                create table odd (
                  id bigserial primary key,
                  small smallserial,
                  number int generated always as identity (start 100),
                  "Upper ""quoted"" name" text collate "C" not null default E'it''s a \\\\ back\\nslash',
                  german varchar(40) collate german,
                  feeling mood default 'ok',
                  feelings mood[] default '{sad,ok}',
                  amount numeric(12,3) default -1.5,
                  cents numeric(9,-2),
                  fixed char(3) default 'ab',
                  bits bit(5), more bit varying(7) default B'101',
                  span interval default '1 day 02:00',
                  moment timestamp(3) with time zone default '2020-05-05 10:00+02',
                  clock time(0), made timestamp default (now() at time zone 'utc'),
                  day date default current_date + 1,
                  doc jsonb default '{"a": [1, 2]}', raw bytea default '\\xdeadbeef',
                  token uuid default gen_random_uuid(), address inet,
                  manual bigint default nextval('counter'),
                  total numeric generated always as (amount * 2) stored,
                  shown text generated always as (fixed || 'x') virtual,
                  pa int, pb int,
                  constraint label_once unique (german) include (small, "Upper ""quoted"" name"),
                  constraint late unique (small, number) deferrable initially deferred,
                  constraint alone unique nulls not distinct (address),
                  constraint apart exclude using gist (address inet_ops with &&) where (number > 1),
                  constraint listed check (german in ('a', 'it''s') and fixed not in ('x', 'y')),
                  constraint bounded check (amount between 0 and 10 or amount is null and not number > 5),
                  constraint patterned check ("Upper ""quoted"" name" like 'a%' or german ~* '^b' or shown is not null),
                  constraint known foreign key (pb, pa) references parents match full
                    on delete set null on update cascade deferrable initially deferred,
                  constraint partly foreign key (pb, pa) references parents (b, a) on delete set null (pa)
                )""",
                "create index on odd (lower(german), (small + number) desc, day nulls first, made desc nulls last)",
                "create index on odd (german collate \"C\" text_pattern_ops)",
                "create index on odd using gin (doc jsonb_path_ops, feelings) where feeling in ('sad', 'ok')",
                "create index on odd using hash (token)",
                "create index on odd using brin (day) ",
                "create unique index on odd (pa) include (pb) nulls not distinct where german in ('a', 'b')",
                "comment on table odd is E'a table''s\\n\\\\ comment'",
                "comment on column odd.amount is 'a column''s'",
                "create table logs (at date not null, line text) partition by range (at)",
                "create table logs_2020 partition of logs for values from ('2020-01-01') to ('2021-01-01')");
        List<PhysicalTable> read = read().tables();
        assertThat(read).extracting(PhysicalTable::name).containsExactly("logs", "odd", "parents");
        PhysicalTable odd = table("odd");
        assertThat(odd.column("id").orElseThrow().identity()).isEqualTo("SERIAL");
        assertThat(odd.column("id").orElseThrow().defaultSql()).isNull();
        assertThat(odd.column("manual").orElseThrow().defaultSql()).contains("counter");
        assertThat(odd.column("number").orElseThrow().identity()).isEqualTo("ALWAYS");
        assertThat(odd.column("shown").orElseThrow().stored()).isFalse();
        assertThat(index("label_once").method()).contains("INCLUDE");
        assertThat(index("alone").method()).contains("NULLS NOT DISTINCT");
        assertThat(index("late").method()).contains("DEFERRABLE");
        assertThat(odd.foreignKeys().get(0).onUpdate()).isEqualTo("CASCADE MATCH FULL DEFERRABLE INITIALLY DEFERRED");
        assertThat(odd.foreignKeys().get(1).onDelete()).isEqualTo("SET NULL (pa)");
        assertThat(remade(read)).isEqualTo(read);
    }

    @Test
    void whatAnIndexIs_isSeenInTheComparison() throws Exception {
        execute(
                "create table t (a text, b int)",
                "create index i1 on t (a)",
                "create index i2 on t (a) include (b)",
                "create index i3 on t (a text_pattern_ops)",
                "create index i4 on t (a nulls first)",
                "create index i5 on t (a collate \"POSIX\")",
                "create index i6 on t (a) where b > 0",
                "create index i7 on t (lower(a))",
                "create index i8 on t using hash (a)",
                "create unique index i9 on t (a)",
                "create unique index ia on t (a) nulls not distinct",
                "create index ib on t (a desc)");
        List<PhysicalIndex> indexes = table("t").indexes();
        for (PhysicalIndex one : indexes) {
            assertThat(indexes.stream().filter(one::sameAs)).containsExactly(one);
        }
        assertThat(index("i1").method()).isNull();
        assertThat(index("i1").parts().get(0).options()).isEmpty();
    }

    @Test
    void anExpression_thatIsMadeFromWhatWasRead_isReadTheSame() throws Exception {
        execute(
                "create table t (s varchar(20), t text, n int, d numeric(9,2), b boolean, at timestamptz, j jsonb, a text[])");
        List<String> conditions = List.of(
                "s in ('a', 'b,]) ::text[]', 'c''(')",
                "s not in ('a', 'b') or t in ('a', 'b')",
                "(s in ('a', 'b')) = (t = any (array['x', 'y']::varchar[]))",
                "s = any ('{a,b}'::varchar[])",
                "s::varchar(3) in ('a', 'b') and s = any (array['x', 'y']::varchar(2)[])",
                "n between 1 and 5 and not (n in (2, 3))",
                "case when n > 1 then s in ('a', 'b') when n is null then b else false end",
                "coalesce(s, t, 'x') <> '' and nullif(s, 'b') is distinct from 'c'",
                "extract(year from at) > 2000 and at > '2000-01-01' and at < timestamp '2100-01-01'",
                "date_trunc('day', at at time zone 'Europe/Zurich') > '2000-01-01'",
                "j ->> 'a' = 'x' and j @> '{\"a\": 1}' and (j -> 'b')::text::int > 3",
                "a @> array['x'] and a[1] = 'y' and cardinality(a) < 5 and s = any (a)",
                "s like 'a%' and s ilike '%b' and s similar to 'c+' and s ~ '^d' and t not like '%z'",
                "substring(s from 1 for 2) = 'ab' and position('x' in t) = 0 and trim(both from s) = s",
                "(n, d) in ((1, 2), (3, 4)) or row(n, d) = row(5, 6)",
                "-n > +3 and d % 2 = 0 and n # 2 = 1 and n ^ 2 < 10 and n << 1 > 2",
                "b and b is true and b is not unknown and not b is false",
                "(n > 1 or n < 0 or n = 7) and (d > 1 and (d < 5 and n > 2))",
                "n between 1 and 2 and n between 0 and 3 and (d between 1 and 2 and d > 0 or d between 3 and 4 and b)",
                "((b or n > 1) or s = ') AND (') and ((b and n > 1) and n < 5) and (s = '((x AND y) AND z)' or b)",
                "char_length(s) <= 10 and octet_length(t) < 1000 and upper(s) collate \"C\" = s",
                "s = E'a\\\\b\\'c' and s = U&'\\0061'",
                "length(s) > 1.5 and n > 1e3 and n > -2147483648 and d > 0.1::float8",
                "at > now() - interval '1 day' and at < current_timestamp + '1 mon 2 days'::interval");
        for (int i = 0; i < conditions.size(); i++) {
            execute("alter table t add constraint c" + (char) ('a' + i) + " check (" + conditions.get(i) + ")");
        }
        List<PhysicalTable> read = read().tables();
        assertThat(read.get(0).checks()).hasSameSizeAs(conditions);
        assertThat(remade(read).get(0).checks())
                .containsExactlyElementsOf(read.get(0).checks());
    }

    @Test
    void partitionsAndWhatExtensionsBring_areLeftOut_theRestIsReported() throws Exception {
        execute(
                "create extension pg_trgm",
                "create table t (a text)",
                "create index on t using gin (a gin_trgm_ops)",
                "create table parts (n int primary key) partition by list (n)",
                "create table parts_1 partition of parts for values in (1)",
                "create table child (r int references parts)",
                "create view v as select 1 as one",
                "create materialized view m as select 2 as two",
                "create sequence s",
                "create table owner (n serial, i int generated always as identity)",
                "create type e as enum ('x')",
                "create domain d as text",
                "create type c as (x int)",
                "create type r as range (subtype = float8)",
                "create function f(text, int) returns int language sql return 1",
                "create function g() returns trigger language plpgsql as 'begin return new; end'",
                "create trigger touch before update on t for each row execute function g()",
                "create policy mine on t using (true)");
        PhysicalSchema read = read();
        assertThat(read.tables()).extracting(PhysicalTable::name).containsExactly("child", "owner", "parts", "t");
        assertThat(table("parts").options()).isEqualTo("PARTITION BY LIST (n)");
        assertThat(table("child").foreignKeys()).hasSize(1);
        assertThat(read.others())
                .containsExactly(
                        new Other("function", "f(text, integer)"),
                        new Other("function", "g()"),
                        new Other("materialized view", "m"),
                        new Other("policy", "t.mine"),
                        new Other("sequence", "s"),
                        new Other("trigger", "t.touch"),
                        new Other("type", "c"),
                        new Other("type", "d"),
                        new Other("type", "e"),
                        new Other("type", "r"),
                        new Other("view", "v"));
        assertThat(remade(read.tables())).isEqualTo(read.tables());
        assertThat(dialect.read(connection, name -> name.equals("t")).others())
                .doesNotContain(new Other("trigger", "t.touch"));
    }

    @Test
    void theSessionsSettings_changeNothingInWhatIsRead_andStayAsTheyAre() throws Exception {
        execute(
                "create table t (a timestamptz default '2020-05-05 10:00+02', b float8 default 0.1, c bytea default 'x')");
        PhysicalSchema before = read();
        execute(
                "set timezone = 'Asia/Tokyo'",
                "set datestyle = 'ISO, DMY'",
                "set quote_all_identifiers = on",
                "set extra_float_digits = -5",
                "set bytea_output = 'escape'");
        assertThat(read()).isEqualTo(before);
        assertThat(text("show timezone")).isEqualTo("Asia/Tokyo");
        connection.setAutoCommit(false);
        execute("create table u (a int)");
        assertThat(read().tables()).hasSize(2);
        assertThat(text("show timezone")).isEqualTo("Asia/Tokyo");
        connection.rollback();
        connection.setAutoCommit(true);
        assertThat(read()).isEqualTo(before);
    }

    @Test
    void theNumberOfQueries_doesNotDependOnWhatIsThere() throws Exception {
        int none = queries();
        for (int i = 0; i < 20; i++) {
            execute("create table t" + i + " (a int primary key, b int unique references t" + i + ", check (a > 0))");
            execute("create view v" + i + " as select * from t" + i);
        }
        assertThat(queries()).isEqualTo(none).isLessThan(10);
    }

    private int queries() throws SQLException {
        AtomicInteger count = new AtomicInteger();
        Connection counting = counted(Connection.class, connection, count);
        dialect.read(counting, name -> false);
        return count.get();
    }

    /** Counts each call that sends something, here and in the statements that the connection gives. */
    private static <T> T counted(Class<T> type, Object target, AtomicInteger count) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, values) -> {
                    String name = method.getName();
                    if (name.startsWith("execute") || name.equals("rollback") || name.equals("setSavepoint")) {
                        count.incrementAndGet();
                    }
                    try {
                        Object result = method.invoke(target, values);
                        return result instanceof java.sql.Statement
                                ? counted(method.getReturnType(), result, count)
                                : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    @Test
    void anIndexWhoseBuildFailed_isNotValid_andGoesByADrop() throws Exception {
        execute("create table t (a int)", "insert into t values (1), (1)");
        PhysicalIndex wanted = new PhysicalIndex(
                "once", List.of(new PhysicalIndex.Part("a", false, false, "")), true, null, null, false, true);
        Ddl add = dialect.ddl(new Change.AddIndex("t", wanted), true);
        assertThat(add.transactional()).isFalse();
        assertThatThrownBy(() -> execute(add.statements().get(0))).hasMessageContaining("once");
        PhysicalIndex left = index("once");
        assertThat(left.valid()).isFalse();
        assertThat(left.sameAs(wanted)).isFalse();
        execute(dialect.ddl(new Change.DropIndex("t", left), true).statements().get(0));
        assertThat(table("t").indexes()).isEmpty();
    }
}
