package dev.weir.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.server.demo.Requests.Answer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A journal that takes no writes, here because somebody holds its file's lock: who waits for it gets an answer. */
@Timeout(120)
class StalledJournalTest {
    @TempDir
    Path data;

    @Test
    void hit_isAnswered_andCountsOnceTheJournalGoesOn() throws Exception {
        try (DemoServer server = DemoServer.start(0);
                Demo demo = Demo.open("test", data, false)) {
            server.serve(demo);
            Requests requests = new Requests(server.port());
            assertThat(requests.hit("page", "").status()).isEqualTo(200);
            Path journal = demo.journalDirectory().resolve("default").resolve("journal.db");
            try (Connection lock = DriverManager.getConnection("jdbc:sqlite:" + journal);
                    Statement statement = lock.createStatement()) {
                statement.execute("begin immediate");

                Answer stalled = requests.hit("page", "");

                assertThat(stalled.status()).isEqualTo(503);
                assertThat(stalled.json().get("error").stringValue()).contains("do not send them again");
                assertThat(requests.get("/health").status()).isEqualTo(503);
                statement.execute("rollback");
            }
            requests.until(
                    stats -> stats.path("health").path("status").stringValue("").equals("up"));
            assertThat(requests.hit("page", "").json().get("hits").longValue()).isEqualTo(3);
        }
    }
}
