package dev.weir.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.buffer.PendingRow.Entry;
import dev.weir.buffer.PendingRow.Group;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Adders, freezers and the cut against each other by real threads: each addition is in exactly one epoch, at the latest in the
 * one that its caller was told, and an addition between two writes of the row log takes effect between them.
 */
class CellRaceTest {
    private static final int ADDERS = 3;
    private static final int ROUNDS = 60;
    private static final int ADDS = 400;

    @TempDir
    Path directory;

    private BufferedTable table;
    private Intake intake;
    private int views;
    private Limits limits;

    @BeforeEach
    void make() {
        BufferRig rig =
                new BufferRig(directory).sql("create table posts(id integer primary key, title text, views bigint)");
        limits = new Limits(BufferSettings.defaults(), 1 << 20, () -> {});
        intake = new Intake(limits, () -> {});
        table = new Tables(rig.database().catalog(), null, BufferSettings.defaults()).get("posts");
        views = table.column("views");
    }

    private static void run(List<? extends ThrowingRunnable> actions) throws Exception {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        CyclicBarrier start = new CyclicBarrier(actions.size());
        List<Thread> threads = new ArrayList<>();
        for (ThrowingRunnable action : actions) {
            Thread thread = new Thread(() -> {
                try {
                    start.await();
                    action.run();
                } catch (Throwable e) {
                    failure.compareAndSet(null, e);
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        if (failure.get() != null) {
            throw new AssertionError(failure.get());
        }
    }

    private interface ThrowingRunnable {
        void run() throws Exception;
    }

    /** Cuts the open epoch: its cell deltas and what its row log adds. */
    private long cut() {
        long[] sum = new long[1];
        for (Object item : intake.cut((cell, delta, counts) -> sum[0] += delta)) {
            sum[0] += item instanceof Entry entry ? added(entry) : 0;
            if (item instanceof Group group) {
                for (Entry entry : group.entries) {
                    sum[0] += added(entry);
                }
            }
        }
        return sum[0];
    }

    private long added(Entry entry) {
        long sum = 0;
        for (int i = 0; i < entry.change.update().columns().length; i++) {
            if (entry.change.update().columns()[i] == views
                    && entry.change.update().changes()[i] instanceof ColumnChange.Plus plus) {
                sum += plus.amount();
            }
        }
        return sum;
    }

    private static RowChange raised(int column) {
        // Adding nothing freezes the row's counter as any change of the column does.
        return RowChange.update(column, new ColumnChange.Plus(0), RowChange.Missing.DEAD_LETTER);
    }

    @Test
    void sumOfAllCuts_isTheSumOfAllAdds_withFreezesInBetween() throws Exception {
        CounterColumn counter = table.counter(views);
        for (int round = 0; round < ROUNDS; round++) {
            long[] cuts = new long[1];
            List<ThrowingRunnable> actions = new ArrayList<>();
            CountDownLatch adders = new CountDownLatch(ADDERS);
            for (int t = 0; t < ADDERS; t++) {
                int of = t;
                actions.add(() -> {
                    for (int i = 0; i < ADDS; i++) {
                        intake.add(counter, (long) (i & 3), of + 1);
                    }
                    adders.countDown();
                });
            }
            actions.add(() -> {
                for (int i = 0; i < ADDS / 4; i++) {
                    intake.append(table, (long) (i & 3), raised(views));
                }
            });
            actions.add(() -> {
                while (adders.getCount() > 0) {
                    cuts[0] += cut();
                }
            });
            run(actions);
            long total = cuts[0] + cut();
            assertThat(total).as("round " + round).isEqualTo((1 + 2 + 3) * (long) ADDS);
            assertThat(cut()).isZero();
        }
    }

    /** Whoever was told an epoch finds its addition in the cuts up to that one. */
    @Test
    void addition_isInTheEpochThatItsCallerWasTold() throws Exception {
        CounterColumn counter = table.counter(views);
        for (int round = 0; round < ROUNDS; round++) {
            List<long[]> told = Collections.synchronizedList(new ArrayList<>());
            Map<Long, Long> byEpoch = new HashMap<>();
            List<ThrowingRunnable> actions = new ArrayList<>();
            CountDownLatch adders = new CountDownLatch(ADDERS);
            for (int t = 0; t < ADDERS; t++) {
                actions.add(() -> {
                    for (int i = 0; i < ADDS; i++) {
                        told.add(new long[] {intake.add(counter, 7L, 1).epoch(), 1});
                    }
                    adders.countDown();
                });
            }
            actions.add(() -> {
                while (adders.getCount() > 0) {
                    long epoch = intake.openCells();
                    byEpoch.put(epoch, cut());
                }
            });
            run(actions);
            long last = intake.openCells();
            byEpoch.put(last, cut());
            long known = 0;
            long first = byEpoch.keySet().stream().min(Long::compare).orElseThrow();
            for (long epoch = first; epoch <= last; epoch++) {
                known += byEpoch.getOrDefault(epoch, 0L);
                long at = epoch;
                long promised = told.stream().filter(one -> one[0] <= at).count();
                assertThat(known)
                        .as("round " + round + ", up to epoch " + epoch)
                        .isGreaterThanOrEqualTo(promised);
            }
            assertThat(known).isEqualTo((long) ADDERS * ADDS);
        }
    }

    @Test
    void touchedCells_areSeenBeforeTheirFlagIs() {
        CounterColumn counter = table.counter(views);
        assertThat(intake.hasTouchedCells()).isFalse();
        Intake.Accepted accepted = intake.add(counter, 1L, 1);
        assertThat(accepted.epoch()).isEqualTo(intake.openCells());
        assertThat(intake.hasTouchedCells()).isTrue();
        assertThat(cut()).isEqualTo(1);
        assertThat(intake.hasTouchedCells()).isFalse();
    }
}
