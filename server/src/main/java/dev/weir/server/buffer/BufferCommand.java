package dev.weir.server.buffer;

import dev.weir.buffer.BufferAdmin;
import dev.weir.buffer.BufferAdmin.Retired;
import dev.weir.buffer.BufferAdmin.Status;
import dev.weir.buffer.DeadLetter;
import dev.weir.buffer.DeadLetters;
import dev.weir.db.Database;
import dev.weir.server.CommandFailed;
import dev.weir.server.database.Access;
import dev.weir.server.database.DatabaseOptions;
import dev.weir.server.database.TargetDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command line of {@code weir buffer}. */
@Command(
        name = "buffer",
        description = "Shows and mends write-behind buffers.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "status, dead-letters, retry and discard work beside a running owner of the journal;",
            "adopt and retire are refused while it has one."
        })
public final class BufferCommand implements Callable<Integer> {
    @Mixin
    private HelpOption help = new HelpOption();

    @Spec
    private @Nullable CommandSpec spec;

    /** For picocli. */
    public BufferCommand() {}

    /** The option {@code --help} of every command. */
    static final class HelpOption {
        @Option(
                names = {"-h", "--help"},
                usageHelp = true,
                description = "Show this help and exit.")
        private boolean help;
    }

    /** The options of every command. */
    static final class Options {
        @Mixin
        private DatabaseOptions database = new DatabaseOptions();

        @Option(names = "--json", description = "Print one JSON object.")
        private boolean json;

        @Mixin
        private HelpOption help = new HelpOption();
    }

    @Override
    public Integer call() {
        if (spec == null) {
            throw new IllegalStateException("The command is run by picocli.");
        }
        throw new ParameterException(
                spec.commandLine(),
                "a command is missing: give one of "
                        + String.join(", ", spec.subcommands().keySet()));
    }

    @Command(name = "status", description = "Shows writers, what is pending in the journal, and who owns it.")
    int status(@Mixin Options options) {
        return with(options, Access.LOOK, database -> {
            Status status = new BufferAdmin(database)
                    .status(JournalDirectory.find(options.database.data()).orElse(null));
            print(options.json ? BufferReport.json(status) : BufferReport.text(status));
            return 0;
        });
    }

    @Command(name = "dead-letters", description = "Lists the changes that the database refused for good, oldest first.")
    int deadLetters(
            @Mixin Options options,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "1000",
                            description = "At most N (default: ${DEFAULT-VALUE}).")
                    int limit) {
        if (limit < 1 && spec != null) {
            throw new ParameterException(
                    spec.commandLine().getSubcommands().get("dead-letters"),
                    "a limit must be at least 1: --limit=" + limit);
        }
        return with(options, Access.LOOK, database -> {
            BufferAdmin admin = new BufferAdmin(database);
            // The table may not have been made yet.
            List<DeadLetter> letters = admin.status(null).deadLetters() == 0
                    ? List.of()
                    : admin.deadLetters().list(limit);
            print(options.json ? BufferReport.json(letters) : BufferReport.text(letters));
            return 0;
        });
    }

    @Command(name = "retry", description = "Hands dead letters back to the buffer, each exactly once.")
    int retry(
            @Mixin Options options,
            @Parameters(paramLabel = "ID", arity = "1..*", description = "Ids that dead-letters shows.")
                    List<String> ids) {
        return change(options, ids, "retried", DeadLetters::retry);
    }

    @Command(name = "discard", description = "Deletes dead letters for good.")
    int discard(
            @Mixin Options options,
            @Parameters(paramLabel = "ID", arity = "1..*", description = "Ids that dead-letters shows.")
                    List<String> ids) {
        return change(options, ids, "discarded", DeadLetters::discard);
    }

    private interface Change {
        int apply(DeadLetters letters, Set<String> ids);
    }

    private int change(Options options, List<String> ids, String done, Change change) {
        Set<String> distinct = new LinkedHashSet<>(ids);
        return with(options, Access.CHANGE, database -> {
            BufferAdmin admin = new BufferAdmin(database);
            int changed = admin.status(null).deadLetters() == 0 ? 0 : change.apply(admin.deadLetters(), distinct);
            print(options.json ? BufferReport.json(done, changed) : done + ": " + changed + System.lineSeparator());
            if (changed < distinct.size()) {
                throw new CommandFailed("every ID must be a dead letter that is there: " + (distinct.size() - changed)
                        + " of " + distinct.size() + " were not; 'weir buffer dead-letters' lists them");
            }
            return 0;
        });
    }

    @Command(
            name = "adopt",
            description = {
                "Writes what is pending in another journal to the database, each change exactly once.",
                "The journal is that of a process that will not come back; it must have no owner."
            })
    int adopt(
            @Mixin Options options,
            @Parameters(paramLabel = "DIR", description = "A data directory, or the directory of one journal.")
                    Path directory) {
        Path journal = JournalDirectory.required(directory);
        return with(options, Access.CHANGE, database -> {
            long epochs = new BufferAdmin(database).adopt(journal);
            print(
                    options.json
                            ? BufferReport.json("epochs", epochs)
                            : "epochs adopted: " + epochs + System.lineSeparator());
            return 0;
        });
    }

    @Command(
            name = "retire",
            description = {
                "Ends a writer that will not come back.",
                "What is pending of it in the journal of --data becomes dead letters. If that journal is lost for good,",
                "--lost ends the writer without it: what was pending is gone, and its owner, should it live after all,",
                "writes no more."
            })
    int retire(
            @Mixin Options options,
            @Parameters(paramLabel = "WRITER", description = "An id that status shows.") String writer,
            @Option(names = "--lost", description = "The writer's journal is lost for good.") boolean lost) {
        return with(options, Access.CHANGE, database -> {
            BufferAdmin admin = new BufferAdmin(database);
            Path journal = JournalDirectory.find(options.database.data()).orElse(null);
            boolean here = journal != null
                    && admin.status(journal).writers().stream()
                            .anyMatch(known ->
                                    known.id().equals(writer) && known.last().isPresent());
            if (here && lost) {
                throw new CommandFailed("a writer is retired as lost only without its journal: writer=" + writer
                        + ", data=" + options.database.data() + " holds it; leave --lost out");
            }
            if (!here && !lost) {
                throw new CommandFailed("a writer is retired with its journal: writer=" + writer + ", data="
                        + options.database.data() + " holds no journal of it; name the right directory with --data,"
                        + " or say --lost if the journal is lost for good");
            }
            Retired retired;
            try {
                retired = admin.retire(writer, here ? journal : null);
            } catch (IllegalArgumentException unknown) {
                throw new CommandFailed(String.valueOf(unknown.getMessage()), unknown);
            }
            print(options.json ? BufferReport.json(retired) : BufferReport.text(retired));
            return 0;
        });
    }

    @Command(
            name = "ddl",
            description = "Prints the SQL that makes the buffer's own tables, for those who make tables by hand.")
    int ddl(
            @Option(
                            names = "--db",
                            paramLabel = "JDBC-URL",
                            required = true,
                            description = "The database; it is not asked.")
                    String url,
            @Mixin HelpOption helpOption) {
        StringBuilder script = new StringBuilder();
        for (String statement : BufferAdmin.ddl(TargetDatabase.dialect(url))) {
            script.append(statement).append(';').append(System.lineSeparator());
        }
        print(script.toString());
        return 0;
    }

    private static int with(Options options, Access access, ToIntFunction<Database> work) {
        if (options.database.isDefault()
                && !Files.exists(options.database.data().resolve(DatabaseOptions.DEFAULT_FILE))) {
            throw new CommandFailed("there must be a database: data=" + options.database.data() + " holds no "
                    + DatabaseOptions.DEFAULT_FILE + "; name the directory with --data or the database with --db");
        }
        try (TargetDatabase target = TargetDatabase.open(options.database.url(), access)) {
            return work.applyAsInt(Database.builder(target.dataSource()).build());
        }
    }

    private static void print(String text) {
        System.out.print(text);
        System.out.flush();
    }
}
