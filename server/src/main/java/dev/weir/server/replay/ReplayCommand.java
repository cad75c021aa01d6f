package dev.weir.server.replay;

import dev.weir.db.Durability;
import dev.weir.server.database.DatabaseOptions;
import dev.weir.server.database.TargetDatabase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command line of {@code weir replay}. */
@Command(
        name = "replay",
        description = {
            "Absorbs web-server access logs (Common and Combined Log Format) into the tables page, visitor and hit.",
            "Each line counts once, whatever is killed when: run the same command again and it goes on where it was."
        },
        footer = {
            "",
            "Exit codes: 0 done (also with rejected lines, which are in DIR/rejected.log), 1 failed, 2 bad usage,",
            "130 and 143 stopped by SIGINT and SIGTERM after what was read was flushed."
        })
public final class ReplayCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Access logs, plain or .gz; - is standard input.")
    private List<String> files = List.of();

    @Mixin
    private DatabaseOptions database = new DatabaseOptions();

    @Option(
            names = "--durability",
            defaultValue = "accepted",
            description = "What each line waits for, many at a time: accepted, journaled or flushed"
                    + " (default: ${DEFAULT-VALUE}). At the end all is in the database.")
    private Durability durability = Durability.ACCEPTED;

    @Option(names = "--rate", paramLabel = "N", description = "At most N lines a second.")
    private @Nullable Double rate;

    @Option(names = "--again", description = "Count finished files once more.")
    private boolean again;

    @Option(
            names = "--patience",
            paramLabel = "SECONDS",
            defaultValue = "60",
            hidden = true,
            description = "How long a full buffer, journal or database is waited for (default: ${DEFAULT-VALUE}).")
    private int patience;

    @Option(names = "--json", description = "Print the totals as one JSON object.")
    private boolean json;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    private boolean help;

    @Spec
    private @Nullable CommandSpec spec;

    /** For picocli. */
    public ReplayCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        if (rate != null && !(rate > 0 && rate < Double.POSITIVE_INFINITY)) {
            throw badUsage("a rate must be a number above 0: --rate=" + rate + "; leave it out for no limit");
        }
        if (patience < 1) {
            throw badUsage("patience is at least a second: --patience=" + patience);
        }
        if (files.stream().anyMatch(String::isEmpty)) {
            throw badUsage("a file must have a name: FILE=''; give a path, or - for standard input");
        }
        ReplayProgress progress = new ReplayProgress(System.err, Boolean.getBoolean("weir.terminal"));
        // Before anything is made: a file that is missing leaves no trace.
        Replay.check(files);
        database.makeData();
        try (TargetDatabase target = TargetDatabase.open(database.url())) {
            ReplayOptions options = new ReplayOptions(
                    files,
                    target.dataSource(),
                    target.shownUrl(),
                    database.data(),
                    durability,
                    rate == null ? 0 : rate,
                    again);
            return run(new Replay(options, progress, Duration.ofSeconds(patience)), progress);
        }
    }

    /** SIGINT and SIGTERM begin Java's shutdown, which waits for this run's end and then exits with 130 or 143. */
    private int run(Replay replay, ReplayProgress progress) {
        CountDownLatch ended = new CountDownLatch(1);
        Thread hook = new Thread(
                () -> {
                    replay.stop();
                    try {
                        ended.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "weir-replay-stop");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            ReplayTotals totals = replay.run();
            progress.erase();
            if (totals.problem() != null) {
                System.err.println("weir: " + totals.problem());
            }
            System.err.flush();
            System.out.print(json ? totals.json() + System.lineSeparator() : totals.table());
            System.out.flush();
            return totals.problem() == null ? 0 : 1;
        } finally {
            progress.erase();
            ended.countDown();
        }
    }

    private ParameterException badUsage(String message) {
        if (spec == null) {
            throw new IllegalStateException("The command is run by picocli.");
        }
        return new ParameterException(spec.commandLine(), message);
    }
}
