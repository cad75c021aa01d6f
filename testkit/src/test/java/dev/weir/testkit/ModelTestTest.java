package dev.weir.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

class ModelTestTest {
    sealed interface Operation {}

    record Add(int amount) implements Operation {}

    record Reset() implements Operation {}

    private final String seedBefore = System.getProperty("model.seed", "");
    private final String runsBefore = System.getProperty("model.runs", "");

    @AfterEach
    void restore() {
        System.setProperty("model.seed", seedBefore);
        System.setProperty("model.runs", runsBefore);
    }

    private static ModelTest<Operation> counter() {
        return ModelTest.<Operation>named("counter")
                .operation(9, random -> new Add(random.nextInt(10)))
                .operation(1, random -> new Reset());
    }

    /** A counter that forgets its eighth addition after a reset. */
    private static final class Forgetful implements ModelTest.Trial<Operation> {
        private int subject;
        private int model;
        private int additions;
        private final AtomicInteger closed;

        Forgetful(AtomicInteger closed) {
            this.closed = closed;
        }

        @Override
        public void apply(Operation operation) {
            if (operation instanceof Add add) {
                model += add.amount();
                additions++;
                subject += additions == 8 ? 0 : add.amount();
            } else {
                model = 0;
                subject = 0;
                additions = 0;
            }
        }

        @Override
        public void check() {
            assertThat(subject).isEqualTo(model);
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }

    @Test
    void failure_isShrunkToTheShortestList_andComesAgainWithItsSeed() {
        System.setProperty("model.runs", "200");
        AtomicInteger closed = new AtomicInteger();
        AssertionError failure =
                catchThrowableOfType(AssertionError.class, () -> counter().run(() -> new Forgetful(closed)));
        assertThat(failure).hasMessageContaining("counter fails").hasMessageContaining("\n8 of ");
        assertThat(failure.getMessage().lines().filter(line -> line.startsWith("  Add[")))
                .hasSize(8);
        assertThat(failure.getMessage()).doesNotContain("Reset");
        assertThat(closed.get()).isGreaterThan(8);

        String seed = failure.getMessage().replaceAll("(?s).*model\\.seed=(-?\\d+).*", "$1");
        System.setProperty("model.seed", seed);
        System.setProperty("model.runs", "1");
        AssertionError again =
                catchThrowableOfType(AssertionError.class, () -> counter().run(() -> new Forgetful(closed)));
        assertThat(again.getMessage()).isEqualTo(failure.getMessage());
    }

    @Test
    void sameSeed_sameLists_inWeight() {
        System.setProperty("model.seed", "7");
        List<Operation> first = new ArrayList<>();
        counter().run(() -> recording(first));
        List<Operation> second = new ArrayList<>();
        counter().run(() -> recording(second));
        assertThat(second).isEqualTo(first).hasSizeGreaterThan(1_000);
        assertThat(first.stream().filter(Reset.class::isInstance).count() / (double) first.size())
                .isBetween(0.05, 0.15);
    }

    @Test
    void otherKindOfFailure_isNotTakenForTheSame() {
        System.setProperty("model.seed", "1");
        AssertionError failure = catchThrowableOfType(
                AssertionError.class,
                () -> counter().longest(20).run(() -> new ModelTest.Trial<>() {
                    private int size;

                    @Override
                    public void apply(Operation operation) {
                        size++;
                    }

                    @Override
                    public void check() {
                        if (size < 3) {
                            throw new IllegalStateException("too short for this trial");
                        }
                        throw new AssertionError("differs");
                    }
                }));
        assertThat(failure).hasMessageContaining("\n3 of ").hasRootCauseMessage("differs");
    }

    @Test
    void skippedTrial_skipsTheTest() {
        assertThatThrownBy(() -> counter().run(() -> {
                    throw new TestAbortedException("no server");
                }))
                .isInstanceOf(TestAbortedException.class);
    }

    private static ModelTest.Trial<Operation> recording(List<Operation> operations) {
        return new ModelTest.Trial<>() {
            @Override
            public void apply(Operation operation) {
                operations.add(operation);
            }

            @Override
            public void check() {}
        };
    }
}
