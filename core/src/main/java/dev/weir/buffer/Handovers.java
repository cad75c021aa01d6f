package dev.weir.buffer;

import dev.weir.buffer.Intake.Accepted;
import dev.weir.buffer.Intake.Operation;
import dev.weir.db.Database;
import dev.weir.db.NanoId;
import dev.weir.db.Transaction;
import dev.weir.db.engine.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
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

    private static final Logger LOG = LoggerFactory.getLogger("dev.weir.buffer");

    private final Database database;
    private final Journal journal;
    private final Tables tables;
    private final Intake intake;
    private final Monitor monitor;
    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private final Set<String> unreadable = ConcurrentHashMap.newKeySet();

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
    }

    /** Adds operations to those that travel with a transaction. */
    void add(Transaction transaction, List<Operation> operations) {
        transaction
                .listener(Travelling.class, () -> new Travelling(transaction))
                .operations
                .addAll(operations);
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

        Travelling(Transaction transaction) {
            this.transaction = transaction;
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
                throw new IllegalStateException(
                        "The transaction's buffered operations could not be handed over: " + FlushLoop.describe(e)
                                + ".",
                        e);
            }
            known.add(made);
            id = made;
        }

        @Override
        public void afterCommit() {
            if (id != null) {
                intake.countOperations(operations.size());
                Accepted accepted = intake.append(operations, id);
                joining.forEach(joined -> joined.complete(accepted));
            }
        }

        @Override
        public void afterRollback() {
            forget("it was rolled back");
        }

        @Override
        public void afterUnknown() {
            forget("its COMMIT was not answered; if it is in, they take effect with a later flush");
        }

        private void forget(String why) {
            if (id != null) {
                known.remove(id);
            }
            fail(joining, why);
        }

        private void fail(List<CompletableFuture<Accepted>> left, String why) {
            IllegalStateException failure = new IllegalStateException(
                    "Buffered operations that travelled with a transaction did not join the buffer: " + why + ".");
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
            List<CompletableFuture<Accepted>> undone = joining.subList(at.joining, joining.size());
            fail(undone, "their savepoint was rolled back");
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

    /** Takes up rows that were left behind: of this journal's writers, and those that are for anybody. */
    void takeUp() throws SQLException {
        Set<String> writers = new LinkedHashSet<>();
        writers.add(journal.writer());
        journal.earlier().forEach(writer -> writers.add(writer.id()));
        Map<String, String> found = new LinkedHashMap<>();
        Dialect dialect = database.dialect();
        try (FlushConnection lease = FlushConnection.take(database)) {
            Connection connection = lease.connection();
            boolean any = false;
            try (PreparedStatement select = connection.prepareStatement("SELECT " + dialect.quote("id") + ", "
                            + dialect.quote("writer") + ", " + dialect.quote("change") + " FROM "
                            + dialect.quote(Ledger.HANDOVER) + " ORDER BY " + dialect.quote("id"));
                    ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    String writer = rows.getString(2);
                    any |= writer.equals(ANYBODY);
                    if (writers.contains(writer) && !known.contains(rows.getString(1))) {
                        found.put(rows.getString(1), rows.getString(3));
                    }
                }
            }
            if (any) {
                claim(connection, dialect, found);
            }
            lease.commit();
        }
        found.forEach(this::join);
    }

    private void claim(Connection connection, Dialect dialect, Map<String, String> found) throws SQLException {
        Map<String, String> free = new LinkedHashMap<>();
        try (PreparedStatement select = connection.prepareStatement("SELECT " + dialect.quote("id") + ", "
                + dialect.quote("change") + " FROM " + dialect.quote(Ledger.HANDOVER) + " WHERE "
                + dialect.quote("writer") + " = ?")) {
            select.setString(1, ANYBODY);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    free.put(rows.getString(1), rows.getString(2));
                }
            }
        }
        try (PreparedStatement update = connection.prepareStatement("UPDATE " + dialect.quote(Ledger.HANDOVER) + " SET "
                + dialect.quote("writer") + " = ? WHERE " + dialect.quote("id") + " = ? AND "
                + dialect.quote("writer") + " = ?")) {
            for (Map.Entry<String, String> row : free.entrySet()) {
                update.setString(1, journal.writer());
                update.setString(2, row.getKey());
                update.setString(3, ANYBODY);
                if (update.executeUpdate() == 1) {
                    found.put(row.getKey(), row.getValue());
                }
            }
        }
    }

    private void join(String id, String change) {
        if (!known.add(id)) {
            return;
        }
        try {
            List<Operation> operations = OperationsJson.read(change, tables::get);
            if (!operations.isEmpty()) {
                intake.append(operations, id);
            }
        } catch (IllegalArgumentException e) {
            known.remove(id);
            if (unreadable.add(id)) {
                monitor.problem("flush", "A hand-over row can't be taken up: id=" + id);
                LOG.warn("A hand-over row can't be taken up and stays where it is: id={}, {}", id, e.getMessage());
            }
        }
    }
}
