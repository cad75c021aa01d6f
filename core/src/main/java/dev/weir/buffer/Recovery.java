package dev.weir.buffer;

import dev.weir.buffer.PendingRow.Entry;
import dev.weir.buffer.PendingRow.Group;
import dev.weir.db.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings into the database what earlier openings left in the journal, under their own writer ids and before anything new (rules
 * M1.2 and M1.3), and once more what a database that fell back has lost (M1.12). Also trims the journal (M1.13). By the flush
 * thread, or before it starts.
 */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger("dev.weir.buffer");
    private static final long TRIM_NANOS = Duration.ofSeconds(30).toNanos();

    private final Database database;
    private final Journal journal;
    private final Ledger ledger;
    private final Tables tables;
    private final BufferSettings settings;
    private final Monitor monitor;
    private volatile boolean done;

    /** Whose pending epochs are in the statistics: an attempt that failed is not counted again. */
    private final Set<String> counted = new HashSet<>();

    private long trimmed = System.nanoTime() - TRIM_NANOS;

    Recovery(
            Database database,
            Journal journal,
            Ledger ledger,
            Tables tables,
            BufferSettings settings,
            Monitor monitor) {
        this.database = database;
        this.journal = journal;
        this.ledger = ledger;
        this.tables = tables;
        this.settings = settings;
        this.monitor = monitor;
    }

    /** Whether nothing of earlier openings is pending any more. */
    boolean isDone() {
        return done;
    }

    /**
     * Makes the own tables and ledger row, and flushes what earlier writers left.
     *
     * @throws SQLException if the database fails; call again
     * @throws JournalException if it can't be done: the database fell back too far, the journal is damaged, a table is gone
     */
    void run() throws SQLException {
        recoverEarlier();
        makeRow(journal.writer());
        done = true;
    }

    /** Makes the own tables, and flushes what earlier writers left. */
    void recoverEarlier() throws SQLException {
        makeTables();
        List<Journal.Writer> wrote =
                journal.earlier().stream().filter(writer -> writer.last() > 0).toList();
        if (wrote.isEmpty()) {
            return;
        }
        Map<String, Long> ledgers = readLedgers(wrote);
        for (Journal.Writer writer : wrote) {
            flush(writer, ledgers.getOrDefault(writer.id(), -1L));
        }
    }

    /**
     * Makes the own tables that are missing: at the start, and when the database was restored to a time before them.
     *
     * @throws JournalException if the database knows none of the writers of this journal that had a row in theirs
     */
    void makeTables() throws SQLException {
        try (FlushConnection lease = FlushConnection.take(database)) {
            if (!settings.writeToUnknownDatabase() && !isKnown(lease.connection())) {
                throw new JournalException(
                        "A journal's epochs are written to the database that they belong to, and this one knows none of this journal's writers: database="
                                + database.name()
                                + ". Name the right database. If this one was restored, restore weir_ledger from the same moment. If it has nothing of what was flushed, allow writeToUnknownDatabase(true) for one start, which writes again all that the journal keeps; or move the journal away, which gives up what is pending.",
                        null);
            }
            ledger.createTables(lease.connection());
            lease.commit();
        }
    }

    /** A database that fell back knows at least the first opening, unless it stands before that one. */
    private boolean isKnown(Connection connection) throws SQLException {
        List<Journal.Writer> earlier = journal.earlier();
        Set<String> hadRow = earlier.stream()
                .filter(Journal.Writer::ledgerRow)
                .map(Journal.Writer::id)
                .collect(Collectors.toSet());
        if (done) {
            hadRow.add(journal.writer());
        } else if (earlier.stream().noneMatch(writer -> writer.last() > 0)) {
            return true;
        }
        return hadRow.isEmpty() || ledger.knowsAny(connection, hadRow);
    }

    private void makeRow(String writer) throws SQLException {
        try (FlushConnection lease = FlushConnection.take(database)) {
            ledger.makeRow(lease.connection(), writer);
            lease.commit();
        }
        journal.ledgerRowMade(writer);
    }

    /** Flushes what is pending of a writer that writes no more. */
    private void flush(Journal.Writer writer, long ledgerSeq) throws SQLException {
        long seq = ledgerSeq;
        if (seq < 0 && !writer.ledgerRow()) {
            makeRow(writer.id());
            seq = 0;
        }
        if (seq < writer.last()) {
            long from = Math.max(seq, 0);
            if (writer.ledgerRow() && seq < 0) {
                LOG.warn(
                        "The database has forgotten the writer {}: it fell back. Its kept epochs are written again.",
                        writer.id());
            }
            if (counted.add(writer.id())) {
                count(writer, from);
            }
            replay(writer.id(), seq, writer.last());
        }
    }

    /** Epochs that hold nothing may come last: nobody flushed them, and nobody misses them. */
    private void count(Journal.Writer writer, long from) {
        long operations = monitor.recoveredOperations.get();
        journal.read(
                writer.id(),
                from + 1,
                writer.last(),
                (epoch, data) -> monitor.recoveredOperations.addAndGet(EpochDecoder.operations(data)));
        if (monitor.recoveredOperations.get() > operations) {
            LOG.info(
                    "Epochs {} to {} of an earlier opening are pending in the journal; they are flushed now.",
                    from + 1,
                    writer.last());
            monitor.recoveredEpochs.addAndGet(writer.last() - from);
        }
    }

    /** Where the ledger of a writer stands; -1 if it has no row. */
    long readLedger(String writer) throws SQLException {
        try (FlushConnection lease = FlushConnection.take(database)) {
            long seq = ledger.read(lease.connection(), writer);
            lease.commit();
            return seq;
        }
    }

    /** The same for many writers by one statement; those without a row are left out. */
    Map<String, Long> readLedgers(Collection<Journal.Writer> writers) throws SQLException {
        Set<String> ids = writers.stream().map(Journal.Writer::id).collect(Collectors.toSet());
        try (FlushConnection lease = FlushConnection.take(database)) {
            Map<String, Long> ledgers = ledger.read(lease.connection(), ids);
            lease.commit();
            return ledgers;
        }
    }

    /**
     * Writes the epochs of a writer from the journal, from where the ledger stands to {@code to}.
     *
     * @param seq where the ledger stands; -1 if its row is gone
     */
    void replay(String writer, long seq, long to) throws SQLException {
        if (seq < 0) {
            makeRow(writer);
        }
        long at = Math.max(seq, 0);
        FlushTransaction.Care care = FlushTransaction.Care.NONE;
        while (at < to) {
            Plan plan = read(writer, at, to);
            FlushTransaction transaction = new FlushTransaction(database, ledger, plan, at, monitor.now());
            long start = System.nanoTime();
            FlushTransaction.Outcome outcome = transaction.run(care, connection -> {});
            care = care.after(outcome);
            switch (outcome) {
                case COMMITTED -> {
                    at = plan.to;
                    monitor.flushed(transaction.report(Duration.ofNanos(System.nanoTime() - start)));
                    monitor.refused(transaction.letters());
                }
                case LEDGER_MOVED -> at = readLedger(writer);
                default -> LOG.debug("The database refuses data of epochs {} to {}.", plan.from + 1, plan.to);
            }
        }
    }

    /** Some epochs from the journal as a plan, as many as one transaction should hold. */
    private Plan read(String writer, long from, long last) {
        List<EpochDecoder.Epoch> epochs = new ArrayList<>();
        long to = from;
        long operations = 0;
        while (to < last && operations < settings.flushRows()) {
            long step = Math.min(last, to + 16);
            List<EpochDecoder.Epoch> some = new ArrayList<>();
            try {
                journal.read(
                        writer, to + 1, step, (epoch, data) -> some.add(EpochDecoder.decode(epoch, data, tables::get)));
            } catch (JournalException e) {
                throw new JournalException(
                        "Pending changes can't be read from the journal, or the database fell back further than the kept epochs reach: "
                                + e.getMessage(),
                        e);
            }
            for (EpochDecoder.Epoch epoch : some) {
                operations += epoch.operations();
            }
            epochs.addAll(some);
            to = step;
        }
        return plan(writer, from, to, epochs);
    }

    /** Epochs that were read from the journal as one plan. */
    static Plan plan(String writer, long from, long to, List<EpochDecoder.Epoch> epochs) {
        Plan plan = new Plan(writer, from, to);
        for (EpochDecoder.Epoch epoch : epochs) {
            epoch.counted().forEach(plan::entry);
            for (Object item : epoch.log()) {
                if (item instanceof Entry entry) {
                    plan.entry(entry);
                } else {
                    for (Entry entry : ((Group) item).entries) {
                        plan.entry(entry);
                    }
                }
            }
        }
        return plan;
    }

    /** Drops flushed epochs that were kept for long enough, now and then. */
    void trim(String writer, long flushed) {
        long nanos = System.nanoTime();
        boolean full = journal.bytes() > settings.maxJournalBytes();
        if (nanos - trimmed < TRIM_NANOS && !full) {
            return;
        }
        trimmed = nanos;
        for (Journal.Writer earlier : journal.earlier()) {
            if (earlier.last() > earlier.trimmedTo()) {
                trim(earlier.id(), earlier.last(), full);
            }
        }
        trim(writer, flushed, full);
    }

    private void trim(String writer, long flushed, boolean full) {
        long oldest = monitor.now().toEpochMilli() - settings.keepFlushed().toMillis();
        List<Journal.Kept> kept = journal.kept(writer);
        long bytes = 0;
        for (Journal.Kept epoch : kept) {
            bytes += epoch.seq() <= flushed ? epoch.bytes() : 0;
        }
        long to = 0;
        for (Journal.Kept epoch : kept) {
            boolean drop = full || epoch.appendedMillis() < oldest || bytes > settings.keepFlushedBytes();
            if (epoch.seq() > flushed || !drop) {
                break;
            }
            bytes -= epoch.bytes();
            to = epoch.seq();
        }
        if (to > 0) {
            journal.trim(writer, to);
        }
    }
}
