package dev.weir.buffer;

import dev.weir.buffer.Intake.Accepted;
import dev.weir.buffer.Intake.Operation;
import dev.weir.db.Database;
import dev.weir.db.FlushException;
import dev.weir.db.NanoId;
import dev.weir.db.Transaction;
import dev.weir.db.engine.Dialect;
import dev.weir.error.Failure;
import dev.weir.error.WeirException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Operations that travel with a transaction of the caller: one row of {@code weir_handover} written by it, which joins an epoch
 * as a group after COMMIT and is deleted by the flush that applies it. The protocol is checked in
 * {@code verification/models/m1_handover.py}.
 *
 * <p><b>Concurrency.</b> An id is known here from before COMMIT is sent until its flush is in, so that taking up rows that were
 * left behind passes over it.
 */
final class Handovers {
    /** The writer of a row that whoever comes first takes. */
    static final String ANYBODY = "*";

    private static final int MOST_REASON = 255;

    /** How many rows that were left behind lie in memory at most, and how many characters of them but for the last. */
    private static final int MOST_ROWS = 1_000;

    private static final long MOST_CHARACTERS = 16 << 20;

    /** How many ids one statement answers, and how many writers it is asked for. */
    private static final int PAGE = 1_000;

    private static final int MOST_WRITERS = 500;

    private static final Logger LOG = LoggerFactory.getLogger("dev.weir.buffer");

    private final Database database;
    private final Journal journal;
    private final Tables tables;
    private final Intake intake;
    private final Monitor monitor;
    private final Set<String> known = ConcurrentHashMap.newKeySet();

    /** Of these, those that were left behind and are not in the database yet, and how long their changes are. */
    private final Map<String, Integer> taken = new ConcurrentHashMap<>();

    private volatile boolean behind;
    private volatile boolean takenUp;

    Handovers(Database database, Journal journal, Tables tables, Intake intake, Monitor monitor) {
        this.database = database;
        this.journal = journal;
        this.tables = tables;
        this.intake = intake;
        this.monitor = monitor;
    }

    /** The flush that applied these is in. */
    void done(Collection<String> ids) {
        known.removeAll(ids);
        taken.keySet().removeAll(ids);
    }

    /** Adds operations to those that travel with a transaction. */
    void add(Transaction transaction, List<Operation> operations) {
        transaction
                .listener(Travelling.class, () -> new Travelling(transaction))
                .add(operations);
    }

    /** Completes once what was added to the transaction so far has joined an epoch; fails if it does not. */
    CompletableFuture<Accepted> joined(Transaction transaction) {
        CompletableFuture<Accepted> joined = new CompletableFuture<>();
        transaction
                .listener(Travelling.class, () -> new Travelling(transaction))
                .joining
                .add(joined);
        return joined;
    }

    private record Mark(int operations, int joining) {}

    private final class Travelling implements Transaction.Listener {
        private final Transaction transaction;
        private final List<Operation> operations = new ArrayList<>();
        private final List<CompletableFuture<Accepted>> joining = new ArrayList<>();
        private @Nullable String id;

        /** What all of it takes in the journal, at the most. */
        private long encoded;

        Travelling(Transaction transaction) {
            this.transaction = transaction;
        }

        void add(List<Operation> more) {
            long size = Intake.encoded(more);
            intake.requireFits(encoded + size);
            encoded += size;
            operations.addAll(more);
        }

        @Override
        public void beforeCommit() {
            if (operations.isEmpty()) {
                return;
            }
            String made = NanoId.next();
            try {
                insert(transaction.connection(), database.dialect(), made, journal.writer(), write(operations));
            } catch (SQLException e) {
                Failure failure = database.dialect().classify(e);
                throw new WeirException(
                        "The transaction's buffered operations could not be handed over: " + FlushLoop.describe(e)
                                + ". The transaction is rolled back; run it again.",
                        e,
                        failure == Failure.CONNECTION || failure == Failure.TRANSIENT);
            }
            known.add(made);
            id = made;
        }

        @Override
        public void afterCommit() {
            if (id != null) {
                intake.countOperations(operations.size());
                Accepted accepted = intake.appendCommitted(operations, id);
                if (accepted == null) {
                    forget(new FlushException(
                            "Buffered operations travelled with a transaction that is in, and the journal takes no writes: they take effect with a later flush. Do not repeat them.",
                            null,
                            false));
                    return;
                }
                joining.forEach(joined -> joined.complete(accepted));
            }
        }

        @Override
        public void afterRollback() {
            forget(undone("it was rolled back"));
        }

        @Override
        public void afterUnknown() {
            forget(new FlushException(
                    "Buffered operations travelled with a transaction whose COMMIT was not answered: if it is in, they take effect with a later flush. Do not repeat them before you have looked.",
                    null,
                    false));
        }

        private void forget(RuntimeException failure) {
            if (id != null) {
                known.remove(id);
            }
            fail(joining, failure);
        }

        private static IllegalStateException undone(String why) {
            return new IllegalStateException(
                    "Buffered operations that travelled with a transaction have no effect: " + why + ".");
        }

        private static void fail(List<CompletableFuture<Accepted>> left, RuntimeException failure) {
            left.forEach(joined -> joined.completeExceptionally(failure));
        }

        @Override
        public Object mark() {
            return new Mark(operations.size(), joining.size());
        }

        @Override
        public void rollbackTo(@Nullable Object mark) {
            Mark at = mark instanceof Mark there ? there : new Mark(0, 0);
            operations.subList(at.operations, operations.size()).clear();
            encoded = Intake.encoded(operations);
            List<CompletableFuture<Accepted>> undone = joining.subList(at.joining, joining.size());
            fail(undone, undone("their savepoint was rolled back"));
            undone.clear();
        }
    }

    private static String write(List<Operation> operations) {
        List<Unit.Part> parts = new ArrayList<>();
        for (Operation operation : operations) {
            parts.add(new Unit.Part(operation.table(), operation.key(), operation.change()));
        }
        return OperationsJson.write(parts);
    }

    static void insert(Connection connection, Dialect dialect, String id, String writer, String change)
            throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO " + dialect.quote(Ledger.HANDOVER) + " (" + dialect.quote("id")
                        + ", " + dialect.quote("writer") + ", " + dialect.quote("change") + ") VALUES (?, ?, ?)")) {
            insert.setString(1, id);
            insert.setString(2, writer);
            insert.setString(3, change);
            insert.executeUpdate();
        }
    }

    private record Row(String id, String writer, String change) {}

    /** Whether a look has found less than it may take since the start: from then on no total misses a row that was left behind. */
    boolean areTakenUp() {
        return takenUp;
    }

    /** Whether the last look left rows for the next one. */
    boolean isBehind() {
        return behind;
    }

    /** Whether another look may take more, as what was taken up is in the database. */
    boolean mayTakeMore() {
        return behind && hasRoom();
    }

    private boolean hasRoom() {
        return taken.size() < MOST_ROWS
                && taken.values().stream().mapToLong(Integer::longValue).sum() < MOST_CHARACTERS;
    }

    /**
     * Takes up rows that were left behind: of this journal's writers, and those that are for anybody; no more at once than
     * should lie in memory. A row is read before it is claimed, and one that can't be read becomes a dead letter: nobody could
     * apply it, and nobody would see it.
     */
    void takeUp() throws SQLException {
        List<DeadLetter> unreadable = new ArrayList<>();
        Map<String, List<Operation>> found = new LinkedHashMap<>();
        boolean rest;
        try (FlushConnection lease = FlushConnection.take(database)) {
            Connection connection = lease.connection();
            try {
                rest = look(connection, found, unreadable);
                lease.commit();
            } catch (SQLException | RuntimeException e) {
                lease.rollback();
                taken.keySet().removeAll(found.keySet());
                throw e;
            }
        }
        for (DeadLetter letter : unreadable) {
            LOG.warn(
                    "A hand-over or a dead letter that was retried can't be read, and is a dead letter: id={}, {}",
                    letter.id(),
                    letter.reason());
            monitor.deadLetters.incrementAndGet();
            monitor.letter(letter);
        }
        // Before they join: the flush that the journal then asks for looks at it.
        behind = rest;
        found.forEach(this::join);
        takenUp |= !rest;
    }

    /** Reads rows that are not known here; answers whether there are more than there is room for. */
    private boolean look(Connection connection, Map<String, List<Operation>> found, List<DeadLetter> unreadable)
            throws SQLException {
        List<String> writers = new ArrayList<>(List.of(ANYBODY, journal.writer()));
        journal.earlier().forEach(writer -> writers.add(writer.id()));
        for (int from = 0; from < writers.size(); from += MOST_WRITERS) {
            List<String> some = writers.subList(from, Math.min(writers.size(), from + MOST_WRITERS));
            List<String> page;
            String last = "";
            do {
                page = ids(connection, some, last);
                for (String id : page) {
                    last = id;
                    if (known.contains(id)) {
                        continue;
                    }
                    if (!hasRoom()) {
                        return true;
                    }
                    take(connection, id, found, unreadable);
                }
            } while (page.size() == PAGE);
        }
        return false;
    }

    private void take(Connection connection, String id, Map<String, List<Operation>> found, List<DeadLetter> unreadable)
            throws SQLException {
        Row row = row(connection, id);
        if (row == null) {
            return;
        }
        try {
            List<Operation> operations = OperationsJson.read(
                    row.change, name -> tables.get(name, connection).arguments(connection));
            if (!row.writer.equals(ANYBODY) || claim(connection, id)) {
                found.put(id, operations);
                taken.put(id, row.change.length());
            }
        } catch (IllegalArgumentException | IllegalStateException e) {
            bury(connection, row, String.valueOf(e.getMessage()), unreadable);
        }
    }

    /** Ids alone, because most are known: their changes may be long. */
    private List<String> ids(Connection connection, List<String> writers, String after) throws SQLException {
        Dialect dialect = database.dialect();
        List<String> ids = new ArrayList<>();
        String sql = "SELECT " + dialect.quote("id") + " FROM " + dialect.quote(Ledger.HANDOVER) + " WHERE "
                + dialect.quote("writer") + " IN (?" + ", ?".repeat(writers.size() - 1) + ") AND "
                + dialect.quote("id") + " > ? ORDER BY " + dialect.quote("id");
        try (PreparedStatement select = connection.prepareStatement(dialect.limit(sql, (long) PAGE, null))) {
            int at = 1;
            for (String writer : writers) {
                select.setString(at++, writer);
            }
            select.setString(at, after);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    ids.add(rows.getString(1));
                }
            }
        }
        return ids;
    }

    private @Nullable Row row(Connection connection, String id) throws SQLException {
        Dialect dialect = database.dialect();
        try (PreparedStatement select = connection.prepareStatement("SELECT " + dialect.quote("writer") + ", "
                + dialect.quote("change") + " FROM " + dialect.quote(Ledger.HANDOVER) + " WHERE " + dialect.quote("id")
                + " = ?")) {
            select.setString(1, id);
            try (ResultSet rows = select.executeQuery()) {
                return rows.next() ? new Row(id, rows.getString(1), rows.getString(2)) : null;
            }
        }
    }

    private boolean claim(Connection connection, String id) throws SQLException {
        Dialect dialect = database.dialect();
        try (PreparedStatement update = connection.prepareStatement("UPDATE " + dialect.quote(Ledger.HANDOVER) + " SET "
                + dialect.quote("writer") + " = ? WHERE " + dialect.quote("id") + " = ? AND "
                + dialect.quote("writer") + " = ?")) {
            update.setString(1, journal.writer());
            update.setString(2, id);
            update.setString(3, ANYBODY);
            return update.executeUpdate() == 1;
        }
    }

    /** Makes a row a dead letter of the same id, unless somebody else has taken it meanwhile. */
    private void bury(Connection connection, Row row, String reason, List<DeadLetter> buried) throws SQLException {
        Dialect dialect = database.dialect();
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM " + dialect.quote(Ledger.HANDOVER)
                + " WHERE " + dialect.quote("id") + " = ? AND " + dialect.quote("writer") + " = ?")) {
            delete.setString(1, row.id);
            delete.setString(2, row.writer);
            if (delete.executeUpdate() != 1) {
                return;
            }
        }
        DeadLetter letter = new DeadLetter(
                row.id,
                row.writer,
                0,
                OperationsJson.firstTable(row.change),
                row.change,
                reason.length() <= MOST_REASON ? reason : reason.substring(0, MOST_REASON),
                monitor.now());
        FlushTransaction.insertLetter(connection, dialect, letter);
        buried.add(letter);
    }

    private void join(String id, List<Operation> operations) {
        if (known.add(id)) {
            intake.append(operations, id);
        }
    }
}
