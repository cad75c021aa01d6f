package dev.weir.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.time.Clock;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

class SlowLogTest {
    @TempDir
    Path directory;

    private final AtomicLong step = new AtomicLong();

    /** A clock that moves on by {@link #step} at each reading. */
    private final Clock clock = new Clock() {
        private final AtomicLong nanos = new AtomicLong();

        @Override
        public long nanoTime() {
            return nanos.addAndGet(step.get());
        }

        @Override
        public Instant now() {
            return Instant.EPOCH;
        }
    };

    private String loggedBy(Runnable work) {
        PrintStream before = System.err;
        ByteArrayOutputStream captured = new ByteArrayOutputStream();
        System.setErr(new PrintStream(captured, true, StandardCharsets.UTF_8));
        try {
            work.run();
        } finally {
            System.setErr(before);
        }
        return captured.toString(StandardCharsets.UTF_8);
    }

    @Test
    void slowStatement_isLogged_withoutValues_andAFastOneIsNot() {
        SQLiteDataSource dataSource = new SQLiteDataSource();
        dataSource.setUrl("jdbc:sqlite:" + directory.resolve("test.db"));
        Database db = Database.builder(dataSource)
                .name("main")
                .clock(clock)
                .slowQuery(Duration.ofMillis(500))
                .build();
        db.sql("create table users (id integer primary key, name text)").execute();
        step.set(Duration.ofMillis(499).toNanos());
        assertThat(loggedBy(() -> db.table("users").insert(Map.of("id", 1, "name", "secret1"))))
                .isEmpty();
        step.set(Duration.ofMillis(500).toNanos());
        String logged = loggedBy(() -> {
            db.table("users").insert(Map.of("id", 2, "name", "secret2"));
            db.sql("select * from users where name = 'secret3' or id = ?", 77).list();
            assertThatThrownBy(() -> db.table("users").insert(Map.of("id", 2, "name", "secret4")))
                    .isInstanceOf(UniqueViolationException.class);
            try (Stream<Row> rows = db.sql("select name from users where name <> 'secret5'").stream()) {
                assertThat(rows).hasSize(2);
            }
        });
        assertThat(logged)
                .contains("Slow statement: database=main, millis=500, sql=INSERT INTO")
                .contains("select * from users where name = ? or id = ?")
                .doesNotContain("secret")
                .doesNotContain("77");
        assertThat(logged.lines()).hasSize(4);
    }
}
