package dev.weir.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.db.Database;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A duration that could not be counted in nanoseconds is refused where it is set, and is no trouble where it may be given. */
@Timeout(60)
class BufferSettingsTest {
    private static final Duration FOREVER = ChronoUnit.FOREVER.getDuration();

    @TempDir
    Path directory;

    @Test
    void endlessDurations_areRefusedByEverySetting() {
        Map<String, BiFunction<BufferSettings.Builder, Duration, BufferSettings.Builder>> settings =
                new LinkedHashMap<>();
        settings.put("journalInterval", BufferSettings.Builder::journalInterval);
        settings.put("journalStall", BufferSettings.Builder::journalStall);
        settings.put("flushInterval", BufferSettings.Builder::flushInterval);
        settings.put("baseMaxAge", BufferSettings.Builder::baseMaxAge);
        settings.put("blockTimeout", BufferSettings.Builder::blockTimeout);
        settings.put("keepFlushed", BufferSettings.Builder::keepFlushed);
        settings.put("connectTimeout", BufferSettings.Builder::connectTimeout);
        settings.put("closeTimeout", BufferSettings.Builder::closeTimeout);
        settings.forEach((name, set) -> {
            assertThatThrownBy(() -> set.apply(BufferSettings.builder(), FOREVER))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(name + "=" + FOREVER)
                    .hasMessageContaining("36500 days");
            assertThat(set.apply(BufferSettings.builder(), Duration.ofDays(36_500)))
                    .isNotNull();
        });
        assertThatThrownBy(() -> TableSettings.defaults().flushInterval(FOREVER))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("flushInterval=" + FOREVER);
    }

    @Test
    void longestDurations_work() {
        Duration longest = Duration.ofDays(36_500);
        try (BufferRig rig = new BufferRig(directory).sql("create table posts(id integer primary key, views bigint)")) {
            rig.settings
                    .journalInterval(Duration.ofMillis(5))
                    .journalStall(longest)
                    .flushInterval(longest)
                    .baseMaxAge(longest)
                    .blockTimeout(longest)
                    .keepFlushed(longest)
                    .connectTimeout(longest)
                    .closeTimeout(longest);
            rig.sql("insert into posts values(1, 0)").open();
            assertThat(rig.table("posts").where(1).increment("views", 1)).isEqualTo(1);
            rig.buffer().flush();
            assertThat(rig.value("select views from posts")).isEqualTo(1L);
            rig.table("posts").where(1).add("views", 1);
            rig.buffer().close();
            assertThat(rig.value("select views from posts")).isEqualTo(2L);
        }
    }

    @Test
    void closeWithAnEndlessDeadline_flushesAndLetsTheJournalGo() {
        BufferRig rig = new BufferRig(directory)
                .sql("create table posts(id integer primary key, views bigint)", "insert into posts values(1, 0)");
        rig.open();
        rig.table("posts").where(1).add("views", 1);

        CloseReport report = rig.buffer().close(FOREVER);

        assertThat(report.flushed()).isTrue();
        assertThat(rig.value("select views from posts")).isEqualTo(1L);
        rig.open();
        rig.close();
    }

    @Test
    void endlessLockTimeout_isTheLongestThereIs() {
        BufferRig rig = new BufferRig(directory).sql("create table posts(id integer primary key, views bigint)");
        Database patient = Database.builder(rig.plain).lockTimeout(FOREVER).build();
        patient.table("posts").insert(Map.of("id", 1));
        assertThat(rig.value("select count(*) from posts")).isEqualTo(1L);
    }
}
