package dev.weir.schema.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weir.schema.model.ColumnBuilder;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.InvalidSchemaException;
import dev.weir.schema.model.Schema;
import dev.weir.schema.model.Script;
import dev.weir.schema.model.Table;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeclaredScriptsTest {
    private static final List<String> ENGINES = List.of("sqlite", "h2", "postgresql", "mariadb");

    private static Schema schema(String sql) {
        return new Schema(List.of(), List.of(new Script("all.sql", sql)), List.of());
    }

    private static List<String> taken(String sql, String engine) {
        return DeclaredScripts.of(schema(sql), engine).stream()
                .map(DeclaredScripts.Statement::sql)
                .toList();
    }

    private static List<InvalidSchemaException.Problem> refused(String sql, String engine) {
        InvalidSchemaException refusal =
                catchThrowableOfType(InvalidSchemaException.class, () -> DeclaredScripts.of(schema(sql), engine));
        assertThat(refusal).as(engine + ": " + sql).isNotNull();
        return refusal.problems();
    }

    static List<String> refusedEverywhere() {
        return List.of(
                "drop table t",
                "drop table if exists t",
                "truncate table t",
                "insert into t values (1)",
                "update t set a = 1",
                "delete from t",
                "commit",
                "begin",
                "rollback",
                "savepoint x",
                "use other",
                "set search_path = public",
                "set names utf8",
                "lock tables t write",
                "grant all on t to public",
                "do $$ begin null; end $$",
                "call now()",
                "select 1",
                "with x as (select 1) select * from x",
                "create view v as select 1",
                "create temporary table x (a int)",
                "create table x as select 1",
                "create table x (a int) as select 1",
                "create table x (a int) as values (1)",
                "create table x (select 1)",
                "create table x (a int) engine \"org.h2.Evil\" with \"x\"",
                "create table x (a int) connection = 'mysql://other/t'",
                "create table x (a int) data directory = '/tmp'",
                "create table x like t",
                "create or replace table x (a int)",
                "create schema s",
                "create database d",
                "create sequence s",
                "create type e as enum ('a')",
                "create virtual table v using fts5(a)",
                "create alias rt as 'String x() { return null; }'",
                "script to '/tmp/x'",
                "attach database '/tmp/x.db' as e",
                "vacuum into '/tmp/x.db'",
                "pragma foreign_keys = off",
                "copy t from '/tmp/x'",
                "alter table t rename to other",
                "alter table t drop column a",
                "alter table t owner to bob",
                "alter table t add b int, drop column a",
                "alter table t add partition (partition p values less than (1))",
                "alter system set a = 1",
                "comment on database d is 'x'",
                "comment on index i is 'x'",
                "create index concurrently i on t (a)",
                "reindex table t",
                "delimiter ;;",
                "create table x (a int",
                "create table x (a int))");
    }

    @ParameterizedTest
    @MethodSource("refusedEverywhere")
    void anythingElse_isRefused_withItsPlace(String sql) {
        for (String engine : ENGINES) {
            assertThat(refused("create table t (a int);\n  " + sql + ";", engine))
                    .as(engine + ": " + sql)
                    .first()
                    .satisfies(problem -> {
                        assertThat(problem.origin()).isEqualTo("all.sql:2:3");
                        assertThat(problem.rule()).startsWith("a script declares tables: CREATE TABLE");
                        assertThat(problem.found()).startsWith("statement=" + sql.split(" ")[0]);
                    });
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create table app.t (a int)",
                "create table \"app\".\"t\" (a int)",
                "create table c.app.t (a int)",
                "create index i on app.t (a)",
                "alter table app.t add b int",
                "comment on table app.t is 'x'",
                "comment on column app.t.a is 'x'"
            })
    void tableWithASchemaOrDatabase_isRefused(String sql) {
        for (String engine : ENGINES) {
            assertThat(refused("create table t (a int); " + sql, engine))
                    .extracting(InvalidSchemaException.Problem::rule)
                    .containsExactly(
                            "a script names its tables without a schema or database: they are made in the one in use");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create index i on victim (a)",
                "alter table victim add b int",
                "alter table only victim alter a set default 1",
                "comment on table victim is 'x'",
                "comment on column victim.a is 'x'"
            })
    void tableOfSomebodyElse_isRefused(String sql) {
        for (String engine : ENGINES) {
            assertThat(refused("create table t (a int); " + sql, engine))
                    .singleElement()
                    .satisfies(problem -> {
                        assertThat(problem.rule()).isEqualTo("a script speaks of tables that the schema declares");
                        assertThat(problem.found()).endsWith(", table=victim");
                    });
        }
    }

    @Test
    void onPostgres_nameInOtherLetters_isAnotherTable() {
        // "Ok" is in the scratch place; ok is found behind it, among the tables in use.
        assertThat(refused("create table \"Ok\" (a int); alter table ok add b int", "postgresql"))
                .hasSize(1);
        assertThat(refused("create table \"Ok\" (a int); alter table \"ok\" add b int", "postgresql"))
                .hasSize(1);
        assertThat(taken("create table Ok (a int); alter table \"ok\" add b int", "postgresql"))
                .hasSize(2);
        assertThat(taken("create table `Ok` (a int); alter table ok add b int", "mariadb"))
                .hasSize(2);
    }

    @Test
    void indexOfATableInYaml_isTaken() {
        Table table = Table.named("t")
                .column("a", ColumnType.of(ColumnType.Kind.INTEGER), ColumnBuilder::primary)
                .build();
        Schema schema = new Schema(List.of(table), List.of(new Script("i.sql", "create index i on t (a)")), List.of());
        assertThat(DeclaredScripts.of(schema, "postgresql")).hasSize(1);
    }

    static Stream<Arguments> takenSomewhere() {
        return Stream.of(
                Arguments.of("postgresql", "create table t (a text[] check (a <> array['x;y']), b int default -1)"),
                Arguments.of("postgresql", "create table t (a text default e'it\\'s; so', b text default $x$ ; $x$)"),
                Arguments.of("postgresql", "create table t (a text default 'C:\\')"),
                Arguments.of("postgresql", "create table t (a public.citext default 'x'::public.citext)"),
                Arguments.of("postgresql", "create table t (a int) partition by range (a)"),
                Arguments.of("postgresql", "create table t (a int) with (fillfactor = 70) tablespace x"),
                Arguments.of("postgresql", "create table t (a int generated by default as identity, b bigserial)"),
                Arguments.of(
                        "mariadb",
                        "create table `t` (a int, b text default 'it\\'s; so' comment \"x;\\\"y\")"
                                + " ENGINE=InnoDB AUTO_INCREMENT=5 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin"
                                + " ROW_FORMAT = DYNAMIC COMMENT='it\\'s; so'"),
                Arguments.of("mariadb", "create table t (a int) character set = utf8mb4, with system versioning"),
                Arguments.of("sqlite", "create table [t;] (a int, \"b;\" text) strict, without rowid"),
                Arguments.of("sqlite", "create table t (a text check (a not like '%\\%' escape '\\'))"),
                Arguments.of("h2", "create table t (a int array[3] default array[1, 2], b varchar default $$ ; $$)"),
                Arguments.of("h2", "create table t (a varchar array default array['a;b', 'c'])"));
    }

    @ParameterizedTest
    @MethodSource("takenSomewhere")
    void tableInTheEnginesWords_isTakenAsItStands(String engine, String sql) {
        assertThat(taken("-- above; 'it\n" + sql + " ;\n/* below; */", engine)).containsExactly(sql);
    }

    @Test
    void everyForm_isTaken() {
        for (String engine : ENGINES) {
            assertThat(taken("""
                            create table if not exists "t" (a int not null, b varchar(20) default ';', c int);
                            create unique index if not exists i on t (a desc, b) where b <> ';';
                            CREATE INDEX "odd; name" ON "t"((lower(b)));
                            alter table t add constraint k foreign key (c) references t (a) on delete cascade;
                            alter table t add column d int, add e int;
                            alter table t alter column a set default 1;
                            comment on table t is 'x; y';
                            comment on column t.a is null;
                            """, engine)).hasSize(8);
        }
        assertThat(taken("create table t (a int); alter table `t` modify `a` int, AUTO_INCREMENT = 5;", "mariadb"))
                .hasSize(2);
        assertThat(taken("create table t (a int); create index i using hash on t (a) comment 'x'", "mariadb"))
                .hasSize(2);
        assertThat(taken("create table t (a int); create index on only t using gin (a) include (b)", "postgresql"))
                .hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create table t (a int) /*! ; drop table victim */",
                "/*!40101 SET NAMES utf8 */; create table t (a int)",
                "create table t (a int) /*M! as select 1 */",
                "create table t (a int) # '\n; drop table victim # '",
                "create table t (a int) --'\n; drop table victim; --'",
                "create table t (a text default '\\\\'); drop table victim; -- ')"
            })
    void whatMariaDbReadsDifferently_isSeen(String sql) {
        assertThat(refused(sql, "mariadb")).isNotEmpty();
    }

    @Test
    void whatHidesAStatement_isRefused() {
        assertThat(refused("create table t (a int) // '\n; drop table victim // '", "h2"))
                .isNotEmpty();
        assertThat(refused("create table t (a int default array[';', \"]\"]) ", "h2"))
                .isNotEmpty();
        assertThat(refused("create table t (a int) -- \r; drop table victim", "postgresql"))
                .isNotEmpty();
        assertThat(refused("create table t (a int) /* /* */ ; drop table victim; /* */ */", "postgresql"))
                .isNotEmpty();
        assertThat(refused("create table t (a text default e'\\\\'); drop table victim; -- ')", "postgresql"))
                .isNotEmpty();
        assertThat(refused("create table t (a text default $a$b$a$); drop table victim --$a$", "postgresql"))
                .isNotEmpty();
        assertThat(refused("create table t (a int default 'x); drop table victim", "sqlite"))
                .isNotEmpty();
        assertThat(refused("create\u00a0table t (a int)", "h2")).isNotEmpty();
    }

    @Test
    void allThatIsWrong_isToldAtOnce_butNotTheBodyOfATrigger() {
        assertThat(refused("create table t (a int);\ndrop table x;\ncreate table t2 (a int); delete from y", "sqlite"))
                .extracting(InvalidSchemaException.Problem::origin)
                .containsExactly("all.sql:2:1", "all.sql:3:26");
        assertThat(refused("create trigger g after insert on t begin update t set a = 1; end; select 1", "sqlite"))
                .hasSize(1);
    }

    @Test
    void message_holdsNoTexts() {
        assertThatThrownBy(() -> DeclaredScripts.of(schema("set password = 'geheim'"), "mariadb"))
                .hasMessageContaining("all.sql:1:1")
                .hasMessageContaining("statement=set password =")
                .hasMessageNotContaining("geheim");
    }

    @Test
    void expression_isPartOfOneStatement() {
        DeclaredScripts.requireSingle("create table t (a int default ';')", "postgresql", "t");
        for (String sql : List.of("create table t (a int); drop table victim", "create table t (a int default '")) {
            assertThatThrownBy(() -> DeclaredScripts.requireSingle(sql, "postgresql", "t"))
                    .isInstanceOf(InvalidSchemaException.class)
                    .hasMessageContaining("table=t");
        }
    }
}
