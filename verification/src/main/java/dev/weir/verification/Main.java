package dev.weir.verification;

import dev.weir.verification.crash.CrashCommand;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program behind {@code weir verify}. */
public final class Main {
    private static final int BAD_USAGE = 2;

    private Main() {}

    /** Runs the command line and exits with its code. */
    public static void main(String[] arguments) {
        int code = commandLine().execute(arguments);
        System.out.flush();
        System.exit(code);
    }

    /** The whole command line; running it ends nothing. */
    public static CommandLine commandLine() {
        CommandLine verify = new CommandLine(new Choice("a checker")).setCommandName("verify");
        verify.addSubcommand(new CrashCommand());
        CommandLine line = new CommandLine(new Choice("a command")).setCommandName("weir");
        line.addSubcommand(verify);
        line.setParameterExceptionHandler(Main::badUsage);
        line.setUsageHelpAutoWidth(true);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        return line;
    }

    private static int badUsage(ParameterException problem, String[] arguments) {
        CommandLine line = problem.getCommandLine();
        PrintWriter err = line.getErr();
        err.println("weir: " + problem.getMessage());
        if (!UnmatchedArgumentException.printSuggestions(problem, err)) {
            line.usage(err);
        }
        err.flush();
        return BAD_USAGE;
    }

    /** What stands before the commands. */
    @Command(mixinStandardHelpOptions = false, description = "Runs the checkers that take long.")
    static final class Choice implements Callable<Integer> {
        private final String what;

        @Spec
        @SuppressWarnings("NullAway.Init")
        private CommandSpec spec;

        @Option(
                names = {"-h", "--help"},
                usageHelp = true,
                description = "Show this help and exit.")
        private boolean help;

        Choice(String what) {
            this.what = what;
        }

        @Override
        public Integer call() {
            throw new ParameterException(
                    spec.commandLine(),
                    what + " is missing: give one of " + spec.subcommands().keySet());
        }
    }
}
