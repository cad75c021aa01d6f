package dev.weir.verification.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.db.Durability;
import dev.weir.testservers.RequiresServer;
import dev.weir.testservers.Server;
import dev.weir.verification.Main;
import dev.weir.verification.crash.Lab.Outcome;
import dev.weir.verification.crash.Lab.Setting;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The short form of {@code weir verify crash}: a few kills, and every planted fault. */
@Tag("crash")
class CrashLabTest {
    private static final long SEED = Long.getLong("crash.seed", System.nanoTime() & 0xffff_ffffL);

    private static Lab lab;

    @BeforeAll
    static void open() throws IOException {
        System.out.println("crash.seed=" + SEED);
        lab = new Lab(SEED, null);
    }

    @AfterAll
    static void close() throws IOException {
        lab.close();
    }

    private static void assertExact(Outcome outcome, int kills) {
        assertThat(outcome.wrong())
                .as("crash.seed=%d, %s", SEED, outcome.setting())
                .isEmpty();
        assertThat(outcome.killed()).hasSizeGreaterThanOrEqualTo(kills);
    }

    @ParameterizedTest
    @CsvSource({
        "FLUSH_AFTER_COMMIT, REPLAY, ACCEPTED",
        "FLUSH_AFTER_STATEMENT, REPLAY, JOURNALED",
        "JOURNAL_SYNCED, REPLAY, JOURNALED",
        "REPLAY_TABLE, REPLAY, ACCEPTED",
        "REPLAY_LOGGED, REPLAY, ACCEPTED",
        "JOURNAL_UNACKNOWLEDGED, CALLS, JOURNALED",
        "HANDOVER_AFTER_COMMIT, CALLS, ACCEPTED"
    })
    void sqlite_killedAtAPoint_isExact(CrashPoint point, Work work, Durability durability) throws Exception {
        assertExact(lab.point(new Setting(work, Engine.SQLITE, durability), point, 1), 1);
    }

    @Test
    void sqlite_killedAtRandom_isExact() throws Exception {
        assertExact(lab.random(new Setting(Work.CALLS, Engine.SQLITE, Durability.JOURNALED), 2), 0);
    }

    @Test
    @Tag("servers")
    @RequiresServer(Server.POSTGRES)
    void postgres_killedDuringCommit_isExact() throws Exception {
        Setting setting = new Setting(Work.REPLAY, Engine.POSTGRES, Durability.ACCEPTED);
        assertExact(lab.point(setting, CrashPoint.FLUSH_DURING_COMMIT, 1), 1);
    }

    @Test
    @Tag("servers")
    @RequiresServer(Server.POSTGRES)
    void postgres_serverKilledBeforeItsAnswerIsUsed_isExact() throws Exception {
        Setting setting = new Setting(Work.REPLAY, Engine.POSTGRES, Durability.JOURNALED);
        assertExact(lab.server(setting, CrashPoint.FLUSH_AFTER_COMMIT, 1), 1);
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void brokenRule_isFound(Fault fault) throws Exception {
        Setting setting = new Setting(fault.work(), Engine.SQLITE, Durability.JOURNALED);
        try (Lab broken = new Lab(SEED, fault)) {
            Outcome outcome = broken.point(setting, fault.point(), 1);
            for (int i = 0; i < 4 && outcome.exact(); i++) {
                outcome = broken.point(setting, fault.point(), 1);
            }
            assertThat(outcome.wrong()).as("crash.seed=%d", SEED).isNotEmpty();
        }
    }

    /** An hour or two: {@code -Dverification.long=true}. */
    @Test
    @EnabledIfSystemProperty(
            named = "verification.long",
            matches = "true",
            disabledReason = "the long form takes hours")
    void everyPoint_everyDatabase_everyDurability_isExact() {
        assertThat(Main.commandLine().execute("verify", "crash", "--all", "--seed", Long.toString(SEED)))
                .isZero();
    }
}
