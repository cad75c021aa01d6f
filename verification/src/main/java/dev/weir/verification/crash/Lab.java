package dev.weir.verification.crash;

import dev.weir.db.Durability;
import dev.weir.testservers.PostgresServer;
import dev.weir.verification.crash.VictimProcess.End;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs victims, kills them, and judges what is left. A run is one data directory and database: some kills, each followed by a
 * new start of the same command, and a last start that may do all its work. One thread uses it.
 */
final class Lab implements AutoCloseable {
    private static final int LINES = 9_000;
    private static final double LINES_PER_SECOND = 9_000;

    /** What a run works on. */
    record Setting(Work work, Engine engine, Durability durability) {
        @Override
        public String toString() {
            return (work + " " + durability + " " + engine).toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What came of a run.
     *
     * @param killed what was killed, each time by its point's name
     * @param wrong what is not as it must be; empty if all is exact
     */
    record Outcome(Setting setting, List<String> killed, List<String> wrong, long oldestLostNanos) {
        boolean exact() {
            return wrong.isEmpty();
        }
    }

    private final Path directory;
    private final Random random;
    private final @Nullable Fault fault;
    private final List<Path> files;
    private final LogTruth truth;
    private final Map<Setting, Long> undisturbed = new HashMap<>();
    private @Nullable PostgresServer server;
    private List<String> options = List.of();
    private int runs;

    Lab(long seed, @Nullable Fault fault) throws IOException {
        this.directory = Files.createTempDirectory("weir-crash").toRealPath();
        this.random = new Random(seed);
        this.fault = fault;
        this.files = MadeLogs.write(directory.resolve("logs"), seed, LINES);
        this.truth = new LogTruth(files);
    }

    private PostgresServer server() throws IOException {
        PostgresServer running = server;
        if (running == null) {
            running = PostgresServer.start();
            server = running;
        }
        return running;
    }

    private Scene scene(Setting setting, Path place) throws IOException, SQLException {
        Target target = Target.make(setting.engine, place, this::server);
        Path data = place.resolve("data");
        return switch (setting.work) {
            case REPLAY -> new ReplayScene(target, data, files, truth, setting.durability, LINES_PER_SECOND);
            case CALLS -> new CallsScene(target, data.toString(), setting.durability);
        };
    }

    /** One run's kills. */
    private interface Kills {
        /** Kills; answers what, or nothing if the victim was done before. */
        @Nullable String kill(Scene scene, Path errors) throws IOException, InterruptedException;
    }

    /** Kills at a point, at one of its first occurrences, up to {@code kills} times. */
    Outcome point(Setting setting, CrashPoint point, int kills) throws IOException, SQLException, InterruptedException {
        int[] count = {0};
        Outcome outcome = run(setting, kills + (point.before().isPresent() ? 1 : 0), (scene, errors) -> {
            boolean prelude = count[0]++ == 0 && point.before().isPresent();
            CrashPoint here = prelude ? point.before().orElse(point) : point;
            return start(scene, new Bomb(here, prelude ? 1 : occurrence(setting, here), false), errors)
                    ? here.label()
                    : null;
        });
        return outcome.killed.contains(point.label()) || !outcome.exact() ? outcome : first(setting, point);
    }

    /** Which occurrence; the first is drawn more often, because it is sure to come. */
    private int occurrence(Setting setting, CrashPoint point) {
        if (random.nextInt(4) == 0) {
            return 1;
        }
        // SQLite has a statement a row.
        boolean many = setting.engine == Engine.SQLITE
                && (point == CrashPoint.FLUSH_BEFORE_STATEMENT || point == CrashPoint.FLUSH_AFTER_STATEMENT);
        return 1 + random.nextInt(many ? 40 * point.span() : point.span());
    }

    /** Kills once, at the first occurrence. */
    private Outcome first(Setting setting, CrashPoint point) throws IOException, SQLException, InterruptedException {
        List<CrashPoint> points = new ArrayList<>();
        point.before().ifPresent(points::add);
        points.add(point);
        int[] count = {0};
        Outcome outcome = run(setting, points.size(), (scene, errors) -> {
            CrashPoint here = points.get(count[0]++);
            return start(scene, new Bomb(here, 1, false), errors) ? here.label() : null;
        });
        if (outcome.exact() && !outcome.killed.contains(point.label())) {
            return new Outcome(setting, outcome.killed, List.of("the point was never reached: " + point.label()), 0);
        }
        return outcome;
    }

    /** Whether it was killed. */
    private boolean start(Scene scene, @Nullable Bomb bomb, Path errors) throws IOException, InterruptedException {
        try (VictimProcess victim = victim(scene, bomb, errors)) {
            return ended(scene, victim);
        }
    }

    private VictimProcess victim(Scene scene, @Nullable Bomb bomb, Path errors) throws IOException {
        List<String> arguments = new ArrayList<>(scene.arguments());
        if (fault != null) {
            arguments.add("break=" + fault.label());
        }
        return VictimProcess.start(options, scene.target().url(), arguments, bomb, errors, scene::heard);
    }

    /** Runs a victim to its end that leaves an archive of its classes: the others start faster with it. */
    void warmUp() throws IOException, SQLException, InterruptedException {
        Path archive = directory.resolve("logs").resolve("classes.jsa");
        options = List.of("-XX:ArchiveClassesAtExit=" + archive, "-Xlog:disable");
        run(new Setting(Work.REPLAY, Engine.SQLITE, Durability.ACCEPTED), 0, (scene, errors) -> null);
        options = Files.exists(archive) ? List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:disable") : List.of();
    }

    private static boolean ended(Scene scene, VictimProcess victim) throws IOException, InterruptedException {
        End end = victim.end();
        scene.ended(end != End.DONE);
        if (end == End.FAILED) {
            throw new FailedException("the victim failed: " + victim.errors());
        }
        return end == End.KILLED;
    }

    /** The victim ended by itself, and not well. */
    private static final class FailedException extends IOException {
        private static final long serialVersionUID = 1L;

        FailedException(String message) {
            super(message);
        }
    }

    /** Kills by SIGKILL at random moments. */
    Outcome random(Setting setting, int kills) throws IOException, SQLException, InterruptedException {
        long whole = undisturbed(setting);
        return run(setting, kills, (scene, errors) -> {
            try (VictimProcess victim = victim(scene, null, errors)) {
                boolean early = random.nextInt(5) == 0;
                if (!early) {
                    victim.awaitReady();
                }
                // A start that goes on has less to do than the whole.
                long delay = (long) (random.nextDouble() * (early ? 1e9 : whole / 2.0));
                if (!victim.ended(delay)) {
                    victim.kill();
                }
                return ended(scene, victim) ? "random" : null;
            }
        });
    }

    /** How long the work takes from {@code READY} on when nobody is killed. */
    private long undisturbed(Setting setting) throws IOException, SQLException, InterruptedException {
        Long known = undisturbed.get(setting);
        if (known == null) {
            long[] start = new long[1];
            Outcome outcome = run(setting, 1, (scene, errors) -> {
                try (VictimProcess victim = victim(scene, null, errors)) {
                    victim.awaitReady();
                    start[0] = System.nanoTime();
                    ended(scene, victim);
                    start[0] = System.nanoTime() - start[0];
                    return null;
                }
            });
            known = outcome.exact() ? start[0] : 1_000_000_000L;
            undisturbed.put(setting, known);
        }
        return known;
    }

    /** Kills the database server at a point of the flush, again and again, while the victim goes on. */
    Outcome server(Setting setting, CrashPoint point, int kills)
            throws IOException, SQLException, InterruptedException {
        List<String> killed = new ArrayList<>();
        int nth = point == CrashPoint.FLUSH_AFTER_STATEMENT ? 1 + random.nextInt(3) : 1;
        Outcome outcome = run(setting, 1, (scene, errors) -> {
            try (VictimProcess victim = victim(scene, new Bomb(point, nth, true), errors)) {
                while (victim.awaitPoint()) {
                    if (killed.size() < kills) {
                        server().kill();
                        server().restart();
                        killed.add("server-" + point.label());
                    }
                    victim.goOn();
                }
                ended(scene, victim);
                return null;
            }
        });
        if (outcome.exact() && killed.isEmpty()) {
            return new Outcome(setting, killed, List.of("the point was never reached: " + point.label()), 0);
        }
        return new Outcome(setting, killed, outcome.wrong, outcome.oldestLostNanos);
    }

    private Outcome run(Setting setting, int most, Kills kills) throws IOException, SQLException, InterruptedException {
        Path place = directory.resolve("run-" + ++runs);
        Files.createDirectories(place.resolve("data"));
        List<String> killed = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        Scene scene = scene(setting, place);
        try {
            boolean done = false;
            for (int i = 0; i < most && !done && wrong.isEmpty(); i++) {
                String what = kills.kill(scene, place.resolve("errors-" + i));
                done = what == null;
                if (what != null) {
                    killed.add(what);
                    // Looking changes the files of SQLite a little: not always.
                    if (random.nextBoolean()) {
                        wrong.addAll(scene.wrongBetween());
                    }
                }
            }
            if (!done && wrong.isEmpty()) {
                start(scene, null, place.resolve("errors-end"));
            }
            if (wrong.isEmpty()) {
                wrong.addAll(scene.wrong());
            }
        } catch (FailedException e) {
            wrong.add(String.valueOf(e.getMessage()));
        } catch (SQLException e) {
            wrong.add("the database can't be read: " + e.getMessage());
        }
        if (wrong.isEmpty()) {
            delete(place);
        } else {
            wrong.add("what is left of it: " + place);
        }
        long lost = scene instanceof CallsScene calls ? calls.oldestLostNanos() : 0;
        return new Outcome(setting, killed, wrong, lost);
    }

    private static void delete(Path place) throws IOException {
        try (Stream<Path> all = Files.walk(place)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }

    /** Ends the server. The places of runs that were not exact stay, unless that was planned. */
    @Override
    public void close() throws IOException {
        if (server != null) {
            server.close();
        }
        delete(directory.resolve("logs"));
        if (fault != null) {
            delete(directory);
            return;
        }
        try (Stream<Path> left = Files.list(directory)) {
            if (left.findAny().isPresent()) {
                return;
            }
        }
        Files.delete(directory);
    }
}
