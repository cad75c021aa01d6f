package dev.weir.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.db.engine.Dialect;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlTextTest {
    private static final Dialect POSTGRESQL = named("postgresql");
    private static final Dialect H2 = Dialect.named("h2").orElseThrow();
    private static final Dialect MARIADB = named("mariadb");
    private static final Dialect SQLITE = named("sqlite");

    /** A dialect that knows nothing but its name. */
    private static Dialect named(String name) {
        return (Dialect) Proxy.newProxyInstance(
                Dialect.class.getClassLoader(), new Class<?>[] {Dialect.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("name")) {
                        return name;
                    }
                    throw new AssertionError(method.getName());
                });
    }

    private static SqlText text(String sql) {
        return SqlText.of(POSTGRESQL, sql);
    }

    private static List<String> names(SqlText text) {
        return text.parameters().stream().map(SqlText.Parameter::name).toList();
    }

    private static String expanded(SqlText text) {
        int[] ones = new int[text.parameters().size()];
        Arrays.fill(ones, 1);
        return text.expanded(ones);
    }

    @Test
    void names_becomeQuestionMarks_asOftenAsTheyAreThere() {
        SqlText text = text("select :a + :b_2, :a from t where x=:x1 and(:y)");
        assertThat(names(text)).containsExactly("a", "b_2", "a", "x1", "y");
        assertThat(expanded(text)).isEqualTo("select ? + ?, ? from t where x=? and(?)");
        assertThat(text("select x in (:a)").expanded(new int[] {3})).isEqualTo("select x in (?, ?, ?)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select ':a ?' from t",
                "select 'it''s :a ?' from t",
                "select E'it\\'s :a ?' from t",
                "select e'\\\\', ':a' from t",
                "select 'back\\' from t where ':a' = ''",
                "select \"col:a?\" from t",
                "select a::text, b :: int from t",
                "select a[1:2], a[i:j] from t",
                "select 1 -- :a ? 'open\n from t",
                "select 1 /* :a ? /* nested :b */ ' :c */ from t",
                "select $$ :a ? ' $$ from t",
                "select $tag$ :a $$ ? $tag$ from t",
                "select data ?? 'key' from t",
                "select '2024-01-01 10:30' from t",
            })
    void textInLiteralsCommentsAndCasts_isLeftAlone(String sql) {
        SqlText text = text(sql);
        assertThat(text.parameters()).isEmpty();
        assertThat(expanded(text)).isEqualTo(sql);
    }

    @Test
    void afterWhatIsLeftAlone_parametersAreFoundAgain() {
        assertThat(names(text("select ':x', $$ :x $$, /* :x */ a::int, :a -- :x\n, :b")))
                .containsExactly("a", "b");
        assertThat(text("select '?', ? /* ? */, ?").parameters()).hasSize(2);
    }

    @Test
    void engines_quoteInTheirOwnWay() {
        assertThat(names(SqlText.of(MARIADB, "select 'it\\'s :a', \"say \\\" :b\", `c:d`, :e # :f\n, :g")))
                .containsExactly("e", "g");
        assertThat(names(SqlText.of(MARIADB, "select @x := :a"))).containsExactly("a");
        assertThat(names(SqlText.of(SQLITE, "select [a :b], :c, '\\' , :d"))).containsExactly("c", "d");
        assertThat(names(text("select a #> :b"))).containsExactly("b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select 1",
                " ( select 1 )",
                "-- delete\nselect 'delete'",
                "/* insert */ SELECT \"update\" from t",
                "select * from t for update",
                "select * from t for no key update",
                "values (1)",
                "show tables",
                "explain select 1",
                "with a as (select 1) select * from a",
                "select deleted, updated_at from t",
                "table t",
            })
    void whatPlainlyReads_mayNotWrite(String sql) {
        assertThat(text(sql).mayWrite()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "insert into t values (1)",
                "Update t set a = 1",
                "delete from t",
                "merge into t using s on a = b when matched then delete",
                "replace into t values (1)",
                "truncate t",
                "create table t (a int)",
                "call p()",
                "do 1",
                "pragma user_version = 1",
                "with a as (delete from t returning *) select * from a",
                "WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a",
                "explain analyze update t set a = 1",
                "select * into t from s",
                "select id from final table (insert into t values (1))",
            })
    void whatMayWrite_isToldFromWhatReads(String sql) {
        assertThat(text(sql).mayWrite()).isTrue();
    }

    @Test
    void definitions_areKnown_andMayHoldSemicolons() {
        assertThat(text("create table t (a int)").defines()).isTrue();
        assertThat(text("insert into t values (1)").defines()).isFalse();
        assertThat(SqlText.of(SQLITE, "create trigger r after insert on t begin delete from s; end")
                        .defines())
                .isTrue();
        assertThat(text("vacuum").standsAlone()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "begin",
                "COMMIT",
                "rollback to a",
                "savepoint a",
                "release a",
                "start transaction",
                "/* x */ commit",
                "",
                "  -- nothing",
                "select 1; select 2",
                "select ?, :a",
            })
    void textsThatAreNoStatement_areRefused(String sql) {
        assertThatThrownBy(() -> text(sql)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatTheEngineCommits_isKnown() {
        for (String sql :
                List.of("truncate posts", "create table t(temporary int)", "drop table t", "/* x */ Alter table t")) {
            assertThat(SqlText.of(MARIADB, sql).commits()).as(sql).isTrue();
            assertThat(SqlText.of(H2, sql).commits()).as(sql).isTrue();
            assertThat(SqlText.of(POSTGRESQL, sql).commits()).as(sql).isFalse();
            assertThat(SqlText.of(SQLITE, sql).commits()).as(sql).isFalse();
        }
        assertThat(SqlText.of(MARIADB, "create or replace temporary table t(a int)")
                        .commits())
                .isFalse();
        assertThat(SqlText.of(H2, "create local temporary table t(a int) transactional")
                        .commits())
                .isFalse();
        assertThat(SqlText.of(MARIADB, "lock tables posts write").commits()).isTrue();
        assertThat(SqlText.of(MARIADB, "update posts set a = 1").commits()).isFalse();
    }

    @Test
    void semicolonAtTheEnd_isNoSecondStatement() {
        assertThat(text("select 1; -- done\n ;").mayWrite()).isFalse();
    }

    @Test
    void redacted_showsNoLiterals() {
        assertThat(text("select 'secret', 42, E'a\\'b', $$s$$, x1, 1.5e3 from t2 where a = :p and b = $1 -- c")
                        .redacted())
                .isEqualTo("select ?, ?, ?, ?, x1, ? from t2 where a = :p and b = $? -- c");
        assertThat(SqlText.of(MARIADB, "select \"secret\", 0xFF").redacted()).isEqualTo("select ?, ?");
    }

    @Test
    void unclosedLiteralsAndComments_endWithTheText() {
        for (String sql : List.of("select 'a", "select \"a", "select /* a", "select $$ a", "select 'a\\")) {
            assertThat(SqlText.of(MARIADB, sql).parameters()).isEmpty();
            assertThat(text(sql).parameters()).isEmpty();
        }
    }
}
