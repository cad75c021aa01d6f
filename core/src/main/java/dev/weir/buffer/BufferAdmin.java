package dev.weir.buffer;

import dev.weir.db.Database;
import dev.weir.db.NanoId;
import dev.weir.db.engine.Dialect;
import dev.weir.error.WeirException;
import dev.weir.time.Clock;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an operator does with the journals and tables of write-behind, from outside a running buffer. Looking and the dead
 * letters work beside a running owner; {@link #adopt} and {@link #retire} need the journal for themselves. Thread-safe.
 */
public final class BufferAdmin {
    private final Database database;
    private final Dialect dialect;
    private final Clock clock;

    /** The tools for one database. */
    public BufferAdmin(Database database) {
        this.database = Objects.requireNonNull(database, "database");
        this.dialect = database.dialect();
        this.clock = Clock.system();
    }

    /** The statements that make the buffer's own tables, for those who make tables by hand. */
    public static List<String> ddl(Dialect dialect) {
        return Ledger.ddl(dialect);
    }

    /**
     * A writer, as the ledger and a journal know it.
     *
     * @param id its id
     * @param ledger the last of its epochs that is in the database, negative if it was retired; empty if it has no ledger row
     * @param last the last epoch in the journal looked at; empty if that does not know the writer
     * @param pendingEpochs epochs of that journal that are not in the database, up to the last that holds anything
     */
    public record Writer(String id, OptionalLong ledger, OptionalLong last, long pendingEpochs) {}

    /**
     * What there is.
     *
     * @param writers those of the ledger and of the journal
     * @param deadLetters how many
     * @param handovers committed hand-overs that no flush has applied yet
     * @param journalBytes the journal's size on disk; 0 if none was looked at
     * @param owned whether a living process owns the journal
     * @param ownerPid that process, if it could be named
     * @param unknownDatabase whether the database knows none of the journal's writers that had a row in theirs: it is another
     *     one, or was restored without its ledger, and what counts as pending may be in the right one
     */
    public record Status(
            List<Writer> writers,
            long deadLetters,
            long handovers,
            long journalBytes,
            boolean owned,
            OptionalLong ownerPid,
            boolean unknownDatabase) {
        /** A copy whose list can't change. */
        public Status {
            writers = List.copyOf(writers);
        }
    }

    /**
     * Looks at the database and at a journal.
     *
     * @param journal the directory of one database's journal; null to look at the database alone
     * @throws JournalException if there is no journal, or it can't be read
     */
    public Status status(@Nullable Path journal) {
        JournalInspection inspection = journal == null ? null : JournalInspection.of(journal);
        return read(connection -> {
            Map<String, Long> ledgers = hasTables(connection) ? ledgers(connection) : Map.of();
            Map<String, Writer> writers = new LinkedHashMap<>();
            ledgers.forEach(
                    (id, seq) -> writers.put(id, new Writer(id, OptionalLong.of(seq), OptionalLong.empty(), 0)));
            if (inspection != null) {
                for (JournalInspection.Inspected found : inspection.writers()) {
                    Long seq = ledgers.get(found.id());
                    long in = seq == null ? 0 : Math.max(0, seq);
                    if (seq == null && found.last() == 0 && !found.ledgerRow() && !inspection.owned()) {
                        // An opening that did nothing; the next one forgets it.
                        continue;
                    }
                    writers.put(
                            found.id(),
                            new Writer(
                                    found.id(),
                                    seq == null ? OptionalLong.empty() : OptionalLong.of(seq),
                                    OptionalLong.of(found.last()),
                                    Math.max(0, found.lastFilled() - in)));
                }
            }
            boolean tables = hasTables(connection);
            return new Status(
                    new ArrayList<>(writers.values()),
                    tables ? count(connection, Ledger.DEAD_LETTER) : 0,
                    tables ? count(connection, Ledger.HANDOVER) : 0,
                    inspection == null ? 0 : inspection.bytes(),
                    inspection != null && inspection.owned(),
                    inspection == null ? OptionalLong.empty() : inspection.ownerPid(),
                    inspection != null && isUnknown(inspection, ledgers.keySet()));
        });
    }

    private static boolean isUnknown(JournalInspection inspection, Set<String> known) {
        List<String> hadRow = inspection.writers().stream()
                .filter(JournalInspection.Inspected::ledgerRow)
                .map(JournalInspection.Inspected::id)
                .toList();
        return !hadRow.isEmpty() && hadRow.stream().noneMatch(known::contains);
    }

    /** The dead letters. What is handed back is taken up by the next buffer that flushes, at the latest after a few seconds. */
    public DeadLetters deadLetters() {
        return new JdbcDeadLetters(database, () -> {});
    }

    /**
     * Flushes what is pending in another journal, under its writers' own ids: each epoch takes effect exactly once, also if its
     * journal is opened again later.
     *
     * @return how many epochs were pending
     * @throws JournalException if the journal is owned by a living process, missing or damaged
     */
    public long adopt(Path journal) {
        JournalInspection.of(journal);
        try (SqliteJournal opened = SqliteJournal.open(journal, clock)) {
            Monitor monitor = new Monitor(clock);
            Recovery recovery = recovery(opened, monitor);
            recovery.makeTables();
            Map<String, Long> ledgers = recovery.readLedgers(opened.earlier());
            for (Journal.Writer writer : opened.earlier()) {
                if (writer.ledgerRow() && !ledgers.containsKey(writer.id())) {
                    throw new JournalException(
                            "A journal is adopted into the database that it belongs to, and this one does not know its writer: directory="
                                    + journal + ", writer=" + writer.id()
                                    + ". Name the right database; if this one was restored to an older state, start the application on the journal instead.",
                            null);
                }
            }
            recovery.recoverEarlier();
            return monitor.recoveredEpochs.get();
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private Recovery recovery(Journal journal, Monitor monitor) {
        BufferSettings settings = BufferSettings.defaults();
        return new Recovery(
                database,
                journal,
                new Ledger(dialect),
                new Tables(database.catalog(), null, settings),
                settings,
                monitor);
    }

    /**
     * What came of retiring a writer.
     *
     * @param deadLetters pending changes that are dead letters now
     * @param handovers hand-over rows that any buffer may take up now
     */
    public record Retired(long deadLetters, long handovers) {}

    /**
     * Ends a writer that will not come back: what is pending of it in the journal becomes dead letters, its hand-over rows are
     * left to any buffer. Without a journal its ledger row is marked as retired: an owner that lives after all stops flushing, and
     * a journal that turns up later is refused at its start, so that nothing is applied twice.
     *
     * @param journal the directory that holds the writer's epochs; null if it is lost
     * @throws IllegalArgumentException if the journal does not know the writer; without one, if the ledger does not
     * @throws JournalException if the journal is owned by a living process, missing or damaged
     */
    public Retired retire(String writer, @Nullable Path journal) {
        Objects.requireNonNull(writer, "writer");
        Writer known = status(journal).writers().stream()
                .filter(there -> there.id().equals(writer))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "There is no such writer: writer=" + writer + ". `weir buffer status` lists those there are."));
        if (journal != null && known.last().isEmpty()) {
            throw new IllegalArgumentException("A writer is retired with the journal that holds its epochs: writer="
                    + writer + ", journal=" + journal
                    + ". Name that journal; without one, the writer is retired as one whose journal is lost.");
        }
        try {
            long letters = 0;
            if (journal != null) {
                try (SqliteJournal opened = SqliteJournal.open(journal, clock)) {
                    letters = buryAll(writer, opened);
                }
            }
            long handovers = release(writer, journal == null);
            return new Retired(letters, handovers);
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private long buryAll(String writer, SqliteJournal journal) throws SQLException {
        Journal.Writer found = journal.earlier().stream()
                .filter(known -> known.id().equals(writer))
                .findFirst()
                .orElse(null);
        if (found == null || found.last() == 0) {
            return 0;
        }
        Ledger ledger = new Ledger(dialect);
        Tables tables = new Tables(database.catalog(), null, BufferSettings.defaults());
        try (FlushConnection lease = FlushConnection.take(database)) {
            Connection connection = lease.connection();
            try {
                ledger.createTables(connection);
                ledger.makeRow(connection, writer);
                long from = ledger.read(connection, writer);
                long letters = 0;
                if (from < found.last()) {
                    List<Burial> burials = new ArrayList<>();
                    journal.read(
                            writer, from + 1, found.last(), (seq, data) -> burials.addAll(burials(seq, data, tables)));
                    for (Burial burial : burials) {
                        FlushTransaction.insertLetter(
                                connection,
                                dialect,
                                new DeadLetter(
                                        NanoId.next(),
                                        writer,
                                        burial.epoch,
                                        burial.table,
                                        burial.change,
                                        "the writer was retired",
                                        clock.now()));
                    }
                    letters = burials.size();
                    ledger.advance(connection, writer, from, found.last());
                }
                lease.commit();
                journal.ledgerRowMade(writer);
                journal.trim(writer, found.last());
                return letters;
            } catch (SQLException | RuntimeException e) {
                lease.rollback();
                throw e;
            }
        }
    }

    private record Burial(long epoch, String table, String change) {}

    /** An epoch's units as letters; as its bytes if a table that it names is gone. */
    private static List<Burial> burials(long seq, byte[] data, Tables tables) {
        List<Burial> burials = new ArrayList<>();
        try {
            EpochDecoder.Epoch epoch = EpochDecoder.decode(seq, data, tables::get);
            Plan plan = Recovery.plan("", seq - 1, seq, List.of(epoch));
            // What was handed over lies in its own row, if it is not in the database: that row is left to others.
            for (Unit unit : Batch.units(plan, Set.copyOf(plan.handovers))) {
                burials.add(new Burial(seq, unit.parts().get(0).table().name, OperationsJson.write(unit.parts())));
            }
        } catch (JournalException e) {
            burials.clear();
            burials.add(
                    new Burial(seq, "", "[{\"epoch\":\"" + Base64.getEncoder().encodeToString(data) + "\"}]"));
        }
        return burials;
    }

    private long release(String writer, boolean forget) throws SQLException {
        try (FlushConnection lease = FlushConnection.take(database)) {
            Connection connection = lease.connection();
            long handovers = update(
                    connection,
                    "UPDATE " + q(Ledger.HANDOVER) + " SET " + q("writer") + " = ? WHERE " + q("writer") + " = ?",
                    Handovers.ANYBODY,
                    writer);
            if (forget) {
                try (PreparedStatement end = connection.prepareStatement(
                        "UPDATE " + q(Ledger.LEDGER) + " SET " + q("seq") + " = ? WHERE " + q("writer") + " = ?")) {
                    end.setLong(1, Ledger.RETIRED);
                    end.setString(2, writer);
                    end.executeUpdate();
                }
            }
            lease.commit();
            return handovers;
        }
    }

    private static long update(Connection connection, String sql, String... parameters) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                update.setString(i + 1, parameters[i]);
            }
            return update.executeUpdate();
        }
    }

    private interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    private <T> T read(Work<T> work) {
        try (FlushConnection lease = FlushConnection.take(database)) {
            T result = work.on(lease.connection());
            lease.commit();
            return result;
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private static WeirException failed(SQLException e) {
        return new WeirException(
                "The database can't be asked: " + FlushLoop.describe(e) + ". Call again when it is there.", e, true);
    }

    private boolean hasTables(Connection connection) throws SQLException {
        return dialect.tableNames(connection).stream().anyMatch(Ledger.LEDGER::equalsIgnoreCase);
    }

    private Map<String, Long> ledgers(Connection connection) throws SQLException {
        Map<String, Long> ledgers = new LinkedHashMap<>();
        try (PreparedStatement select = connection.prepareStatement("SELECT " + q("writer") + ", " + q("seq") + " FROM "
                        + q(Ledger.LEDGER) + " ORDER BY " + q("writer"));
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                ledgers.put(rows.getString(1), rows.getLong(2));
            }
        }
        return ledgers;
    }

    private long count(Connection connection, String table) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT count(*) FROM " + q(table));
                ResultSet rows = select.executeQuery()) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private String q(String identifier) {
        return dialect.quote(identifier);
    }
}
