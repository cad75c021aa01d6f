package dev.weir.buffer;

import dev.weir.db.CommitScope;
import dev.weir.db.Database;
import dev.weir.db.FlushReport;
import dev.weir.db.NanoId;
import dev.weir.db.engine.Dialect;
import dev.weir.error.Failure;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a plan in one transaction (rules M1.9, M1.10 and M1.14): the ledger first, then the bulk statements, the dead letters,
 * and the hand-over rows that are done. One object a plan and attempt.
 *
 * <p>The first attempt applies everything at once. When the database refuses data, a second one finds the units at fault by
 * halving, behind savepoints, and puts just these into the dead letters.
 */
final class FlushTransaction {
    private static final Logger LOG = LoggerFactory.getLogger("dev.weir.buffer");

    /** What came of an attempt. */
    enum Outcome {
        /** COMMIT was answered. */
        COMMITTED,
        /** The ledger stands elsewhere; nothing was written. */
        LEDGER_MOVED,
        /** The database refuses data: try again, carefully. */
        REFUSED,
        /** The same, and it said so only at COMMIT: a deferred constraint. */
        REFUSED_AT_COMMIT
    }

    /** How to go about data that the database may refuse. */
    enum Care {
        /** Everything at once. */
        NONE,
        /** Look for the units at fault. */
        UNITS,
        /** The same, checking deferred constraints with each. */
        DEFERRED;

        /** What to do after an attempt. */
        Care after(Outcome outcome) {
            return switch (outcome) {
                case REFUSED -> this == NONE ? UNITS : this;
                case REFUSED_AT_COMMIT -> DEFERRED;
                case COMMITTED -> NONE;
                case LEDGER_MOVED -> this;
            };
        }
    }

    /** Why a unit was refused. */
    record Refusal(Unit unit, String reason) {}

    private final Database database;
    private final Dialect dialect;
    private final Ledger ledger;
    private final Plan plan;
    private final long from;
    private final Instant now;

    private Care care = Care.NONE;
    private boolean commitSent;

    /** Rows that break a deferred key with what is applied so far; counted only where the care is for these. */
    private long broken;

    private long statements;
    private long rows;
    private long ignored;
    private long missing;
    private final List<Refusal> refused = new ArrayList<>();
    private final List<DeadLetter> letters = new ArrayList<>();

    /**
     * A transaction for a plan.
     *
     * @param from where the ledger stands; before the plan's beginning if plans that held nothing lie between
     */
    FlushTransaction(Database database, Ledger ledger, Plan plan, long from, Instant now) {
        this.database = database;
        this.dialect = database.dialect();
        this.ledger = ledger;
        this.plan = plan;
        this.from = from;
        this.now = now;
    }

    Plan plan() {
        return plan;
    }

    /** Whether COMMIT was sent, answered or not. */
    boolean commitSent() {
        return commitSent;
    }

    /** What it did, once it is committed. */
    FlushReport report(Duration elapsed) {
        return new FlushReport(plan.to - from, statements, rows, missing, ignored, letters.size(), elapsed);
    }

    List<DeadLetter> letters() {
        return letters;
    }

    List<Refusal> refused() {
        return refused;
    }

    /** Reads totals of the plan's rows again inside the transaction. */
    interface BeforeCommit {
        void run(Connection connection) throws SQLException;
    }

    /**
     * Runs the transaction.
     *
     * @throws SQLException if it failed; nothing is known then of its outcome but what the ledger says
     */
    Outcome run(Care care, BeforeCommit beforeCommit) throws SQLException {
        this.care = care;
        Scope scope = new Scope(database.name(), tables());
        try (FlushConnection lease = FlushConnection.take(database)) {
            Connection connection = lease.connection();
            boolean told = false;
            try {
                if (!ledger.advance(connection, plan.writer, from, plan.to)) {
                    connection.rollback();
                    return Outcome.LEDGER_MOVED;
                }
                if (care == Care.DEFERRED) {
                    dialect.checkDeferredNow(connection);
                    broken = dialect.brokenKeys(connection);
                }
                Set<String> gone = goneHandovers(connection);
                if (care != Care.NONE) {
                    solve(connection, Batch.units(plan, gone));
                } else if (!applyAll(connection, gone)) {
                    connection.rollback();
                    return Outcome.REFUSED;
                }
                writeLetters(connection);
                deleteHandovers(connection, gone);
                beforeCommit.run(connection);
                told = true;
                database.hooks().beforeCommit(scope);
                lease.commit();
            } catch (SQLException | RuntimeException e) {
                boolean unknown = lease.commitSent();
                commitSent = unknown;
                lease.rollback();
                if (told) {
                    if (unknown) {
                        database.hooks().afterUnknown(scope);
                    } else {
                        database.hooks().afterRollback(scope);
                    }
                }
                if (unknown && care != Care.DEFERRED && e instanceof SQLException sql && isRefusal(sql)) {
                    return Outcome.REFUSED_AT_COMMIT;
                }
                throw e;
            }
        }
        database.hooks().afterCommit(scope);
        return Outcome.COMMITTED;
    }

    private Set<String> tables() {
        Set<String> tables = new TreeSet<>();
        plan.counters.keySet().forEach(counter -> tables.add(counter.table.info.name()));
        plan.rows.keySet().forEach(table -> tables.add(table.info.name()));
        plan.keyless.forEach(pieces -> tables.add(pieces.table.info.name()));
        return tables;
    }

    private record Scope(String database, Set<String> tables) implements CommitScope {
        @Override
        public boolean allTables() {
            return false;
        }
    }

    private boolean applyAll(Connection connection, Set<String> gone) throws SQLException {
        Applier applier = new Applier(dialect.bulk(), connection);
        try {
            applier.apply(Batch.of(plan, gone));
        } catch (SQLException e) {
            if (isRefusal(e)) {
                return false;
            }
            throw e;
        } catch (ArithmeticException | ClassCastException e) {
            LOG.debug("A change came to a value that its column can't hold.", e);
            return false;
        }
        if (!applier.missing.isEmpty() && applier.missing.stream().anyMatch(part -> fromGroup(part))) {
            return false;
        }
        if (!applier.impossible.isEmpty()) {
            return false;
        }
        keep(applier);
        return true;
    }

    /** Whether a group had a part in a row's change; the plan knows, the merged change does not. */
    private boolean fromGroup(Unit.Part part) {
        var pieces = plan.rows.get(part.table());
        if (pieces == null || part.key() == null) {
            return false;
        }
        Plan.Pieces of = pieces.get(part.key());
        return of != null && of.list.stream().anyMatch(piece -> piece.group() != null);
    }

    private void keep(Applier applier) {
        statements += applier.done().statements();
        rows += applier.done().rows();
        ignored += applier.ignored;
        missing += applier.missing.size();
        for (Unit.Part part : applier.missing) {
            refused.add(new Refusal(new Unit(plan.to, 0, null, List.of(part)), "the row does not exist"));
        }
    }

    /** What the schema refuses nobody but an operator can mend, and other tables must not wait for him. */
    private boolean isRefusal(SQLException e) {
        return dialect.classify(e) == Failure.DATA || dialect.schemaChanged(e);
    }

    /** Applies what can be applied, unit by unit if need be, and refuses the rest. */
    private void solve(Connection connection, List<Unit> units) throws SQLException {
        Set<BufferedTable> lost = lostTables(connection);
        List<Unit> possible = new ArrayList<>();
        for (Unit unit : units) {
            if (unit.parts().stream().anyMatch(part -> lost.contains(part.table()))) {
                refused.add(new Refusal(unit, "the table does not exist"));
            } else {
                possible.add(unit);
            }
        }
        List<Refusal> suspects = new ArrayList<>();
        halve(connection, possible, suspects);
        retrySuspects(connection, possible, suspects);
        refused.addAll(suspects);
    }

    private Set<BufferedTable> lostTables(Connection connection) throws SQLException {
        Set<BufferedTable> tables = new HashSet<>(plan.rows.keySet());
        plan.counters.keySet().forEach(counter -> tables.add(counter.table));
        plan.keyless.forEach(pieces -> tables.add(pieces.table));
        Set<BufferedTable> lost = new HashSet<>();
        for (BufferedTable table : tables) {
            if (dialect.describe(connection, table.name).isEmpty()) {
                lost.add(table);
            }
        }
        return lost;
    }

    private void halve(Connection connection, List<Unit> units, List<Refusal> suspects) throws SQLException {
        if (units.isEmpty()) {
            return;
        }
        String reason = tryApply(connection, units);
        if (reason == null) {
            return;
        }
        if (units.size() == 1) {
            suspects.add(new Refusal(units.get(0), reason));
            return;
        }
        int middle = units.size() / 2;
        halve(connection, units.subList(0, middle), suspects);
        halve(connection, units.subList(middle, units.size()), suspects);
    }

    /** A unit may have failed only because what it needs stood in the other half: tries those again that nothing followed. */
    private void retrySuspects(Connection connection, List<Unit> units, List<Refusal> suspects) throws SQLException {
        if (suspects.isEmpty() || suspects.size() == units.size()) {
            return;
        }
        Map<Place, Unit> last = new HashMap<>();
        for (Unit unit : units) {
            for (Unit.Part part : unit.parts()) {
                if (part.key() != null) {
                    last.put(new Place(part.table(), part.key()), unit);
                }
            }
        }
        suspects.sort(Comparator.comparing(Refusal::unit));
        boolean progress = true;
        while (progress && !suspects.isEmpty()) {
            progress = false;
            for (Refusal suspect : List.copyOf(suspects)) {
                Unit unit = suspect.unit();
                if (isLast(unit, last) && tryApply(connection, List.of(unit)) == null) {
                    suspects.remove(suspect);
                    progress = true;
                }
            }
        }
    }

    /** Whether no later unit changes one of its rows. Two units may be equal and not the same. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean isLast(Unit unit, Map<Place, Unit> last) {
        return unit.parts().stream()
                .allMatch(part -> part.key() == null || last.get(new Place(part.table(), part.key())) == unit);
    }

    /** A row. */
    private record Place(BufferedTable table, Object key) {}

    /** Applies units behind a savepoint; answers why the database refuses them, or null if it does not. */
    private @Nullable String tryApply(Connection connection, List<Unit> units) throws SQLException {
        long brokenNow = broken;
        Savepoint before = connection.setSavepoint();
        Applier applier = new Applier(dialect.bulk(), connection);
        String reason = null;
        try {
            applier.apply(Batch.of(units));
            if (!applier.impossible.isEmpty()) {
                reason = "a row of the group does not exist";
            } else if (care == Care.DEFERRED) {
                brokenNow = dialect.brokenKeys(connection);
                reason = brokenNow > broken ? "a deferred foreign key" : null;
            }
        } catch (SQLException e) {
            if (!isRefusal(e)) {
                throw e;
            }
            SQLException root = dialect.root(e);
            reason = (dialect.schemaChanged(e) ? "the table was changed" : "the database refuses the data")
                    + ": SQLState " + root.getSQLState() + ", code " + root.getErrorCode();
        } catch (ArithmeticException | ClassCastException e) {
            LOG.debug("A change came to a value that its column can't hold.", e);
            reason = "a value that its column can't hold";
        }
        if (reason != null) {
            connection.rollback(before);
            return reason;
        }
        connection.releaseSavepoint(before);
        broken = brokenNow;
        keep(applier);
        return null;
    }

    private void writeLetters(Connection connection) throws SQLException {
        for (Refusal refusal : refused) {
            Unit unit = refusal.unit();
            DeadLetter letter = new DeadLetter(
                    NanoId.next(),
                    plan.writer,
                    unit.epoch(),
                    unit.parts().get(0).table().name,
                    OperationsJson.write(unit.parts()),
                    refusal.reason(),
                    now);
            letters.add(letter);
            insertLetter(connection, dialect, letter);
        }
    }

    static void insertLetter(Connection connection, Dialect dialect, DeadLetter letter) throws SQLException {
        StringBuilder columns = new StringBuilder();
        for (String column : List.of("id", "writer", "epoch", "table_name", "change", "reason", "at_millis")) {
            columns.append(columns.isEmpty() ? "" : ", ").append(dialect.quote(column));
        }
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + dialect.quote(Ledger.DEAD_LETTER)
                + " (" + columns + ") VALUES (?, ?, ?, ?, ?, ?, ?)")) {
            insert.setString(1, letter.id());
            insert.setString(2, letter.writer());
            insert.setLong(3, letter.epoch());
            insert.setString(4, letter.table());
            insert.setString(5, letter.change());
            insert.setString(6, letter.reason());
            insert.setLong(7, letter.at().toEpochMilli());
            insert.executeUpdate();
        }
    }

    /** The hand-over rows of this plan that are not there any more: somebody else applied them. Locks those that are. */
    private Set<String> goneHandovers(Connection connection) throws SQLException {
        Set<String> gone = new LinkedHashSet<>(plan.handovers);
        if (gone.isEmpty()) {
            return gone;
        }
        String sql = "SELECT " + dialect.quote("id") + " FROM " + dialect.quote(Ledger.HANDOVER) + " WHERE "
                + dialect.quote("id") + " = ?" + (dialect.name().equals("sqlite") ? "" : " FOR UPDATE");
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            for (String id : plan.handovers) {
                select.setString(1, id);
                try (ResultSet found = select.executeQuery()) {
                    if (found.next()) {
                        gone.remove(id);
                    }
                }
            }
        }
        return gone;
    }

    private void deleteHandovers(Connection connection, Set<String> gone) throws SQLException {
        if (plan.handovers.size() == gone.size()) {
            return;
        }
        try (PreparedStatement delete = connection.prepareStatement(
                "DELETE FROM " + dialect.quote(Ledger.HANDOVER) + " WHERE " + dialect.quote("id") + " = ?")) {
            for (String id : plan.handovers) {
                if (!gone.contains(id)) {
                    delete.setString(1, id);
                    delete.addBatch();
                }
            }
            delete.executeBatch();
        }
    }
}
