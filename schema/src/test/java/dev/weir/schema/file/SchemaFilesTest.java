package dev.weir.schema.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.schema.model.Column;
import dev.weir.schema.model.ColumnBuilder;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.ColumnType.Kind;
import dev.weir.schema.model.DataStep;
import dev.weir.schema.model.DefaultValue;
import dev.weir.schema.model.ForeignKey;
import dev.weir.schema.model.Index;
import dev.weir.schema.model.ReferentialAction;
import dev.weir.schema.model.Schema;
import dev.weir.schema.model.Script;
import dev.weir.schema.model.Seed;
import dev.weir.schema.model.Table;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What files declare. What is wrong with files is in {@link SchemaFilesProblemsTest}. */
final class SchemaFilesTest {
    private static final String USERS = "columns: {id: {type: bigIncrements}, name: {type: string}}\n";

    @TempDir
    Path directory;

    private void file(String name, String text) throws IOException {
        Path path = directory.resolve(name);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private Table table(String yaml) throws IOException {
        file("t.yaml", yaml);
        return SchemaFiles.read(directory.resolve("t.yaml")).tables().get(0);
    }

    private Column column(String definition) throws IOException {
        return table("columns:\n  c: " + definition + "\n").columns().get(0);
    }

    @Test
    void theExample_isTheSameAsInJava() throws IOException {
        file("users.yaml", USERS);
        file("posts.yaml", """
                # schema/posts.yaml
                columns:
                  id:        {type: nanoid, primary: true}
                  author_id: {type: bigint, references: users.id, onDelete: cascade}
                  title:     {type: string, length: 200, nullable: false, renamedFrom: headline}
                  price:     {type: decimal, precision: 12, scale: 2, default: 0}
                  status:    {type: enum, values: [draft, live], default: draft}
                  slug:      {type: string, generated: "lower(title)"}
                  created_at: {type: timestamp, default: {sql: CURRENT_TIMESTAMP}}
                indexes:
                  - {columns: [author_id, created_at desc], where: "status = 'live'"}
                  - {columns: [slug], unique: true}
                checks: {price_not_negative: "price >= 0"}
                seed: {key: id, mode: insert-only, rows: [{id: welcome, title: Hello}]}
                """);
        Table posts = Table.named("posts")
                .column("id", ColumnType.of(Kind.NANOID), ColumnBuilder::primary)
                .column(
                        "author_id",
                        ColumnType.of(Kind.BIG_INTEGER),
                        c -> c.references("users", "id").onDelete(ReferentialAction.CASCADE))
                .column("title", ColumnType.string(200), c -> c.notNull().renamedFrom("headline"))
                .column("price", ColumnType.decimal(12, 2), c -> c.defaultValue(0L))
                .column("status", ColumnType.enumeration("draft", "live"), c -> c.defaultValue("draft"))
                .column("slug", ColumnType.of(Kind.STRING), c -> c.generated("lower(title)"))
                .column("created_at", ColumnType.of(Kind.TIMESTAMP), c -> c.defaultSql("CURRENT_TIMESTAMP"))
                .index(Index.on("author_id", "created_at desc").where("status = 'live'"))
                .index(Index.on("slug").withUnique())
                .check("price_not_negative", "price >= 0")
                .seed(new Seed(List.of("id"), false, List.of(Map.of("id", "welcome", "title", "Hello"))))
                .build();
        Schema schema = SchemaFiles.read(directory);
        assertThat(schema.tables()).extracting(Table::name).containsExactly("posts", "users");
        assertThat(schema.tables().get(0)).isEqualTo(posts);
        assertThat(schema.check()).isSameAs(schema);
    }

    @Test
    void types_areReadInEitherCase_andAllElseIsTheEngines() throws IOException {
        Map<String, Kind> kinds = new LinkedHashMap<>();
        kinds.put("increments", Kind.INCREMENTS);
        kinds.put("bigIncrements", Kind.BIG_INCREMENTS);
        kinds.put("integer", Kind.INTEGER);
        kinds.put("smallInteger", Kind.SMALL_INTEGER);
        kinds.put("smallint", Kind.SMALL_INTEGER);
        kinds.put("bigInteger", Kind.BIG_INTEGER);
        kinds.put("bigint", Kind.BIG_INTEGER);
        kinds.put("float", Kind.FLOAT);
        kinds.put("decimal", Kind.DECIMAL);
        kinds.put("string", Kind.STRING);
        kinds.put("text", Kind.TEXT);
        kinds.put("boolean", Kind.BOOLEAN);
        kinds.put("date", Kind.DATE);
        kinds.put("datetime", Kind.DATETIME);
        kinds.put("timestamp", Kind.TIMESTAMP);
        kinds.put("time", Kind.TIME);
        kinds.put("binary", Kind.BINARY);
        kinds.put("json", Kind.JSON);
        kinds.put("jsonb", Kind.JSONB);
        kinds.put("uuid", Kind.UUID);
        kinds.put("nanoid", Kind.NANOID);
        for (var kind : kinds.entrySet()) {
            assertThat(column("{type: " + kind.getKey() + "}").type()).isEqualTo(ColumnType.of(kind.getValue()));
            assertThat(column("{type: " + kind.getKey().toUpperCase(java.util.Locale.ROOT) + "}")
                            .type())
                    .isEqualTo(ColumnType.of(kind.getValue()));
        }
        assertThat(column("{type: citext}").type()).isEqualTo(ColumnType.raw("citext"));
        assertThat(column("{type: 'varchar(20)'}").type()).isEqualTo(ColumnType.raw("varchar(20)"));
        assertThat(column("{type: {raw: timestamp}}").type()).isEqualTo(ColumnType.raw("timestamp"));
        assertThat(column("{type: {raw: ''}}").type()).isEqualTo(ColumnType.raw(""));
    }

    @Test
    void typeOptions_areRead() throws IOException {
        assertThat(column("{type: string, length: 20}").type()).isEqualTo(ColumnType.string(20));
        assertThat(column("{type: decimal, precision: 5, scale: 0}").type()).isEqualTo(ColumnType.decimal(5, 0));
        assertThat(column("{type: float, precision: 24, scale: 2}").type())
                .isEqualTo(new ColumnType(Kind.FLOAT, null, 24, 2, false, List.of(), null));
        assertThat(column("{type: text, textType: mediumtext}").type())
                .isEqualTo(new ColumnType(Kind.TEXT, null, null, null, false, List.of(), "mediumtext"));
        assertThat(column("{type: integer, unsigned: true}").type())
                .isEqualTo(ColumnType.of(Kind.INTEGER).withoutSign());
        assertThat(column("{type: enum, values: [no, 1, true, ~x, 'null']}").type())
                .isEqualTo(ColumnType.enumeration("no", "1", "true", "~x", "null"));
        assertThat(column("{type: timestamp, scale: 3}").type().scale()).isEqualTo(3);
    }

    @Test
    void modifiers_areRead() throws IOException {
        Column column = column("{type: string, comment: 'a: b', collation: NOCASE, renamedFrom: old, nullable: false}");
        assertThat(column)
                .isEqualTo(new Column(
                        "c", ColumnType.of(Kind.STRING), false, null, null, true, null, "old", "a: b", "NOCASE"));
        assertThat(column("{type: string}").nullable()).isTrue();
        assertThat(column("{type: bigInteger, identity: true}").identity()).isEqualTo(Column.Identity.BY_DEFAULT);
        assertThat(column("{type: bigInteger, identity: byDefault}").identity()).isEqualTo(Column.Identity.BY_DEFAULT);
        assertThat(column("{type: bigInteger, identity: always}").identity()).isEqualTo(Column.Identity.ALWAYS);
        assertThat(column("{type: bigInteger, identity: false}").identity()).isNull();
        assertThat(column("{type: increments}").identity()).isEqualTo(Column.Identity.BY_DEFAULT);
        assertThat(column("{type: string, generated: 'lower(d)', stored: false}")
                        .stored())
                .isFalse();
        Table unique = table("columns: {a: {type: string, unique: true}}\nindexes: [{columns: a, unique: true}]\n");
        assertThat(unique.indexes()).containsExactly(Index.on("a").withUnique());
    }

    @Test
    void defaults_areOfTheColumnsType_andNothingIsWhatItDoesNotLookLike() throws IOException {
        assertThat(value("string", "no")).isEqualTo("no");
        assertThat(value("string", "01234")).isEqualTo("01234");
        assertThat(value("string", "true")).isEqualTo("true");
        assertThat(value("string", "2026-01-01")).isEqualTo("2026-01-01");
        assertThat(value("string", "''")).isEqualTo("");
        assertThat(value("date", "2026-01-01")).isEqualTo("2026-01-01");
        assertThat(value("time", "12:30:45")).isEqualTo("12:30:45");
        assertThat(value("uuid", "1e3")).isEqualTo("1e3");
        assertThat(value("integer", "-7")).isEqualTo(-7L);
        assertThat(value("integer", "0x1F")).isEqualTo(31L);
        assertThat(value("integer", "0o17")).isEqualTo(15L);
        assertThat(value("bigint", "9223372036854775808")).isEqualTo(new BigInteger("9223372036854775808"));
        assertThat(value("decimal", "1.50")).isEqualTo(new BigDecimal("1.50"));
        assertThat(value("decimal", "1e3")).isEqualTo(new BigDecimal("1000"));
        assertThat(value("float", "1.5")).isEqualTo(1.5);
        assertThat(value("boolean", "False")).isEqualTo(false);
        assertThat(value("citext", "no")).isEqualTo("no");
        assertThat(value("citext", "'5'")).isEqualTo("5");
        assertThat(value("citext", "5")).isEqualTo(5L);
        assertThat(value("json", "'{}'")).isEqualTo("{}");
        assertThat(column("{type: string, default: null}").defaultValue()).isNull();
        assertThat(column("{type: string, default: }").defaultValue()).isNull();
        assertThat(column("{type: string, default: 'null'}").defaultValue()).isEqualTo(DefaultValue.of("null"));
        assertThat(column("{type: string, default: {sql: upper('x')}}").defaultValue())
                .isEqualTo(DefaultValue.sql("upper('x')"));
    }

    private Object value(String type, String written) throws IOException {
        DefaultValue value =
                column("{type: " + type + ", default: " + written + "}").defaultValue();
        assertThat(value).isNotNull();
        return value.value();
    }

    @Test
    void timestamps_areTwoColumns() throws IOException {
        Table table = table("columns:\n  id: {type: increments}\n  timestamps: {type: timestamps}\n");
        assertThat(table)
                .isEqualTo(Table.named("t")
                        .column("id", ColumnType.of(Kind.INCREMENTS))
                        .timestamps()
                        .build());
    }

    @Test
    void keys_ofSeveralColumns_withActionsAndNames() throws IOException {
        Table table = table("""
                columns:
                  a: {type: integer}
                  b: {type: integer}
                  c: {type: integer, references: {table: t, column: d}, onUpdate: SET_NULL}
                  d: {type: integer, unique: true}
                  e: {type: integer, references: other.t.id}
                primaryKey: [a, b]
                foreignKeys:
                  - {columns: [c, d], references: {table: t, columns: [a, b]}, onDelete: set null, onUpdate: restrict, name: fk}
                  - {columns: d, references: t.d, onDelete: Set Default}
                """);
        assertThat(table.primaryKey()).containsExactly("a", "b");
        assertThat(table.columns()).extracting(Column::nullable).containsExactly(false, false, true, true, true);
        ReferentialAction none = ReferentialAction.NO_ACTION;
        assertThat(table.foreignKeys())
                .containsExactly(
                        new ForeignKey(null, List.of("c"), "t", List.of("d"), none, ReferentialAction.SET_NULL),
                        new ForeignKey(null, List.of("e"), "other.t", List.of("id"), none, none),
                        new ForeignKey(
                                "fk",
                                List.of("c", "d"),
                                "t",
                                List.of("a", "b"),
                                ReferentialAction.SET_NULL,
                                ReferentialAction.RESTRICT),
                        new ForeignKey(null, List.of("d"), "t", List.of("d"), ReferentialAction.SET_DEFAULT, none));
    }

    @Test
    void primary_onSeveralColumns_isOneKeyInTheirOrder() throws IOException {
        Table table = table("columns: {b: {type: integer, primary: true}, a: {type: integer, primary: true}}\n");
        assertThat(table.primaryKey()).containsExactly("b", "a");
        assertThat(table.columns()).noneMatch(Column::nullable);
    }

    @Test
    void indexes_ofAllKinds() throws IOException {
        Table table = table("""
                columns: {a: {type: string}, b: {type: string}, 'b desc': {type: string}}
                indexes:
                  - columns: [a, b DESC, (lower(a)) desc, (a) || (b)]
                    name: everything
                    method: btree
                  - {columns: [{column: b desc}, {expression: upper(b), desc: true}, {column: a, options: "(10)"}]}
                """);
        assertThat(table.indexes())
                .containsExactly(
                        new Index(
                                "everything",
                                List.of(
                                        new Index.Part("a", false, false),
                                        new Index.Part("b", false, true),
                                        new Index.Part("lower(a)", true, true),
                                        new Index.Part("(a) || (b)", true, false)),
                                false,
                                null,
                                "btree"),
                        new Index(
                                null,
                                List.of(
                                        new Index.Part("b desc", false, false),
                                        new Index.Part("upper(b)", true, true),
                                        new Index.Part("a", false, false, "(10)")),
                                false,
                                null,
                                null));
    }

    @Test
    void tableKeys_areRead() throws IOException {
        assertThat(table("dropped: true\n"))
                .isEqualTo(Table.named("t").dropped().build());
        Table table = table("columns: {a: {type: date}}\ncomment: c\nrenamedFrom: s\noptions: WITHOUT ROWID\n");
        assertThat(table)
                .isEqualTo(Table.named("t")
                        .column("a", ColumnType.of(Kind.DATE))
                        .comment("c")
                        .renamedFrom("s")
                        .options("WITHOUT ROWID")
                        .build());
    }

    @Test
    void seedRows_haveValuesOfTheirColumnsTypes() throws IOException {
        Table table = table("""
                columns:
                  code: {type: string}
                  n: {type: integer}
                  price: {type: decimal}
                  on: {type: boolean}
                  doc: {type: json}
                  any: {type: citext}
                seed:
                  key: [code, n]
                  mode: enforce
                  rows:
                    - {code: 007, n: 1, price: 1.10, on: true, doc: {a: [1, no, null, {b: 1.5}]}, any: null}
                    - {code: no, n: 2, any: 5}
                """);
        Map<String, Object> first = new LinkedHashMap<>();
        first.put("code", "007");
        first.put("n", 1L);
        first.put("price", new BigDecimal("1.10"));
        first.put("on", true);
        first.put("doc", Map.of("a", Arrays.asList(1L, "no", null, Map.of("b", new BigDecimal("1.5")))));
        first.put("any", null);
        assertThat(table.seed())
                .contains(
                        new Seed(List.of("code", "n"), true, List.of(first, Map.of("code", "no", "n", 2L, "any", 5L))));
    }

    @Test
    void oneFile_mayDeclareSeveralTables() throws IOException {
        file("all.yaml", "tables:\n  'a/b': {columns: {x: {type: date}}}\n  c: {columns: {y: {type: date}}}\n");
        assertThat(SchemaFiles.read(directory.resolve("all.yaml")).tables())
                .extracting(Table::name)
                .containsExactly("a/b", "c");
    }

    @Test
    void scripts_arePassedOn_withTheirRenames() throws IOException {
        String sql = """
                -- weir: rename table old to "new one"
                  --WEIR: Rename Column `new one`."first" to last
                create table "new one" (last text);\r
                """;
        file("all.sql", sql);
        file("users.yaml", USERS);
        file("logs.yml", "columns: {user: {type: bigint, references: made_by_script.id}}\n");
        Schema schema = SchemaFiles.read(directory);
        assertThat(schema.tables()).extracting(Table::name).containsExactly("logs", "users");
        assertThat(schema.scripts())
                .containsExactly(new Script(
                        directory.resolve("all.sql").toString(),
                        sql.replace("\r", ""),
                        List.of(
                                new Script.Rename("old", null, "new one"),
                                new Script.Rename("new one", "first", "last"))));
    }

    @Test
    void dataSteps_areReadInTheOrderOfTheirNames() throws IOException {
        file("users.yaml", USERS);
        file("data/2-split.sql", """
                -- Splits names.
                -- before: contract

                update users set first = name; -- before: contract
                -- after: a while
                update users set last = name;
                -- undo:
                update users set name = first;
                """);
        file("data/1-fill.sql", "--AFTER: Expand\r\nupdate users set name = 'x'\r\n");
        file("data/README.md", "not a step");
        assertThat(SchemaFiles.read(directory).dataSteps())
                .containsExactly(
                        DataStep.sql("1-fill", DataStep.When.AFTER_EXPAND, "update users set name = 'x'", null),
                        DataStep.sql(
                                "2-split",
                                DataStep.When.BEFORE_CONTRACT,
                                "-- Splits names.\n\nupdate users set first = name; -- before: contract\n"
                                        + "-- after: a while\nupdate users set last = name;",
                                "update users set name = first;"));
    }

    @Test
    void otherFiles_hiddenFiles_andDirectories_areNotLookedAt() throws IOException {
        file("users.yaml", USERS);
        file(".hidden.yaml", "[");
        file("users.yaml~", "[");
        file("README.md", "[");
        file("analytics/events.yaml", "[");
        file("sub.yaml/events.yaml", "[");
        assertThat(SchemaFiles.read(directory).tables()).hasSize(1);
    }

    @Test
    void aByteOrderMark_andWindowsLines_areRead() throws IOException {
        assertThat(table("\uFEFFcolumns:\r\n  a: {type: date}\r\n").columns()).hasSize(1);
    }

    @Test
    void odacM23_nothingIsExecuted() throws IOException {
        Path trace = directory.resolve("trace");
        file("users.js", "require('fs').writeFileSync('" + trace + "', '')");
        file("users.yaml", "columns: {id: {type: string, default: '${HOME}$(touch " + trace + ")'}}\n");
        Schema schema = SchemaFiles.read(directory);
        assertThat(schema.tables().get(0).columns().get(0).defaultValue())
                .isEqualTo(DefaultValue.of("${HOME}$(touch " + trace + ")"));
        List<String> names = new ArrayList<>();
        try (var entries = Files.list(directory)) {
            entries.forEach(entry -> names.add(entry.getFileName().toString()));
        }
        assertThat(names).doesNotContain("trace");
    }
}
