package dev.weir.server.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.server.Main;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code weir schema} from its command line, on SQLite. */
@Timeout(120)
class SchemaCommandTest {
    private static final String POSTS =
            "columns:\n  id: {type: bigint, primary: true}\n  title: {type: string, length: 200, nullable: false}\n";
    private static final String WITH_NOTE = POSTS + "  note: {type: text}\n";

    @TempDir
    Path directory;

    private Path schema;
    private Path file;
    private String url;

    @BeforeEach
    void declare() throws IOException {
        schema = Files.createDirectories(directory.resolve("schema"));
        file = directory.resolve("target.db");
        url = "jdbc:sqlite:" + file;
        declare(POSTS);
    }

    private void declare(String posts) throws IOException {
        Files.writeString(schema.resolve("posts.yaml"), posts);
    }

    private record Run(int code, String out, String err) {
        JsonNode json() {
            return JsonMapper.builder().build().readTree(out);
        }

        List<String> steps() {
            List<String> ids = new ArrayList<>();
            for (JsonNode step : json().path("steps")) {
                ids.add(step.isString() ? step.asString() : step.path("id").asString());
            }
            return ids;
        }
    }

    private static Run run(String... arguments) {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StringWriter err = new StringWriter();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            CommandLine line = Main.commandLine();
            line.setErr(new PrintWriter(err, true));
            int code = line.execute(arguments);
            return new Run(code, out.toString(StandardCharsets.UTF_8), err.toString());
        } finally {
            System.setOut(before);
        }
    }

    private Run text(String command, String... more) {
        List<String> all = new ArrayList<>(List.of("schema", command, "--db", url, "--schema", schema.toString()));
        all.addAll(List.of(more));
        return run(all.toArray(String[]::new));
    }

    private Run schema(String command, String... more) {
        return text(command, Stream.concat(Stream.of("--json"), Stream.of(more)).toArray(String[]::new));
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    private List<String> rows(String sql) throws SQLException {
        List<String> found = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        }
        return found;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(path -> !path.startsWith(schema)).sorted().toList();
        }
    }

    private void withNote() throws Exception {
        declare(WITH_NOTE);
        assertThat(schema("apply").code()).isZero();
        execute("insert into posts values (1, 'Hello', 'kept')");
        declare(POSTS);
    }

    @Test
    void planApplyVerifyStatus_oneAfterTheOther() throws Exception {
        Run plan = schema("plan");
        assertThat(plan.err()).isEmpty();
        assertThat(plan.code()).isEqualTo(4);
        assertThat(plan.steps()).containsExactly("create_table:posts");

        Run applied = schema("apply");
        assertThat(applied.code()).isZero();
        assertThat(applied.steps()).containsExactly("create_table:posts");
        assertThat(applied.err()).isEqualTo("weir: create_table:posts" + System.lineSeparator());

        for (String command : List.of("plan", "status", "verify", "apply")) {
            Run again = schema(command);
            assertThat(again.code()).as(command).isZero();
            assertThat(again.steps()).as(command).isEmpty();
        }
        assertThat(text("plan").out()).startsWith("Nothing to do: the database is what is declared.");
        assertThat(text("status").out()).startsWith("No difference to what was last applied.");
        assertThat(text("apply").out().strip()).isEqualTo("Nothing to do.");
    }

    @Test
    void json_hasTheShapeOfAPlan() throws Exception {
        withNote();
        declare(POSTS + "  size: {type: bigint}\n");

        Run plan = schema("plan");

        JsonNode object = plan.json();
        assertThat(object.propertyNames())
                .containsExactlyInAnyOrder("fingerprint", "normalised", "steps", "undeclared");
        assertThat(object.path("fingerprint").asString()).isNotEmpty();
        assertThat(object.path("normalised").asString()).isEqualTo("engine");
        JsonNode add = object.path("steps").get(0);
        assertThat(add.propertyNames())
                .containsExactlyInAnyOrder("id", "sql", "transactional", "lock", "reverse", "hazards");
        assertThat(add.path("id").asString()).isEqualTo("add_column:posts.size");
        assertThat(add.path("hazards").isEmpty()).isTrue();
        JsonNode drop = object.path("steps").get(1);
        assertThat(drop.propertyNames())
                .containsExactlyInAnyOrder("id", "sql", "transactional", "lock", "lossy", "hazards");
        assertThat(drop.path("lossy").booleanValue()).isTrue();
        JsonNode hazard = drop.path("hazards").get(0);
        assertThat(hazard.propertyNames()).containsExactlyInAnyOrder("name", "object", "count");
        assertThat(hazard.path("name").asString()).isEqualTo("drop_column");
        assertThat(hazard.path("object").asString()).isEqualTo("posts.note");
        assertThat(hazard.path("count").longValue()).isEqualTo(1);
        assertThat(schema("plan", "--no-scratch").json().path("normalised").asString())
                .isEqualTo("rules");
    }

    @Test
    void hazard_endsWith3_whichGoesBefore4_andChangesNothingUntilItIsAllowed() throws Exception {
        withNote();

        assertThat(schema("plan").code()).isEqualTo(3);
        assertThat(schema("verify").code()).isEqualTo(4);
        assertThat(schema("plan", "--allow", "drop_column:posts.note").code()).isEqualTo(4);
        Run refused = schema("apply");
        assertThat(refused.code()).isEqualTo(3);
        assertThat(refused.err()).contains("Nothing was changed").contains("drop_column:posts.note (1)");
        assertThat(rows("select note from posts")).containsExactly("kept");
        assertThat(text("plan").out()).contains("! drop_column:posts.note: 1 values go with the column");

        assertThat(schema("apply", "--allow", "drop_column:posts.note").code()).isZero();
        assertThat(rows("select name from pragma_table_info('posts')")).containsExactly("id", "title");
    }

    @Test
    void reviewedPlan_isAppliedAsItIs_andRefusedWhenItIsStale() throws Exception {
        assertThat(schema("apply").code()).isZero();
        declare(WITH_NOTE);
        Path reviewed = directory.resolve("plan.json");
        Run plan = schema("plan", "--out", reviewed.toString());
        assertThat(plan.code()).isEqualTo(4);
        assertThat(Files.readString(reviewed).strip()).isEqualTo(plan.out().strip());

        execute("alter table posts add column other integer");
        Run stale = schema("apply", "--plan", reviewed.toString());
        assertThat(stale.code()).isEqualTo(1);
        assertThat(stale.err()).contains("no longer what the plan was made for").doesNotContain("\tat ");
        assertThat(rows("select name from pragma_table_info('posts')")).doesNotContain("note");

        execute("alter table posts drop column other");
        declare(WITH_NOTE + "  more: {type: text}\n");
        assertThat(schema("apply", "--plan", reviewed.toString()).err()).contains("declaration is no longer");
        declare(WITH_NOTE);
        Run applied = schema("apply", "--plan", reviewed.toString());
        assertThat(applied.code()).isZero();
        assertThat(applied.steps()).containsExactly("add_column:posts.note");
    }

    @Test
    void commandsOfTheGuide_endAsItSays() throws Exception {
        withNote();
        Pattern commands = Pattern.compile("<!-- commands: ci -->\n```sh\n(.*?)```", Pattern.DOTALL);
        Pattern line = Pattern.compile("(?m)^\\./weir (.+?) +# exits (\\d)$");
        int found = 0;
        for (MatchResult block : commands.matcher(Files.readString(Path.of("../docs/guide/schema.md")))
                .results()
                .toList()) {
            for (MatchResult command : line.matcher(block.group(1)).results().toList()) {
                List<String> arguments = new ArrayList<>();
                for (String word : command.group(1).split(" ")) {
                    arguments.add(
                            word.equals("\"$URL\"")
                                    ? url
                                    : word.equals("plan.json")
                                            ? directory.resolve(word).toString()
                                            : word);
                }
                arguments.addAll(List.of("--schema", schema.toString()));
                assertThat(run(arguments.toArray(String[]::new)).code())
                        .as(command.group(1))
                        .isEqualTo(Integer.parseInt(command.group(2)));
                found++;
            }
        }
        assertThat(found).isEqualTo(4);
    }

    @Test
    void planFile_thatIsNone_isOneLine() throws Exception {
        Path none = Files.writeString(directory.resolve("none.json"), "{\"steps\": 1}");
        for (String wrong :
                List.of(none.toString(), directory.resolve("missing.json").toString())) {
            Run run = schema("apply", "--plan", wrong);
            assertThat(run.code()).isEqualTo(1);
            assertThat(run.err().strip()).startsWith("weir: ").hasLineCount(1);
        }
        assertThat(schema("plan", "--out", directory.resolve("no/where").toString())
                        .code())
                .isEqualTo(1);
    }

    @Test
    void rollback_takesTheLastApplyBack_andAsksForValuesThatAreThereByNow() throws Exception {
        assertThat(schema("apply").code()).isZero();
        withNote();

        Run refused = schema("rollback");
        assertThat(refused.code()).isEqualTo(3);
        assertThat(refused.err()).contains("drop_column:posts.note (1)");
        Run done = schema("rollback", "--allow", "drop_column:posts.note");
        assertThat(done.code()).isZero();
        assertThat(done.steps()).containsExactly("drop_column:posts.note");
        assertThat(schema("verify").code()).isZero();
        assertThat(schema("status").code()).isZero();
        assertThat(rows("select title from posts")).containsExactly("Hello");
    }

    @Test
    void rollback_ofNothing_orWithoutAWayBack_fails() throws Exception {
        Run nothing = schema("rollback");
        assertThat(nothing.code()).isEqualTo(1);
        assertThat(nothing.err()).contains("nothing to roll back");
        withNote();
        assertThat(schema("apply", "--allow", "drop_column:posts.note").code()).isZero();
        Run noWay = schema("rollback");
        assertThat(noWay.code()).isEqualTo(1);
        assertThat(noWay.err()).contains("step=drop_column:posts.note");
    }

    @Test
    void status_tellsDriftFromWhatWasApplied_verifyFromWhatIsDeclared() throws Exception {
        assertThat(schema("apply").code()).isZero();
        declare(WITH_NOTE);
        assertThat(schema("status").code()).isZero();
        assertThat(schema("verify").code()).isEqualTo(4);
        declare(POSTS);
        execute("create index sneaked on posts (title)");
        Run status = schema("status");
        assertThat(status.code()).isEqualTo(4);
        assertThat(status.steps()).containsExactly("drop_index:posts.sneaked");
    }

    @Test
    void snapshot_isADeclarationWithAnEmptyPlan_andReplacesOnlyByForce() throws Exception {
        execute("create table authors (id integer primary key, name varchar(20) not null)");
        execute(
                "create table books (id integer primary key, author integer references authors (id) on delete cascade)");
        execute("create unique index books_author on books (author, id)");
        Path copy = directory.resolve("copy");

        Run written = run("schema", "snapshot", "--db", url, "--schema", copy.toString(), "--json");

        assertThat(written.code()).isZero();
        assertThat(written.json().path("files")).hasSize(2);
        assertThat(run("schema", "plan", "--db", url, "--schema", copy.toString())
                        .code())
                .isZero();
        Run again = run("schema", "snapshot", "--db", url, "--schema", copy.toString());
        assertThat(again.code()).isEqualTo(1);
        assertThat(again.err()).contains("authors.yaml").contains("books.yaml");
        Run forced = run("schema", "snapshot", "--db", url, "--schema", copy.toString(), "--force");
        assertThat(forced.code()).isZero();
        assertThat(forced.out()).hasLineCount(2);
    }

    @Test
    void snapshot_ofAnEmptyDatabase_saysSo_andLeavesNothingBehind() {
        Path none = directory.resolve("none");
        Run empty = run("schema", "snapshot", "--db", url, "--schema", none.toString());
        assertThat(empty.code()).isZero();
        assertThat(empty.out()).contains("Nothing was written: the database has no tables.");
        assertThat(none).doesNotExist();
    }

    @Test
    void snapshot_overAFileThatIsThere_saysHowToReplaceIt() throws Exception {
        assertThat(text("apply").code()).isZero();
        Run refused = text("snapshot");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err())
                .contains("posts.yaml", "--force")
                .doesNotContain("this should not have happened", "\tat ");
        assertThat(Files.readString(schema.resolve("posts.yaml"))).isEqualTo(POSTS);
        assertThat(text("snapshot", "--force").code()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"apply", "baseline"})
    void journalMode_ofAFileThatIsThere_stays(String command) throws Exception {
        execute("create table posts (id bigint not null primary key, title varchar(200) not null)");
        assertThat(text(command).code()).isZero();
        assertThat(rows("pragma journal_mode")).containsExactly("delete");
    }

    @Test
    void apply_refusedByAHazard_printsThePlan() throws Exception {
        withNote();
        Run refused = schema("apply");
        assertThat(refused.code()).isEqualTo(3);
        assertThat(refused.out()).hasLineCount(1);
        assertThat(refused.steps()).containsExactly("drop_column:posts.note");
        assertThat(refused.json()
                        .path("steps")
                        .path(0)
                        .path("hazards")
                        .path(0)
                        .path("count")
                        .asInt())
                .isOne();
        assertThat(refused.err()).contains("drop_column:posts.note (1)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"plan", "apply"})
    void consent_thatMatchesNothing_isSaid(String command) throws Exception {
        withNote();
        Run run = text(command, "--allow", "drop_column:posts.nope");
        assertThat(run.code()).isEqualTo(3);
        assertThat(run.err()).contains("wants this consent: --allow=drop_column:posts.nope");
        assertThat(text(command, "--allow", "drop_column:posts.note").err()).doesNotContain("wants this consent");
    }

    @Test
    void baseline_takesTheDatabaseForApplied() throws Exception {
        execute("create table posts (id bigint not null primary key, title varchar(200) not null, extra text)");
        Files.createDirectories(schema.resolve("data"));
        Files.writeString(schema.resolve("data/never.sql"), "-- before: contract\ndelete from posts;\n");
        execute("insert into posts values (1, 'Hello', null)");

        Run baseline = text("baseline");

        assertThat(baseline.code()).isZero();
        assertThat(baseline.out().strip()).isEqualTo("Taken for applied, as it is.");
        assertThat(schema("status").code()).isZero();
        assertThat(schema("plan").steps()).containsExactly("drop_column:posts.extra");
        assertThat(rows("select title from posts")).containsExactly("Hello");
    }

    @ParameterizedTest
    @ValueSource(strings = {"plan", "status", "verify"})
    void look_leavesNothingBehind(String command) throws Exception {
        List<Path> before = files();
        schema(command);
        assertThat(files()).as("no database file").isEqualTo(before);

        execute("create table other (id integer)");
        byte[] bytes = Files.readAllBytes(file);
        List<Path> with = files();
        schema(command);
        assertThat(files()).isEqualTo(with);
        assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
        assertThat(rows("select name from sqlite_master")).containsExactly("other");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"jdbc:sqlite:file:%s?cache=shared", "jdbc:sqlite:file://%s", "jdbc:sqlite:%s?cache_size=100"})
    void look_byAnotherAddress_leavesNothingBehind(String address) throws Exception {
        url = String.format(address, file);
        List<Path> before = files();
        assertThat(schema("plan").code()).isEqualTo(4);
        assertThat(files()).isEqualTo(before);
        assertThat(schema("apply").code()).isZero();
        assertThat(schema("plan").code()).isZero();
        assertThat(file).exists();
    }

    @Test
    void look_atAnH2File_thatIsNotThere_makesNone() throws Exception {
        List<Path> before = files();
        url = "jdbc:h2:" + directory.resolve("h2") + ";DATABASE_TO_UPPER=FALSE;AUTO_SERVER=TRUE";
        assertThat(schema("plan").code()).isEqualTo(4);
        assertThat(schema("status").code()).isZero();
        assertThat(schema("verify").code()).isEqualTo(4);
        assertThat(files()).isEqualTo(before);
    }

    @Test
    void furtherDatabase_hasItsFilesInADirectoryOfItsName() throws Exception {
        Files.createDirectories(schema.resolve("logs"));
        Files.writeString(schema.resolve("logs/hits.yaml"), "columns:\n  id: {type: bigint, primary: true}\n");
        String logs = "logs=jdbc:sqlite:" + directory.resolve("logs.db");

        Run plan = schema("plan", "--db", logs);
        List<String> lines = plan.out().lines().toList();
        assertThat(plan.code()).isEqualTo(4);
        assertThat(lines).hasSize(2);
        JsonMapper json = JsonMapper.builder().build();
        assertThat(json.readTree(lines.get(0)).path("database").asString()).isEqualTo("default");
        assertThat(json.readTree(lines.get(1)).path("database").asString()).isEqualTo("logs");
        assertThat(json.readTree(lines.get(1)).path("steps").get(0).path("id").asString())
                .isEqualTo("create_table:hits");

        assertThat(schema("apply", "--db", logs).code()).isZero();
        assertThat(text("verify", "--db", logs).out()).contains("== default").contains("== logs");
        execute("alter table posts add column note text");
        assertThat(schema("plan", "--db", logs).code())
                .as("3 of one, 0 of the other")
                .isEqualTo(3);
        assertThat(schema("apply", "--db", logs).err()).contains("default: Nothing was changed");
        assertThat(run("schema", "plan", "--db", logs, "--schema", schema.toString())
                        .code())
                .as("alone")
                .isZero();
        assertThat(schema("plan", "--db", logs, "--out", "x").code()).isEqualTo(2);
        assertThat(schema("plan", "--db", logs, "--db", logs).code())
                .as("twice")
                .isEqualTo(2);
    }

    @Test
    void badUsage_is2() {
        assertThat(run("schema").code()).isEqualTo(2);
        assertThat(run("schema", "nothing").code()).isEqualTo(2);
        assertThat(schema("plan", "--nothing").code()).isEqualTo(2);
        assertThat(schema("plan", "--ignore", "").code()).isEqualTo(2);
        assertThat(schema("verify", "--allow", "drop_column:posts.note").code()).isEqualTo(2);
        for (String slip : List.of("drop_colum:posts.note", "drop_column", "drop_column:")) {
            Run run = schema("apply", "--allow", slip);
            assertThat(run.code()).as(slip).isEqualTo(2);
            assertThat(run.err()).contains("--allow=" + slip).contains("possible_rename");
        }
        assertThat(file).doesNotExist();
        assertThat(run("schema", "plan", "--help").code()).isZero();
    }

    @Test
    void badDeclaration_isOneErrorOfAllProblems_withFileAndLine() throws Exception {
        declare("columns:\n  id: {type: bigint, primary: true}\n  title: {typ: string}\n  ID: {type: text}\n");
        Files.writeString(schema.resolve("users.yaml"), "columns:\n  post: {type: bigint, references: nowhere.id}\n");
        Run run = schema("apply");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .contains("posts.yaml:3:")
                .contains("posts.yaml:4:")
                .contains("users.yaml:2:")
                .doesNotContain("\tat ");
        assertThat(file).doesNotExist();
        Run missing = run(
                "schema",
                "plan",
                "--db",
                url,
                "--schema",
                directory.resolve("none").toString());
        assertThat(missing.code()).isEqualTo(1);
        assertThat(missing.err()).contains("schema snapshot").doesNotContain("\tat ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://ann:hush-hush@127.0.0.1:1/app",
                "jdbc:postgresql://127.0.0.1:1/app?user=ann&password=hush-hush",
                "jdbc:mariadb://127.0.0.1:1/app?user=ann&password=hush-hush",
                "jdbc:oracle:thin:ann/hush@127.0.0.1?password=hush-hush",
                "my.logs=jdbc:postgresql://127.0.0.1:1/app?user=ann&password=hush-hush",
                "logs=postgresql://ann:hush-hush@127.0.0.1:1/app",
            })
    void password_isNeverShown(String wrong) throws Exception {
        Files.createDirectories(schema.resolve("logs"));
        Files.writeString(schema.resolve("logs/hits.yaml"), POSTS);
        for (String command : List.of("plan", "apply", "status", "rollback")) {
            Run run = run("schema", command, "--db", wrong, "--schema", schema.toString());
            assertThat(run.code()).isIn(1, 2);
            assertThat(run.err() + run.out()).doesNotContain("hush-hush").doesNotContain("\tat ");
        }
        Run misplaced = run("schema", "plan", wrong);
        assertThat(misplaced.code()).isEqualTo(2);
        assertThat(misplaced.err() + misplaced.out()).doesNotContain("hush-hush");
    }
}
