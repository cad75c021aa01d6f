package dev.weir.buffer;

import dev.weir.buffer.Intake.Accepted;
import dev.weir.buffer.Intake.Operation;
import dev.weir.db.Database;
import dev.weir.db.Durability;
import dev.weir.db.FlushException;
import dev.weir.db.FlushReport;
import dev.weir.db.SqlException;
import dev.weir.db.TableBuffer;
import dev.weir.db.Transaction;
import dev.weir.error.Failure;
import dev.weir.error.WeirException;
import dev.weir.time.Clock;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The buffer over a local journal. Puts the parts together: operations go into the {@link Intake}, the {@link JournalLoop} cuts
 * epochs and makes them durable, the {@link FlushLoop} writes them to the database.
 */
final class LocalWriteBuffer implements WriteBuffer {
    private static final Logger LOG = LoggerFactory.getLogger("dev.weir.buffer");

    private final Database database;
    private final BufferSettings settings;
    private final Journal journal;
    private final Monitor monitor;
    private final Limits limits;
    private final Intake intake;
    private final Epochs epochs;
    private final JournalLoop journalLoop;
    private final FlushLoop flushLoop;
    private final Tables tables;
    private final Totals totals;
    private final Handovers handovers;
    private final Recovery recovery;
    private final JdbcDeadLetters deadLetters;
    private final Refusals refusals = new Refusals();
    private final ClockLoop clockLoop;
    private final ReentrantLock closing = new ReentrantLock();
    private volatile @Nullable CloseReport closed;

    LocalWriteBuffer(Database database, Journal journal, BufferSettings settings, Clock clock) {
        this(database, journal, null, settings, clock);
    }

    LocalWriteBuffer(
            Database database, Journal journal, @Nullable TableNotes notes, BufferSettings settings, Clock clock) {
        this.database = database;
        this.settings = settings;
        this.journal = journal;
        this.monitor = new Monitor(clock);
        this.journalLoop = new JournalLoop(journal, settings, monitor, database.name());
        this.limits = new Limits(settings, journal.maxEpochBytes(), this::flushSoon);
        this.intake = new Intake(limits, journalLoop::touched);
        this.epochs = new Epochs(journal.writer(), limits, intake);
        this.tables = new Tables(database.catalog(), notes, settings);
        Ledger ledger = new Ledger(database);
        this.recovery = new Recovery(database, journal, ledger, tables, settings, monitor);
        this.handovers = new Handovers(database, journal, tables, intake, monitor);
        long mostCells = Math.min(settings.maxRows(), settings.maxBytes() / Limits.CELL_BYTES);
        this.totals = new Totals(database, epochs, journal.writer(), tables, clock, mostCells);
        this.flushLoop = new FlushLoop(
                database, journal, settings, clock, monitor, limits, epochs, ledger, recovery, handovers, totals,
                tables, refusals);
        this.deadLetters = new JdbcDeadLetters(database, this::takeUp);
        this.clockLoop = new ClockLoop(
                journal, settings, monitor, limits, epochs, journalLoop, flushLoop, totals, database.name());
        totals.connect(flushLoop::verifySoon, this::flush, this::awaitRecovery);
    }

    private void flushSoon() {
        flushLoop.flushSoon();
    }

    /** Recovers what earlier openings left, and starts the threads. */
    void open() {
        long start = System.nanoTime();
        long pause = Duration.ofMillis(100).toNanos();
        while (true) {
            try {
                recovery.run();
                handovers.takeUp();
                break;
            } catch (SQLException | WeirException e) {
                if (e instanceof JournalException refused) {
                    throw refused;
                }
                if (System.nanoTime() - start > settings.connectTimeout().toNanos()) {
                    if (settings.startDegraded()) {
                        limits.databaseAway(true);
                        monitor.databaseAway(true, "the database took nothing at the start");
                        break;
                    }
                    throw notStarted(e);
                }
                LockSupport.parkNanos(this, pause);
            }
        }
        journalLoop.start(epochs, flushLoop::look);
        flushLoop.start();
        clockLoop.start();
    }

    private WeirException notStarted(Exception e) {
        boolean away = e instanceof SQLException sql
                ? database.dialect().classify(sql) == Failure.CONNECTION
                : e instanceof SqlException asked && asked.failure() == Failure.CONNECTION;
        return new WeirException(
                "The buffer starts only with its database, which "
                        + (away ? "did not answer" : "refuses what the start has to write") + ": database="
                        + database.name() + ", connectTimeout=" + settings.connectTimeout() + ", last problem: "
                        + FlushLoop.describe(e) + ". "
                        + (away ? "Start the database" : "Mend what it refuses: a right, a full disk, a lock")
                        + ", or allow startDegraded(true).",
                e,
                true);
    }

    /** Takes up what was handed over, so that the next flush holds it. */
    private void takeUp() {
        try {
            handovers.takeUp();
        } catch (SQLException | WeirException e) {
            LOG.debug("What was handed over is taken up by the flush thread instead: {}", FlushLoop.describe(e));
        }
        flushLoop.flushSoon();
    }

    private void awaitRecovery() {
        while (isRecovering()) {
            flush();
        }
    }

    private boolean isRecovering() {
        return !recovery.isDone() || !handovers.areTakenUp();
    }

    Limits limits() {
        return limits;
    }

    Intake intake() {
        return intake;
    }

    Totals totals() {
        return totals;
    }

    Handovers handovers() {
        return handovers;
    }

    BufferSettings settings() {
        return settings;
    }

    @Override
    public TableBuffer table(String table) {
        return new LocalTableBuffer(this, tables.get(Objects.requireNonNull(table, "table")), null, null);
    }

    @Override
    public TableBuffer table(String table, Transaction transaction) {
        return new LocalTableBuffer(
                this, tables.get(Objects.requireNonNull(table, "table"), transaction.connection()), null, transaction);
    }

    @Override
    public void atomically(Consumer<BufferGroup> block) {
        atomically(settings.durability(), block);
    }

    @Override
    public void atomically(Durability level, Consumer<BufferGroup> block) {
        Objects.requireNonNull(level, "level");
        List<Operation> operations = new ArrayList<>();
        Accepted accepted = group(block, operations);
        if (accepted != null) {
            await(level, accepted, operations);
        }
    }

    @Override
    public CompletionStage<Void> atomicallyAsync(Durability level, Consumer<BufferGroup> block) {
        Objects.requireNonNull(level, "level");
        List<Operation> operations = new ArrayList<>();
        Accepted accepted = group(block, operations);
        return accepted == null ? CompletableFuture.completedFuture(null) : stage(level, accepted, operations);
    }

    private @Nullable Accepted group(Consumer<BufferGroup> block, List<Operation> operations) {
        GroupRecorder recorder = new GroupRecorder(tables::get, operations);
        try {
            block.accept(recorder);
        } finally {
            recorder.end();
        }
        if (operations.isEmpty()) {
            return null;
        }
        Accepted accepted = intake.append(operations);
        intake.countOperations(recorder.calls());
        return accepted;
    }

    /**
     * Waits until accepted operations have reached their level.
     *
     * @param operations what was accepted
     */
    void await(Durability level, Accepted accepted, List<Operation> operations) {
        if (level == Durability.FLUSHED || accepted.untilFlushed()) {
            awaitFlushed(accepted.epoch());
            refusals.check(operations, accepted.epoch());
        } else if (level == Durability.JOURNALED) {
            awaitJournaled(accepted.epoch());
        }
    }

    void awaitJournaled(long epoch) {
        epochs.journaled.await(epoch, journalLoop::wake);
    }

    private void awaitFlushed(long epoch) {
        flushWhenJournaled(epoch);
        try {
            epochs.flushed.await(epoch, () -> {});
        } catch (FlushException e) {
            throw new FlushException(String.valueOf(e.getMessage()), e, false);
        }
    }

    /** A stage that completes when accepted operations have reached their level. */
    CompletionStage<Void> stage(Durability level, Accepted accepted, List<Operation> operations) {
        if (level == Durability.FLUSHED || accepted.untilFlushed()) {
            CompletableFuture<Void> stage = epochs.flushed.stage(accepted.epoch(), () -> {});
            if (!stage.isDone()) {
                flushWhenJournaled(accepted.epoch());
            }
            return stage.thenRun(() -> refusals.check(operations, accepted.epoch()));
        } else if (level == Durability.JOURNALED) {
            return journaledStage(accepted.epoch());
        }
        return CompletableFuture.completedFuture(null);
    }

    CompletionStage<Void> journaledStage(long epoch) {
        return epochs.journaled.stage(epoch, journalLoop::wake);
    }

    private void flushWhenJournaled(long epoch) {
        CompletionStage<?> unused =
                epochs.journaled.enter(epoch, journalLoop::wake).thenRun(flushLoop::flushSoon);
    }

    private static <T> T join(CompletableFuture<T> future) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw e.getCause() instanceof RuntimeException cause
                            ? cause
                            : new CompletionException(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public FlushReport flush() {
        checkOpen();
        long end = System.nanoTime() + settings.blockTimeout().toNanos();
        long target = target(left(end));
        if (target == 0) {
            return new FlushReport(0, 0, 0, 0, 0, 0, Duration.ZERO);
        }
        if (!epochs.journaled.await(target, left(end), journalLoop::wake)) {
            throw journalStands();
        }
        return join(flushLoop.request(target));
    }

    private void checkOpen() {
        if (closed != null) {
            throw new IllegalStateException("The buffer is closed. Open another.");
        }
    }

    /** The epoch up to which everything accepted so far lies; 0 if the database has all of it. */
    private long target(long nanos) {
        boolean locked = false;
        try {
            locked = epochs.cutLock.tryLock(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!locked) {
            throw journalStands();
        }
        try {
            if (journalLoop.isTouched() || intake.hasTouchedCells() || isRecovering()) {
                return intake.openCells();
            }
            return epochs.isIdle() ? 0 : intake.durable;
        } finally {
            epochs.cutLock.unlock();
        }
    }

    private FlushException journalStands() {
        return new FlushException(
                "A flush begins with the journal, which takes no writes: look at its disk. reason="
                        + Objects.requireNonNullElse(journalLoop.trouble(), "no answer yet") + ".",
                null);
    }

    @Override
    public BufferStats stats() {
        long oldest = epochs.oldestNanos(journalLoop.touchedNanos());
        return new BufferStats(
                intake.operations(),
                monitor.statements.get(),
                monitor.rows.get(),
                limits.rows(),
                limits.bytes(),
                Duration.ofNanos(oldest == 0 ? 0 : Math.max(0, System.nanoTime() - oldest)),
                monitor.deadLetters.get(),
                monitor.missing.get(),
                monitor.flushes.get(),
                monitor.failures.get(),
                monitor.flushLatency(),
                journal.bytes(),
                monitor.syncs.get(),
                monitor.journalLatency(),
                monitor.recoveredEpochs.get(),
                monitor.recoveredOperations.get(),
                monitor.health(),
                limits.heldBack(),
                monitor.problems());
    }

    @Override
    public DeadLetters deadLetters() {
        return deadLetters;
    }

    @Override
    public void addListener(BufferListener listener) {
        monitor.add(Objects.requireNonNull(listener, "listener"));
    }

    @Override
    public void close() {
        close(settings.closeTimeout());
    }

    @Override
    public CloseReport close(Duration deadline) {
        Duration longest = BufferSettings.LONGEST;
        Duration within = BufferSettings.positive("deadline", deadline).compareTo(longest) > 0 ? longest : deadline;
        closing.lock();
        try {
            CloseReport report = closed;
            if (report == null) {
                report = shutDown(System.nanoTime() + within.toNanos());
                closed = report;
            }
            return report;
        } finally {
            closing.unlock();
        }
    }

    private CloseReport shutDown(long end) {
        limits.close();
        String problem = "";
        boolean journaled = false;
        boolean flushed = false;
        try {
            long target = target(left(end));
            if (target > 0) {
                epochs.journaled.enter(target, journalLoop::wake).get(left(end), TimeUnit.NANOSECONDS);
                journaled = true;
                flushed = flushUntil(target, end);
            } else {
                journaled = true;
                flushed = true;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            problem = "the thread that closes was interrupted";
        } catch (TimeoutException e) {
            problem = journaled ? "the deadline passed before the flush ended" : "the journal takes no writes";
        } catch (ExecutionException | RuntimeException e) {
            Throwable cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
            problem = journaled || !(cause instanceof FlushException)
                    ? FlushLoop.describe(cause)
                    : "the journal takes no writes";
        }
        flushLoop.stop(Math.max(left(end), Duration.ofSeconds(1).toNanos()));
        journalLoop.stop(Math.max(left(end), Duration.ofSeconds(1).toNanos()), !journaled);
        clockLoop.stop();
        journal.close();
        epochs.flushed.fail(new FlushException(
                "The buffer was closed before the database had the operation, which is written at the next start if it is in the journal"
                        + (journaled ? ", as all that was accepted is." : "; the journal took no writes at the end."),
                null,
                false));
        if (!flushed) {
            LOG.warn(
                    "The buffer was closed with {} pending rows: {}. {}",
                    limits.rows(),
                    problem.endsWith(".") ? problem.substring(0, problem.length() - 1) : problem,
                    journaled
                            ? "They are in the journal and are written at the next start."
                            : "What was accepted last and not yet journalled is lost.");
        }
        return new CloseReport(flushed, journaled, limits.rows(), problem);
    }

    /** Ends without a flush, as if the process had been killed. For tests. */
    void abandon() {
        closing.lock();
        try {
            limits.close();
            flushLoop.stop(Duration.ofSeconds(10).toNanos());
            journalLoop.stop(Duration.ofSeconds(10).toNanos(), true);
            clockLoop.stop();
            epochs.flushed.fail(new IllegalStateException("The buffer was abandoned."));
            journal.close();
            closed = new CloseReport(false, false, limits.rows(), "abandoned");
        } finally {
            closing.unlock();
        }
    }

    private static long left(long end) {
        return Math.max(1, end - System.nanoTime());
    }

    /** Tries again while the deadline allows. */
    private boolean flushUntil(long target, long end)
            throws InterruptedException, TimeoutException, ExecutionException {
        while (true) {
            try {
                flushLoop.request(target).get(left(end), TimeUnit.NANOSECONDS);
                return true;
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof FlushException)
                        || left(end) < Duration.ofMillis(50).toNanos()) {
                    throw e;
                }
                LockSupport.parkNanos(this, Duration.ofMillis(20).toNanos());
            }
        }
    }
}
