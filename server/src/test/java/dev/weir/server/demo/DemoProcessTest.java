package dev.weir.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The demo as a process of its own: how it starts, how it ends, and that kill -9 loses nothing that was acknowledged. */
@Tag("crash")
@Timeout(180)
class DemoProcessTest {
    private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:(\\d+)/");

    @TempDir
    private Path data;

    @Test
    void banner_namesFilesDurabilityAndAddresses() throws Exception {
        try (Child child = Child.start("--port", "0", "--data", data.toString(), "--no-load")) {
            assertThat(child.banner)
                    .contains(
                            "Weir ",
                            data.resolve("weir.db").toString(),
                            data.resolve("journal").toString())
                    .contains("JOURNALED", "http://127.0.0.1:" + child.port + "/", "Ctrl-C flushes and exits")
                    .doesNotContain("Recovered");
            assertThat(child.requests().get("/health").status()).isEqualTo(200);
        }
    }

    @Test
    void terminate_flushesAndExitsWithZero_andARestartKeepsTheTotals() throws Exception {
        for (String signal : new String[] {"TERM", "INT"}) {
            try (Child child = Child.start("--port", "0", "--data", data.toString(), "--no-load")) {
                child.requests().hit("page", "?by=5");
                assertThat(child.end(signal)).isZero();
                assertThat(child.rest()).contains("Flushed");
            }
        }
        try (Child child = Child.start("--port", "0", "--data", data.toString(), "--no-load")) {
            assertThat(child.banner).doesNotContain("Recovered");
            assertThat(total(child, "page")).isEqualTo(10);
        }
    }

    @Test
    void terminate_whileTheDatabaseIsStopped_keepsWhatIsPendingForTheNextStart() throws Exception {
        try (Child child = Child.start("--port", "0", "--data", data.toString(), "--no-load")) {
            child.requests().post("/api/demo/database?stopped=true");
            assertThat(child.requests().hit("page", "?by=3").status()).isEqualTo(202);
            assertThat(child.end("TERM")).isZero();
            assertThat(child.rest()).contains("1 row stays in the journal");
        }
        try (Child child = Child.start("--port", "0", "--data", data.toString(), "--no-load")) {
            assertThat(child.banner).contains("Recovered  1 write ");
            assertThat(total(child, "page")).isEqualTo(3);
        }
    }

    @Test
    void kill_afterAcknowledgement_recoversAndSaysHowMuch() throws Exception {
        try (Child child = Child.start("--port", "0", "--data", data.toString(), "--no-load")) {
            assertThat(child.requests().hit("a", "?by=5").status()).isEqualTo(200);
            child.requests().post("/api/demo/database?stopped=true");
            assertThat(child.requests().hit("a", "?by=2").status()).isEqualTo(200);
            assertThat(child.requests().hit("b", "").status()).isEqualTo(202);
            child.kill();
        }
        try (Child child = Child.start("--port", "0", "--data", data.toString(), "--no-load")) {
            assertThat(child.banner).containsPattern("Recovered  \\d+ writes? from the journal");
            JsonNode stats = child.requests().get("/stats").json();
            assertThat(stats.get("journal").get("recovered").longValue()).isPositive();
            assertThat(total(child, "a")).isEqualTo(7);
            assertThat(total(child, "b")).isEqualTo(1);
        }
    }

    @Test
    void kill_atRandomMomentsUnderLoad_losesNoAcknowledgedHitAndCountsNoneTwice() throws Exception {
        long seed = Long.getLong("weir.seed", System.nanoTime());
        System.out.println("weir.seed=" + seed);
        Random random = new Random(seed);
        Map<String, AtomicLong> sent = new ConcurrentHashMap<>();
        Map<String, AtomicLong> acknowledged = new ConcurrentHashMap<>();
        for (int round = 0; round < 3; round++) {
            try (Child child = Child.start("--port", "0", "--data", data.toString())) {
                CountDownLatch enough = new CountDownLatch(50 + random.nextInt(300));
                ExecutorService callers = Executors.newFixedThreadPool(8);
                for (int i = 0; i < 8; i++) {
                    int caller = i;
                    callers.execute(() -> hitUntilKilled(child.requests(), caller, sent, acknowledged, enough));
                }
                assertThat(enough.await(60, TimeUnit.SECONDS)).isTrue();
                child.kill();
                callers.shutdown();
                assertThat(callers.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
            }
        }
        try (Child child = Child.start("--port", "0", "--data", data.toString(), "--no-load")) {
            assertThat(acknowledged).isNotEmpty();
            acknowledged.forEach((page, hits) -> assertThat(total(child, page))
                    .as(page)
                    .isBetween(hits.get(), sent.get(page).get()));
        }
    }

    private static void hitUntilKilled(
            Requests requests,
            int caller,
            Map<String, AtomicLong> sent,
            Map<String, AtomicLong> acknowledged,
            CountDownLatch enough) {
        try {
            for (int i = 0; ; i++) {
                String page = "page " + (caller + i) % 5;
                sent.computeIfAbsent(page, key -> new AtomicLong()).incrementAndGet();
                if (requests.hit(page, "").status() == 200) {
                    acknowledged.computeIfAbsent(page, key -> new AtomicLong()).incrementAndGet();
                    enough.countDown();
                }
            }
        } catch (UncheckedIOException e) {
            // The process is gone.
            return;
        }
    }

    @Test
    void port_thatIsTaken_exitsWithOneAndSaysSo() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Child child = Child.launch("--port", Integer.toString(taken.getLocalPort()), "--data", data.toString());
            assertThat(child.rest())
                    .contains("port=" + taken.getLocalPort(), "--port 0")
                    .doesNotContain("\tat ");
            assertThat(child.code()).isEqualTo(1);
            assertThat(data).isEmptyDirectory();
        }
    }

    @Test
    void data_thatAnotherDemoOwns_exitsWithOneAndSaysSo() throws Exception {
        try (Child owner = Child.start("--port", "0", "--data", data.toString(), "--no-load")) {
            Child second = Child.launch("--port", "0", "--data", data.toString());
            assertThat(second.rest()).contains("weir: ").doesNotContain("\tat ");
            assertThat(second.code()).isEqualTo(1);
            assertThat(owner.requests().hit("a", "").status()).isEqualTo(200);
        }
    }

    @Test
    void tableThatDoesNotFit_exitsWithOneAndSaysSo() throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("weir.db"));
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE demo_page (name TEXT PRIMARY KEY)");
        }
        Child child = Child.launch("--port", "0", "--data", data.toString());
        assertThat(child.rest())
                .contains("table=demo_page", "hits is missing", "--data")
                .doesNotContain("\tat ");
        assertThat(child.code()).isEqualTo(1);
    }

    @Test
    void badUsage_exitsWithTwo_andHelpWithZero() throws Exception {
        for (String[] bad : new String[][] {{"--port", "65536"}, {"--port", "x"}, {"--prot", "1"}, {"extra"}}) {
            Child child = Child.launch(bad);
            assertThat(child.rest()).contains("weir: ");
            assertThat(child.code()).as(String.join(" ", bad)).isEqualTo(2);
        }
        Child help = Child.launch("--help");
        assertThat(help.rest()).contains("--port", "--data", "--no-load", "Exit codes");
        assertThat(help.code()).isZero();
    }

    private static long total(Child child, String page) {
        for (JsonNode entry : child.requests().get("/api/pages?top=1000").json()) {
            if (entry.get("page").stringValue().equals(page)) {
                return entry.get("hits").longValue();
            }
        }
        return 0;
    }

    /** A demo in a process of its own. */
    private static final class Child implements AutoCloseable {
        private final Process process;
        private final BufferedReader output;
        private String banner = "";
        private int port;

        private Child(Process process) {
            this.process = process;
            this.output = process.inputReader();
        }

        static Child launch(String... arguments) throws IOException {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    // Started often and run shortly.
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "dev.weir.server.Main",
                    "demo"));
            command.addAll(List.of(arguments));
            return new Child(
                    new ProcessBuilder(command).redirectErrorStream(true).start());
        }

        /** Launches, and waits for the banner's last line. */
        static Child start(String... arguments) throws IOException {
            Child child = launch(arguments);
            StringBuilder text = new StringBuilder();
            for (String line = child.output.readLine(); line != null; line = child.output.readLine()) {
                text.append(line).append('\n');
                if (line.startsWith("Ctrl-C")) {
                    break;
                }
            }
            child.banner = text.toString();
            Matcher address = ADDRESS.matcher(child.banner);
            assertThat(address.find()).as(child.banner).isTrue();
            child.port = Integer.parseInt(address.group(1));
            return child;
        }

        Requests requests() {
            return new Requests(port);
        }

        int end(String signal) throws IOException, InterruptedException {
            new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                    .start()
                    .waitFor();
            return process.waitFor();
        }

        /** kill -9, and waits until it is gone. */
        void kill() {
            process.destroyForcibly().onExit().join();
        }

        String rest() throws IOException {
            StringBuilder text = new StringBuilder();
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                text.append(line).append('\n');
            }
            return text.toString();
        }

        int code() throws InterruptedException {
            return process.waitFor();
        }

        @Override
        public void close() {
            kill();
        }
    }
}
