package dev.weir.schema;

import dev.weir.db.Database;
import dev.weir.schema.apply.Applier;
import dev.weir.schema.apply.ApplyListener;
import dev.weir.schema.apply.ApplyReport;
import dev.weir.schema.apply.ApplySettings;
import dev.weir.schema.apply.HazardException;
import dev.weir.schema.apply.History;
import dev.weir.schema.apply.Planning;
import dev.weir.schema.apply.Rollback;
import dev.weir.schema.apply.SchemaException;
import dev.weir.schema.apply.Seeds;
import dev.weir.schema.apply.StalePlanException;
import dev.weir.schema.diff.Differ;
import dev.weir.schema.diff.Difference;
import dev.weir.schema.diff.Wanted;
import dev.weir.schema.engine.DeclaredScripts;
import dev.weir.schema.engine.SchemaDialect;
import dev.weir.schema.model.DataStep;
import dev.weir.schema.model.Schema;
import dev.weir.schema.model.Table;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.physical.PhysicalSchema;
import dev.weir.schema.physical.PhysicalTable;
import dev.weir.schema.plan.Fingerprint;
import dev.weir.schema.plan.Hazard;
import dev.weir.schema.plan.Normaliser;
import dev.weir.schema.plan.Plan;
import dev.weir.schema.plan.Planner;
import dev.weir.schema.plan.Step;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes a database what a schema declares.
 *
 * <pre>{@code
 * SchemaMigration migration = SchemaMigration.of(database, Schema.of(posts, users)).build();
 * Plan plan = migration.plan();          // reads only
 * migration.apply(List.of());            // refuses hazards that are not allowed by name
 * }</pre>
 *
 * <p>Thread-safe: of several who apply at once, also in other processes, one does and the others wait, and then find nothing
 * to do.
 */
public final class SchemaMigration {
    /** More rows than this make a table large: a step that keeps its writers waiting is a hazard then. */
    public static final long LARGE_TABLE = 10_000;

    private static final String OWN = "weir_";
    private static final Pattern HISTORY = Pattern.compile("[a-z][a-z0-9]{0,19}");

    private final Database database;
    private final Schema schema;
    private final SchemaDialect dialect;
    private final History history;
    private final Predicate<String> ignored;
    private final ApplySettings settings;
    private final ApplyListener listener;
    private final boolean scratch;
    /** What tells the declaration from others. */
    private final String declared;

    private final Map<String, List<PhysicalTable>> normalForms = new ConcurrentHashMap<>();

    private SchemaMigration(Builder builder) {
        this.database = builder.database;
        this.schema = builder.schema;
        this.dialect = SchemaDialect.of(database.dialect());
        this.history = new History(database.dialect(), builder.history);
        this.settings = builder.settings;
        this.listener = builder.listener;
        this.scratch = builder.scratch;
        this.declared = Normaliser.hash(schema, dialect.dialect().name());
        List<Pattern> patterns =
                builder.ignored.stream().map(SchemaMigration::pattern).toList();
        this.ignored = table -> table.toLowerCase(Locale.ROOT).startsWith(OWN)
                || patterns.stream().anyMatch(pattern -> pattern.matcher(table).matches());
    }

    /**
     * Starts the settings for a database and what is declared for it.
     *
     * @throws dev.weir.schema.model.InvalidSchemaException if the declaration breaks rules, or a script says more than what
     *     declares tables; it names all that is wrong, and nothing was sent
     */
    public static Builder of(Database database, Schema schema) {
        return new Builder(database, schema);
    }

    private static Pattern pattern(String text) {
        String regex = Stream.of(text.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
        return Pattern.compile(regex, Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
    }

    /**
     * What has to be done. Reads the database and writes nothing to it, besides a scratch place that is gone afterwards.
     *
     * @throws SchemaException if the database can't be asked
     * @throws dev.weir.error.WeirException if the engine refuses the declaration
     */
    public Plan plan() {
        return look(connection -> planning().plan(connection).plan());
    }

    /**
     * What lies between the database and the declaration, table by table, without steps and hazards: no row is looked at.
     *
     * @throws SchemaException if the database can't be asked
     * @throws dev.weir.error.WeirException if the engine refuses the declaration
     */
    public Difference difference() {
        return look(connection -> compare(connection).difference());
    }

    /** The same as {@link #plan()}: what lies between the declaration and the database. */
    public Plan verify() {
        return plan();
    }

    /**
     * What lies between the database and what was last applied to it: the steps that would bring that back. Empty if nothing
     * was ever applied.
     */
    public Plan status() {
        return look(connection -> {
            PhysicalSchema live = dialect.read(connection, ignored);
            List<PhysicalTable> applied =
                    history.last(connection).map(run -> run.body().tables()).orElse(List.of());
            Wanted wanted = new Wanted(applied, List.of(), Map.of(), Map.of());
            Difference difference = Differ.between(live, wanted, dialect::comparable);
            List<Step> steps = new Planner(dialect, connection, LARGE_TABLE).steps(difference, List.of());
            return new Plan(Plan.fingerprint(live), "engine", steps, undeclared(live, applied, List.of()));
        });
    }

    /**
     * Makes the database what is declared.
     *
     * @param allowed hazards that are consented to, as {@code name:object}
     * @throws HazardException if there is another hazard; nothing was changed then
     * @throws SchemaException if a step failed, or the database is not what was declared afterwards
     */
    public ApplyReport apply(Collection<String> allowed) {
        return applier().apply(planning(), null, consents(allowed));
    }

    /**
     * Carries a reviewed plan out.
     *
     * @throws StalePlanException if the plan for the database as it is now would be another; nothing was changed then
     * @throws HazardException if there is a hazard that is not allowed; nothing was changed then
     * @throws SchemaException if a step failed, or the database is not what was declared afterwards
     */
    public ApplyReport apply(Plan reviewed, Collection<String> allowed) {
        return applier().apply(planning(), Objects.requireNonNull(reviewed, "reviewed"), consents(allowed));
    }

    /**
     * What {@link #rollback} would do.
     *
     * @throws SchemaException if there is no apply to take back, or one of its steps has no way back
     */
    public Plan rollbackPlan() {
        return look(connection -> rollbacks().plan(connection));
    }

    /**
     * Takes the last apply back by the reverse of its steps.
     *
     * @throws SchemaException if there is none, or a step has no way back; nothing was changed then
     * @throws HazardException if values would be lost that are there by now; nothing was changed then
     */
    public ApplyReport rollback(Collection<String> allowed) {
        return applier().rollback(rollbacks(), consents(allowed));
    }

    /** Takes the database as it is for what was applied, and all data steps for done. Changes no table of the user's. */
    public void baseline() {
        applier().baseline(planning(), schema.dataSteps());
    }

    /** The schema in use as the engine describes it. */
    public PhysicalSchema read() {
        return look(connection -> dialect.read(connection, ignored));
    }

    private static List<String> consents(Collection<String> allowed) {
        Objects.requireNonNull(allowed, "allowed").forEach(Hazard::requireConsent);
        return List.copyOf(allowed);
    }

    private Applier applier() {
        return new Applier(database, dialect, history, settings, listener);
    }

    private Rollback rollbacks() {
        return new Rollback(dialect, history, ignored, LARGE_TABLE);
    }

    /** Something that reads. */
    @FunctionalInterface
    private interface Look<T> {
        T at(Connection connection) throws SQLException;
    }

    private <T> T look(Look<T> look) {
        try (Connection connection = database.dataSource().getConnection()) {
            return look.at(connection);
        } catch (SQLException e) {
            throw new SchemaException("The schema could not be read: " + e.getMessage(), e, true);
        }
    }

    private Planning planning() {
        return this::plan;
    }

    /** The database, the declaration, and what lies between. */
    private record Compared(PhysicalSchema live, Normaliser.Normal normal, Wanted wanted, Difference difference) {}

    private Compared compare(Connection connection) throws SQLException {
        PhysicalSchema live = dialect.read(connection, ignored);
        Normaliser.Normal normal = normal(connection);
        Wanted wanted = Normaliser.wanted(schema, normal.tables());
        refuseUnreachable(live, wanted);
        UnaryOperator<PhysicalTable> rules = normal.byEngine() ? dialect::comparable : dialect::byRules;
        return new Compared(live, normal, wanted, Differ.between(live, wanted, rules));
    }

    private Planning.Planned plan(Connection connection) throws SQLException {
        Compared compared = compare(connection);
        PhysicalSchema live = compared.live();
        Normaliser.Normal normal = compared.normal();
        Wanted wanted = compared.wanted();
        Difference difference = compared.difference();
        Map<String, History.DataRecord> records = new HashMap<>();
        history.dataSteps(connection).forEach(record -> records.put(record.key(), record));
        boolean fresh = live.tables().isEmpty() && records.isEmpty();
        List<DataStep> open = schema.dataSteps().stream()
                .filter(step -> {
                    History.DataRecord record = records.get(step.key());
                    return record == null || !record.done();
                })
                .toList();
        List<DataStep> pending = fresh ? List.of() : open;
        List<Step> steps = new ArrayList<>(new Planner(dialect, connection, LARGE_TABLE).steps(difference, pending));
        steps.addAll(seedSteps(live));
        List<String> notes = new ArrayList<>(drifted(records));
        if (fresh) {
            open.forEach(step -> notes.add("data step that a new database does not need: " + step.key()));
        }
        notes.addAll(undeclared(live, normal.tables(), named(live, wanted)));
        Plan plan = new Plan(Plan.fingerprint(live), normal.byEngine() ? "engine" : "rules", steps, notes);
        return new Planning.Planned(plan, live, normal.tables(), declaration(connection), fresh ? open : List.of());
    }

    /** A table that is left alone can't be declared, nor one that the engine takes for another that is there. */
    private void refuseUnreachable(PhysicalSchema live, Wanted wanted) {
        for (PhysicalTable table : wanted.tables()) {
            if (ignored.test(table.name())) {
                throw new SchemaException("A declared table is not one that is left alone: table=" + table.name()
                        + "; rename it, or take back the pattern that ignores it (weir_*, and the tables of Flyway and"
                        + " Liquibase always are)");
            }
            PhysicalTable there = live.table(table.name()).orElse(null);
            if (there == null) {
                live.tables().stream()
                        .filter(other -> dialect.sameTable(other.name(), table.name()))
                        .filter(other ->
                                !table.name().equals(wanted.tableRenames().get(other.name())))
                        .findFirst()
                        .ifPresent(other -> {
                            throw new SchemaException("To the engine a name in another case is the same name: table="
                                    + other.name() + ", declared=" + table.name() + "; declare it as it is there");
                        });
                continue;
            }
            Map<String, String> renames = wanted.columnRenames().getOrDefault(table.name(), Map.of());
            for (PhysicalColumn column : table.columns()) {
                there.columns().stream()
                        .filter(other -> there.column(column.name()).isEmpty()
                                && dialect.sameColumn(other.name(), column.name())
                                && !column.name().equals(renames.get(other.name())))
                        .findFirst()
                        .ifPresent(other -> {
                            throw new SchemaException("To the engine a name in another case is the same name: table="
                                    + table.name() + ", column=" + other.name() + ", declared=" + column.name()
                                    + "; declare it as it is there, or say renamedFrom: " + other.name());
                        });
            }
        }
    }

    /** The declaration in the engine's words: known in this process, or from the last apply, or asked of the engine. */
    private Normaliser.Normal normal(Connection connection) throws SQLException {
        String declaration = declaration(connection);
        List<PhysicalTable> known = normalForms.get(declaration);
        if (scratch && known == null) {
            Optional<History.Run> last = history.last(connection);
            if (last.isPresent()
                    && last.get().declaration().equals(declaration)
                    && !last.get().body().normal().isEmpty()) {
                known = last.get().body().normal();
            }
        }
        if (known != null) {
            return new Normaliser.Normal(known, true);
        }
        Normaliser.Normal normal = new Normaliser(dialect, database.dataSource()).tables(schema, scratch);
        if (normal.byEngine()) {
            normalForms.put(declaration, normal.tables());
            return normal;
        }
        return new Normaliser.Normal(dialect.withDefaults(connection, normal.tables()), false);
    }

    /** What names a normal form: the declaration and the engine that spelled it, which may be a newer one tomorrow. */
    private String declaration(Connection connection) throws SQLException {
        return Fingerprint.of(declared
                + '\n'
                + connection.getMetaData().getDatabaseProductVersion()
                + '\n'
                + dialect.surroundings(connection));
    }

    private List<Step> seedSteps(PhysicalSchema live) {
        List<Step> steps = new ArrayList<>();
        Seeds seeds = new Seeds(database);
        for (Table table : Seeds.inOrder(schema.tables())) {
            boolean exists = live.table(table.name())
                    .map(there -> table.seed().stream()
                            .flatMap(seed -> seed.rows().stream())
                            .flatMap(row -> row.keySet().stream())
                            .allMatch(column -> there.column(column).isPresent()))
                    .orElse(false);
            seeds.step(table, exists).ifPresent(steps::add);
        }
        return steps;
    }

    /** Tables that are declared to go, or under another name that is not there yet. */
    private static List<String> named(PhysicalSchema live, Wanted wanted) {
        Stream<String> renamed = wanted.tableRenames().entrySet().stream()
                .filter(rename -> live.table(rename.getValue()).isEmpty())
                .map(Map.Entry::getKey);
        return Stream.concat(wanted.dropped().stream(), renamed).toList();
    }

    private List<String> drifted(Map<String, History.DataRecord> records) {
        return schema.dataSteps().stream()
                .filter(step -> {
                    History.DataRecord record = records.get(step.key());
                    return record != null && record.done() && !record.hash().equals(Fingerprint.of(step.content()));
                })
                .map(step -> "changed data step " + step.key())
                .toList();
    }

    private static List<String> undeclared(PhysicalSchema live, List<PhysicalTable> declared, List<String> named) {
        List<String> found = new ArrayList<>();
        live.tables().stream()
                .map(PhysicalTable::name)
                .filter(name ->
                        declared.stream().noneMatch(table -> table.name().equals(name)))
                .filter(name -> !named.contains(name))
                .forEach(name -> found.add("table " + name));
        live.others().forEach(other -> found.add(other.kind() + " " + other.name()));
        return found;
    }

    /** Collects settings; each is checked when it is set. Not thread-safe. */
    public static final class Builder {
        private final Database database;
        private final Schema schema;
        private final List<String> ignored = new ArrayList<>(
                List.of("flyway_schema_history", "databasechangelog", "databasechangeloglock", "schema_version"));
        private ApplySettings settings = ApplySettings.DEFAULTS;
        private ApplyListener listener = ApplyListener.SILENT;
        private boolean scratch = true;
        private String history = "";

        private Builder(Database database, Schema schema) {
            this.database = Objects.requireNonNull(database, "database");
            this.schema = Objects.requireNonNull(schema, "schema").check();
            DeclaredScripts.of(schema, database.dialect().name());
        }

        /** Leaves tables alone by name; {@code *} stands for any text. Flyway's and Liquibase's always are. */
        public Builder ignore(String pattern) {
            if (Objects.requireNonNull(pattern, "pattern").isBlank()) {
                throw new IllegalArgumentException("a pattern must name something: pattern=" + pattern);
            }
            ignored.add(pattern);
            return this;
        }

        /**
         * Keeps a history of its own under this name, for a schema beside others of the same database: what was last applied,
         * {@link #status} and {@link #rollback} are of this one alone then. One at a time applies all the same.
         *
         * @param name small letters and digits, at most 20
         */
        public Builder history(String name) {
            if (!HISTORY.matcher(Objects.requireNonNull(name, "name")).matches()) {
                throw new IllegalArgumentException(
                        "a history's name is of small letters and digits, at most 20, a letter first: name=" + name);
            }
            history = name;
            return this;
        }

        /** How patient an apply is. */
        public Builder settings(ApplySettings applySettings) {
            settings = Objects.requireNonNull(applySettings, "applySettings");
            return this;
        }

        /** Who hears of an apply's progress. */
        public Builder listener(ApplyListener applyListener) {
            listener = Objects.requireNonNull(applyListener, "applyListener");
            return this;
        }

        /** Makes no scratch place: rules decide whether two spellings mean the same. */
        public Builder withoutScratch() {
            scratch = false;
            return this;
        }

        /** The migration. */
        public SchemaMigration build() {
            return new SchemaMigration(this);
        }
    }
}
