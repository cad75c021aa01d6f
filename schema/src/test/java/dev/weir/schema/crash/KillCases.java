package dev.weir.schema.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.db.Database;
import dev.weir.schema.apply.ApplyListener;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Processes that apply at once, and such that are killed while they do. */
@Tag("crash")
@Timeout(120)
@TestInstance(Lifecycle.PER_CLASS)
abstract class KillCases {
    private static final int PROCESSES = 10;
    private static final Duration AT_ONCE = Duration.ofSeconds(2);

    @TempDir
    Path directory;

    private String url;
    private Database database;

    /** The address of an empty database. */
    abstract String open(Path directory) throws Exception;

    abstract void drop() throws Exception;

    /** Where it is killed: kinds of steps, each with its moments. */
    abstract List<Moments> moments();

    /** Where a step of a kind is killed; how its moments are numbered, {@link Halt} says. */
    record Moments(String kind, List<Integer> numbers) {
        static Moments of(String kind, Integer... numbers) {
            return new Moments(kind, List.of(numbers));
        }
    }

    /** A moment of a step. */
    record Moment(String kind, int number) {}

    private Stream<Moment> allMoments() {
        return moments().stream()
                .flatMap(moments -> moments.numbers().stream().map(number -> new Moment(moments.kind(), number)));
    }

    @BeforeEach
    final void found() throws Exception {
        url = open(directory);
        database = Database.builder(new Halt("", 0).watched(url)).build();
        Village.found(database);
    }

    @AfterEach
    final void end() throws Exception {
        drop();
    }

    @Test
    void tenAtOnce_oneApplies_andTheOthersFindNothingToDo() throws Exception {
        List<ApplicantProcess> processes = new ArrayList<>();
        try {
            for (int i = 0; i < PROCESSES; i++) {
                processes.add(ApplicantProcess.start(url, directory.resolve("errors" + i)));
            }
            for (ApplicantProcess process : processes) {
                process.await(Applicant.READY);
            }
            for (ApplicantProcess process : processes) {
                process.begin();
            }
            List<Integer> steps = new ArrayList<>();
            for (ApplicantProcess process : processes) {
                steps.add(Integer.parseInt(process.await(Applicant.APPLIED)));
                assertThat(process.exit()).isZero();
            }
            assertThat(steps.stream().filter(made -> made > 0)).hasSize(1);
        } finally {
            processes.forEach(ApplicantProcess::close);
        }
        Village.check(database);
        assertThat(Village.number(database, "select count(*) as n from weir_schema_history"))
                .as("runs: what was before, and the one")
                .isEqualTo(2);
    }

    @Test
    void eachKindOfStep_isKilledSomewhere() {
        Set<String> kinds = Village.migration(database, ApplyListener.SILENT).plan().steps().stream()
                .map(step -> step.id().substring(0, step.id().indexOf(':')))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(moments()).extracting(Moments::kind).containsExactlyInAnyOrderElementsOf(kinds);
    }

    @ParameterizedTest
    @MethodSource("allMoments")
    void killedInTheMiddle_theNextGetsTheLockAtOnce_andConverges(Moment moment) throws Exception {
        try (ApplicantProcess owner = ApplicantProcess.start(
                url, directory.resolve("errors"), moment.kind(), String.valueOf(moment.number()))) {
            owner.begin();
            owner.await(Applicant.AT);
            owner.kill();
        }
        AtomicReference<Duration> waited = new AtomicReference<>(Duration.ZERO);
        Village.migration(database, new ApplyListener() {
                    @Override
                    public void waiting(Duration since) {
                        waited.set(since);
                    }
                })
                .apply(Village.ALLOWED);
        assertThat(waited.get()).as("waited for the lock of the dead").isLessThan(AT_ONCE);
        Village.check(database);
    }
}
