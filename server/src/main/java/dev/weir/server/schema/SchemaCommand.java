package dev.weir.server.schema;

import dev.weir.db.Database;
import dev.weir.schema.SchemaMigration;
import dev.weir.schema.apply.ApplyListener;
import dev.weir.schema.apply.ApplyReport;
import dev.weir.schema.apply.HazardException;
import dev.weir.schema.file.Snapshot;
import dev.weir.schema.model.Schema;
import dev.weir.schema.plan.Plan;
import dev.weir.schema.plan.PlanJson;
import dev.weir.schema.plan.PlanText;
import dev.weir.schema.plan.Step;
import dev.weir.server.CommandFailed;
import dev.weir.server.database.TargetDatabase;
import dev.weir.server.schema.SchemaTargets.Target;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** The command line of {@code weir schema}. */
@Command(
        name = "schema",
        description = "Makes a database what is declared for it.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Exit codes: 0 nothing to do, or done; 1 failed; 2 bad usage; 3 there is a hazard that is not allowed",
            "(plan, apply, rollback); 4 there is a difference (plan, status, verify). 3 goes before 4."
        })
public final class SchemaCommand implements Callable<Integer> {
    private static final int HAZARD = 3;
    private static final int DIFFERENCE = 4;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Mixin
    private HelpOption help = new HelpOption();

    @Spec
    private @Nullable CommandSpec spec;

    /** For picocli. */
    public SchemaCommand() {}

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
        private SchemaTargets targets = new SchemaTargets();

        @Option(names = "--json", description = "Print one JSON object a database instead of text.")
        private boolean json;

        @Option(names = "--no-scratch", description = "Compare by rules; make no scratch place in the database.")
        private boolean noScratch;

        @Option(
                names = "--ignore",
                paramLabel = "PATTERN",
                description =
                        "Leave tables of this name alone; * stands for any text. Flyway's and Liquibase's always are.")
        private List<String> ignored = List.of();

        @Mixin
        private HelpOption help = new HelpOption();
    }

    /** The option {@code --allow}. */
    static final class Consent {
        @Option(
                names = "--allow",
                paramLabel = "HAZARD:OBJECT",
                description = "Consent to a hazard that the plan names, such as drop_column:posts.old. Repeatable.")
        private List<String> allowed = List.of();
    }

    @Override
    public Integer call() {
        throw new ParameterException(
                spec().commandLine(),
                "a command is missing: give one of "
                        + String.join(", ", spec().subcommands().keySet()));
    }

    private CommandSpec spec() {
        if (spec == null) {
            throw new IllegalStateException("The command is run by picocli.");
        }
        return spec;
    }

    private PrintWriter out() {
        return spec().commandLine().getOut();
    }

    @Command(name = "plan", description = "Shows what apply would do, and changes nothing.")
    int plan(
            @Mixin Options options,
            @Mixin Consent consent,
            @Option(names = "--out", paramLabel = "FILE", description = "Also write the plan there, for apply --plan.")
                    @Nullable Path file) {
        single(options, file, "--out");
        return each(options, (target, database) -> {
            Plan plan = migration(options, target, database, true).plan();
            if (file != null) {
                write(file, PlanJson.write(plan));
            }
            show(options, target, plan);
            return code(plan, consent);
        });
    }

    @Command(name = "apply", description = "Makes the database what is declared; refuses hazards that are not allowed.")
    int apply(
            @Mixin Options options,
            @Mixin Consent consent,
            @Option(
                            names = "--plan",
                            paramLabel = "FILE",
                            description = "Carry this plan out, and refuse if it would be another by now.")
                    @Nullable Path file) {
        single(options, file, "--plan");
        Plan reviewed = file == null ? null : read(file);
        return each(options, (target, database) -> {
            SchemaMigration migration = migration(options, target, database, true);
            ApplyReport report =
                    reviewed == null ? migration.apply(consent.allowed) : migration.apply(reviewed, consent.allowed);
            done(options, target, report);
            return 0;
        });
    }

    @Command(name = "status", description = "Compares the database with what was last applied to it.")
    int status(@Mixin Options options) {
        return each(options, (target, database) -> {
            Plan plan = migration(options, target, database, false).status();
            show(options, target, plan);
            return plan.isEmpty() ? 0 : DIFFERENCE;
        });
    }

    @Command(name = "verify", description = "Compares the database with what is declared.")
    int verify(@Mixin Options options) {
        return each(options, (target, database) -> {
            Plan plan = migration(options, target, database, true).verify();
            show(options, target, plan);
            return plan.isEmpty() ? 0 : DIFFERENCE;
        });
    }

    @Command(name = "rollback", description = "Takes the last apply back.")
    int rollback(@Mixin Options options, @Mixin Consent consent) {
        return each(options, (target, database) -> {
            done(options, target, migration(options, target, database, false).rollback(consent.allowed));
            return 0;
        });
    }

    @Command(name = "baseline", description = "Takes the database as it is for what was applied.")
    int baseline(@Mixin Options options) {
        return each(options, (target, database) -> {
            migration(options, target, database, true).baseline();
            done(options, target, new ApplyReport(List.of()));
            return 0;
        });
    }

    @Command(name = "snapshot", description = "Writes files that declare what the database has.")
    int snapshot(
            @Mixin Options options,
            @Option(names = "--force", description = "Replace files that are there.") boolean force) {
        return each(options, (target, database) -> {
            Path directory = target.name().equals(SchemaTargets.DEFAULT)
                    ? options.targets.path()
                    : options.targets.path().resolve(target.name());
            try {
                Snapshot.write(migration(options, target, database, false).read(), directory, force)
                        .forEach(file -> out().println(file));
            } catch (IOException | IllegalArgumentException e) {
                throw new CommandFailed("the snapshot could not be written: " + e.getMessage(), e);
            }
            return 0;
        });
    }

    private void single(Options options, @Nullable Path file, String option) {
        if (file != null && options.targets.all().size() > 1) {
            throw new ParameterException(
                    spec().commandLine(), "a plan is of one database: " + option + "=" + file + "; give one --db");
        }
    }

    /** What is done with one database. */
    private interface Work {
        int on(Target target, Database database);
    }

    /** The worst code of all databases: 3 goes before 4. */
    private int each(Options options, Work work) {
        int code = 0;
        for (Target target : options.targets.all()) {
            boolean fresh = isMissing(target);
            try (TargetDatabase opened = TargetDatabase.open(target.url())) {
                int one = work.on(
                        target,
                        Database.builder(opened.dataSource())
                                .name(target.name())
                                .build());
                code = one == HAZARD || code == 0 ? one : code;
            } catch (HazardException e) {
                throw new CommandFailed(HAZARD, String.valueOf(e.getMessage()), e);
            } finally {
                out().flush();
                if (fresh) {
                    forget(target);
                }
            }
        }
        return code;
    }

    private static @Nullable Path file(Target target) {
        String prefix = "jdbc:sqlite:";
        String url = target.url();
        return url.startsWith(prefix) && !url.startsWith(prefix + "file:")
                ? Path.of(url.substring(prefix.length()).split("\\?", 2)[0])
                : null;
    }

    private static boolean isMissing(Target target) {
        Path file = file(target);
        return file != null && !Files.exists(file);
    }

    /** Looking at a SQLite database that is not there makes an empty file: it goes again. */
    private static void forget(Target target) {
        Path file = file(target);
        try {
            if (file != null && Files.exists(file) && Files.size(file) == 0) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new CommandFailed("an empty database file could not be removed: file=" + file, e);
        }
    }

    private SchemaMigration migration(Options options, Target target, Database database, boolean declared) {
        Schema schema = declared ? options.targets.declared(target) : Schema.of();
        SchemaMigration.Builder builder = SchemaMigration.of(database, schema)
                .listener(new Progress(spec().commandLine().getErr()));
        options.ignored.forEach(builder::ignore);
        return (options.noScratch ? builder.withoutScratch() : builder).build();
    }

    private static int code(Plan plan, Consent consent) {
        if (!plan.hazardsWithout(Set.copyOf(consent.allowed)).isEmpty()) {
            return HAZARD;
        }
        return plan.isEmpty() ? 0 : DIFFERENCE;
    }

    private void show(Options options, Target target, Plan plan) {
        if (options.json) {
            Map<String, Object> object = new LinkedHashMap<>(PlanJson.map(plan));
            if (options.targets.all().size() > 1) {
                object.put("database", target.name());
            }
            out().println(JSON.writeValueAsString(object));
        } else {
            heading(options, target);
            PlanText.lines(plan).forEach(out()::println);
        }
    }

    private void done(Options options, Target target, ApplyReport report) {
        if (options.json) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("steps", report.steps());
            if (options.targets.all().size() > 1) {
                object.put("database", target.name());
            }
            out().println(JSON.writeValueAsString(object));
        } else {
            heading(options, target);
            out().println(
                            report.steps().isEmpty()
                                    ? "Nothing to do."
                                    : "Done: " + report.steps().size() + " steps.");
        }
    }

    private void heading(Options options, Target target) {
        if (options.targets.all().size() > 1) {
            out().println("== " + target.name());
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text + "\n");
        } catch (IOException e) {
            throw new CommandFailed(
                    "the plan could not be written: file=" + file + ", reason="
                            + e.getClass().getSimpleName() + "; give another with --out",
                    e);
        }
    }

    private static Plan read(Path file) {
        try {
            return PlanJson.read(Files.readString(file));
        } catch (IOException e) {
            throw new CommandFailed(
                    "the plan could not be read: file=" + file + ", reason="
                            + e.getClass().getSimpleName() + "; write it with './weir schema plan --out FILE'",
                    e);
        } catch (IllegalArgumentException e) {
            throw new CommandFailed(String.valueOf(e.getMessage()), e);
        }
    }

    /** Says on standard error how far an apply is. */
    private static final class Progress implements ApplyListener {
        private static final Duration PATIENCE = Duration.ofSeconds(1);

        private final PrintWriter err;
        private boolean told;

        Progress(PrintWriter err) {
            this.err = err;
        }

        private void say(String line) {
            err.println(line);
            err.flush();
        }

        @Override
        public void waiting(Duration since) {
            if (!told && since.compareTo(PATIENCE) > 0) {
                told = true;
                say("weir: another process changes the schema; waiting for it");
            }
        }

        @Override
        public void begins(Step step) {
            say("weir: " + step.id());
        }

        @Override
        public void batch(Step step, long batches) {
            if (batches % 100 == 0) {
                say("weir: " + step.id() + ", " + batches + " batches");
            }
        }
    }
}
