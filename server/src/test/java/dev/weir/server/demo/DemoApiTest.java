package dev.weir.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.server.demo.Requests.Answer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The API over HTTP, on a demo in this process with its load off. Each test has pages of its own. */
@Timeout(120)
class DemoApiTest {
    private static Demo demo;
    private static DemoServer server;
    private static Requests requests;

    @BeforeAll
    static void start(@TempDir Path data) throws IOException, SQLException {
        server = DemoServer.start(0);
        demo = Demo.open("test", data, false);
        server.serve(demo);
        requests = new Requests(server.port());
    }

    @AfterAll
    static void stop() {
        server.close();
        assertThat(demo.shutDown().flushed()).isTrue();
    }

    @Test
    void hit_answersTheExactTotal(TestInfo test) {
        String page = test.getDisplayName();
        Answer first = requests.hit(page, "");
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.body()).isEqualTo("{\"page\":\"" + page + "\",\"hits\":1}");
        assertThat(hits(requests.hit(page, "?by=41"))).isEqualTo(42);
        assertThat(hits(requests.hit(page, "?by=1000000"))).isEqualTo(1_000_042);
        assertThat(hits(requests.hit(page, "?by=%31&other=x"))).isEqualTo(1_000_043);
    }

    @Test
    void hit_fromManyCallersAtOnce_givesEachAnotherTotal(TestInfo test) throws Exception {
        int callers = 16;
        int calls = 50;
        Set<Long> totals = ConcurrentHashMap.newKeySet();
        ExecutorService threads = Executors.newFixedThreadPool(callers);
        try {
            List<Callable<Void>> work = new ArrayList<>();
            for (int caller = 0; caller < callers; caller++) {
                work.add(() -> {
                    for (int call = 0; call < calls; call++) {
                        totals.add(hits(requests.hit(test.getDisplayName(), "")));
                    }
                    return null;
                });
            }
            for (Future<Void> one : threads.invokeAll(work)) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(totals).hasSize(callers * calls);
        assertThat(totals).allSatisfy(total -> assertThat(total).isBetween(1L, (long) callers * calls));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a/b",
                "/",
                "a b",
                "a+b",
                "%2F",
                "%",
                "?x=1#y",
                "café",
                "cafe\u0301",
                "😀",
                "..",
                "a;b",
                "\"quoted\"",
                "<b>",
                "'",
                "Ä",
                "ä"
            })
    void hit_namesAreTakenAsTheyAre(String page) {
        Answer answer = requests.hit(page, "?by=7");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().get("page").stringValue()).isEqualTo(page);
        assertThat(answer.json().get("hits").longValue()).isEqualTo(7);
        assertThat(top(1000)).contains(new Pages.Page(page, 7));
    }

    @Test
    void hit_namesOf200Characters_areTheLongest() {
        assertThat(requests.hit("x".repeat(200), "").status()).isEqualTo(200);
        assertThat(requests.hit("😀".repeat(200), "").status()).isEqualTo(200);
        for (String page : new String[] {"x".repeat(201), "😀".repeat(201), ""}) {
            Answer answer = requests.hit(page, "");
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.json().get("error").stringValue()).contains("1 to 200");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"%", "%zz", "%FF", "%C3%28", "a%00b"})
    void hit_badlyEncodedName_isRefused(String segment) {
        String answer = requests.raw("POST /api/pages/" + segment + "/hits HTTP/1.1\r\nHost: 127.0.0.1:" + server.port()
                + "\r\nContent-Length: 0\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 400 ").contains("{\"error\":");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-1",
                "1000001",
                "",
                "x",
                "1.5",
                "1e3",
                "+1",
                "%2B1",
                "%20",
                "1%20",
                "%D9%A1",
                "99999999999999999999",
                "%zz",
                "1&by=2"
            })
    void hit_badBy_isRefusedAndCountsNothing(String by) {
        String page = "bad by " + by;
        String answer = requests.raw("POST /api/pages/" + Requests.encoded(page) + "/hits?by=" + by
                + " HTTP/1.1\r\nHost: 127.0.0.1:" + server.port() + "\r\nContent-Length: 0\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 400 ").contains("{\"error\":");
        assertThat(hits(requests.hit(page, ""))).isEqualTo(1);
    }

    @Test
    void hit_ofAPathWithAnotherShape_isNotFound() {
        for (String path :
                new String[] {"/api/pages/a", "/api/pages/a/b/hits", "/api/pages/a/hits/", "/api/pages/a/hit"}) {
            assertThat(requests.post(path).status()).as(path).isEqualTo(404);
        }
    }

    @Test
    void top_isMostFirstThenByName_andCountsWhatIsPending() {
        long high = 900_000;
        requests.hit("top b", "?by=" + high);
        requests.hit("top a", "?by=" + high);
        requests.hit("top c", "?by=" + (high + 1));
        List<Pages.Page> pages = top(1000);
        assertThat(pages)
                .containsSubsequence(
                        new Pages.Page("top c", high + 1),
                        new Pages.Page("top a", high),
                        new Pages.Page("top b", high));
        assertThat(requests.get("/api/pages").json()).hasSizeLessThanOrEqualTo(20);
        assertThat(top(1)).hasSize(1);
        requests.hit("top a", "?by=2");
        assertThat(top(1000)).containsSubsequence(new Pages.Page("top a", high + 2), new Pages.Page("top c", high + 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1001", "-5", "x", "", "1.0"})
    void top_badNumber_isRefused(String top) {
        Answer answer = requests.get("/api/pages?top=" + top);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get("error").stringValue()).contains("1 to 1000");
    }

    @Test
    void databaseAway_hitsAreTakenInAndNothingIsLost(TestInfo test) {
        String known = test.getDisplayName() + " known";
        String unknown = test.getDisplayName() + " unknown";
        assertThat(hits(requests.hit(known, "?by=5"))).isEqualTo(5);
        try {
            assertThat(requests.post("/api/demo/database?stopped=true").status())
                    .isEqualTo(200);
            Answer kept = requests.hit(known, "?by=2");
            assertThat(kept.status()).isEqualTo(200);
            assertThat(hits(kept)).isEqualTo(7);
            Answer none = requests.hit(unknown, "?by=3");
            assertThat(none.status()).isEqualTo(202);
            assertThat(none.body()).isEqualTo("{\"page\":\"" + unknown + "\",\"hits\":null}");
            Answer health = requests.get("/health");
            assertThat(health.status()).isEqualTo(200);
            assertThat(health.json().get("status").stringValue()).isEqualTo("degraded");
            assertThat(requests.get("/api/pages").status()).isEqualTo(503);
            assertThat(requests.get("/api/pages").json().has("error")).isTrue();
            JsonNode old = requests.until(stats -> buffer(stats, "oldestAgeMillis") > 1500);
            assertThat(buffer(old, "pendingRows")).isGreaterThanOrEqualTo(2);
        } finally {
            requests.post("/api/demo/database?stopped=false");
        }
        requests.until(stats -> buffer(stats, "pendingRows") == 0
                && stats.get("health").get("status").stringValue().equals("up"));
        assertThat(top(1000)).contains(new Pages.Page(known, 7), new Pages.Page(unknown, 3));
        assertThat(hits(requests.hit(unknown, ""))).isEqualTo(4);
    }

    @Test
    void health_isUp() {
        requests.until(stats -> stats.get("health").get("status").stringValue().equals("up"));
        Answer health = requests.get("/health");
        assertThat(health.status()).isEqualTo(200);
        assertThat(health.json().get("verdicts")).isNotEmpty();
    }

    @Test
    void stats_haveWhatIsPromised() {
        requests.hit("stats", "");
        JsonNode stats = requests.get("/stats").json();
        for (String field : new String[] {
            "operations", "statements", "rows", "pendingRows", "pendingBytes", "oldestAgeMillis", "deadLetters"
        }) {
            assertThat(stats.get("buffer").get(field).isIntegralNumber())
                    .as(field)
                    .isTrue();
        }
        assertThat(stats.get("journal").get("bytes").longValue()).isPositive();
        assertThat(stats.get("journal").get("recovered").longValue()).isZero();
        assertThat(stats.get("buffer").get("flushLatencyMillis").has("p99")).isTrue();
        assertThat(stats.get("health").get("verdicts")).hasSize(5);
        assertThat(stats.get("errors").isArray()).isTrue();
    }

    @Test
    void flush_writesWhatIsPending() {
        requests.hit("flush", "");
        Answer report = requests.post("/api/demo/flush");
        assertThat(report.status()).isEqualTo(200);
        assertThat(report.json().get("rows").isIntegralNumber()).isTrue();
        assertThat(buffer(requests.get("/stats").json(), "pendingRows")).isZero();
    }

    @Test
    void burst_countsTenThousandHits_eitherWay() {
        long operations = buffer(requests.get("/stats").json(), "operations");
        assertThat(requests.post("/api/demo/burst").status()).isEqualTo(202);
        JsonNode buffered = requests.until(
                        stats -> stats.get("demo").get("running").isNull())
                .get("demo")
                .get("buffered");
        assertThat(buffered.get("calls").intValue()).isEqualTo(Burst.CALLS);
        assertThat(buffered.get("problem").isNull()).isTrue();
        assertThat(buffered.get("statements").longValue()).isLessThan(Burst.CALLS / 10);
        assertThat(buffer(requests.get("/stats").json(), "operations") - operations)
                .isGreaterThanOrEqualTo(Burst.CALLS);
        assertThat(sum("demo-burst-")).isEqualTo(Burst.CALLS);

        assertThat(requests.post("/api/demo/direct").status()).isEqualTo(202);
        assertThat(requests.post("/api/demo/burst").status()).isEqualTo(409);
        JsonNode direct = requests.until(
                        stats -> stats.get("demo").get("running").isNull())
                .get("demo")
                .get("direct");
        assertThat(direct.get("problem").isNull()).isTrue();
        assertThat(direct.get("statements").longValue()).isEqualTo(Burst.CALLS);
        assertThat(sum("demo-direct-")).isEqualTo(Burst.CALLS);
    }

    @Test
    void load_countsPagesWhileItIsOn() {
        try {
            assertThat(requests.post("/api/demo/load?on=true")
                            .json()
                            .get("load")
                            .booleanValue())
                    .isTrue();
            long before = buffer(requests.get("/stats").json(), "operations");
            requests.until(stats -> buffer(stats, "operations") > before + 50);
        } finally {
            requests.post("/api/demo/load?on=false");
        }
        assertThat(sum("demo-")).isPositive();
        assertThat(requests.post("/api/demo/load").status()).isEqualTo(400);
        assertThat(requests.post("/api/demo/load?on=maybe").status()).isEqualTo(400);
    }

    @Test
    void events_beginWithTheHistory() throws IOException, InterruptedException {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(events(), StandardCharsets.UTF_8))) {
            assertThat(lines.readLine()).isEqualTo("event: history");
            assertThat(lines.readLine()).startsWith("data: {").contains("\"samples\":[", "\"columns\":[\"at\"");
            assertThat(lines.readLine()).isEmpty();
            assertThat(lines.readLine()).isEqualTo("event: stats");
        }
    }

    private static InputStream events() throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(requests.address() + "/api/demo/events"))
                                .build(),
                        BodyHandlers.ofInputStream())
                .body();
    }

    private static long buffer(JsonNode stats, String field) {
        return stats.get("buffer").get(field).longValue();
    }

    private static long hits(Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json().get("hits").longValue();
    }

    private static long sum(String prefix) {
        return top(1000).stream()
                .filter(page -> page.page().startsWith(prefix))
                .mapToLong(Pages.Page::hits)
                .sum();
    }

    private static List<Pages.Page> top(int limit) {
        List<Pages.Page> pages = new ArrayList<>();
        Answer answer = requests.get("/api/pages?top=" + limit);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        for (JsonNode page : answer.json()) {
            pages.add(new Pages.Page(
                    page.get("page").stringValue(), page.get("hits").longValue()));
        }
        return pages;
    }
}
