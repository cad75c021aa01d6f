package dev.weir.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.db.Durability;
import dev.weir.error.WeirException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** A database that answers, and refuses. */
@Timeout(60)
class RefusedFlushTest {
    @TempDir
    Path directory;

    private BufferRig rig;

    @BeforeEach
    void make() {
        rig = new BufferRig(directory)
                .sql(
                        "create table log(id integer primary key, line text)",
                        "create table other(id integer primary key, n bigint)",
                        "insert into other values(1, 0)");
        rig.settings.connectTimeout(Duration.ofMillis(300));
        rig.open();
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void insertThatATriggerSwallows_isRefusedAlone() {
        rig.sql("create trigger swallow before insert on log when new.id = 13 begin select raise(ignore); end");
        for (int i = 1; i <= 20; i++) {
            rig.table("log").insert(Map.of("id", i, "line", "x"));
        }
        rig.table("other").where(1).add("n", 1);

        assertThat(rig.buffer().flush().deadLetters()).isEqualTo(1);
        assertThat(rig.value("select count(*) from log")).isEqualTo(19L);
        assertThat(rig.value("select n from other")).isEqualTo(1L);
        assertThat(rig.buffer().deadLetters().list(9))
                .singleElement()
                .satisfies(letter -> assertThat(letter.change()).contains("13"));
    }

    private void leaveAnAddition() {
        rig.table("other").durability(Durability.JOURNALED).where(1).add("n", 1);
        rig.buffer().abandon();
    }

    @Test
    void start_whenTheDatabaseRefuses_saysWhatItSaid_withoutValues() {
        leaveAnAddition();
        rig.sql("create trigger refuse before update on weir_ledger begin select raise(abort, 'confidential'); end");

        assertThatThrownBy(rig::open)
                .isInstanceOf(WeirException.class)
                .hasMessageContaining("code 19")
                .hasMessageContaining("refuses")
                .hasMessageContaining("startDegraded(true)")
                .satisfies(e -> assertThat(e.getMessage())
                        .doesNotContain("did not answer")
                        .doesNotContain("confidential"));
    }

    @Test
    void start_whenTheDatabaseIsAway_saysThatItDidNotAnswer() {
        leaveAnAddition();
        FirstOnly away = new FirstOnly();
        away.setUrl(((SQLiteDataSource) rig.plain).getUrl());
        rig.dataSource = away;

        assertThatThrownBy(rig::open)
                .isInstanceOf(WeirException.class)
                .hasMessageContaining("did not answer")
                .hasMessageContaining("SQLState 08001");
    }

    /** Gives one connection, to find out the engine by. */
    private static final class FirstOnly extends SQLiteDataSource {
        private final AtomicBoolean given = new AtomicBoolean();

        @Override
        public Connection getConnection() throws SQLException {
            if (given.getAndSet(true)) {
                throw new SQLException("away", "08001");
            }
            return super.getConnection();
        }
    }
}
