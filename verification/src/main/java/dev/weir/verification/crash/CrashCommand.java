package dev.weir.verification.crash;

import dev.weir.db.Durability;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line of {@code weir verify crash}. */
@Command(
        name = "crash",
        description = {
            "Kills processes that write through Weir, starts them again, and compares the database with what the input says.",
            "Without --point, --random or --all it takes points and random moments in turn until --seconds are over."
        },
        footer = {"", "Exit codes: 0 all exact, 1 something was lost, repeated or split, 2 bad usage."})
public final class CrashCommand implements Callable<Integer> {
    private static final int KILLS_A_RUN = 5;
    private static final int RANDOM_KILLS = 50;

    @Option(names = "--point", paramLabel = "NAME", description = "Kill at this point only (--points lists them).")
    private @Nullable String point;

    @Option(names = "--points", description = "List the points and the rules that can be broken.")
    private boolean list;

    @Option(names = "--random", paramLabel = "N", description = "Kill N times at random moments, and nowhere else.")
    private @Nullable Integer randomKills;

    @Option(
            names = "--servers",
            paramLabel = "N",
            description = "Kill the PostgreSQL server up to N times at each step of a flush, and nothing else.")
    private @Nullable Integer serverKills;

    @Option(
            names = "--all",
            description = "The long form: each point and " + RANDOM_KILLS
                    + " random kills, on both databases, at accepted and journaled, of replay and of single calls.")
    private boolean all;

    @Option(names = "--db", description = "sqlite or postgres (default: both in turn).")
    private @Nullable Engine engine;

    @Option(names = "--durability", description = "accepted or journaled (default: both in turn).")
    private @Nullable Durability durability;

    @Option(names = "--work", description = "replay or calls (default: both in turn).")
    private @Nullable Work work;

    @Option(names = "--seconds", paramLabel = "S", description = "How long (default: 60; not with --all or --random).")
    private @Nullable Double seconds;

    @Option(names = "--break", paramLabel = "RULE", description = "Break a rule of the protocol: must end with exit 1.")
    private @Nullable String broken;

    @Option(names = "--seed", paramLabel = "N", description = "Draw the same logs and points again.")
    private @Nullable Long seed;

    @Option(names = "--json", description = "Print only the last line, a JSON object.")
    private boolean json;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    private boolean help;

    @Spec
    private @Nullable CommandSpec spec;

    private final Tally tally = new Tally();

    /** For picocli. */
    public CrashCommand() {}

    @Override
    public Integer call() throws Exception {
        if (list) {
            System.out.println("Points: " + String.join(", ", CrashPoint.labels()));
            System.out.println("Rules: " + String.join(", ", Fault.labels()));
            return 0;
        }
        CrashPoint only = point == null
                ? null
                : CrashPoint.of(point)
                        .orElseThrow(() -> badUsage("a point must be one of " + String.join(", ", CrashPoint.labels())
                                + ": --point=" + point));
        Fault fault = broken == null
                ? null
                : Fault.of(broken)
                        .orElseThrow(() -> badUsage(
                                "a rule must be one of " + String.join(", ", Fault.labels()) + ": --break=" + broken));
        if (durability == Durability.FLUSHED) {
            throw badUsage("a durability must be accepted or journaled: --durability=flushed");
        }
        if ((randomKills != null && randomKills < 1)
                || (serverKills != null && serverKills < 1)
                || (seconds != null && !(seconds > 0))) {
            throw badUsage("--random, --servers and --seconds must be above 0");
        }
        long drawn = seed != null ? seed : ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE);
        long start = System.nanoTime();
        say("seed " + drawn + ", JDK " + Runtime.version() + ", " + System.getProperty("os.name") + " "
                + System.getProperty("os.arch") + ", " + Runtime.getRuntime().availableProcessors() + " processors");
        try (Lab lab = new Lab(drawn, fault)) {
            if (fault != null) {
                brokenRule(lab, fault, only);
            } else if (all) {
                lab.warmUp();
                everything(lab);
            } else if (serverKills != null) {
                for (Lab.Setting setting : settings()) {
                    if (setting.engine() == Engine.POSTGRES) {
                        servers(lab, setting, serverKills);
                    }
                }
            } else if (randomKills != null) {
                lab.warmUp();
                randomOnly(lab, randomKills);
            } else {
                inTurn(lab, only, System.nanoTime());
            }
        }
        double took = (System.nanoTime() - start) / 1e9;
        say(tally.table().stripTrailing());
        System.out.println(tally.json(drawn, took));
        return tally.allExact() ? 0 : 1;
    }

    private void say(String line) {
        if (!json) {
            PrintStream out = System.out;
            out.println(line);
            out.flush();
        }
    }

    private List<Lab.Setting> settings() {
        List<Lab.Setting> settings = new ArrayList<>();
        for (Work each : work == null ? Work.values() : new Work[] {work}) {
            for (Engine on : engine == null ? Engine.values() : new Engine[] {engine}) {
                for (Durability level : List.of(Durability.ACCEPTED, Durability.JOURNALED)) {
                    if (durability == null || durability == level) {
                        settings.add(new Lab.Setting(each, on, level));
                    }
                }
            }
        }
        return settings;
    }

    private void record(String name, Lab.Outcome outcome) {
        tally.add(name, outcome);
        say(String.format(
                Locale.ROOT,
                "%-28s %-28s kills %d, %s",
                name,
                outcome.setting(),
                outcome.killed().size(),
                outcome.exact() ? "exact" : "WRONG: " + outcome.wrong().get(0)));
    }

    /** A broken rule is looked for with its own point until it is found. */
    private void brokenRule(Lab lab, Fault fault, @Nullable CrashPoint only) throws Exception {
        Durability level = durability == null ? Durability.JOURNALED : durability;
        Lab.Setting setting =
                new Lab.Setting(work == null ? fault.work() : work, engine == null ? Engine.SQLITE : engine, level);
        CrashPoint here = only == null ? fault.point() : only;
        for (int i = 0; i < 5 && tally.allExact(); i++) {
            record(here.label(), lab.point(setting, here, 2));
        }
    }

    private void everything(Lab lab) throws Exception {
        for (Lab.Setting setting : settings()) {
            for (CrashPoint each : CrashPoint.values()) {
                if (each.occurs(setting.work(), setting.engine())) {
                    record(each.label(), lab.point(setting, each, 2));
                }
            }
            randomOf(lab, setting, RANDOM_KILLS);
            if (setting.engine() == Engine.POSTGRES) {
                servers(lab, setting, 2);
            }
        }
    }

    private void servers(Lab lab, Lab.Setting setting, int kills) throws Exception {
        for (CrashPoint each : serverPoints()) {
            record("server-" + each.label(), lab.server(setting, each, kills));
        }
    }

    private static List<CrashPoint> serverPoints() {
        return List.of(
                CrashPoint.FLUSH_BEFORE_LEDGER,
                CrashPoint.FLUSH_AFTER_LEDGER,
                CrashPoint.FLUSH_AFTER_STATEMENT,
                CrashPoint.FLUSH_BEFORE_COMMIT,
                CrashPoint.FLUSH_AFTER_COMMIT);
    }

    private void randomOnly(Lab lab, int kills) throws Exception {
        for (Lab.Setting setting : settings()) {
            randomOf(lab, setting, kills);
        }
    }

    private void randomOf(Lab lab, Lab.Setting setting, int kills) throws Exception {
        for (int left = kills; left > 0; ) {
            Lab.Outcome outcome = lab.random(setting, Math.min(left, KILLS_A_RUN));
            record("random", outcome);
            left -= outcome.exact() ? outcome.killed().size() : left;
        }
    }

    private void inTurn(Lab lab, @Nullable CrashPoint only, long start) throws Exception {
        double limit = seconds == null ? 60 : seconds;
        List<Lab.Setting> settings = settings();
        List<CrashPoint> points = only == null ? Arrays.asList(CrashPoint.values()) : List.of(only);
        if (points.stream().noneMatch(each -> settings.stream().anyMatch(s -> each.occurs(s.work(), s.engine())))) {
            throw badUsage("this work on this database never comes to the point: --point=" + point);
        }
        for (int i = 0; tally.runs() == 0 || (System.nanoTime() - start) / 1e9 < limit; i++) {
            // A step in the settings for each point, so that the points meet all of them in time.
            Lab.Setting setting = settings.get((i + i / points.size()) % settings.size());
            CrashPoint here = points.get(i % points.size());
            if (here.occurs(setting.work(), setting.engine())) {
                record(here.label(), lab.point(setting, here, 3));
            }
            if (only == null && i % 4 == 3 && (System.nanoTime() - start) / 1e9 < limit) {
                record("random", lab.random(setting, KILLS_A_RUN));
            }
        }
    }

    private ParameterException badUsage(String message) {
        if (spec == null) {
            throw new IllegalStateException("The command is run by picocli.");
        }
        return new ParameterException(spec.commandLine(), message);
    }
}
