package dev.weir.schema.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weir.schema.model.InvalidSchemaException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong with files, each with its place. */
final class SchemaFilesProblemsTest {
    /** Stands where the problem is. */
    private static final String MARK = "§";

    @TempDir
    Path directory;

    private void file(String name, String text) throws IOException {
        file(name, text.getBytes(StandardCharsets.UTF_8));
    }

    private void file(String name, byte[] bytes) throws IOException {
        Path path = directory.resolve(name);
        Files.createDirectories(path.getParent());
        Files.write(path, bytes);
    }

    private List<String> problems() {
        return problems(directory);
    }

    /** The problems of a schema, with files named from the directory. */
    private List<String> problems(Path path) {
        InvalidSchemaException e = catchThrowableOfType(InvalidSchemaException.class, () -> SchemaFiles.read(path));
        assertThat(e).as("refused").isNotNull();
        return e.problems().stream()
                .map(problem -> problem.toString().replace(directory + "/", "").replace(directory.toString(), "DIR"))
                .toList();
    }

    private List<String> problems(String yaml) throws IOException {
        file("t.yaml", yaml);
        return problems();
    }

    @Test
    void allProblemsOfAllFiles_areToldAtOnce_inTheirOrder() throws IOException {
        file("a.yaml", "columns:\n  id: {type: string, nulable: false}\nrenamedFrom: b\n");
        file(
                "b.yaml",
                "columns:\n  id: {type: string, nullable: no}\n  x: {type: date, references: c.id}\nrenamedFrom: a\n");
        file("c.yaml", "columns: [\n");
        file("data/x.sql", "select 1\n");
        file("e.sql", "-- weir: rename a to b\ncreate table f (id int)\n");
        assertThat(problems())
                .containsExactly(
                        "a.yaml:2:22: a column has no such key: key=nulable; write nullable if you mean that",
                        "a.yaml:3:14: renames do not go round in a circle: tables=a from b from a;"
                                + " rename one of them to a third name first, and apply that",
                        "b.yaml:2:32: nullable is true or false: nullable=no; write true or false, without quotes",
                        "c.yaml:2:1: a schema file is YAML: while parsing a flow node, expected the node content,"
                                + " but found '<stream end>'; correct it there or shortly before",
                        "data/x.sql:1:1: a data step says at its top when it runs: key=x;"
                                + " write -- before: contract, or -- after: expand",
                        "e.sql:1:1: a comment for weir says what was renamed: comment=-- weir: rename a to b;"
                                + " write -- weir: rename table OLD to NEW,"
                                + " or -- weir: rename column TABLE.OLD to NEW");
    }

    @Test
    void rules_nameThePlaceInTheFile() throws IOException {
        file("Posts.yaml", "columns: {id: {type: increments}}\n");
        file("posts.yaml", """
                columns:
                  id: {type: increments}
                  ID: {type: string, length: 0}
                  kind: {type: enum, values: [a], default: b}
                  author: {type: integer, references: nobody.id}
                indexes:
                  - {columns: []}
                  - {columns: [nothing]}
                foreignKeys:
                  - {columns: [id, kind], references: {table: posts, columns: [id]}}
                checks:
                  empty: ''
                seed:
                  key: id
                  rows:
                    - {id: 1}
                    - {id: 1}
                    - {kind: a}
                    - {id: 2, none: x}
                """);
        assertThat(problems())
                .extracting(problem -> problem.substring(0, problem.indexOf(": ", problem.indexOf(": ") + 2)))
                .containsExactly(
                        "posts.yaml:1:1: a table is declared once, in whatever case its name is written",
                        "posts.yaml:3:3: a column is declared once, in whatever case its name is written",
                        "posts.yaml:3:3: length is at least 1",
                        "posts.yaml:4:3: the default of an enum is one of its values",
                        "posts.yaml:5:39: a foreign key refers to a table that is declared",
                        "posts.yaml:7:5: an index has at least one column",
                        "posts.yaml:8:5: an index is on columns that are declared",
                        "posts.yaml:10:5: a foreign key has as many columns as it refers to, and at least one",
                        "posts.yaml:12:3: a check has a condition",
                        "posts.yaml:17:7: two rows of a seed differ in their key",
                        "posts.yaml:18:7: a row of a seed has a value for each column of the key",
                        "posts.yaml:19:7: a seed is of columns that are declared");
        assertThat(problems().get(0)).contains("first=Posts (Posts.yaml:1:1)");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {type: string, comment: §[a]} | comment is a text: comment is a list; write a text
            {type: string, comment: §null} | comment is a text: comment=null; quote it, or leave it out
            {type: string, length: §'20'} | length is a whole number: length=20; write one, such as 20
            {type: string, length: §020} | length is a whole number: length=020; write one, such as 20
            {type: string, length: §99999999999} | length is a whole number: length=99999999999; write one, such as 20
            {type: string, length: §1_0} | length is a whole number: length=1_0; write one, such as 20
            {type: string, unique: §yes} | unique is true or false: unique=yes; write true or false, without quotes
            {type: string, unique: §'true'} | unique is true or false: unique=true; write true or false, without quotes
            {type: integer, default: §'5'} | the default of c is a whole number: it is a text; write a whole number, without quotes
            {type: integer, default: §007} | the default of c is a whole number: it is another value; write a whole number, without zeros in front
            {type: integer, default: §1.5} | the default of c is a whole number: it is another value; write a whole number
            {type: decimal, default: §1e9999} | the default of c is a number: it is another value; write a number
            {type: float, default: §.inf} | the default of c is a number: it is another value; write a number
            {type: boolean, default: §no} | the default of c is true or false: it is another value; write true or false
            {type: citext, default: §007} | a number is finite, not endless, and has no zeros in front: the default of c looks like one; quote it if it is a text, else write it plainly
            {type: citext, default: §.nan} | a number is finite, not endless, and has no zeros in front: the default of c looks like one; quote it if it is a text, else write it plainly
            {type: json, default: §[1]} | the default of c is one value: value is a list; write a text, a number or a boolean
            {type: json, default: {§a: 1}} | a default has no such key: key=a; remove it; there are sql
            {type: json, default: {sql: §[1]}} | sql is a text: sql is a list; write a text
            {type: json, default: §{}} | a default is a value, or sql: and an expression: column=c; write sql:
            §{length: 5} | a column has a type: column=c; write type: and one such as string
            {type: §''} | a column has a type: column=c type=''; write one such as string
            {type: §{}} | a type is a name, or raw: and the engine's: column=c; write raw:
            {type: §[string]} | type is a text: type is a list; write a text
            {type: string, textType: §text} | textType belongs to the type text: column=c type=string; remove it, or change the type
            {type: string, onDelete: §cascade} | onDelete belongs to a reference: column=c; say what the column references, or remove onDelete
            {type: string, onUpdate: §cascade} | onUpdate belongs to a reference: column=c; say what the column references, or remove onUpdate
            {type: string, references: §users} | a reference names a table and its column: references=users; write table.column, or table: and columns:
            {type: string, references: §{table: t}} | a reference names a table, and its column or columns: keys=[table]; write table: and columns:
            {type: string, unique: true, references: t.c, onDelete: §drop} | onDelete is no action, restrict, cascade, set null, set default: onDelete=drop; write one of these
            {type: increments, identity: §always} | identity is part of the types increments and bigIncrements: column=c; remove it, or use integer or bigInteger
            {type: integer, identity: §sometimes} | identity is always, by default: identity=sometimes; write one of these
            {type: integer, primary: true, nullable: §true} | a column of the primary key refuses NULL: column=c nullable=true; remove nullable
            {type: timestamps, nullable: §true} | the columns of timestamps are as they are: column=c key=nullable; remove it, or declare created_at and updated_at by themselves
            {type: string, §primry: true} | a column has no such key: key=primry; write primary if you mean that
            {type: string, §Unique: true} | a column has no such key: key=Unique; write unique if you mean that
            {type: string, §<<: {length: 5}} | a column has no such key: key=<<; remove it; there are type, length, precision, scale, unsigned, values, textType, nullable, default, primary, unique, references, onDelete, onUpdate, generated, stored, identity, collation, comment, renamedFrom
            {type: string, §type: text} | a key stands once in a map: key=type first=line 2; remove or rename one of them
            {type: string, ? §[a] : b} | a key is a text: key is a list; write a text
            §string | a column is a map: column=c is a value; write {type: string} or the like
            """)
    void columns(String definition, String expected) throws IOException {
        int place = "  c: ".length() + definition.indexOf(MARK) + 1;
        assertThat(problems("columns:\n  c: " + definition.replace(MARK, "") + "\n"))
                .containsExactly("t.yaml:2:" + place + ": " + expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            indexs: []                               | 2:1  | a table has no such key: key=indexs; write indexes if you mean that
            seedKey: c                               | 2:1  | a table has no such key: key=seedKey; remove it; there are columns, primaryKey, foreignKeys, indexes, checks, comment, renamedFrom, dropped, seed, options
            indexes: c                               | 2:10 | indexes is a list: indexes=c; write [..], or a line with a dash for each
            indexes: [c]                             | 2:11 | an index is a map: it is a value; write {columns: [..]}
            indexes: [{column: c}]                   | 2:12 | an index has no such key: key=column; write columns if you mean that
            indexes: [{columns: [[c]]}]              | 2:22 | a column of an index is a text: a column of an index is a list; write a text
            indexes: [{columns: [{desc: true}]}]     | 2:22 | a part of an index is a column or an expression: keys=[desc]; write column: or expression:
            foreignKeys: [c]                         | 2:15 | a foreign key is a map: it is a value; write {columns: .., references: ..}
            foreignKeys: [{columns: [c]}]            | 2:15 | a foreign key references something: columns=[c]; write references: and what
            primaryKey: {c: 1}                       | 2:13 | primaryKey is a list: primaryKey is a map; write [..], or a line with a dash for each
            checks: [a]                              | 2:9  | checks is a map: checks is a list; write its names and what belongs to each
            checks: {a: null}                        | 2:13 | a check's condition is a text: a check's condition=null; quote it, or leave it out
            seed: [{c: 1}]                           | 2:7  | seed is a map: seed is a list; write its names and what belongs to each
            seed: {key: c, mode: always}             | 2:22 | mode is insert-only, enforce: mode=always; write one of these
            seed: {key: c, rows: [secret]}           | 2:23 | a row of a seed is a map: it is a value; write {column: value}
            seed: {key: c, rows: [{c: [secret]}]}    | 2:27 | the value of c is one value: value is a list; write a text, a number or a boolean
            seed: {key: c, rows: [{c: x, n: secret}]} | 2:33 | the value of n is a whole number: it is another value; write a whole number
            seed: {rows: []}                         | 2:7  | a seed has a key, by which its rows are found: table=t key=[]; name its columns
            dropped: maybe                           | 2:10 | dropped is true or false: dropped=maybe; write true or false, without quotes
            """)
    void tables(String line, String place, String expected) throws IOException {
        List<String> found = problems("columns: {c: {type: string}, n: {type: integer}}\n" + line + "\n");
        assertThat(found).first().isEqualTo("t.yaml:" + place + ": " + expected);
        assertThat(found).noneMatch(problem -> problem.contains("secret"));
    }

    @Test
    void primaryKey_saidTwice() throws IOException {
        assertThat(problems("columns: {a: {type: date, primary: true}, b: {type: date}}\nprimaryKey: [b]\n"))
                .containsExactly("t.yaml:2:13: the primary key is declared once: primaryKey=[b]"
                        + " columns that are primary=[a]; remove primary, or add those columns to primaryKey");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            `a: !!java.net.URL [x]`          | 1:4 | a schema file has no tags: tag=tag:yaml.org,2002:java.net.URL; remove it; quote a text
            `a: !!str x`                     | 1:4 | a schema file has no tags: tag=tag:yaml.org,2002:str; remove it; quote a text
            `a: ! x`                         | 1:4 | a schema file has no tags: tag=!; remove it; quote a text
            `a: &x [1]`                      | 1:4 | a schema file has no anchors: anchor=&x; remove it
            `a: *x`                          | 1:4 | a schema file has no aliases: alias=*x; write out what it stands for
            `a: [[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]` | 1:19 | a schema file nests at most 16 levels: level=17; make it flat
            `[]`                             | 1:1 | a table is a map: table=t is a list; write columns: and more
            `comment: x`                     | 1:1 | a table has columns: table=t; declare one under columns:, or say dropped: true
            `columns: x`                     | 1:10 | columns is a map: columns=x; write its names and what belongs to each
            `tables: []`                     | 1:9 | tables is a map: tables is a list; write its names and what belongs to each
            """)
    void documents(String yaml, String place, String expected) throws IOException {
        assertThat(problems(yaml + "\n")).containsExactly("t.yaml:" + place + ": " + expected);
    }

    @Test
    void deepNesting_ofAWholeFile_isRefusedAtOnce() throws IOException {
        assertThat(problems("[".repeat(1_000_000))).hasSize(1);
        assertThat(problems("- ".repeat(500_000))).hasSize(1);
    }

    @Test
    void emptyFiles_andSeveralDocuments() throws IOException {
        assertThat(problems("# nothing\n"))
                .containsExactly("t.yaml:1:1: a schema file declares something: content='';"
                        + " declare its columns, or remove the file");
        assertThat(problems("columns: {a: {type: date}}\n---\ncolumns: {}\n"))
                .containsExactly("t.yaml:3:1: a schema file is one document: documents=2; make two files of it");
    }

    @Test
    void tabs_areToldWithTheirPlace() throws IOException {
        assertThat(problems("columns:\n\ta: {type: date}\n"))
                .singleElement()
                .asString()
                .startsWith("t.yaml:2:1: a schema file is YAML: while scanning");
    }

    @Test
    void bytes_thatAreNoText_andFilesThatAreTooLarge() throws IOException {
        file("a.yaml", new byte[] {'a', ':', '\n', ' ', (byte) 0xE9, '\n'});
        file("b.yaml", "a: x\u0000\n");
        file("c.yaml", "# " + "x".repeat(FileText.MOST_BYTES));
        file("d.sql", "-- x\nselect\u0007 1\n");
        assertThat(problems())
                .containsExactly(
                        "a.yaml:2:2: a schema file is UTF-8: encoding=other; save it as UTF-8",
                        "b.yaml:1:5: a schema file has no control characters: character=U+0000; remove it",
                        "c.yaml: a schema file has at most 1 MiB: bytes>1048576; split it, or load rows in another way",
                        "d.sql:2:7: a schema file has no control characters: character=U+0007; remove it");
    }

    @Test
    void foreignKeys_toFilesThatCanNotBeRead_areNotBlamed() throws IOException {
        file("a.yaml", "columns: {b: {type: bigint, references: b.id}}\n");
        file("b.yaml", "columns: {id: {type: bigIncrements}}}\n");
        assertThat(problems()).singleElement().asString().startsWith("b.yaml:1:");
    }

    @Test
    void sameTable_inTwoFiles() throws IOException {
        file("t.yaml", "columns: {a: {type: date}}\n");
        file("t.yml", "columns: {a: {type: date}}\n");
        assertThat(problems())
                .containsExactly("t.yml:1:1: a table is declared once, in whatever case its name is written:"
                        + " table=t first=t (t.yaml:1:1); rename or remove one of them");
    }

    @Test
    void scripts_andDataSteps() throws IOException {
        file("a.sql", "-- nothing\n");
        file("b.sql", "-- weir: rename table a to b\n-- weir: rename table b to a\ncreate table a (id int)\n");
        file("data/a.sql", "-- before: expand\nselect 1\n");
        file("data/b.sql", "-- before: contract\n-- after: expand\nselect 1\n");
        file("data/c.sql", "-- before: contract\n");
        file("data/d.sql", "-- before: contract\nselect 1\n-- undo:\n-- undo:\n;\n");
        file("data/e.sql", "-- before: contract\nselect 1\n-- undo: select 2\nselect 2\n");
        file("data/f.sql", "select 1\n-- before: contract\nselect 1\n");
        file("data/F.sql", "-- before: contract\nselect 1\n");
        file("data/g.sql", "-- before: contract\nselect 1\n");
        file("data/G.sql", "-- before: contract\nselect 1\n");
        assertThat(problems())
                .containsExactly(
                        "a.sql: a script declares tables: statements=0; write its statements, or remove the file",
                        "b.sql:1:1: renames do not go round in a circle: tables=b from a from b;"
                                + " rename one of them to a third name first, and apply that",
                        "data/a.sql:1:1: a data step runs before contract or after expand: line=-- before: expand;"
                                + " write -- before: contract, or -- after: expand",
                        "data/b.sql:2:1: a data step runs at one moment: line=-- after: expand; remove one of them",
                        "data/c.sql: a data step does something: key=c statements=0; write its statements",
                        "data/d.sql:3:1: an undo does something: key=d statements=0; write it, or remove -- undo:",
                        "data/d.sql:4:1: a data step has one undo: key=d; join them",
                        "data/e.sql:3:1: what undoes a data step stands in the lines after -- undo::"
                                + " line=-- undo: select 2; put it on a line of its own",
                        "data/f.sql:1:1: a data step says at its top when it runs: key=f;"
                                + " write -- before: contract, or -- after: expand",
                        "data/g.sql: a data step's key stands once, in whatever case it is written: key=g first=G"
                                + " (data/G.sql); rename or remove one of them");
    }

    @Test
    void whatIsNoSchema_isRefused() throws IOException {
        assertThat(problems())
                .containsExactly("DIR: a schema has files TABLE.yaml, SCRIPT.sql or data/KEY.sql: schema=DIR;"
                        + " write one, or name the directory that has them");
        assertThat(problems(directory.resolve("none")))
                .containsExactly("none: a schema is a directory or a file: schema=none; name one that is there");
        file("schema.json", "{}");
        assertThat(problems(directory.resolve("schema.json")))
                .containsExactly("schema.json: a schema file ends in .yaml, .yml or .sql: schema=schema.json;"
                        + " rename it, or name a directory");
    }

    @Test
    void aLinkToNothing_isAProblem() throws IOException {
        Files.createSymbolicLink(directory.resolve("t.yaml"), directory.resolve("gone"));
        assertThat(problems())
                .containsExactly("t.yaml: a schema file can be read: error=NoSuchFileException;"
                        + " see to it that it is there and may be read");
    }
}
