package dev.weir.server;

import dev.weir.db.engine.JdbcUrl;
import dev.weir.error.WeirException;
import dev.weir.schema.model.InvalidSchemaException;
import dev.weir.server.buffer.BufferCommand;
import dev.weir.server.demo.DemoCommand;
import dev.weir.server.replay.ReplayCommand;
import dev.weir.server.schema.SchemaCommand;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program's entry: finds the command, runs it, turns what it throws into one line and an exit code. */
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
        CommandLine line = new CommandLine(new Root());
        line.addSubcommand(new DemoCommand());
        line.addSubcommand(new ReplayCommand());
        line.addSubcommand(new BufferCommand());
        line.addSubcommand(new SchemaCommand());
        line.setParameterExceptionHandler(Main::badUsage);
        line.setExecutionExceptionHandler(Main::failed);
        line.setUsageHelpAutoWidth(true);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        return line;
    }

    private static int badUsage(ParameterException problem, String[] arguments) {
        CommandLine line = problem.getCommandLine();
        PrintWriter err = line.getErr();
        err.println("weir: " + withoutSecrets(String.valueOf(problem.getMessage())));
        if (!UnmatchedArgumentException.printSuggestions(problem, err)) {
            line.usage(err);
        } else {
            err.println("Try './" + line.getCommandSpec().qualifiedName() + " --help'.");
        }
        err.flush();
        return BAD_USAGE;
    }

    /** A misplaced argument is shown, and may be a URL, or nearly one. */
    private static String withoutSecrets(String message) {
        String shown = JdbcUrl.redactedIn(message);
        return shown.contains("://") ? JdbcUrl.redacted(shown) : shown;
    }

    private static int failed(Exception problem, CommandLine line, ParseResult parsed) {
        PrintWriter err = line.getErr();
        int code = 1;
        if (problem instanceof CommandFailed failure) {
            code = failure.exitCode();
            err.println("weir: " + failure.getMessage());
        } else if (problem instanceof WeirException || problem instanceof InvalidSchemaException) {
            err.println("weir: " + problem.getMessage());
        } else {
            err.println("weir: this should not have happened; please report it with what follows:");
            problem.printStackTrace(err);
        }
        err.flush();
        return code;
    }

    /** What stands before the commands. */
    @Command(
            name = "weir",
            description = "A data layer between an application and its SQL database.",
            synopsisSubcommandLabel = "COMMAND",
            mixinStandardHelpOptions = false)
    static final class Root implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init")
        private CommandSpec spec;

        @CommandLine.Option(
                names = {"-h", "--help"},
                usageHelp = true,
                description = "Show this help and exit.")
        private boolean help;

        @Override
        public Integer call() {
            throw new ParameterException(spec.commandLine(), "a command is missing: give one of " + names());
        }

        private List<String> names() {
            return spec.subcommands().keySet().stream().toList();
        }
    }
}
