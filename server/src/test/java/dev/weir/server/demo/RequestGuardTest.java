package dev.weir.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused before it reaches the demo; none is open here, so what passes the guard is answered with 503. */
class RequestGuardTest {
    private static final String[] PATHS = {
        "/", "/dashboard.js", "/health", "/stats", "/api/pages", "/api/demo/events", "/nothing-here"
    };

    private static DemoServer server;
    private static Requests requests;

    @BeforeAll
    static void start() throws IOException {
        server = DemoServer.start(0);
        requests = new Requests(server.port());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void host_ofAnotherName_isRefusedOnEveryPath() {
        for (String path : PATHS) {
            for (String host : new String[] {
                "evil.example",
                "127.0.0.1",
                "localhost",
                "127.0.0.1:1",
                "127.0.0.1.:" + server.port(),
                "evil.example:" + server.port(),
                "a b",
                "127.0.0.1:" + server.port() + "\r\nHost: evil.example",
                "[::1]:" + server.port(),
                "127.0.0.1:" + server.port() + ".evil.example"
            }) {
                assertThat(requests.raw(get(path, "Host: " + host)))
                        .as("%s for Host %s", path, host)
                        .startsWith("HTTP/1.1 403 ")
                        .contains("{\"error\":");
            }
        }
    }

    @Test
    void host_onWebSocketHandshake_isCheckedToo() {
        assertThat(requests.raw(get(
                        "/",
                        "Host: evil.example",
                        "Connection: Upgrade",
                        "Upgrade: websocket",
                        "Sec-WebSocket-Key: x",
                        "Sec-WebSocket-Version: 13")))
                .startsWith("HTTP/1.1 403 ");
    }

    @Test
    void host_missing_isRefused() {
        assertThat(requests.raw("GET / HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 403 ");
    }

    @Test
    void host_ofThisMachine_passes() {
        for (String host : new String[] {"127.0.0.1:", "localhost:"}) {
            assertThat(requests.raw(get("/", "Host: " + host + server.port()))).startsWith("HTTP/1.1 200 ");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://evil.example",
                "null",
                "https://127.0.0.1:PORT",
                "http://127.0.0.1:1",
                "http://localhost",
                ""
            })
    void origin_foreign_isRefused(String origin) {
        String header = origin.replace("PORT", Integer.toString(server.port()));
        assertThat(requests.raw(post("/api/pages/a/hits", "Origin: " + header)))
                .startsWith("HTTP/1.1 403 ")
                .contains("{\"error\":");
        assertThat(requests.raw(post("/api/demo/burst", "Origin: " + header))).startsWith("HTTP/1.1 403 ");
    }

    @Test
    void origin_own_passes() {
        for (String host : new String[] {"http://127.0.0.1:", "http://localhost:"}) {
            assertThat(requests.raw(post("/api/pages/a/hits", "Origin: " + host + server.port())))
                    .startsWith("HTTP/1.1 503 ");
        }
        assertThat(requests.post("/api/pages/a/hits").status()).isEqualTo(503);
    }

    @Test
    void body_overOneMebibyte_isRefusedHoweverItIsSent() {
        byte[] most = new byte[1 << 20];
        byte[] over = new byte[(1 << 20) + 1];
        assertThat(requests.post("/api/pages/a/hits", BodyPublishers.ofByteArray(over))
                        .status())
                .isEqualTo(413);
        assertThat(requests.post(
                                "/api/pages/a/hits", BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(over)))
                        .json()
                        .get("error")
                        .stringValue())
                .contains("1048576");
        assertThat(requests.post("/api/pages/a/hits", BodyPublishers.ofByteArray(most))
                        .status())
                .isEqualTo(503);
        assertThat(requests.post(
                                "/api/pages/a/hits", BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(most)))
                        .status())
                .isEqualTo(503);
    }

    /** By a client that reads the answer when it has sent everything. */
    @Test
    void body_ofFortyMebibytes_isRefusedWithAnAnswer() {
        int length = 40 << 20;
        String head = "POST /api/pages/a/hits HTTP/1.1\r\nHost: 127.0.0.1:" + server.port() + "\r\n";

        assertThat(requests.raw(head + "Content-Length: " + length + "\r\n\r\n" + "x".repeat(length)))
                .startsWith("HTTP/1.1 413 ");
    }

    @Test
    void headers_ofEveryAnswer_allowNoFramesAndNoForeignContent() {
        for (String path : PATHS) {
            Requests.Answer answer = requests.get(path);
            assertThat(answer.header("Content-Security-Policy"))
                    .contains("default-src 'self'", "frame-ancestors 'none'");
            assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(answer.header("X-Frame-Options")).isEqualTo("DENY");
        }
        assertThat(requests.get("/stats").header("Cache-Control")).isEqualTo("no-store");
        assertThat(requests.raw("GET /%zz HTTP/1.1\r\nHost: 127.0.0.1:" + server.port() + "\r\n\r\n"))
                .startsWith("HTTP/1.1 400 ")
                .contains("nosniff", "{\"error\":");
    }

    @Test
    void unknownPathAndMethod_areErrorsInJson() {
        assertThat(requests.get("/nothing-here").status()).isEqualTo(404);
        assertThat(requests.get("/nothing-here").json().has("error")).isTrue();
        Requests.Answer put = requests.send("PUT", "/stats");
        assertThat(put.status()).isEqualTo(405);
        assertThat(put.header("Allow")).isEqualTo("GET");
        assertThat(put.json().has("error")).isTrue();
        assertThat(requests.get("/api/demo/burst").status()).isEqualTo(405);
    }

    @Test
    void health_beforeTheDemoIsOpen_isDown() {
        assertThat(requests.get("/health").status()).isEqualTo(503);
        assertThat(requests.get("/health").json().get("status").stringValue()).isEqualTo("down");
    }

    private static String get(String path, String... headers) {
        return "GET " + path + " HTTP/1.1\r\n" + String.join("\r\n", headers) + "\r\n\r\n";
    }

    private static String post(String path, String... headers) {
        return "POST " + path + " HTTP/1.1\r\nConnection: close\r\nContent-Length: 0\r\nHost: 127.0.0.1:"
                + server.port() + "\r\n" + String.join("\r\n", headers) + "\r\n\r\n";
    }
}
