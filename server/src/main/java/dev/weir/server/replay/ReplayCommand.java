package dev.weir.server.replay;

import dev.weir.server.CommandFailed;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command line of {@code weir replay}. */
@Command(name = "replay", description = "Absorbs web-server access logs into a database, each line once.")
public final class ReplayCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Access logs, plain or .gz; - is standard input.")
    private List<String> files = List.of();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    private boolean help;

    @Override
    public Integer call() {
        throw new CommandFailed("not there yet: files=" + files);
    }
}
