package dev.weir.benchmarks;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ./weir bench}. */
@Command(
        name = "weir bench",
        description = "Measures Weir beside the best hand-written code for the same job (the floor).",
        footer = {
            "",
            "Both sides alternate in at least five rounds in one process. Medians are compared; the final state is checked.",
            "The last line on standard output is {\"bench\":..,\"ours\":..,\"floor\":..,\"ratio\":..} in units a second.",
            "",
            "Exit codes: 0 measured, whatever the ratio; 1 failed, or the final state is wrong; 2 bad usage."
        },
        usageHelpAutoWidth = true)
public final class Main implements Callable<Integer> {
    private static final String ALL = "all";

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "NAME",
            description = "The bench, or all. Without it the benches are listed.")
    private @Nullable String name;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "10",
            description = {
                "Measuring time in all of a timed bench, set-up and warm-up not counted (default: ${DEFAULT-VALUE}).",
                "A bench of fixed work runs five rounds however long they take."
            })
    private double seconds = 10;

    @Option(names = "--json", description = "Prints nothing but the last line on standard output.")
    private boolean json;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Writes DIR/<date>-<name>.json with rounds, commit, machine and JDK.")
    private @Nullable Path out;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Prints this help.")
    private boolean help;

    private Main() {}

    /** Runs the command and exits. A leading {@code bench} is the command's own name and is skipped. */
    public static void main(String[] args) {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn");
        String[] own = args.length > 0 && args[0].equals("bench") ? Arrays.copyOfRange(args, 1, args.length) : args;
        CommandLine command = command();
        command.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
        // Whatever else prints must not get between the lines that a program reads.
        System.setOut(System.err);
        System.exit(command.execute(own));
    }

    static CommandLine command() {
        CommandLine command = new CommandLine(new Main());
        command.setExecutionExceptionHandler((problem, failed, parsed) -> {
            failed.getErr().println("weir bench: " + problem);
            for (StackTraceElement frame : problem.getStackTrace()) {
                failed.getErr().println("    at " + frame);
            }
            for (Throwable cause = problem.getCause(); cause != null; cause = cause.getCause()) {
                failed.getErr().println("  cause: " + cause);
            }
            return 1;
        });
        return command;
    }

    @Override
    public Integer call() throws Exception {
        PrintWriter output = commandLine().getOut();
        PrintWriter errors = commandLine().getErr();
        if (!(seconds > 0) || seconds > 3600) {
            throw bad("Measuring time is more than 0 and at most 3600 seconds: --seconds=" + seconds + ".");
        }
        if (name == null) {
            list(output);
            return 0;
        }
        List<Bench> chosen = choose(name);
        Duration measuring = Duration.ofNanos(Math.round(seconds * 1e9));
        int exit = 0;
        try (Postgres postgres = new Postgres()) {
            for (Bench bench : chosen) {
                exit = Math.max(exit, measure(bench, postgres, measuring, output, errors));
            }
        }
        return exit;
    }

    private int measure(Bench bench, Postgres postgres, Duration measuring, PrintWriter output, PrintWriter errors)
            throws Exception {
        Path directory = Files.createTempDirectory("weir-bench-");
        Thread interrupted = new Thread(() -> delete(directory), "bench-interrupted");
        Runtime.getRuntime().addShutdownHook(interrupted);
        Result result;
        try (Contest contest = bench.open(directory, postgres)) {
            result = Rounds.run(bench, contest, measuring, line -> progress(errors, bench, line));
        } finally {
            Runtime.getRuntime().removeShutdownHook(interrupted);
            delete(directory);
        }
        if (!json) {
            output.print(result.table());
        }
        if (out != null) {
            Path file = ResultFile.write(out, bench, result);
            if (!json) {
                output.println("written: " + file);
            }
        }
        output.println(result.line());
        output.flush();
        result.wrong().ifPresent(wrong -> errors.println("weir bench " + bench.name() + ": " + wrong));
        errors.flush();
        return result.wrong().isPresent() ? 1 : 0;
    }

    private void progress(PrintWriter errors, Bench bench, String line) {
        errors.println(bench.name() + ": " + line);
        errors.flush();
    }

    private List<Bench> choose(String wanted) {
        if (wanted.equals(ALL)) {
            return Benches.ALL;
        }
        List<Bench> found =
                Benches.ALL.stream().filter(b -> b.name().equals(wanted)).toList();
        if (found.isEmpty()) {
            String names =
                    String.join(", ", Benches.ALL.stream().map(Bench::name).toList());
            throw bad("There is no such bench: NAME=" + wanted + ". Name one of " + names + ", or all.");
        }
        return found;
    }

    private static void list(PrintWriter output) {
        for (Bench bench : Benches.ALL) {
            output.printf(Locale.ROOT, "%-17s %s%n", bench.name(), bench.question());
            output.printf(Locale.ROOT, "%-17s   floor: %s%n", "", bench.floor());
            output.printf(Locale.ROOT, "%-17s   goal: %s%n", "", Result.digits(bench.goal()));
        }
        output.printf(Locale.ROOT, "%-17s %s%n", ALL, "all of them, one after the other");
        output.flush();
    }

    private CommandLine commandLine() {
        if (spec == null) {
            throw new IllegalStateException("The command runs by its command line only.");
        }
        return spec.commandLine();
    }

    private ParameterException bad(String message) {
        return new ParameterException(commandLine(), message);
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
