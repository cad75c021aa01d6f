package dev.weir.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.buffer.Intake.Operation;
import dev.weir.buffer.RowChange.Missing;
import dev.weir.db.BufferLimitException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is counted as pending when a counter is refused at a limit while somebody else ends it. */
class AdmissionTest {
    @TempDir
    Path directory;

    /** An addition during a cut is in the next epoch, and a change that follows it in this one. */
    @Test
    void changeThatNeedsTheRow_isNotBeforeTheCountThatMakesIt() {
        BufferRig rig =
                new BufferRig(directory).sql("create table posts(id integer primary key, views bigint, likes bigint)");
        BufferSettings settings = BufferSettings.builder()
                .table("posts", TableSettings.defaults().orInsert(Map.of("views", 100)))
                .build();
        BufferedTable table = new Tables(rig.database().catalog(), null, settings).get("posts");
        CounterColumn views = table.counter(table.column("views"));
        int likes = table.column("likes");
        Intake intake = new Intake(new Limits(settings, 1 << 20, () -> {}), () -> {});
        intake.add(views, 1L, 1);

        List<Object> log = intake.cut((cell, delta, counts) -> {
            intake.add(views, 2L, 1);
            intake.append(table, 2L, RowChange.update(likes, new ColumnChange.Plus(5), Missing.IGNORE));
        });

        assertThat(log)
                .extracting(item -> ((PendingRow.Entry) item).change.update().columns()[0])
                .containsExactly(views.column, likes);
    }

    @Test
    void refusedCounter_thatWasFrozenMeanwhile_leavesNothingBehind() {
        BufferRig rig = new BufferRig(directory).sql("create table posts(id integer primary key, views bigint)");
        BufferSettings settings = BufferSettings.builder()
                .maxRows(1)
                .blockTimeout(Duration.ofMillis(20))
                .build();
        BufferedTable table = new Tables(rig.database().catalog(), null, settings).get("posts");
        CounterColumn counter = table.counter(table.column("views"));
        AtomicReference<Runnable> whileBlocked = new AtomicReference<>(() -> {});
        Limits limits = new Limits(
                settings, 1 << 20, () -> whileBlocked.getAndSet(() -> {}).run());
        Intake intake = new Intake(limits, () -> {});
        intake.add(counter, 1L, 1);
        assertThat(limits.rows()).isEqualTo(1);
        // A hand-over enters without asking, and ends the counter of its row.
        whileBlocked.set(() -> intake.append(
                List.of(new Operation(
                        table, 2L, RowChange.update(counter.column, new ColumnChange.Put(7L), Missing.DEAD_LETTER))),
                "handover"));

        assertThatThrownBy(() -> intake.add(counter, 2L, 1)).isInstanceOf(BufferLimitException.class);

        assertThat(limits.rows()).as("the first counter and the hand-over").isEqualTo(2);
        assertThat(table.pendingRows).hasValue(2);
        assertThat(limits.bytes()).isPositive();
    }
}
