package dev.weir.buffer;

import dev.weir.buffer.Plan.Piece;
import dev.weir.buffer.RowChange.Insert;
import dev.weir.buffer.RowChange.Update;
import dev.weir.db.Database;
import dev.weir.db.engine.ColumnInfo;
import dev.weir.db.engine.Dialect;
import dev.weir.db.engine.TableInfo;
import dev.weir.error.WeirException;
import dev.weir.time.Clock;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Values with all that is pending (rules M1.15 and M1.16): one statement reads the row and where the ledger stands, then, in one
 * step, what lies above the ledger is added.
 *
 * <p><b>Concurrency.</b> That step holds the plan lock and the row's stripe. A value that was read before a plan was let go
 * is read again.
 */
final class Totals {
    private static final int CHUNK = 200;
    private static final int ATTEMPTS = 100;
    private static final long SWEEP_NANOS = Duration.ofSeconds(10).toNanos();
    private static final Comparator<Piece> ORDER =
            Comparator.comparingLong(Piece::epoch).thenComparingLong(Piece::ticket);

    private final Database database;
    private final Epochs epochs;
    private final String writer;
    private final Tables tables;
    private final Clock clock;
    private final long mostCells;
    private final Map<CounterColumn, Map<Object, Read>> again = new HashMap<>();
    private Runnable verifyLedger = () -> {};
    private Runnable flush = () -> {};
    private Runnable recovered = () -> {};

    /** Grows with time; bases are good for a span of ticks. */
    private volatile int tick;

    /** How many ticks a base is good for. */
    static final int SPAN = 8;

    private long swept;

    /**
     * Totals.
     *
     * @param mostCells how many cells are kept before those that wait for nothing are let go at once
     */
    Totals(Database database, Epochs epochs, String writer, Tables tables, Clock clock, long mostCells) {
        this.database = database;
        this.epochs = epochs;
        this.writer = writer;
        this.tables = tables;
        this.clock = clock;
        this.mostCells = mostCells;
        this.swept = clock.nanoTime();
    }

    /** Who is asked when a value can't be told from here. */
    void connect(Runnable verifyLedger, Runnable flush, Runnable recovered) {
        this.verifyLedger = verifyLedger;
        this.flush = flush;
        this.recovered = recovered;
    }

    int tick() {
        return tick;
    }

    /** The ticker moves it on, nobody else. */
    @SuppressWarnings("NonAtomicVolatileUpdate")
    void advance() {
        tick++;
    }

    /** A row's column: whether the row exists, and its value. */
    private record Read(boolean exists, @Nullable Object value) {}

    /** A value with all that is pending. */
    record Total(boolean exists, @Nullable Object value) {
        static final Total NOWHERE = new Total(false, null);
    }

    /** Thrown inside when only a flush can tell. */
    private static final class FlushFirst extends RuntimeException {
        private static final long serialVersionUID = 1L;

        FlushFirst() {
            super(null, null, false, false);
        }
    }

    /** The value of one row's column with all that is pending. */
    Total get(BufferedTable table, Object key, int column) {
        return getAll(table, List.of(key), column).getOrDefault(key, Total.NOWHERE);
    }

    /** The same for many rows; those that neither exist nor are pending are left out. */
    Map<Object, Total> getAll(BufferedTable table, List<Object> keys, int column) {
        recovered.run();
        Map<Object, Total> result = new LinkedHashMap<>();
        for (int from = 0; from < keys.size(); from += CHUNK) {
            List<Object> some = keys.subList(from, Math.min(keys.size(), from + CHUNK));
            result.putAll(getSome(table, some, column));
        }
        return result;
    }

    private Map<Object, Total> getSome(BufferedTable table, List<Object> keys, int column) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                Map<Object, Read> read = new HashMap<>();
                long seq = read(table, keys, column, read);
                Map<Object, Total> totals = add(table, keys, column, seq, read, null);
                if (totals != null) {
                    return totals;
                }
                if (attempt > 1) {
                    verifyLedger.run();
                    LockSupport.parkNanos(1_000_000L * attempt);
                }
            } catch (FlushFirst e) {
                flush.run();
            } catch (SQLException e) {
                throw new WeirException(
                        "The database could not be asked for a value: " + FlushLoop.describe(e) + ".", e, true);
            }
        }
        throw new WeirException(
                "The ledger does not settle: its row says again and again what this buffer did not write. Look at whether the database was restored.",
                null,
                true);
    }

    /** Reads rows and the ledger in one statement; answers where the ledger stands. */
    private long read(BufferedTable table, List<Object> keys, int column, Map<Object, Read> found) throws SQLException {
        try (Connection connection = database.dataSource().getConnection()) {
            boolean autoCommit = connection.getAutoCommit();
            long seq = read(connection, database.statementTimeout(), table, keys, column, found);
            if (!autoCommit) {
                connection.commit();
            }
            return seq;
        }
    }

    /**
     * The same on a connection.
     *
     * @param timeout how long the statement may run; null if it is part of a flush, which takes the time it needs
     */
    private long read(
            Connection connection,
            @Nullable Duration timeout,
            BufferedTable table,
            List<Object> keys,
            int column,
            Map<Object, Read> found)
            throws SQLException {
        Dialect dialect = database.dialect();
        List<ColumnInfo> keyColumns = table.keyColumns();
        ColumnInfo wanted = table.columnInfo(column);
        try (PreparedStatement select =
                connection.prepareStatement(sql(dialect, table.info, keyColumns, wanted, keys.size()))) {
            select.setString(1, writer);
            int at = 2;
            for (Object key : keys) {
                Object[] parts = BufferedTable.parts(key);
                for (int i = 0; i < parts.length; i++) {
                    dialect.bind(select, at++, keyColumns.get(i), parts[i]);
                }
            }
            Runnable executed = timeout == null ? () -> {} : dialect.statementTimeout(select, seconds(timeout));
            long seq = 0;
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    seq = rows.getLong(1);
                    if (rows.wasNull()) {
                        // The row was made at the start: the database fell back.
                        seq = -1;
                    }
                    @Nullable Object[] key = new @Nullable Object[keyColumns.size()];
                    for (int i = 0; i < key.length; i++) {
                        key[i] = dialect.read(rows, 3 + i, keyColumns.get(i));
                    }
                    if (key[0] != null) {
                        found.put(table.keyOfColumns(key), new Read(true, dialect.read(rows, 2, wanted)));
                    }
                }
            } finally {
                executed.run();
            }
            return seq;
        }
    }

    /** Engines count in whole seconds. */
    private static int seconds(Duration timeout) {
        return (int) Math.min(
                Integer.MAX_VALUE / 1000, timeout.plusSeconds(1).minusNanos(1).toSeconds());
    }

    private static String sql(Dialect dialect, TableInfo table, List<ColumnInfo> key, ColumnInfo column, int rows) {
        StringBuilder sql = new StringBuilder(200 + rows * 4);
        sql.append("SELECT l.").append(dialect.quote("seq")).append(", t.").append(dialect.quote(column.name()));
        for (ColumnInfo part : key) {
            sql.append(", t.").append(dialect.quote(part.name()));
        }
        sql.append(" FROM (SELECT 1 AS ").append(dialect.quote("one")).append(") o LEFT JOIN ");
        sql.append(dialect.quote(Ledger.LEDGER)).append(" l ON l.").append(dialect.quote("writer"));
        sql.append(" = ? LEFT JOIN ").append(dialect.quote(table.name())).append(" t ON ");
        if (key.size() == 1) {
            sql.append("t.").append(dialect.quote(key.get(0).name())).append(rows == 1 ? " = ?" : " IN (?");
            sql.append(rows == 1 ? "" : ", ?".repeat(rows - 1) + ")");
        } else {
            for (int r = 0; r < rows; r++) {
                sql.append(r == 0 ? "(" : " OR (");
                for (int i = 0; i < key.size(); i++) {
                    sql.append(i == 0 ? "t." : " AND t.")
                            .append(dialect.quote(key.get(i).name()))
                            .append(" = ?");
                }
                sql.append(')');
            }
        }
        return sql.toString();
    }

    /**
     * Adds what is pending to what was read.
     *
     * @param base if not null, the cell whose origin is set from its row's total
     * @return null if what was read is older than what was let go since
     */
    private @Nullable Map<Object, Total> add(
            BufferedTable table, List<Object> keys, int column, long seq, Map<Object, Read> read, @Nullable Cell base) {
        List<CounterColumn> counters = counters(table, column);
        epochs.planLock.lock();
        try {
            if (!fits(seq)) {
                return null;
            }
            Map<Object, List<Piece>> pieces = new HashMap<>();
            for (Object key : keys) {
                pieces.put(key, new ArrayList<>(2));
            }
            for (CounterColumn counter : counters) {
                for (Plan plan : epochs.plans()) {
                    Plan.Deltas deltas = plan.to > seq ? plan.counters.get(counter) : null;
                    if (deltas != null) {
                        deltas.collect(pieces);
                    }
                }
            }
            Map<Object, Total> totals = new LinkedHashMap<>();
            for (Object key : keys) {
                Read row = read.get(key);
                Total total = total(
                        table, key, column, counters, seq, row, pieces.getOrDefault(key, new ArrayList<>()), base);
                if (total.exists) {
                    totals.put(key, total);
                }
            }
            return totals;
        } finally {
            epochs.planLock.unlock();
        }
    }

    /** The counters that a value depends on: its own, and those of all columns if counting inserts the row. */
    private static List<CounterColumn> counters(BufferedTable table, int column) {
        List<CounterColumn> counters = new ArrayList<>();
        boolean inserts = table.missing.defaults() != null;
        for (CounterColumn counter : table.counters()) {
            if (counter != null && (inserts || counter.column == column)) {
                counters.add(counter);
            }
        }
        return counters;
    }

    /** Whether the ledger as it was read is where we know it, or where the plan in flight puts it. Under the plan lock. */
    private boolean fits(long seq) {
        if (seq == epochs.ledger()) {
            return true;
        }
        for (Plan plan : epochs.plans()) {
            if (!plan.isEmpty()) {
                return seq == plan.to;
            }
        }
        return false;
    }

    private Total total(
            BufferedTable table,
            Object key,
            int column,
            List<CounterColumn> counters,
            long seq,
            @Nullable Read read,
            List<Piece> pieces,
            @Nullable Cell base) {
        ReentrantLock stripe = epochs.intake.lockOf(table, key);
        stripe.lock();
        try {
            PendingRow row = table.rows.get(key);
            if (row != null) {
                entries(row, column, seq, pieces);
            }
            long accumulator = 0;
            boolean based = false;
            for (CounterColumn counter : counters) {
                Cell cell = counter.cells.get(key);
                if (cell == null || cell.isDead()) {
                    continue;
                }
                long now = cell.accumulator();
                long delta = now - cell.planned;
                if (delta != 0 || cell == base || isNothingThatCounts(cell)) {
                    pieces.add(Plan.piece(cell, delta));
                }
                if (cell == base) {
                    based = true;
                    accumulator = now;
                }
            }
            pieces.sort(ORDER);
            Total total = apply(read, column, pieces);
            if (base != null && based && total.exists) {
                setBase(base, total.value, accumulator);
            }
            return total;
        } finally {
            stripe.unlock();
        }
    }

    /** Whether what is pending of a cell comes to nothing and has an effect all the same. */
    private static boolean isNothingThatCounts(Cell cell) {
        return cell.column.nothingCounts && (cell.unplanned == Cell.COUNTS || (cell.isDirty() && cell.nothingCounts()));
    }

    private static void entries(PendingRow row, int column, long seq, List<Piece> pieces) {
        for (PendingRow.Entry entry : row.entries) {
            if (entry.epoch > seq) {
                if (entry.group != null && entry.group.handover != null) {
                    // Somebody else may have applied it: only the flush, which looks, can tell.
                    throw new FlushFirst();
                }
                pieces.add(new Piece(entry.epoch, entry.ticket, entry.change, entry.group));
            }
        }
        if (row.frozen != null) {
            for (Cell.Frozen frozen : row.frozen) {
                if ((frozen.unplanned() != 0 || isNothingThatCounts(frozen.cell()))
                        && (frozen.cell().column.column == column || row.table.missing.defaults() != null)) {
                    pieces.add(Plan.piece(frozen.cell(), frozen.unplanned()));
                }
            }
        }
    }

    private static Total apply(@Nullable Read read, int column, List<Piece> pieces) {
        boolean exists = read != null;
        Object value = read == null ? null : read.value;
        boolean byDefault = false;
        for (Piece piece : pieces) {
            RowChange change = piece.change();
            if (change.delete()) {
                exists = false;
                value = null;
                byDefault = false;
            }
            Insert insert = change.insert();
            if (insert != null) {
                int at = insert.find(column);
                exists = true;
                byDefault = at < 0;
                value = at < 0 ? null : insert.values()[at];
            }
            Update update = change.update();
            if (update == null) {
                continue;
            }
            ColumnChange mine = null;
            for (int i = 0; i < update.columns().length; i++) {
                mine = update.columns()[i] == column ? update.changes()[i] : mine;
            }
            Insert defaults = update.missing().defaults();
            if (!exists && defaults != null) {
                int at = defaults.find(column);
                exists = true;
                byDefault = at < 0 && mine == null;
                value = at < 0 ? null : defaults.values()[at];
            }
            if (exists && mine != null) {
                if (byDefault && !(mine instanceof ColumnChange.Put)) {
                    throw new FlushFirst();
                }
                byDefault = false;
                value = mine.apply(value);
            }
        }
        if (exists && byDefault) {
            throw new FlushFirst();
        }
        return new Total(exists, value);
    }

    private void setBase(Cell cell, @Nullable Object total, long accumulator) {
        long sum;
        if (total == null) {
            sum = 0;
        } else if (total instanceof Long l) {
            sum = l;
        } else {
            try {
                sum = ((BigDecimal) total).longValueExact();
            } catch (ArithmeticException e) {
                return;
            }
        }
        cell.origin = sum - accumulator;
        cell.validUntil = tick + SPAN;
    }

    /**
     * Reads a cell's base anew, if the row exists.
     *
     * @return false if the row neither exists nor will be inserted
     * @throws WeirException if the database can't be asked
     */
    boolean readBase(Cell cell) {
        recovered.run();
        List<Object> keys = List.of(cell.key());
        int column = cell.column.column;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                Map<Object, Read> read = new HashMap<>();
                long seq = read(cell.column.table, keys, column, read);
                Map<Object, Total> totals = add(cell.column.table, keys, column, seq, read, cell);
                if (totals != null) {
                    return !totals.isEmpty();
                }
                if (attempt > 1) {
                    verifyLedger.run();
                    LockSupport.parkNanos(1_000_000L * attempt);
                }
            } catch (FlushFirst e) {
                flush.run();
            } catch (SQLException e) {
                throw new WeirException(
                        "The database could not be asked for a total: " + FlushLoop.describe(e) + ".", e, true);
            }
        }
        return false;
    }

    /** Reads the totals that are in use again, inside the flush transaction. By the flush thread. */
    void readAgain(Connection connection, Plan plan) throws SQLException {
        again.clear();
        int now = tick;
        for (Map.Entry<CounterColumn, Plan.Deltas> counter : plan.counters.entrySet()) {
            List<Object> keys = new ArrayList<>();
            Plan.Deltas deltas = counter.getValue();
            for (int i = 0; i < deltas.size; i++) {
                int until = deltas.cells[i].validUntil;
                if (until != Cell.NO_BASE && until - now >= 0) {
                    keys.add(deltas.cells[i].key());
                }
            }
            if (keys.isEmpty()) {
                continue;
            }
            Map<Object, Read> read = new HashMap<>();
            BufferedTable table = counter.getKey().table;
            for (int from = 0; from < keys.size(); from += CHUNK) {
                read(
                        connection,
                        null,
                        table,
                        keys.subList(from, Math.min(keys.size(), from + CHUNK)),
                        counter.getKey().column,
                        read);
            }
            again.put(counter.getKey(), read);
        }
    }

    /** The plan is in the database: bases read inside its transaction become current, those of refused rows are dropped. */
    void landed(Plan plan, List<FlushTransaction.Refusal> refused) {
        for (FlushTransaction.Refusal refusal : refused) {
            for (Unit.Part part : refusal.unit().parts()) {
                for (CounterColumn counter : part.table().counters()) {
                    Cell cell = counter == null || part.key() == null ? null : counter.cells.get(part.key());
                    if (cell != null) {
                        cell.validUntil = Cell.NO_BASE;
                    }
                }
            }
        }
        Set<CounterColumn> counters = new HashSet<>(again.keySet());
        for (CounterColumn counter : counters) {
            Map<Object, Read> read = again.getOrDefault(counter, Map.of());
            for (Map.Entry<Object, Read> row : read.entrySet()) {
                Cell cell = counter.cells.get(row.getKey());
                if (cell != null && cell.validUntil != Cell.NO_BASE) {
                    try {
                        add(
                                counter.table,
                                List.of(row.getKey()),
                                counter.column,
                                plan.to,
                                Map.of(row.getKey(), row.getValue()),
                                cell);
                    } catch (FlushFirst e) {
                        cell.validUntil = Cell.NO_BASE;
                    }
                }
            }
        }
        again.clear();
    }

    /** Forgets the bases of a plan's rows. */
    void dropBases(Plan plan) {
        again.clear();
        for (Plan.Deltas deltas : plan.counters.values()) {
            for (int i = 0; i < deltas.size; i++) {
                deltas.cells[i].validUntil = Cell.NO_BASE;
            }
        }
    }

    /** Forgets all bases. */
    void dropAllBases() {
        forEachCell(cell -> cell.validUntil = Cell.NO_BASE);
    }

    private void forEachCell(Consumer<Cell> action) {
        for (BufferedTable table : tables.all()) {
            for (CounterColumn counter : table.counters()) {
                if (counter != null) {
                    counter.cells.forEach(action);
                }
            }
        }
    }

    private long cells() {
        long cells = 0;
        for (BufferedTable table : tables.all()) {
            for (CounterColumn counter : table.counters()) {
                cells += counter == null ? 0 : counter.cells.size();
            }
        }
        return cells;
    }

    /** Lets go of cells that were clean at the last sweep and were not used since, now and then; of all clean ones if there are too many. */
    void sweep() throws InterruptedException {
        long now = clock.nanoTime();
        boolean tooMany = cells() > mostCells;
        if (now - swept < SWEEP_NANOS && !tooMany) {
            return;
        }
        if (!epochs.tryCutLock()) {
            // The next round comes back to it.
            return;
        }
        swept = now;
        epochs.planLock.lock();
        try {
            int current = tick;
            forEachCell(cell -> {
                long accumulator = cell.accumulator();
                boolean inUse = !tooMany && cell.validUntil != Cell.NO_BASE && cell.validUntil - current >= 0;
                if (cell.unplanned != Cell.PLANNED || cell.isDirty() || accumulator != cell.planned || inUse) {
                    cell.idle = false;
                } else if (cell.idle || tooMany) {
                    epochs.intake.evict(cell);
                } else {
                    cell.idle = true;
                }
            });
        } finally {
            epochs.planLock.unlock();
            epochs.cutLock.unlock();
        }
    }
}
