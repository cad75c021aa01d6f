package dev.weir.schema.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.ColumnType.Kind;
import dev.weir.schema.model.Index;
import dev.weir.schema.model.Table;
import dev.weir.schema.physical.PhysicalCheck;
import dev.weir.schema.physical.PhysicalTable;
import dev.weir.testservers.RequiresServer;
import dev.weir.testservers.Server;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@RequiresServer(Server.POSTGRES)
class PostgresRulesTest extends OnPostgres {
    @Test
    void anExpressionAsWritten_andAsTheServerPrintsIt_areTheSame() throws Exception {
        List<String> conditions = List.of(
                "s in ('a', 'b') and t in ('c')",
                "s NOT IN ('a', 'b') OR t = ANY (array['x', 'y'])",
                "n between 1 and 5 and not n in (2, 3)",
                "n not between 1 and 5 or (n = 3 and d > 1.50)",
                "n >= -1 and n < 100 and d <> - 2.5",
                "case when n > 1 then s = 'a' else b end",
                "coalesce(s, 'x') <> '' and nullif(t, 'b') is distinct from 'c'",
                "s is not null and b is true and (b is not unknown or t is null)",
                "at > '2000-01-01 00:00:00+00' and at <= now() and at < current_timestamp",
                "extract(year from at) > 2000 and date_trunc('day', at at time zone 'UTC') > '2000-01-01 00:00:00'",
                "j ->> 'a' = 'x' and j @> '{\"a\": 1}'",
                "a @> array['x'] and a[1] = 'y' and cardinality(a) < 5",
                "s like 'a%' and s not like '%b' and t ilike 'c' and s ~ '^d' and \"t\" not ilike 'e'",
                "n + 2 * n > 3 - n % 2 and (n + 2) * n != 7 and n ^ 2 < 9",
                "n - (n - 1) = 1 and n - n - 1 < 0",
                "not (b or n = 1) and (not b or n = 2)",
                "(n > 1 or n < 0 or n = 7) and (d > 1 and (d < 5 and n > 2))",
                "LENGTH( S ) <= 10 and Lower(t) = t and upper(s) collate \"C\" = s",
                "(n::bigint)::numeric > 5 and cast(d as integer) > 3");
        Table.Builder table = Table.named("t")
                .column("s", ColumnType.string(20))
                .column("t", ColumnType.of(Kind.TEXT))
                .column("n", ColumnType.of(Kind.INTEGER))
                .column("d", ColumnType.decimal(9, 2))
                .column("b", ColumnType.of(Kind.BOOLEAN))
                .column("at", ColumnType.of(Kind.TIMESTAMP))
                .column("j", ColumnType.of(Kind.JSONB))
                .column("a", ColumnType.raw("text[]"));
        for (int i = 0; i < conditions.size(); i++) {
            table.check("c" + (char) ('a' + i), conditions.get(i));
        }
        PhysicalTable declared = dialect.physical(table.build());
        List<PhysicalCheck> written = dialect.byRules(declared).checks();
        List<PhysicalCheck> printed =
                dialect.byRules(remade(List.of(declared)).get(0)).checks();
        assertThat(printed).containsExactlyElementsOf(written);
        assertThat(written.stream().map(PhysicalCheck::condition)).doesNotHaveDuplicates();
    }

    @Test
    void types_defaultsAndIndexes_asWrittenAndAsTheServerPrintsThem_areTheSame() throws Exception {
        Table.Builder table = Table.named("t")
                .column("id", ColumnType.raw("bigserial"), c -> c.primary())
                .column("bare", ColumnType.of(Kind.BOOLEAN), c -> c.defaultValue(0))
                .column(
                        "words",
                        ColumnType.of(Kind.TEXT),
                        c -> c.defaultValue(5).collation("C"))
                .column("least", ColumnType.of(Kind.INTEGER), c -> c.defaultValue(-1))
                .column("exact", ColumnType.decimal(8, 3), c -> c.defaultValue("-1.500"))
                .column("half", ColumnType.of(Kind.FLOAT), c -> c.defaultValue(-0.5))
                .column("doc", ColumnType.of(Kind.JSONB), c -> c.defaultValue("{}"))
                .column("none", ColumnType.of(Kind.TEXT), c -> c.defaultSql("NULL"))
                .column("token", ColumnType.of(Kind.UUID), c -> c.defaultSql("GEN_RANDOM_UUID()"))
                .column("made", ColumnType.of(Kind.DATETIME), c -> c.defaultSql("now()"))
                .column("shown", ColumnType.of(Kind.TEXT), c -> c.generatedVirtual("lower(words) || 'x'"))
                .index(Index.on("(lower(words)) desc", "least").where("bare AND words <> 'x'"))
                .index(Index.on("words")
                        .using("btree include (least, bare) nulls not distinct")
                        .withUnique())
                .index(Index.on("doc").using("GIN"));
        List<String> types = List.of(
                "int",
                "INT4",
                "int8",
                "int2",
                "dec(5)",
                "decimal(7,2)",
                "numeric",
                "float",
                "float(24)",
                "float4",
                "float8",
                "bool",
                "varchar(7)",
                "VARCHAR",
                "char varying(3)",
                "char",
                "char(3)",
                "bpchar",
                "varbit(3)",
                "bit",
                "timestamp",
                "timestamp(3)",
                "timestamptz",
                "timestamptz(0)",
                "time",
                "timetz",
                "time(2)",
                "timestamp(1) with time zone",
                "int[]",
                "varchar(5)[]",
                "integer[][]",
                "inet",
                "date",
                "numeric(3,-1)");
        for (int i = 0; i < types.size(); i++) {
            table.column("c" + i, ColumnType.raw(types.get(i)));
        }
        PhysicalTable declared = dialect.physical(table.build());
        PhysicalTable made = remade(List.of(declared)).get(0);
        PhysicalTable written = dialect.byRules(declared);
        PhysicalTable printed = dialect.byRules(made);
        assertThat(printed.columns().subList(11, 11 + types.size()))
                .filteredOn(column -> !column.type().equals("integer[]"))
                .isEqualTo(written.columns().subList(11, 11 + types.size()).stream()
                        .filter(column -> !column.type().startsWith("integer["))
                        .toList());
        assertThat(printed.columns().subList(0, 11)).isEqualTo(written.columns().subList(0, 11));
        assertThat(printed.indexes()).isEqualTo(written.indexes());
        assertThat(printed.primaryKey()).isEqualTo(written.primaryKey());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "a or b and c; (a or b) and c",
                "a - b - c; a - (b - c)",
                "not a and b; not (a and b)",
                "a = 'X'; a = 'x'",
                "a = \"X\"; a = x",
                "a in ('x', 'y'); a in ('y', 'x')",
                "a in ('x', 'y'); a not in ('x', 'y')",
                "a between 1 and 2; a between 1 and 3",
                "a = 1; a = '1'",
                "f(a, b); f(a)",
                "a is null; a is not null",
                "a like 'x'; a ilike 'x'",
                "a > 1; a >= 1",
                "case when a then b end; case when a then b else c end",
                "a -> 'x'; a ->> 'x'",
                "-a; a",
                "'a b'; 'a  b'",
                "weird $$ text; weird $$ other",
            })
    void expressionsThatMeanOtherThings_stayApart(String one, String other) {
        assertThat(PostgresExpression.of(one)).isNotEqualTo(PostgresExpression.of(other));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "A  =  1; (a = (1))",
                "a != 1; a <> 1",
                "not (not a); a",
                "(a and b) and c; a and (b and c)",
                "'x'::character varying(3); cast('x' as varchar)",
                "'-1'::integer; -1",
                "date '2020-01-01'; '2020-01-01'::date",
                "pg_catalog.now(); CURRENT_TIMESTAMP",
                "a::timestamp(3) with time zone; a",
                "a in ((1), 2); a = any (array[1, 2])",
                "a !~~ 'x'; not a like 'x'",
            })
    void spellingsOfTheSame_areOne(String one, String other) {
        assertThat(PostgresExpression.of(one)).isEqualTo(PostgresExpression.of(other));
    }
}
