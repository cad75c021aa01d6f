package dev.weir.schema.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.weir.db.engine.Dialect;
import dev.weir.schema.model.ColumnBuilder;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.ColumnType.Kind;
import dev.weir.schema.model.ForeignKey;
import dev.weir.schema.model.Index;
import dev.weir.schema.model.ReferentialAction;
import dev.weir.schema.model.Table;
import dev.weir.schema.physical.PhysicalColumn;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MariaDbDeclaredTest {
    private final SchemaDialect mariadb =
            SchemaDialect.of(Dialect.named("mariadb").orElseThrow());
    private final SchemaDialect mysql = SchemaDialect.of(Dialect.named("mysql").orElseThrow());

    private static Table.Builder table() {
        return Table.named("t").column("a", ColumnType.of(Kind.INTEGER));
    }

    private void assertRefused(Table.Builder declared, String... parts) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> mariadb.physical(declared.build()))
                .withMessageContainingAll(parts)
                .withMessageContaining("table=t");
    }

    @Test
    void whatTheEngineHasNot_isRefused_withTheCure() {
        assertRefused(
                table().index(Index.on("a").where("a > 1")),
                "no partial indexes",
                "index=t_a_",
                "where=a > 1",
                "leave the condition out");
        assertRefused(
                table().index(Index.on("(lower(a))")),
                "no indexes on expressions",
                "expression=lower(a)",
                "generated column");
        assertRefused(table().index(Index.on("a").using("gin")), "no such index method", "method=gin", "fulltext");
        assertRefused(
                table().column(
                                "g",
                                ColumnType.of(Kind.INTEGER),
                                c -> c.generated("a + 1").notNull()),
                "generated columns that refuse NULL",
                "column=g",
                "add a check");
        assertRefused(
                table().foreignKey(new ForeignKey(
                        null,
                        List.of("a"),
                        "p",
                        List.of("id"),
                        ReferentialAction.SET_DEFAULT,
                        ReferentialAction.NO_ACTION)),
                "SET DEFAULT",
                "foreignKey=t_a_fkey");
        assertRefused(
                table().index(Index.on("a").named("same"))
                        .foreignKey(new ForeignKey(
                                "same",
                                List.of("a"),
                                "p",
                                List.of("id"),
                                ReferentialAction.CASCADE,
                                ReferentialAction.NO_ACTION)),
                "called like a foreign key",
                "index=same");
    }

    private static PhysicalColumn column(
            SchemaDialect dialect, ColumnType type, UnaryOperator<ColumnBuilder> settings) {
        return dialect.physical(Table.named("t").column("c", type, settings).build())
                .columns()
                .get(0);
    }

    private @Nullable String value(Kind kind, Object value) {
        return column(mariadb, ColumnType.of(kind), c -> c.defaultValue(value)).defaultSql();
    }

    private @Nullable String sql(ColumnType type, String expression) {
        return column(mariadb, type, c -> c.defaultSql(expression)).defaultSql();
    }

    @Test
    void defaults_areSpelledAsTheEngineDoes() {
        assertThat(value(Kind.STRING, "it's \\ so")).isEqualTo("'it''s \\\\ so'");
        assertThat(value(Kind.STRING, 5)).isEqualTo("'5'");
        assertThat(value(Kind.INTEGER, "5")).isEqualTo("5");
        assertThat(value(Kind.DECIMAL, 0)).isEqualTo("0.00");
        assertThat(value(Kind.FLOAT, 1e10)).isEqualTo("10000000000");
        assertThat(value(Kind.BOOLEAN, true)).isEqualTo("1");
        assertThat(value(Kind.BOOLEAN, "false")).isEqualTo("0");
        assertThat(value(Kind.JSON, "{}")).isEqualTo("'{}'");
        ColumnType timestamp = ColumnType.of(Kind.TIMESTAMP);
        assertThat(sql(timestamp, "CURRENT_TIMESTAMP")).isEqualTo("current_timestamp(6)");
        assertThat(sql(timestamp, "now() ON UPDATE now()"))
                .isEqualTo("current_timestamp(6) on update current_timestamp(6)");
        assertThat(sql(timestamp, "null on update current_timestamp")).isEqualTo("on update current_timestamp(6)");
        assertThat(sql(ColumnType.of(Kind.DATE), "CURRENT_TIMESTAMP")).isEqualTo("current_timestamp()");
        assertThat(sql(ColumnType.of(Kind.UUID), "uuid()")).isEqualTo("(uuid())");
        assertThat(column(mysql, ColumnType.of(Kind.TEXT), c -> c.defaultValue("x"))
                        .defaultSql())
                .isEqualTo("('x')");
    }

    @Test
    void types_ofBothEngines() {
        assertThat(column(mariadb, ColumnType.of(Kind.UUID), c -> c).type()).isEqualTo("uuid");
        assertThat(column(mysql, ColumnType.of(Kind.UUID), c -> c).type()).isEqualTo("char(36)");
        assertThat(column(mariadb, ColumnType.of(Kind.INTEGER).withoutSign(), c -> c)
                        .type())
                .isEqualTo("int(10) unsigned");
        assertThat(column(mysql, ColumnType.of(Kind.INTEGER).withoutSign(), c -> c)
                        .type())
                .isEqualTo("int unsigned");
        assertThat(column(mariadb, ColumnType.enumeration("a", "it's"), c -> c).type())
                .isEqualTo("enum('a','it''s')");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "price >= 0 | `price` >= 0",
                "(price >= 0) and (count > 0) | `price` >= 0 and `count` > 0",
                "((a)) | `a`",
                "LOWER(title) | lcase(`title`)",
                "a != 'x' && b | `a` <> 'x' and `b`",
                "a in ('it''s') | `a` in ('it\\'s')",
                "name = _utf8mb4'x' | `name` = 'x'",
                "(a + b) * c | (`a` + `b`) * `c`",
                "(a * b) + c | `a` * `b` + `c`",
                "a and (b and c) | `a` and `b` and `c`",
                "NOW() | current_timestamp(6)",
                "current_timestamp | current_timestamp()",
                "flag = TRUE | `flag` = 1",
                "a between 1 and (2 + 3) | `a` between 1 and 2 + 3",
                "coalesce(a, (b)) | coalesce(`a`,`b`)",
            })
    void expressions_ofOneMeaning_areOne(String declared, String read) {
        assertThat(MariaDbExpression.canonical(declared)).isEqualTo(MariaDbExpression.canonical(read));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "(a or b) and c | a or b and c",
                "(a + b) * c | a + b * c",
                "a - (b - c) | a - b - c",
                "not (a and b) | not a and b",
                "a = 'X' | a = 'x'",
                "a = '`b`' | a = 'b'",
                "a in (1) | a in (2)",
                "f(a, b) | f(a)",
                "a > 1 | a >= 1",
            })
    void expressions_ofTwoMeanings_areTwo(String one, String other) {
        assertThat(MariaDbExpression.canonical(one)).isNotEqualTo(MariaDbExpression.canonical(other));
    }

    @Test
    void rules_takeSpellingsOfOneDefault_forOne() {
        List<List<Object>> same = List.of(
                List.of("decimal(10,2)", "0", "0.00"),
                List.of("int(11)", "'5'", "5"),
                List.of("tinyint(1)", "true", "1"),
                List.of("datetime(6)", "'2020-01-01'", "'2020-01-01 00:00:00.000000'"),
                List.of(
                        "timestamp(6)",
                        "CURRENT_TIMESTAMP on update now()",
                        "current_timestamp(6) on update current_timestamp(6)"),
                List.of("varchar(5)", "5", "'5'"),
                List.of("int(11)", "(1 + 2)", "1+2"),
                List.of("varchar(5)", "'on update '", "'on update '"));
        for (List<Object> one : same) {
            assertThat(rules(one.get(0), one.get(1))).isEqualTo(rules(one.get(0), one.get(2)));
        }
        assertThat(rules("varchar(5)", "'5'")).isNotEqualTo(rules("varchar(5)", "'5.0'"));
        assertThat(rules("varchar(5)", "'a'")).isNotEqualTo(rules("varchar(5)", "'A'"));
        assertThat(rules("timestamp", "current_timestamp()"))
                .isNotEqualTo(rules("timestamp", "current_timestamp() on update current_timestamp()"));
    }

    private PhysicalColumn rules(Object type, Object defaultSql) {
        Table declared =
                Table.named("t").column("c", ColumnType.of(Kind.INTEGER)).build();
        PhysicalColumn column =
                new PhysicalColumn("c", type.toString(), true, defaultSql.toString(), null, false, null, null, null);
        return mariadb.byRules(mariadb.physical(declared).withColumns(List.of(column)))
                .columns()
                .get(0);
    }
}
