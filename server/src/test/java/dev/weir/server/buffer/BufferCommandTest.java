package dev.weir.server.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.Weir;
import dev.weir.buffer.BufferAdmin;
import dev.weir.buffer.BufferSettings;
import dev.weir.buffer.DeadLetter;
import dev.weir.db.Database;
import dev.weir.db.Durability;
import dev.weir.server.Main;
import dev.weir.server.database.TargetDatabase;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code weir buffer} from its command line, beside an owner and after one. */
@Timeout(120)
class BufferCommandTest {
    @TempDir
    Path directory;

    private Path data;
    private String url;
    private TargetDatabase target;
    private Database database;
    private Weir weir;

    @BeforeEach
    void open() throws Exception {
        data = Files.createDirectories(directory.resolve("data"));
        url = "jdbc:sqlite:" + directory.resolve("target.db");
        target = TargetDatabase.open(url);
        database = Database.builder(target.dataSource()).build();
        database.sql("create table posts(id integer primary key, views bigint)").execute();
        database.sql("insert into posts values(1, 0)").execute();
        weir = weir();
    }

    @AfterEach
    void close() {
        weir.close(Duration.ofSeconds(5));
        target.close();
    }

    private Weir weir() {
        return Weir.builder()
                .database(target.dataSource())
                .journal(data.resolve("journal"))
                .buffer(BufferSettings.builder()
                        .flushInterval(Duration.ofHours(1))
                        .build())
                .build();
    }

    private record Run(int code, String out, String err) {
        JsonNode json() {
            return JsonMapper.builder().build().readTree(out);
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

    private Run buffer(String command, String... more) {
        List<String> all =
                new ArrayList<>(List.of("buffer", command, "--data", data.toString(), "--db", url, "--json"));
        all.addAll(List.of(more));
        return run(all.toArray(String[]::new));
    }

    private void add(long id) {
        weir.buffer().table("posts").durability(Durability.JOURNALED).where(id).add("views", 1);
    }

    private long views(long id) {
        return database.table("posts").where("id", id).first().orElseThrow().getLong("views");
    }

    private String writer() {
        List<BufferAdmin.Writer> writers =
                new BufferAdmin(database).status(null).writers();
        assertThat(writers).hasSize(1);
        return writers.get(0).id();
    }

    /** What a killed owner leaves: a journal with pending epochs that nobody owns. The flush of its database is kept away. */
    private Path leftBehind() throws Exception {
        Path copy = directory.resolve("left");
        Path from = data.resolve("journal").resolve("default");
        Path to = Files.createDirectories(copy.resolve("journal").resolve("default"));
        for (String file : List.of("journal.db", "journal.db-wal", "witness")) {
            Files.copy(from.resolve(file), to.resolve(file));
        }
        return copy;
    }

    @Test
    void retryAndDiscard_workBesideARunningOwner() {
        add(2);
        add(3);
        weir.buffer().flush();
        List<DeadLetter> letters = weir.buffer().deadLetters().list(10);
        assertThat(letters).hasSize(2);
        String second = letters.stream()
                .filter(letter -> letter.change().contains("\"id\":2"))
                .findFirst()
                .orElseThrow()
                .id();
        String third = letters.stream()
                .map(DeadLetter::id)
                .filter(id -> !id.equals(second))
                .findFirst()
                .orElseThrow();
        database.sql("insert into posts values(2, 10)").execute();
        assertThat(buffer("status").json().path("owned").booleanValue()).isTrue();

        Run retried = buffer("retry", second);
        Run discarded = buffer("discard", third);

        assertThat(retried.code()).isZero();
        assertThat(retried.json().path("retried").longValue()).isEqualTo(1);
        assertThat(discarded.code()).isZero();
        assertThat(discarded.json().path("discarded").longValue()).isEqualTo(1);
        assertThat(buffer("status").json().path("handovers").longValue()).isEqualTo(1);
        // Two rounds: one takes the hand-over up, and what it took up is in the next flush at the latest.
        add(1);
        weir.buffer().flush();
        add(1);
        weir.buffer().flush();
        assertThat(views(2)).isEqualTo(11);
        assertThat(views(1)).isEqualTo(2);
        JsonNode status = buffer("status").json();
        assertThat(status.path("handovers").longValue()).isZero();
        assertThat(status.path("deadLetters").longValue()).isZero();
        assertThat(buffer("retry", second).code()).isEqualTo(1);
    }

    @Test
    void adopt_writesWhatIsPending_once() throws Exception {
        add(1);
        Path left = leftBehind();
        assertThat(buffer("adopt", data.toString()).code()).as("owned").isEqualTo(1);

        Run adopted = buffer("adopt", left.toString());

        assertThat(adopted.err()).isEmpty();
        assertThat(adopted.code()).isZero();
        assertThat(adopted.json().path("epochs").longValue()).isEqualTo(1);
        assertThat(views(1)).isEqualTo(1);
        assertThat(buffer("adopt", left.toString()).json().path("epochs").longValue())
                .isZero();
        assertThat(views(1)).isEqualTo(1);
    }

    @Test
    void retire_withTheJournal_makesDeadLetters() throws Exception {
        add(1);
        String writer = writer();
        Path left = leftBehind();
        assertThat(buffer("retire", writer).code()).as("owned").isEqualTo(1);

        Run retired = run("buffer", "retire", writer, "--data", left.toString(), "--db", url, "--json");

        assertThat(retired.err()).isEmpty();
        assertThat(retired.code()).isZero();
        assertThat(retired.json().path("deadLetters").longValue()).isEqualTo(1);
        assertThat(retired.json().path("handovers").longValue()).isZero();
        assertThat(buffer("status").json().path("deadLetters").longValue()).isEqualTo(1);
        assertThat(views(1)).isZero();
        Run lost = run("buffer", "retire", writer, "--data", left.toString(), "--db", url, "--lost");
        assertThat(lost.code()).as("its journal is there").isEqualTo(1);
        assertThat(lost.err()).contains("leave --lost out");
    }

    @Test
    void retire_withoutTheJournal_asksForLost_andHarmsNobodyUntilThen() throws Exception {
        add(1);
        weir.buffer().flush();
        String writer = writer();
        Path elsewhere = Files.createDirectories(directory.resolve("elsewhere"));
        Path another = directory.resolve("another");
        try (Weir other = Weir.builder()
                .database(target.dataSource())
                .journal(another.resolve("journal"))
                .build()) {
            assertThat(other.buffer().stats().pendingRows()).isZero();
        }

        for (Path wrong : List.of(elsewhere, another)) {
            Run slip = run("buffer", "retire", writer, "--data", wrong.toString(), "--db", url);
            assertThat(slip.code()).isEqualTo(1);
            assertThat(slip.err()).contains("writer=" + writer).contains("--lost");
        }
        add(1);
        weir.buffer().flush();
        assertThat(views(1)).isEqualTo(2);

        Run lost = run("buffer", "retire", writer, "--data", elsewhere.toString(), "--db", url, "--lost");
        assertThat(lost.code()).isZero();
        assertThat(lost.out()).startsWith("retired; dead letters: 0");
        assertThat(run("buffer", "status", "--data", elsewhere.toString(), "--db", url)
                        .out())
                .contains("ledger retired");
        Run unknown = run("buffer", "retire", "nobody", "--data", elsewhere.toString(), "--db", url, "--lost");
        assertThat(unknown.code()).isEqualTo(1);
        assertThat(unknown.err()).contains("writer=nobody");
    }

    @Test
    void ledgerOfANewerVersion_isOneLine_noStackTrace() throws Exception {
        add(1);
        Path left = leftBehind();
        database.sql("update weir_ledger set format = 2").execute();

        Run adopted = buffer("adopt", left.toString());

        assertThat(adopted.code()).isEqualTo(1);
        assertThat(adopted.err()).startsWith("weir: ").contains("format=2").doesNotContain("\tat ");
    }

    @Test
    void ddl_asksNoDatabase_andMakesNone() {
        Path none = directory.resolve("none.db");

        Run sqlite = run("buffer", "ddl", "--db", "jdbc:sqlite:" + none);
        Run postgres = run("buffer", "ddl", "--db", "jdbc:postgresql://127.0.0.1:1/nowhere");
        Run mariadb = run("buffer", "ddl", "--db", "jdbc:mariadb://127.0.0.1:1/nowhere");

        assertThat(none).doesNotExist();
        for (Run run : List.of(sqlite, postgres, mariadb)) {
            assertThat(run.code()).isZero();
            assertThat(run.out())
                    .contains("weir_ledger")
                    .contains("weir_dead_letter")
                    .contains("weir_handover");
        }
        assertThat(mariadb.out()).isNotEqualTo(postgres.out());
        assertThat(run("buffer", "ddl", "--db", "nothing").code()).isEqualTo(2);
    }

    @Test
    void unknownDatabase_isSaidSo_andNeverMade() throws Exception {
        Path typo = directory.resolve("typo.db");
        for (String command : List.of("status", "dead-letters", "retry x", "discard x", "adopt " + data, "retire x")) {
            for (String unknown : List.of("jdbc:sqlite:" + typo, "jdbc:h2:" + directory.resolve("typo"))) {
                List<String> arguments = new ArrayList<>(List.of("buffer"));
                arguments.addAll(List.of(command.split(" ")));
                arguments.addAll(List.of("--data", data.toString(), "--db", unknown));

                Run run = run(arguments.toArray(String[]::new));

                assertThat(run.code()).as(command).isEqualTo(1);
                assertThat(run.err()).startsWith("weir: unknown database: db=" + unknown);
                assertThat(run.out()).isEmpty();
            }
        }
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString())).noneMatch(name -> name.startsWith("typo"));
        }
    }

    @Test
    void databaseThatDoesNotKnowTheJournal_isNamedSo() throws Exception {
        add(1);
        weir.buffer().flush();
        Path other = directory.resolve("other.db");
        try (TargetDatabase made = TargetDatabase.open("jdbc:sqlite:" + other + "?journal_mode=DELETE")) {
            Database.builder(made.dataSource())
                    .build()
                    .sql("create table t(id integer)")
                    .execute();
        }
        byte[] before = Files.readAllBytes(other);

        Run text = run("buffer", "status", "--data", data.toString(), "--db", "jdbc:sqlite:" + other);
        Run json = run("buffer", "status", "--data", data.toString(), "--db", "jdbc:sqlite:" + other, "--json");

        assertThat(text.code()).isZero();
        assertThat(text.out()).startsWith("database").contains("unknown to this journal");
        assertThat(json.json().path("unknownDatabase").booleanValue()).isTrue();
        assertThat(buffer("status").json().path("unknownDatabase").booleanValue())
                .isFalse();
        assertThat(Files.readAllBytes(other)).isEqualTo(before);
    }

    @Test
    void badOption_showsTheUsageOfItsCommand() {
        Run run = buffer("dead-letters", "--limit", "0");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("--limit=0").contains("Usage: weir buffer dead-letters");
    }

    @Test
    void help_saysWhatEachCommandDoes_inWholeSentences() {
        for (CommandLine command : Main.commandLine()
                .getSubcommands()
                .get("buffer")
                .getSubcommands()
                .values()) {
            assertThat(command.getCommandSpec().usageMessage().description()[0])
                    .as(command.getCommandName())
                    .endsWith(".");
        }
    }
}
