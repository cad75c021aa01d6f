package dev.weir.schema.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScriptRulesTest {
    private static List<String> problems(String... scripts) {
        List<Script> all = java.util.stream.Stream.of(scripts)
                .map(sql -> new Script("all.sql", sql))
                .toList();
        return SchemaRules.problems(new Schema(List.of(), all, List.of()), path -> path).stream()
                .map(InvalidSchemaException.Problem::toString)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create table ok (id int primary key, n varchar(9) default 'it''s; drop' check (n in ('a', 'b')))",
                "create table if not exists `ok` (`id` int) engine=InnoDB default charset=utf8mb4 comment='as select'",
                "create table \"ok\" (id int) without rowid; create unique index i on ok (id); -- the end; drop table x",
                "create table ok (id int); create index on only ok (id) where id > 0; alter table only ok add a int, add"
                        + " constraint c check (a > (1)), alter column a set default 1",
                "create table ok (id int, g int generated always as (id * 2) stored); comment on table ok is 'it';"
                        + " comment on column ok.g is 'select'",
                "/* head; */ create table ok (id int) /* tail */ ;;",
            })
    void declarations_arePermitted(String script) {
        assertThat(problems(script)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "use realapp",
                "drop table if exists victim",
                "drop table ok",
                "commit",
                "create table leak as select * from victim",
                "create table leak (id int) as select 1",
                "create table leak (id int) select 1 as id",
                "create table leak like victim",
                "create table app.leak (id int)",
                "create table leak partition of victim for values in (1)",
                "create table leak (id int) inherits (victim)",
                "create or replace table ok (id int)",
                "create temporary table leak (id int)",
                "create virtual table leak using fts5(a)",
                "create alias rt as 'String x() { return null; }'",
                "create view v as select 1",
                "create index i on victim (id)",
                "create index i on app.ok (id)",
                "alter table victim add a int",
                "alter table ok rename to app.leak",
                "alter table ok rename app.leak",
                "alter table ok add a int, rename to app.leak",
                "alter table ok exchange partition p with table app.victim",
                "alter table ok attach partition victim for values in (1)",
                "alter table app.ok add a int",
                "comment on table victim is 'x'",
                "comment on column app.ok.id is 'x'",
                "attach database '/tmp/x.db' as e",
                "script to 'x'",
                "set search_path = public",
                "delete from victim",
                "do $$ begin end $$",
                "/*! drop table victim */ create table leak (id int)",
                "create table leak (a varchar(9) default E'\\''; drop table victim; --')",
                "create table leak (a int",
            })
    void everythingElse_isRefused_withItsLine(String statement) {
        List<String> problems = problems("create table ok (id int);\n\n-- here:\n" + statement);
        assertThat(problems).isNotEmpty();
        assertThat(problems.get(0))
                .startsWith("scripts[0]: a script holds only")
                .contains("script=all.sql line=4");
    }

    @Test
    void additions_mayConcernATable_ofAnotherScriptOrFile() {
        assertThat(problems("create table a (id int)", "create index i on a (id)"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1); drop table victim; create table x (a int check (1=1",
                "1 = 1) --",
                "1 = 1 /* ",
                "a = E'\\''; drop table victim; '",
                "a = 'open",
                "(1 = 1",
                "1 = 1; drop table victim",
            })
    void expression_staysOneExpression(String expression) {
        Table table = Table.named("t")
                .column("a", ColumnType.string(9), c -> c.defaultSql(expression))
                .column("g", ColumnType.string(9), c -> c.generated(expression))
                .column("r", ColumnType.raw(expression))
                .check("c", expression)
                .index(Index.on("(" + expression + ")"))
                .index(Index.on("a").where(expression))
                .build();
        assertThat(SchemaRules.problems(Schema.of(table), path -> path))
                .filteredOn(problem -> problem.rule().equals("an expression is one expression"))
                .hasSize(6);
    }
}
