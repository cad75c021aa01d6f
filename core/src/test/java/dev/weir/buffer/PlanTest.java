package dev.weir.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.buffer.Plan.Piece;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a total takes from a plan that waits. */
class PlanTest {
    private static final int ROWS = 5_000;

    @TempDir
    Path directory;

    /** A key that counts how often it is looked at. */
    private record Key(int number, AtomicLong looks) {
        @Override
        public boolean equals(Object other) {
            looks.incrementAndGet();
            return other instanceof Key key && key.number == number;
        }

        @Override
        public int hashCode() {
            looks.incrementAndGet();
            return number * 31;
        }
    }

    private static long pending(Plan.Deltas deltas, Object key) {
        Map<Object, List<Piece>> wanted = new HashMap<>();
        wanted.put(key, new ArrayList<>());
        deltas.collect(wanted);
        return wanted.values().iterator().next().stream()
                .mapToLong(piece -> ((ColumnChange.Plus) piece.change().update().changes()[0]).amount())
                .sum();
    }

    @Test
    void totalOfEachRow_looksAtThatRowAlone() {
        try (BufferRig rig =
                new BufferRig(directory).sql("create table posts(id text primary key not null, n bigint)")) {
            rig.open();
            BufferedTable table = ((LocalTableBuffer) rig.table("posts")).table;
            CounterColumn counter = table.counter(table.column("n"));
            AtomicLong looks = new AtomicLong();
            Plan.Deltas deltas = new Plan.Deltas();
            for (int i = 0; i < ROWS; i++) {
                deltas.add(new ObjectCell(counter, new Key(i, looks), 1), i);
            }
            deltas.add(new ObjectCell(counter, new Key(7, looks), 2), 1_000_000);

            for (int i = 0; i < ROWS; i++) {
                assertThat(pending(deltas, new Key(i, looks))).isEqualTo(i == 7 ? 1_000_007 : i);
            }

            assertThat(pending(deltas, new Key(ROWS, looks))).isZero();
            assertThat(looks.get()).isLessThan(30L * ROWS);
            deltas.add(new ObjectCell(counter, new Key(ROWS, looks), 3), 5);
            assertThat(pending(deltas, new Key(ROWS, looks))).isEqualTo(5);
        }
    }
}
