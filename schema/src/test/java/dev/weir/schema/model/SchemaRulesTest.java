package dev.weir.schema.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.schema.model.ColumnType.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class SchemaRulesTest {
    private static final ColumnType TEXT = ColumnType.string(20);

    private static Table.Builder table(String name) {
        return Table.named(name).column("id", ColumnType.of(Kind.BIG_INCREMENTS));
    }

    private static ForeignKey key(List<String> columns, String table, List<String> targets) {
        return new ForeignKey(null, columns, table, targets, ReferentialAction.NO_ACTION, ReferentialAction.NO_ACTION);
    }

    private static List<String> problems(Schema schema) {
        return SchemaRules.problems(schema, path -> path).stream()
                .map(InvalidSchemaException.Problem::toString)
                .toList();
    }

    private static Arguments broken(String expected, Table.Builder... tables) {
        return Arguments.of(
                expected, Schema.of(Stream.of(tables).map(Table.Builder::build).toArray(Table[]::new)));
    }

    private static Arguments column(String expected, ColumnType type, UnaryOperator<ColumnBuilder> settings) {
        return broken(
                "tables[0].columns[0]: " + expected,
                Table.named("t").column("c", type, settings).column("other", TEXT));
    }

    private static Arguments type(String expected, ColumnType type) {
        return column(expected, type, UnaryOperator.identity());
    }

    private static ColumnType number(Kind kind, Integer precision, Integer scale) {
        return new ColumnType(kind, null, precision, scale, false, List.of(), null);
    }

    static Stream<Arguments> names() {
        return Stream.of(
                broken(
                        "tables[1]: a table is declared once, in whatever case its name is written:"
                                + " table=Users first=users (tables[0]); rename or remove one of them",
                        table("users"),
                        table("Users")),
                broken("tables[0]: a table has a name: table=''; name it", table("")),
                broken(
                        "tables[0]: a name has at most 63 bytes: table=" + "ü".repeat(32) + " bytes=64; shorten it",
                        table("ü".repeat(32))),
                broken(
                        "tables[0].columns[1]: a name has no control characters: table=t column=a\\u0000b;"
                                + " leave them out",
                        table("t").column("a\0b", TEXT)),
                broken(
                        "tables[0].columns[2]: a column is declared once, in whatever case its name is written:"
                                + " table=t column=NAME first=name (tables[0].columns[1]); rename or remove one of them",
                        table("t").column("name", TEXT).column("NAME", TEXT)),
                broken(
                        "tables[0].indexes[1]: an index's name stands once in a table, in whatever case:"
                                + " table=t index=I first=i (tables[0].indexes[0]); rename or remove one of them",
                        table("t")
                                .column("a", TEXT)
                                .index(Index.on("a").named("i"))
                                .index(Index.on("a desc").named("I"))),
                broken(
                        "tables[0].checks[1]: a foreign key's or check's name stands once in a table, in whatever case:"
                                + " table=t check=C first=c (tables[0].checks[0]); rename or remove one of them",
                        table("t").check("c", "1 = 1").check("C", "2 = 2")),
                broken(
                        "tables[0].checks[0]: a foreign key's or check's name stands once in a table, in whatever case:"
                                + " table=t check=K first=k (tables[0].foreignKeys[0]); rename or remove one of them",
                        table("t")
                                .column("a", TEXT)
                                .foreignKey(new ForeignKey(
                                        "k",
                                        List.of("a"),
                                        "t",
                                        List.of("id"),
                                        ReferentialAction.CASCADE,
                                        ReferentialAction.CASCADE))
                                .check("K", "1 = 1")),
                broken(
                        "tables[0].checks[0]: a check has a condition: table=t check=c condition='';"
                                + " write it, or remove the check",
                        table("t").check("c", " ")),
                broken(
                        "tables[0]: a table has columns: table=t columns=[]; declare one, or say that it is dropped",
                        Table.named("t")),
                broken(
                        "tables[0]: a dropped table declares nothing else: table=t dropped=true columns=[id]"
                                + " primaryKey=[id] renamedFrom=s; remove that, or keep the table",
                        table("t").renamedFrom("s").dropped()));
    }

    static Stream<Arguments> renames() {
        return Stream.of(
                broken(
                        "tables[0].renamedFrom: renames do not go round in a circle: tables=a from b from a;"
                                + " rename one of them to a third name first, and apply that",
                        table("a").renamedFrom("b"),
                        table("b").renamedFrom("a")),
                broken(
                        "tables[0].renamedFrom: renames do not go round in a circle: tables=a from b from c from A;"
                                + " rename one of them to a third name first, and apply that",
                        table("a").renamedFrom("b"),
                        table("b").renamedFrom("c"),
                        table("c").renamedFrom("A")),
                broken(
                        "tables[0].renamedFrom: a name that a table was renamed from is not declared any more:"
                                + " table=a renamedFrom=b; remove renamedFrom, or the declaration of b",
                        table("a").renamedFrom("b"),
                        table("b").renamedFrom("c")),
                broken(
                        "tables[0].renamedFrom: a name that a table was renamed from is not declared any more:"
                                + " table=a renamedFrom=B; remove renamedFrom, or the declaration of B",
                        table("a").renamedFrom("B"),
                        Table.named("b").dropped()),
                broken(
                        "tables[1].renamedFrom: a table becomes one other, not two: a name is renamed from once:"
                                + " table=b renamedFrom=OLD first=old (tables[0].renamedFrom);"
                                + " rename or remove one of them",
                        table("a").renamedFrom("old"),
                        table("b").renamedFrom("OLD")),
                broken(
                        "tables[0].renamedFrom: a rename leads to another name: table=a renamedFrom=a;"
                                + " remove renamedFrom",
                        table("a").renamedFrom("a")),
                broken(
                        "tables[0].renamedFrom: a table was renamed from a name: table=a renamedFrom=; name it",
                        table("a").renamedFrom("")),
                broken(
                        "tables[0].columns[1].renamedFrom: renames do not go round in a circle:"
                                + " table=t columns=x from y from x;"
                                + " rename one of them to a third name first, and apply that",
                        table("t")
                                .column("x", TEXT, c -> c.renamedFrom("y"))
                                .column("y", TEXT, c -> c.renamedFrom("x"))),
                broken(
                        "tables[0].columns[1].renamedFrom: a name that a column was renamed from is not declared any"
                                + " more: table=t column=x renamedFrom=ID; remove renamedFrom, or the declaration of ID",
                        table("t").column("x", TEXT, c -> c.renamedFrom("ID"))),
                broken(
                        "tables[0].columns[2].renamedFrom: a column becomes one other, not two: a name is renamed from"
                                + " once: table=t column=y renamedFrom=old first=old (tables[0].columns[1].renamedFrom);"
                                + " rename or remove one of them",
                        table("t")
                                .column("x", TEXT, c -> c.renamedFrom("old"))
                                .column("y", TEXT, c -> c.renamedFrom("old"))));
    }

    static Stream<Arguments> foreignKeys() {
        Table.Builder users = table("users")
                .column("name", TEXT)
                .column("mail", TEXT, ColumnBuilder::unique)
                .column("a", TEXT)
                .column("b", TEXT)
                .index(Index.on("a", "b").withUnique())
                .index(Index.on("name").withUnique().where("name > 'a'"));
        return Stream.of(
                broken(
                        "tables[0].foreignKeys[0]: a foreign key refers to a table that is declared:"
                                + " table=t columns=[a] references=user; declare that table, too, or correct the name",
                        table("t").column("a", TEXT, c -> c.references("user", "id"))),
                broken(
                        "tables[0].foreignKeys[0]: a foreign key refers to a table that is declared:"
                                + " table=t columns=[a] references=USERS declared=users;"
                                + " declare that table, too, or correct the name",
                        table("t").column("a", TEXT, c -> c.references("USERS", "id")),
                        users),
                broken(
                        "tables[0].foreignKeys[0]: a foreign key refers to columns that are declared:"
                                + " table=t columns=[a] references=users column=Id declared=id;"
                                + " declare that column, or correct the name",
                        table("t").column("a", TEXT, c -> c.references("users", "Id")),
                        users),
                broken(
                        "tables[0].foreignKeys[0]: a foreign key refers to the primary key or to columns with a unique"
                                + " index: table=t columns=[a] references=users targets=[name];"
                                + " declare a unique index on them, or refer to the primary key",
                        table("t").column("a", TEXT, c -> c.references("users", "name")),
                        users),
                broken(
                        "tables[0].foreignKeys[0]: a foreign key refers to a table that stays:"
                                + " table=t columns=[a] references=gone dropped=true;"
                                + " remove the key, or keep the table",
                        table("t").column("a", TEXT, c -> c.references("gone", "id")),
                        Table.named("gone").dropped()),
                broken(
                        "tables[0].foreignKeys[0]: a foreign key is on columns that are declared:"
                                + " table=t columns=[A] references=users column=A declared=a;"
                                + " declare that column, or correct the name",
                        table("t").column("a", TEXT).foreignKey(key(List.of("A"), "users", List.of("id"))),
                        users),
                broken(
                        "tables[0].foreignKeys[0]: a foreign key has as many columns as it refers to, and at least one:"
                                + " table=t columns=[a] references=users targets=[a, b]; name a column for each",
                        table("t").column("a", TEXT).foreignKey(key(List.of("a"), "users", List.of("a", "b"))),
                        users),
                broken(
                        "tables[0].foreignKeys[0]: a foreign key has as many columns as it refers to, and at least one:"
                                + " table=t columns=[] references=users targets=[]; name a column for each",
                        table("t").column("a", TEXT).foreignKey(key(List.of(), "users", List.of())),
                        users),
                broken(
                        "tables[0].foreignKeys[1]: of two foreign keys on the same columns each has a name:"
                                + " table=t columns=[a] references=users; name them, or remove one",
                        table("t")
                                .column("a", TEXT, c -> c.references("users", "id"))
                                .foreignKey(key(List.of("a"), "users", List.of("mail"))),
                        users));
    }

    static Stream<Arguments> keysAndIndexes() {
        return Stream.of(
                broken(
                        "tables[0].indexes[0]: an index has at least one column: table=t columns=[];"
                                + " name one, or remove the index",
                        table("t").index(Index.on())),
                broken(
                        "tables[0].indexes[0]: an index is on columns that are declared: table=t index=i columns=[B]"
                                + " column=B declared=b; declare that column, or correct the name",
                        table("t").column("b", TEXT).index(Index.on("B desc").named("i"))),
                broken(
                        "tables[0].indexes[0]: an index names a column once: table=t columns=[b, b] column=b;"
                                + " remove one of them",
                        table("t").column("b", TEXT).index(Index.on("b", "b desc"))),
                broken(
                        "tables[0].indexes[0]: an index's expression is not empty: table=t columns=[];"
                                + " write it, or remove it",
                        table("t").index(Index.on("()"))),
                broken(
                        "tables[0].indexes[0]: an index's condition is not empty: table=t columns=[id] where='';"
                                + " write it, or remove where",
                        table("t").index(Index.on("id").where(" "))),
                broken(
                        "tables[0].indexes[0]: an index's method is not empty: table=t columns=[id] method='';"
                                + " name it, or remove method",
                        table("t").index(Index.on("id").using(""))),
                broken(
                        "tables[0].primaryKey: a primary key is on columns that are declared: table=t primaryKey=[x]"
                                + " column=x; declare that column, or correct the name",
                        Table.named("t").column("a", TEXT).primaryKey("x")),
                broken(
                        "tables[0].primaryKey: a primary key names a column once: table=t primaryKey=[a, a] column=a;"
                                + " remove one of them",
                        Table.named("t").column("a", TEXT).primaryKey("a", "a")),
                broken(
                        "tables[0]: a table has at most one column of type increments or bigIncrements:"
                                + " table=t columns=[id, n]; make the others integer or bigInteger",
                        table("t").column("n", ColumnType.of(Kind.INCREMENTS))),
                broken(
                        "tables[0].primaryKey: a column of type increments or bigIncrements is the whole primary key:"
                                + " table=t column=id primaryKey=[id, a]; declare it as bigInteger with identity,"
                                + " or leave out the other columns of the key",
                        table("t").column("a", TEXT).primaryKey("id", "a")));
    }

    static Stream<Arguments> columns() {
        return Stream.of(
                type("an enum has values: table=t column=c values=[]; list them", ColumnType.enumeration()),
                type(
                        "a value of an enum stands once: table=t column=c value=a; remove one of them",
                        ColumnType.enumeration("a", "b", "a")),
                column(
                        "the default of an enum is one of its values: table=t column=c default=A values=[a, b];"
                                + " correct it, or add it to the values",
                        ColumnType.enumeration("a", "b"),
                        c -> c.defaultValue("A")),
                type(
                        "precision counts all digits, so it is at least scale: table=t column=c precision=2 scale=3;"
                                + " raise precision or lower scale",
                        ColumnType.decimal(2, 3)),
                type(
                        "precision counts all digits, so it is at least scale: table=t column=c precision=1 scale=2;"
                                + " raise precision or lower scale",
                        number(Kind.DECIMAL, 1, null)),
                type("precision is at least 1: table=t column=c precision=0; raise it", number(Kind.DECIMAL, 0, 0)),
                type("scale is at least 0: table=t column=c scale=-1; raise it", number(Kind.TIME, null, -1)),
                type(
                        "a time has at most 9 digits of seconds: table=t column=c scale=10; lower it",
                        number(Kind.TIMESTAMP, null, 10)),
                type(
                        "a float has at most 53 bits: table=t column=c precision=54; lower it, or use decimal",
                        number(Kind.FLOAT, 54, null)),
                type("length is at least 1: table=t column=c length=0; raise it", ColumnType.string(0)),
                type(
                        "length belongs to types that have it: table=t column=c type=INTEGER length=4;"
                                + " remove it, or change the type",
                        ColumnType.of(Kind.INTEGER).withLength(4)),
                type(
                        "length belongs to types that have it: table=t column=c type=RAW length=4;"
                                + " write it as the engine does, inside the type",
                        ColumnType.raw("varchar").withLength(4)),
                type(
                        "unsigned belongs to types that have it: table=t column=c type=TEXT unsigned=true;"
                                + " remove it, or change the type",
                        ColumnType.of(Kind.TEXT).withoutSign()),
                type(
                        "a raw type has the engine's name: table=t column=c type=RAW raw=null; name one",
                        ColumnType.of(Kind.RAW)),
                broken(
                        "tables[0].indexes[0]: an index is on columns that are declared: table=t columns=[lower(id)]"
                                + " column=lower(id); put an expression in parentheses",
                        table("t").index(Index.on("lower(id)"))),
                type(
                        "a textType is text, mediumtext or longtext: table=t column=c textType=tiny;"
                                + " name one of these",
                        new ColumnType(Kind.TEXT, null, null, null, false, List.of(), "tiny")),
                column(
                        "a generated column has no default: table=t column=c generated=1 + 1; remove one of them",
                        ColumnType.of(Kind.INTEGER),
                        c -> c.generated("1 + 1").defaultValue(2)),
                column(
                        "a column that the database numbers has no default: table=t column=c identity=ALWAYS;"
                                + " remove one of them",
                        ColumnType.of(Kind.INTEGER),
                        c -> c.identity(Column.Identity.ALWAYS).defaultSql("7")),
                column(
                        "a column that the database numbers is of an integer type: table=t column=c type=STRING"
                                + " identity=ALWAYS; change the type, or remove identity",
                        TEXT,
                        c -> c.identity(Column.Identity.ALWAYS)),
                column(
                        "a column is generated or numbered, not both: table=t column=c generated=1 identity=ALWAYS;"
                                + " remove one of them",
                        ColumnType.of(Kind.INTEGER),
                        c -> c.identity(Column.Identity.ALWAYS).generated("1")),
                column(
                        "a generated column's expression is not empty: table=t column=c generated='';"
                                + " write it, or remove generated",
                        TEXT,
                        c -> c.generated("")),
                column(
                        "a default's expression is not empty: table=t column=c default.sql='';"
                                + " write it, or remove the default",
                        TEXT,
                        c -> c.defaultSql(" ")),
                column(
                        "a default's value is a text, a number or a boolean: table=t column=c type=STRING default=[];"
                                + " give one, or an expression",
                        TEXT,
                        c -> c.defaultValue(List.of())),
                column(
                        "the default of an integer column is a whole number: table=t column=c type=INTEGER"
                                + " default=1.5; correct it",
                        ColumnType.of(Kind.INTEGER),
                        c -> c.defaultValue(1.5)),
                column(
                        "the default of a number column is a number: table=t column=c type=DECIMAL default=x;"
                                + " correct it",
                        ColumnType.of(Kind.DECIMAL),
                        c -> c.defaultValue("x")),
                column(
                        "the default of a boolean column is true or false: table=t column=c type=BOOLEAN default=1;"
                                + " correct it",
                        ColumnType.of(Kind.BOOLEAN),
                        c -> c.defaultValue(1)),
                column(
                        "a collation has a name: table=t column=c collation=''; name it, or remove collation",
                        TEXT,
                        c -> c.collation("")));
    }

    static Stream<Arguments> seeds() {
        return Stream.of(
                seeded(
                        ": a seed has a key, by which its rows are found: table=t key=[]; name its columns",
                        new Seed(List.of(), false, List.of())),
                seeded(
                        ": a seed is of columns that are declared: table=t key=[Code] column=Code declared=code;"
                                + " declare that column, or correct the name",
                        new Seed(List.of("Code"), false, List.of())),
                seeded(
                        ".rows[1]: a row of a seed has a value for each column of the key: table=t row=2 column=code;"
                                + " give it one",
                        new Seed(List.of("code"), false, List.of(Map.of("code", 1), Map.of("name", "secret")))),
                seeded(
                        ".rows[0]: a seed is of columns that are declared: table=t row=1 column=nam;"
                                + " declare that column, or correct the name",
                        new Seed(List.of("code"), false, List.of(Map.of("code", 1, "nam", "secret")))),
                seeded(
                        ".rows[0]: a seed has no value for a generated column: table=t row=1 column=made; remove it",
                        new Seed(List.of("code"), false, List.of(Map.of("code", 1, "made", "secret")))),
                seeded(
                        ".rows[1]: two rows of a seed differ in their key: table=t row=2 first=1 key=[code, name];"
                                + " remove one of them",
                        new Seed(
                                List.of("code", "name"),
                                true,
                                List.of(Map.of("code", 1, "name", "a"), Map.of("code", 1.0, "name", "a")))));
    }

    private static Arguments seeded(String expected, Seed seed) {
        return broken(
                "tables[0].seed" + expected,
                table("t")
                        .column("code", ColumnType.of(Kind.INTEGER))
                        .column("name", TEXT)
                        .column("made", TEXT, c -> c.generated("name"))
                        .seed(seed));
    }

    @ParameterizedTest
    @MethodSource({"names", "renames", "foreignKeys", "keysAndIndexes", "columns", "seeds"})
    void check_namesRuleValueAndCure(String expected, Schema schema) {
        assertThat(problems(schema)).containsExactly(expected);
    }

    @Test
    void check_listsAllProblemsInOneException_andInJavaWithoutPlace() {
        Schema schema = Schema.of(
                table("a").renamedFrom("b").build(),
                table("b").renamedFrom("a").build(),
                table("c")
                        .column("x", TEXT, c -> c.references("nothing", "id"))
                        .index(Index.on())
                        .build(),
                table("C").build());
        assertThatThrownBy(schema::check).isInstanceOfSatisfying(InvalidSchemaException.class, e -> {
            assertThat(e.problems()).hasSize(4).allMatch(problem -> problem.origin() == null);
            assertThat(e)
                    .hasMessageStartingWith("The declared schema breaks rules: problems=4; correct these:\n  a")
                    .hasMessageContaining("circle")
                    .hasMessageContaining("references=nothing")
                    .hasMessageContaining("an index has at least one column")
                    .hasMessageContaining("table=C first=c;");
        });
    }

    @Test
    void check_isContent_withWhatIsAllowed() {
        Schema schema = Schema.of(
                table("users")
                        .column("a", TEXT)
                        .column("b", TEXT)
                        .column("mail", TEXT, ColumnBuilder::unique)
                        .index(Index.on("mail").withUnique())
                        .index(Index.on("a", "b").withUnique())
                        .renamedFrom("Users")
                        .build(),
                table("posts")
                        .column("x", TEXT)
                        .column("y", TEXT, c -> c.renamedFrom("z"))
                        .column("outside", TEXT, c -> c.references("other.users", "id"))
                        .column("self", ColumnType.of(Kind.BIG_INTEGER), c -> c.references("posts", "id"))
                        .foreignKey(key(List.of("x", "y"), "users", List.of("b", "a")))
                        .check("same", "1 = 1")
                        .index(Index.on("x").named("same"))
                        .build(),
                Table.named("gone").dropped().build());
        assertThat(schema.check()).isSameAs(schema);
        assertThat(schema.tables().get(0).indexes()).hasSize(2);
    }

    @Test
    void foreignKey_toWhatAScriptMayMake_isLeftToTheEngine() {
        Table table =
                table("t").column("a", TEXT, c -> c.references("made", "id")).build();
        Schema schema =
                new Schema(List.of(table), List.of(new Script("made.sql", "create table made (id int)")), List.of());
        assertThat(problems(schema)).isEmpty();
    }

    @Test
    void renamesOfScripts_keepTheSameRules() {
        Script script = new Script(
                "all.sql",
                "create table b (y int)",
                List.of(
                        new Script.Rename("a", null, "b"),
                        new Script.Rename("b", "x", "y"),
                        new Script.Rename("b", "y", "x")));
        Schema schema = new Schema(List.of(table("A").build()), List.of(script), List.of());
        assertThat(problems(schema))
                .containsExactly(
                        "scripts[0].renames[0]: a name that a table was renamed from is not declared any more:"
                                + " table=b renamedFrom=a; remove renamedFrom, or the declaration of a",
                        "scripts[0].renames[1]: renames do not go round in a circle:"
                                + " table=b columns=y from x from y;"
                                + " rename one of them to a third name first, and apply that");
    }

    @Test
    void dataSteps_haveAKeyOfTheirOwn_andDoSomething() {
        DataStep.When when = DataStep.When.BEFORE_CONTRACT;
        Schema schema = Schema.of(
                List.of(),
                List.of(
                        DataStep.sql("fill", when, "update t set a = 1", null),
                        DataStep.sql("Fill", when, "update t set a = 1", null),
                        DataStep.sql("", when, "update t set a = 1", null),
                        DataStep.sql("idle", when, " ", null)));
        assertThat(problems(schema))
                .containsExactly(
                        "dataSteps[1]: a data step's key stands once, in whatever case it is written:"
                                + " key=Fill first=fill (dataSteps[0]); rename or remove one of them",
                        "dataSteps[2]: a data step has a key: key=''; name it",
                        "dataSteps[3]: a data step does something: key=idle sql=''; write its statements");
    }

    @Test
    void table_makesTheColumnsOfItsPrimaryKeyRefuseNull() {
        Table table = Table.named("t")
                .column("a", TEXT)
                .column("b", TEXT)
                .primaryKey("a")
                .build();
        assertThat(table.columns()).extracting(Column::nullable).containsExactly(false, true);
    }

    @Test
    void seedKey_withNull_isMissing() {
        java.util.HashMap<String, Object> row = new java.util.HashMap<>();
        row.put("id", null);
        Table table = table("t")
                .seed(new Seed(List.of("id"), false, Arrays.asList(row)))
                .build();
        assertThat(problems(Schema.of(table)))
                .singleElement()
                .asString()
                .contains("a value for each column of the key");
    }
}
