package dev.weir.schema.apply;

import dev.weir.db.CommitScope;
import dev.weir.db.Database;
import dev.weir.db.TransactionHook;
import dev.weir.schema.apply.History.Body;
import dev.weir.schema.apply.History.Done;
import dev.weir.schema.apply.Planning.Planned;
import dev.weir.schema.diff.Change;
import dev.weir.schema.engine.DdlTransaction;
import dev.weir.schema.engine.Limits;
import dev.weir.schema.engine.SchemaDialect;
import dev.weir.schema.engine.SchemaLock;
import dev.weir.schema.engine.TableGuard;
import dev.weir.schema.model.DataStep;
import dev.weir.schema.physical.PhysicalSchema;
import dev.weir.schema.physical.PhysicalTable;
import dev.weir.schema.plan.Guard;
import dev.weir.schema.plan.Hazard;
import dev.weir.schema.plan.Phase;
import dev.weir.schema.plan.Plan;
import dev.weir.schema.plan.Step;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Carries plans out, as the only one who does: takes the lock, plans anew under it, refuses hazards that are not allowed
 * before anything is changed, runs the steps, and looks whether the database is then what was declared. What was done is
 * written down step by step; after a kill the next apply goes on from the difference.
 *
 * <p>With data steps between additions and removals it plans twice: once for the additions, and once more, with the rows as
 * the data steps left them, for the rest.
 */
public final class Applier {
    private static final Duration POLL = Duration.ofMillis(100);

    private static final int SHOWN_STEPS = 5;

    private final Database database;
    private final SchemaDialect dialect;
    private final ApplySettings settings;
    private final ApplyListener listener;
    private final History history;
    private final DataSteps dataSteps;
    private final Seeds seeds;

    /**
     * For a database.
     *
     * @param history where what is done is written down
     */
    public Applier(
            Database database, SchemaDialect dialect, History history, ApplySettings settings, ApplyListener listener) {
        this.database = database;
        this.dialect = dialect;
        this.settings = settings;
        this.listener = listener;
        this.history = history;
        this.dataSteps = new DataSteps(database, dialect, history, listener);
        this.seeds = new Seeds(database);
    }

    /** Where the work of one apply stands. */
    private final class Work {
        private final Connection connection;
        private final long run;
        private final List<PhysicalTable> before;
        private final Collection<String> allowed;
        private final List<Done> done = new ArrayList<>();
        private Plan plan;

        Work(Connection connection, long run, Planned first, Collection<String> allowed) {
            this.connection = connection;
            this.run = run;
            this.allowed = allowed;
            this.plan = first.plan();
            Set<String> changed = first.plan().steps().stream()
                    .map(Step::change)
                    .filter(Objects::nonNull)
                    .map(Change::table)
                    .collect(Collectors.toSet());
            this.before = first.live().tables().stream()
                    .filter(table -> changed.contains(table.name()))
                    .toList();
        }

        void note() throws SQLException {
            history.update(connection, run, History.State.RUNNING, new Body(done, before, List.of(), List.of()));
        }

        List<String> steps() {
            return done.stream().map(Done::id).toList();
        }
    }

    /** Something that is done on a connection while nobody else changes the schema. */
    @FunctionalInterface
    private interface Owned<T> {
        T run(Connection connection) throws SQLException;
    }

    /**
     * Makes the database what is declared.
     *
     * @param reviewed the plan that was agreed on; null to take whatever is planned
     * @param allowed hazards that are consented to, as {@code name:object}
     * @throws HazardException if there is another hazard; nothing was changed then, unless the message says that additions
     *     were
     * @throws StalePlanException if the plan would be another than the reviewed one
     * @throws SchemaException if a step failed, or the database is not what was declared afterwards
     */
    public ApplyReport apply(Planning planning, @Nullable Plan reviewed, Collection<String> allowed) {
        return owned(connection -> {
            Planned first = planning.plan(connection);
            if (reviewed != null) {
                checkReviewed(reviewed, first.plan());
            }
            if (first.plan().isEmpty()) {
                settle(connection, first);
                return new ApplyReport(List.of());
            }
            tellUnmatched(first.plan(), allowed);
            refuseHazards(first.plan(), allowed, false);
            refuseCommits(first.plan());
            refuseMissingRights(connection, first);
            history.make(connection);
            long run = history.begin(connection, "apply", first.declaration());
            Work work = new Work(connection, run, first, allowed);
            Planned now = carryOut(work, planning, first);
            history.update(
                    connection,
                    run,
                    History.State.DONE,
                    new Body(
                            work.done,
                            work.before,
                            now.declaredTables(),
                            now.plan().normalised().equals("engine") ? now.normal() : List.of()));
            return new ApplyReport(work.steps());
        });
    }

    /** Runs a plan, the part after data steps as it is planned after them, and looks whether nothing is left to do. */
    private Planned carryOut(Work work, Planning planning, Planned first) throws SQLException {
        Planned now = first;
        for (boolean more = true; more; ) {
            more = now.plan().steps().stream().anyMatch(step -> step.phase() == Phase.DATA);
            run(work, now, more);
            now = planning.plan(work.connection);
            work.plan = now.plan();
            if (more) {
                refuseHazards(now.plan(), work.allowed, true);
                more = !now.plan().isEmpty();
            }
        }
        checkConverged(now.plan());
        return now;
    }

    /**
     * Runs a plan's steps.
     *
     * @param untilData whether to stop after its data steps, because they may have changed what the rest has to look at
     */
    private void run(Work work, Planned planned, boolean untilData) throws SQLException {
        for (DataStep step : planned.skipped()) {
            history.record(work.connection, new History.DataRecord(step.key(), DataSteps.hash(step), true, null));
        }
        run(
                work,
                planned.plan().steps().stream()
                        .filter(step -> !untilData || step.phase().compareTo(Phase.DATA) <= 0)
                        .toList());
        database.catalog().refresh();
    }

    /** Writes down that the database is what was declared, if that is not known: others did it, or it was so before. */
    private void settle(Connection connection, Planned planned) throws SQLException {
        Optional<History.Run> last = history.last(connection);
        boolean known = last.isPresent()
                && last.get().declaration().equals(planned.declaration())
                && last.get().body().tables().equals(planned.declaredTables());
        if (!known && !planned.normal().isEmpty()) {
            history.make(connection);
            for (DataStep step : planned.skipped()) {
                history.record(connection, new History.DataRecord(step.key(), DataSteps.hash(step), true, null));
            }
            note(connection, "apply", planned);
        }
    }

    /**
     * Takes the database as it is for what was applied, with all data steps done.
     *
     * @param steps all that are declared
     */
    public void baseline(Planning planning, List<DataStep> steps) {
        owned(connection -> {
            Planned planned = planning.plan(connection);
            history.make(connection);
            for (DataStep step : steps) {
                history.record(connection, new History.DataRecord(step.key(), DataSteps.hash(step), true, null));
            }
            note(connection, "baseline", planned);
            return null;
        });
    }

    private void note(Connection connection, String kind, Planned planned) throws SQLException {
        long run = history.begin(connection, kind, planned.declaration());
        List<PhysicalTable> normal =
                planned.plan().normalised().equals("engine") ? planned.normal() : List.<PhysicalTable>of();
        List<PhysicalTable> tables = kind.equals("baseline") ? planned.live().tables() : planned.declaredTables();
        history.update(connection, run, History.State.DONE, new Body(List.of(), List.of(), tables, normal));
    }

    /**
     * Takes the last apply back by the reverse of its steps.
     *
     * @param rollback makes the plan of that
     */
    public ApplyReport rollback(Rollback rollback, Collection<String> allowed) {
        return owned(connection -> {
            List<History.Run> undone = rollback.runs(connection);
            Planning planning = at -> {
                PhysicalSchema live = rollback.live(at);
                return new Planned(rollback.plan(at, live, undone), live, List.of(), "", List.of());
            };
            Planned first = planning.plan(connection);
            tellUnmatched(first.plan(), allowed);
            refuseHazards(first.plan(), allowed, false);
            refuseCommits(first.plan());
            long run = history.begin(connection, "rollback", "");
            Work work = new Work(connection, run, first, allowed);
            carryOut(work, planning, first);
            for (History.Run back : undone) {
                history.update(connection, back.id(), History.State.ROLLED_BACK, back.body());
            }
            history.update(
                    connection, run, History.State.ROLLED_BACK, new Body(work.done, work.before, List.of(), List.of()));
            return new ApplyReport(work.steps());
        });
    }

    private <T extends @Nullable Object> T owned(Owned<T> task) {
        try (SchemaLock lock = own();
                Connection connection = database.dataSource().getConnection()) {
            Objects.requireNonNull(lock, "lock");
            connection.setAutoCommit(true);
            try (Limits limits = dialect.limits(connection, settings.lockTimeout(), settings.statementTimeout())) {
                Objects.requireNonNull(limits, "limits");
                return task.run(connection);
            }
        } catch (SQLException e) {
            throw new SchemaException("The schema could not be changed: " + Reason.of(e), e, true);
        }
    }

    private SchemaLock own() throws SQLException {
        long start = System.nanoTime();
        while (true) {
            Optional<SchemaLock> lock = dialect.tryLock(database.dataSource());
            if (lock.isPresent()) {
                return lock.get();
            }
            Duration since = Duration.ofNanos(System.nanoTime() - start);
            if (since.compareTo(settings.ownerWait()) > 0) {
                throw new SchemaException(
                        "Another process has changed the schema for longer than this one waits: ownerWait="
                                + settings.ownerWait() + "; look what it does, and call again",
                        null,
                        true);
            }
            listener.waiting(since);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(POLL.toMillis()));
            if (Thread.interrupted()) {
                Thread.currentThread().interrupt();
                throw new SchemaException("Interrupted while another process changes the schema", null, true);
            }
        }
    }

    private static void checkReviewed(Plan reviewed, Plan now) {
        if (!reviewed.fingerprint().equals(now.fingerprint())) {
            throw new StalePlanException("The database is no longer what the plan was made for: plan="
                    + reviewed.fingerprint() + ", database=" + now.fingerprint() + "; make and review a new plan");
        }
        Set<String> planned = essences(now, step -> true);
        Set<String> agreed = essences(reviewed, step -> true);
        // Rows that a seed brings may be there by now, or in another database of the same tables.
        Set<String> wanted = essences(reviewed, step -> !step.id().startsWith(Seeds.STEP));
        if (!agreed.containsAll(planned) || !planned.containsAll(wanted)) {
            String first = Stream.concat(
                            planned.stream().filter(step -> !agreed.contains(step)),
                            wanted.stream().filter(step -> !planned.contains(step)))
                    .findFirst()
                    .orElse("");
            throw new StalePlanException("The declaration is no longer what the plan was made for: differs="
                    + first.lines().findFirst().orElse("") + "; make and review a new plan");
        }
    }

    private static Set<String> essences(Plan plan, Predicate<Step> which) {
        return plan.steps().stream()
                .filter(which)
                .map(Applier::essence)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static String essence(Step step) {
        return step.id() + "\n" + step.sql();
    }

    private void tellUnmatched(Plan plan, Collection<String> allowed) {
        plan.unmatched(allowed).forEach(listener::unmatched);
    }

    private static void refuseHazards(Plan plan, Collection<String> allowed, boolean begun) {
        List<Hazard> refused = plan.hazardsWithout(allowed);
        if (!refused.isEmpty()) {
            throw new HazardException(
                    begun ? "Additions and data steps are done, the rest is not: " : "Nothing was changed: ",
                    refused,
                    plan);
        }
    }

    private void refuseCommits(Plan plan) {
        for (Step step : plan.steps()) {
            if (step.work() instanceof Step.DataWork data) {
                dataSteps.refuseCommits(data.step().key(), data.step().sql());
            }
        }
    }

    private void refuseMissingRights(Connection connection, Planned planned) throws SQLException {
        List<String> tables = planned.plan().steps().stream()
                .map(Step::change)
                .filter(Objects::nonNull)
                .map(Change::table)
                .distinct()
                .filter(table -> planned.live().table(table).isPresent())
                .toList();
        List<String> missing = new ArrayList<>(dialect.missingRights(connection, tables));
        if (planned.plan().steps().stream().anyMatch(step -> !step.guards().isEmpty())) {
            missing.addAll(dialect.missingRightsToGuard(connection));
        }
        if (!missing.isEmpty()) {
            throw new SchemaException("Nothing was changed: the user must have the rights that the plan needs: missing="
                    + String.join("; ", missing) + "; grant them, or apply as another user");
        }
    }

    private static void checkConverged(Plan plan) {
        if (!plan.isEmpty()) {
            String left = plan.steps().stream()
                    .limit(SHOWN_STEPS)
                    .map(step ->
                            step.id() + " (" + step.sql().lines().findFirst().orElse("") + ")")
                    .collect(Collectors.joining(", "));
            throw new SchemaException("The steps are done, and the database is still not what was declared: steps="
                    + plan.steps().size() + ", left=" + left
                    + "; this is a fault of Weir or a declaration that the engine does not keep");
        }
    }

    private void run(Work work, List<Step> steps) throws SQLException {
        int at = 0;
        while (at < steps.size()) {
            int end = at;
            while (end < steps.size() && together(steps.get(end))) {
                end++;
            }
            if (end > at) {
                together(work, steps.subList(at, end));
                at = end;
            } else {
                alone(work, steps.get(at++));
            }
        }
    }

    private boolean together(Step step) {
        return dialect.transactional() && step.transactional() && step.change() != null;
    }

    /** Several steps in one transaction, tried again as a whole when a lock is not to be had. */
    private void together(Work work, List<Step> steps) throws SQLException {
        int before = work.done.size();
        List<Change> changes =
                steps.stream().map(Step::change).filter(Objects::nonNull).toList();
        patiently(() -> {
            while (work.done.size() > before) {
                work.done.remove(work.done.size() - 1);
            }
            try (DdlTransaction transaction = dialect.begin(work.connection, changes)) {
                for (Step step : steps) {
                    listener.begins(step);
                    executeGuarded(work, step);
                    work.done.add(Done.of(step));
                    listener.done(step);
                }
                work.note();
                TransactionHook hooks = database.hooks();
                hooks.beforeCommit(AllTables.of(database));
                transaction.commit();
                hooks.afterCommit(AllTables.of(database));
            }
        });
    }

    /**
     * A step by itself. It is written down before it is made, so that a rollback knows of it even if the process dies before
     * it could tell that it was made.
     */
    private void alone(Work work, Step step) throws SQLException {
        work.done.add(Done.of(step));
        work.note();
        listener.begins(step);
        try {
            makeAlone(work, step);
        } catch (SQLException | RuntimeException e) {
            if (step.statements().size() <= 1 && step.change() != null) {
                // The engine made it wholly or not at all.
                work.done.remove(work.done.size() - 1);
                noteAfter(work, e);
            }
            throw e;
        }
        listener.done(step);
    }

    private static void noteAfter(Work work, Exception error) {
        try {
            work.note();
        } catch (SQLException e) {
            error.addSuppressed(e);
        }
    }

    private void makeAlone(Work work, Step step) throws SQLException {
        if (step.work() instanceof Step.DataWork data) {
            patiently(() -> runData(work.connection, step, data.step()));
            return;
        }
        if (step.work() instanceof Step.SeedWork seed) {
            seeds.apply(work.connection, dialect, seed.table());
            return;
        }
        Change change = Objects.requireNonNull(step.change());
        patiently(() -> {
            try (DdlTransaction transaction =
                    step.transactional() ? dialect.begin(work.connection, List.of(change)) : null) {
                executeGuarded(work, step);
                if (transaction != null) {
                    transaction.commit();
                }
            }
        });
        TransactionHook hooks = database.hooks();
        hooks.beforeCommit(AllTables.of(database));
        hooks.afterCommit(AllTables.of(database));
    }

    private void runData(Connection connection, Step shown, DataStep step) throws SQLException {
        database.catalog().refresh();
        try {
            if (shown.id().startsWith(Rollback.UNDO)) {
                dataSteps.undo(connection, step, shown.sql());
            } else {
                dataSteps.run(connection, shown, step);
            }
        } catch (SQLException e) {
            throw new SQLException(
                    "a data step failed: step=" + step.key() + ", reason=" + Reason.of(e),
                    e.getSQLState(),
                    e.getErrorCode(),
                    e);
        }
        TransactionHook hooks = database.hooks();
        hooks.beforeCommit(AllTables.of(database));
        hooks.afterCommit(AllTables.of(database));
    }

    /** Makes a step while no row can come that it would do harm to, beyond what was consented to. */
    private void executeGuarded(Work work, Step step) throws SQLException {
        List<Guard> guards = step.guards().stream()
                .filter(guard -> !work.allowed.contains(guard.hazard(0).consent()))
                .toList();
        if (guards.isEmpty()) {
            execute(work.connection, step);
            return;
        }
        String table = Objects.requireNonNull(step.change()).table();
        String any = guards.stream().map(guard -> "(" + guard.condition() + ")").collect(Collectors.joining(" OR "));
        try (TableGuard held = dialect.guard(work.connection, table, any)) {
            if (held.rows() > 0) {
                List<Hazard> came = new ArrayList<>();
                for (Guard guard : guards) {
                    long count = dialect.count(work.connection, table, guard.condition());
                    if (count > 0 || guards.size() == 1) {
                        came.add(guard.hazard(Math.max(count, 1)));
                    }
                }
                throw new HazardException(
                        "Values came while the plan was carried out; this step and what follows is not done: ",
                        came,
                        work.plan);
            }
            execute(work.connection, step);
        }
    }

    private void execute(Connection connection, Step step) throws SQLException {
        List<String> statements =
                dialect.statements(connection, Objects.requireNonNull(step.change()), step.statements());
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                try {
                    statement.execute(sql);
                } catch (SQLException e) {
                    throw new SQLException(
                            "step=" + step.id() + ", reason=" + Reason.of(e) + ", sql=" + sql,
                            e.getSQLState(),
                            e.getErrorCode(),
                            e);
                }
            }
        }
    }

    @FunctionalInterface
    private interface Attempt {
        void run() throws SQLException;
    }

    private void patiently(Attempt attempt) throws SQLException {
        for (int tries = 1; ; tries++) {
            try {
                attempt.run();
                return;
            } catch (SQLException e) {
                if (tries >= settings.attempts() || !dialect.lockTimedOut(e)) {
                    throw e;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(POLL.toMillis() * tries));
            }
        }
    }

    /** What hooks hear of a change of the schema: it may concern every table. */
    private record AllTables(String database) implements CommitScope {
        static AllTables of(Database database) {
            return new AllTables(database.name());
        }

        @Override
        public Set<String> tables() {
            return Set.of();
        }

        @Override
        public boolean allTables() {
            return true;
        }
    }
}
