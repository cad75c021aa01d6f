package dev.weir.server.schema;

import dev.weir.db.Database;
import dev.weir.schema.SchemaMigration;
import dev.weir.schema.apply.ApplyListener;
import dev.weir.schema.apply.ApplyReport;
import dev.weir.schema.apply.HazardException;
import dev.weir.schema.file.Snapshot;
import dev.weir.schema.model.Schema;
import dev.weir.schema.physical.PhysicalSchema;
import dev.weir.schema.plan.Hazard;
import dev.weir.schema.plan.Plan;
import dev.weir.schema.plan.PlanJson;
import dev.weir.schema.plan.PlanText;
import dev.weir.schema.plan.Step;
import dev.weir.server.CommandFailed;
import dev.weir.server.database.Access;
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
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
    private static final String NOTHING = "Nothing to do.";
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
        checkConsents(consent);
        single(options, file, "--out");
        Map<Target, Schema> declared = options.targets.declared();
        return each(options, Access.LOOK, (target, database) -> {
            Plan plan = migration(options, database, declared.get(target)).plan();
            if (file != null) {
                write(file, PlanJson.write(plan));
            }
            show(options, target, plan, "Nothing to do: the database is what is declared.");
            Progress progress = new Progress(spec().commandLine().getErr());
            plan.unmatched(consent.allowed).forEach(progress::unmatched);
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
        checkConsents(consent);
        single(options, file, "--plan");
        Plan reviewed = file == null ? null : read(file);
        Map<Target, Schema> declared = options.targets.declared();
        return each(options, Access.DECLARE, (target, database) -> {
            SchemaMigration migration = migration(options, database, declared.get(target));
            ApplyReport report =
                    reviewed == null ? migration.apply(consent.allowed) : migration.apply(reviewed, consent.allowed);
            done(options, target, report, NOTHING);
            return 0;
        });
    }

    @Command(name = "status", description = "Compares the database with what was last applied to it.")
    int status(@Mixin Options options) {
        return each(options, Access.LOOK, (target, database) -> {
            Plan plan = migration(options, database, Schema.of()).status();
            show(options, target, plan, "No difference to what was last applied.");
            return plan.isEmpty() ? 0 : DIFFERENCE;
        });
    }

    @Command(name = "verify", description = "Compares the database with what is declared.")
    int verify(@Mixin Options options) {
        Map<Target, Schema> declared = options.targets.declared();
        return each(options, Access.LOOK, (target, database) -> {
            Plan plan = migration(options, database, declared.get(target)).verify();
            show(options, target, plan, "Nothing to do: the database is what is declared.");
            return plan.isEmpty() ? 0 : DIFFERENCE;
        });
    }

    @Command(name = "rollback", description = "Takes the last apply back.")
    int rollback(@Mixin Options options, @Mixin Consent consent) {
        checkConsents(consent);
        return each(options, Access.DECLARE, (target, database) -> {
            done(options, target, migration(options, database, Schema.of()).rollback(consent.allowed), NOTHING);
            return 0;
        });
    }

    @Command(name = "baseline", description = "Takes the database as it is for what was applied.")
    int baseline(@Mixin Options options) {
        Map<Target, Schema> declared = options.targets.declared();
        return each(options, Access.DECLARE, (target, database) -> {
            migration(options, database, declared.get(target)).baseline();
            done(options, target, new ApplyReport(List.of()), "Taken for applied, as it is.");
            return 0;
        });
    }

    @Command(name = "snapshot", description = "Writes files that declare what the database has.")
    int snapshot(
            @Mixin Options options,
            @Option(names = "--force", description = "Replace files that are there.") boolean force) {
        return each(options, Access.LOOK, (target, database) -> {
            Path directory = target.name().equals(SchemaTargets.DEFAULT)
                    ? options.targets.path()
                    : options.targets.path().resolve(target.name());
            try {
                PhysicalSchema there = migration(options, database, Schema.of()).read();
                // Without a table there is nothing to write, and no directory to leave behind.
                written(
                        options,
                        target,
                        there.tables().isEmpty() ? List.of() : Snapshot.write(there, directory, force));
            } catch (IOException | IllegalArgumentException | IllegalStateException e) {
                throw new CommandFailed(
                        "the snapshot could not be written: " + e.getMessage()
                                + " (--force replaces files, --schema names another directory)",
                        e);
            }
            return 0;
        });
    }

    /** A slip in a consent would only show as a refusal that it does not explain. */
    private void checkConsents(Consent consent) {
        Set<String> known =
                Stream.of(Hazard.Kind.values()).map(Hazard.Kind::id).collect(Collectors.toCollection(TreeSet::new));
        for (String allowed : consent.allowed) {
            int colon = allowed.indexOf(':');
            if (colon < 0 || colon == allowed.length() - 1 || !known.contains(allowed.substring(0, colon))) {
                throw new ParameterException(
                        spec().commandLine(),
                        "a consent must be HAZARD:OBJECT as a plan prints it: --allow=" + allowed + "; the hazards are "
                                + String.join(", ", known));
            }
        }
    }

    private void checkPatterns(Options options) {
        if (options.ignored.stream().anyMatch(String::isBlank)) {
            throw new ParameterException(
                    spec().commandLine(),
                    "a pattern must name something: --ignore=; give a table's name, or leave it out");
        }
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
    private int each(Options options, Access access, Work work) {
        checkPatterns(options);
        if (access == Access.DECLARE) {
            options.targets.makePlace();
        }
        int code = 0;
        for (Target target : options.targets.all()) {
            try (TargetDatabase opened = access == Access.DECLARE
                    ? TargetDatabase.open(target.url(), Access.DECLARE)
                    : TargetDatabase.look(target.url())) {
                int one = work.on(
                        target,
                        Database.builder(opened.dataSource())
                                .name(target.name())
                                .build());
                code = one == HAZARD || code == 0 ? one : code;
            } catch (HazardException e) {
                if (options.json) {
                    print(options, target, PlanJson.map(e.plan()));
                }
                String where = options.targets.all().size() > 1 ? target.name() + ": " : "";
                throw new CommandFailed(HAZARD, where + e.getMessage(), e);
            } finally {
                out().flush();
            }
        }
        return code;
    }

    private SchemaMigration migration(Options options, Database database, @Nullable Schema declared) {
        Schema schema = Objects.requireNonNull(declared, "declared");
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

    private void show(Options options, Target target, Plan plan, String same) {
        if (options.json) {
            print(options, target, PlanJson.map(plan));
        } else {
            heading(options, target);
            if (plan.isEmpty()) {
                out().println(same);
            }
            PlanText.lines(plan).stream().skip(plan.isEmpty() ? 1 : 0).forEach(out()::println);
        }
    }

    private void done(Options options, Target target, ApplyReport report, String nothing) {
        if (options.json) {
            print(options, target, Map.of("steps", report.steps()));
        } else {
            heading(options, target);
            out().println(
                            report.steps().isEmpty()
                                    ? nothing
                                    : "Done: " + report.steps().size()
                                            + (report.steps().size() == 1 ? " step." : " steps."));
        }
    }

    private void written(Options options, Target target, List<Path> files) {
        if (options.json) {
            print(
                    options,
                    target,
                    Map.of("files", files.stream().map(Path::toString).toList()));
        } else {
            heading(options, target);
            if (files.isEmpty()) {
                out().println("Nothing was written: the database has no tables.");
            }
            files.forEach(out()::println);
        }
    }

    private void print(Options options, Target target, Map<String, Object> object) {
        Map<String, Object> named = new LinkedHashMap<>(object);
        if (options.targets.all().size() > 1) {
            named.put("database", target.name());
        }
        out().println(JSON.writeValueAsString(named));
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
        public void unmatched(String consent) {
            say("weir: no hazard of the plan wants this consent: --allow=" + consent);
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
