package dev.weir.buffer;

import dev.weir.db.Database;
import dev.weir.db.FlushException;
import dev.weir.db.FlushReport;
import dev.weir.error.Failure;
import dev.weir.error.WeirException;
import dev.weir.time.Clock;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The flush thread: writes plans to the database, one transaction each, oldest first (rules M1.8 to M1.13).
 *
 * <p><b>Concurrency.</b> The thread alone runs transactions. Requests and wake-ups go through {@code lock}; it is not held
 * while the database is asked.
 */
final class FlushLoop implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger("dev.weir.buffer");
    private static final long FIRST_BACK_OFF_NANOS = Duration.ofMillis(50).toNanos();
    private static final long LAST_BACK_OFF_NANOS = Duration.ofSeconds(5).toNanos();

    private static final long HAND_OVER_NANOS = Duration.ofSeconds(5).toNanos();

    private final Database database;
    private final Journal journal;
    private final BufferSettings settings;
    private final Clock clock;
    private final Monitor monitor;
    private final Limits limits;
    private final Epochs epochs;
    private final Ledger ledger;
    private final Recovery recovery;
    private final Handovers handovers;
    private final Totals totals;
    private final Tables tables;
    private final Refusals refusals;
    private final Thread thread;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wake = lock.newCondition();
    private final ArrayDeque<Request> requests = new ArrayDeque<>();
    private boolean asked;
    private volatile boolean stopping;
    private volatile boolean verify;

    /** When the work that runs now began, a round or one of its plans; 0 if none runs. */
    private volatile long workingSince;

    /** Why the last attempt failed; null if it did not. */
    private volatile @Nullable String trouble;

    private final long longestNap;
    private int attempts;
    private long backOff;

    /** The last attempt whose COMMIT was sent and not answered. */
    private @Nullable FlushTransaction inDoubt;

    private long lastRound;
    private FlushTransaction.Care care = FlushTransaction.Care.NONE;
    private @Nullable RuntimeException broken;

    /** Somebody who wants everything up to an epoch in the database. */
    private static final class Request extends CompletableFuture<FlushReport> {
        final long target;
        FlushReport sum = new FlushReport(0, 0, 0, 0, 0, 0, Duration.ZERO);

        Request(long target) {
            this.target = target;
        }
    }

    FlushLoop(
            Database database,
            Journal journal,
            BufferSettings settings,
            Clock clock,
            Monitor monitor,
            Limits limits,
            Epochs epochs,
            Ledger ledger,
            Recovery recovery,
            Handovers handovers,
            Totals totals,
            Tables tables,
            Refusals refusals) {
        this.database = database;
        this.journal = journal;
        this.settings = settings;
        this.clock = clock;
        this.monitor = monitor;
        this.limits = limits;
        this.epochs = epochs;
        this.ledger = ledger;
        this.recovery = recovery;
        this.handovers = handovers;
        this.totals = totals;
        this.tables = tables;
        this.refusals = refusals;
        long nap = HAND_OVER_NANOS;
        for (TableSettings table : settings.tables().values()) {
            Duration own = table.flushInterval();
            nap = own == null ? nap : Math.min(nap, own.toNanos());
        }
        this.longestNap = nap;
        this.lastRound = clock.nanoTime();
        this.thread = new Thread(this, "weir-flush-" + database.name());
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Flushes soon, without waiting for the interval. */
    void flushSoon() {
        lock.lock();
        try {
            asked = true;
            wake.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Flushes soon, and looks first whether the database fell back. */
    void verifySoon() {
        verify = true;
        flushSoon();
    }

    /** Lets the thread look whether it is time. */
    void look() {
        if (!epochs.flushed.isEmpty() || epochs.planCount() > 1 || handovers.isBehind()) {
            flushSoon();
        }
    }

    /** Completes when everything up to the epoch is in the database, or fails with the first attempt that does. */
    CompletableFuture<FlushReport> request(long target) {
        Request request = new Request(target);
        lock.lock();
        try {
            if (broken != null) {
                request.completeExceptionally(broken);
            } else if (stopping && epochs.known() < target) {
                request.completeExceptionally(closedBefore());
            } else if (epochs.known() >= target) {
                request.complete(request.sum);
            } else {
                requests.add(request);
                asked = true;
                wake.signalAll();
            }
        } finally {
            lock.unlock();
        }
        return request;
    }

    /** Ends the thread after the attempt that may be running. If that takes longer than {@code nanos}, nobody waits for it. */
    boolean stop(long nanos) {
        lock.lock();
        try {
            stopping = true;
            wake.signalAll();
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        long end = System.nanoTime() + nanos;
        while (thread.isAlive() && end - System.nanoTime() > 0) {
            try {
                thread.join(Math.max(1, (end - System.nanoTime()) / 1_000_000));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        boolean ended = !thread.isAlive();
        if (!ended) {
            fail(closedBefore());
        }
        return ended;
    }

    @Override
    public void run() {
        try {
            while (!stopping) {
                if (awaitTime()) {
                    round();
                }
            }
        } catch (RuntimeException | Error defect) {
            monitor.down(
                    "The flush thread ended by a defect: " + defect.getClass().getName());
            broken(new JournalException(
                    "The flush thread ended by a defect; what is pending is in the journal. Start again: " + defect,
                    defect));
            throw defect;
        }
        if (broken == null) {
            fail(closedBefore());
        }
    }

    private static FlushException closedBefore() {
        return new FlushException(
                "The buffer was closed before the database had what was accepted; it is in the journal, and the next start writes it.",
                null,
                false);
    }

    /** Waits until it is time to flush; false if the thread shall end. */
    private boolean awaitTime() {
        long since = System.nanoTime();
        lock.lock();
        try {
            while (!stopping) {
                long left;
                if (attempts > 0) {
                    left = backOff - (System.nanoTime() - since);
                } else if (asked || !requests.isEmpty()) {
                    left = 0;
                } else {
                    left = interval() - (System.nanoTime() - since);
                    if (left <= 0 && !isDue()) {
                        since = System.nanoTime();
                        continue;
                    }
                }
                if (left <= 0) {
                    asked = false;
                    return true;
                }
                wake.awaitNanos(Math.min(left, longestNap));
            }
            return false;
        } catch (InterruptedException e) {
            LOG.debug("The flush thread was interrupted; it goes on.", e);
            return !stopping;
        } finally {
            lock.unlock();
        }
    }

    /** The shortest interval of a table that has something pending. */
    private long interval() {
        long shortest = settings.flushInterval().toNanos();
        for (BufferedTable table : tables.all()) {
            Duration own = table.settings.flushInterval();
            if (own != null && own.toNanos() < shortest && table.pendingRows.get() > 0) {
                shortest = own.toNanos();
            }
        }
        return shortest;
    }

    /** Whether an idle thread has anything to do: something is pending, or it is time to look for what others did. */
    private boolean isDue() {
        if (clock.nanoTime() - lastRound >= HAND_OVER_NANOS) {
            // An idle buffer has to see that the database fell back while the epochs for it are still kept.
            verify = true;
            return true;
        }
        return epochs.planCount() > 0 || !epochs.backlogIsEmpty() || !recovery.isDone();
    }

    private long backOff() {
        long longest = Math.min(LAST_BACK_OFF_NANOS, FIRST_BACK_OFF_NANOS << Math.min(attempts - 1, 20));
        return longest / 2 + ThreadLocalRandom.current().nextLong(longest / 2 + 1);
    }

    /** When the thread began what it does now in the database; 0 if it does nothing there. */
    long workingSince() {
        return workingSince;
    }

    /** Why the last attempt failed; null if it did not. */
    @Nullable String trouble() {
        return trouble;
    }

    private void round() {
        lastRound = clock.nanoTime();
        workingSince = System.nanoTime();
        try {
            if (!recovery.isDone()) {
                recovery.run();
            } else if (attempts > 0) {
                recovery.makeTables();
            }
            if (verify) {
                verifyLedger();
            }
            handovers.takeUp();
            for (Plan plan = epochs.next(); plan != null && !stopping; plan = epochs.next()) {
                write(plan);
                if (requestsDone() && epochs.planCount() == 0) {
                    break;
                }
            }
            attempts = 0;
            trouble = null;
            if (recovery.isDone()) {
                away(false, "the database answers");
            }
            requestsDone();
            if (handovers.mayTakeMore()) {
                flushSoon();
            }
            trim();
            totals.sweep();
        } catch (InterruptedException e) {
            LOG.debug("The flush thread was interrupted; it goes on.", e);
        } catch (SQLException e) {
            failed(e, database.dialect().classify(e));
        } catch (JournalException e) {
            broken(e);
        } catch (RuntimeException e) {
            failed(e, e instanceof WeirException weir && weir.retryable() ? Failure.TRANSIENT : Failure.OTHER);
        } finally {
            workingSince = 0;
        }
    }

    private void verifyLedger() throws SQLException {
        recovery.makeTables();
        long seq = recovery.readLedger(journal.writer());
        long expected = epochs.lockedLedger();
        if (seq < expected) {
            fellBack(journal.writer(), seq, expected);
        }
        verify = false;
    }

    private void fellBack(String writer, long seq, long expected) throws SQLException {
        LOG.warn(
                "The database fell back: its ledger stands at epoch {} and stood at {}. The epochs in between are written again.",
                Math.max(seq, 0),
                expected);
        recovery.recoverEarlier();
        recovery.replay(writer, seq, expected);
        totals.dropAllBases();
    }

    private void away(boolean away, String reason) {
        limits.databaseAway(away);
        monitor.databaseAway(away, reason);
    }

    private void write(Plan plan) throws SQLException {
        long start = System.nanoTime();
        workingSince = start;
        if (plan.isEmpty()) {
            epochs.forget(plan, false);
            return;
        }
        long from = epochs.lockedLedger();
        FlushTransaction transaction = new FlushTransaction(database, ledger, plan, from, clock.now());
        FlushTransaction.Outcome outcome;
        try {
            outcome = transaction.run(care, connection -> {
                if (care == FlushTransaction.Care.NONE) {
                    totals.readAgain(connection, plan);
                } else {
                    // What is refused may be a column that can't be read either.
                    totals.dropBases(plan);
                }
            });
        } catch (SQLException | RuntimeException e) {
            inDoubt = transaction.commitSent() ? transaction : inDoubt;
            throw e;
        }
        care = care.after(outcome);
        switch (outcome) {
            case REFUSED, REFUSED_AT_COMMIT -> write(plan);
            case LEDGER_MOVED -> resolve(plan, from);
            case COMMITTED -> landed(plan, transaction, start);
        }
    }

    private void landed(Plan plan, FlushTransaction transaction, long start) {
        inDoubt = null;
        // Before those who wait for the flush hear of it.
        away(false, "the database answers");
        totals.landed(plan, transaction.refused());
        refusals.add(plan, transaction.refused(), transaction.letters());
        epochs.forget(plan, true);
        handovers.done(plan.handovers);
        report(transaction.report(Duration.ofNanos(System.nanoTime() - start)));
        monitor.refused(transaction.letters());
    }

    private void report(FlushReport report) {
        monitor.flushed(report);
        lock.lock();
        try {
            for (Request request : requests) {
                request.sum = sum(request.sum, report);
            }
        } finally {
            lock.unlock();
        }
    }

    private static FlushReport sum(FlushReport a, FlushReport b) {
        return new FlushReport(
                a.epochs() + b.epochs(),
                a.statements() + b.statements(),
                a.rows() + b.rows(),
                a.missing() + b.missing(),
                a.ignored() + b.ignored(),
                a.deadLetters() + b.deadLetters(),
                a.elapsed().plus(b.elapsed()));
    }

    /** The ledger did not stand where the plan begins (rule M1.12). */
    private void resolve(Plan plan, long from) throws SQLException {
        long seq = recovery.readLedger(plan.writer);
        if (seq == plan.to) {
            // The COMMIT whose answer was lost is in.
            totals.dropBases(plan);
            FlushTransaction sent = inDoubt;
            if (sent == null || sent.plan() != plan) {
                throw new IllegalStateException("A plan that nobody sent is in the database: to=" + plan.to + ".");
            }
            landed(plan, sent, System.nanoTime());
        } else if (seq < from) {
            fellBack(plan.writer, seq, from);
        } else if (seq != from) {
            throw new JournalException(
                    "The ledger stands where this buffer never put it: writer=" + plan.writer + ", seq=" + seq
                            + ", expected=" + from + " or " + plan.to
                            + ". Somebody else writes under this writer's name.",
                    null);
        }
    }

    private void failed(Exception e, Failure failure) {
        attempts++;
        verify = true;
        String problem = describe(e);
        trouble = problem;
        if (failure == Failure.CONNECTION) {
            away(true, "the database is away");
        } else if (attempts == 3) {
            away(true, "the database takes no flushes");
        }
        if (attempts == 1) {
            LOG.warn("A flush failed and is tried again: {}.", problem);
            LOG.debug("The failure of the flush", withoutValues(e));
        }
        backOff = backOff();
        monitor.retrying(attempts, problem, Duration.ofNanos(backOff));
        fail(new FlushException(
                "A flush did not reach the database; what is pending stays pending and is tried again: " + problem
                        + ".",
                e));
    }

    /** An exception without values: drivers put those into messages. */
    static String describe(Throwable e) {
        if (e instanceof SQLException sql) {
            return sql.getClass().getSimpleName() + ", SQLState " + sql.getSQLState() + ", code " + sql.getErrorCode();
        }
        return e instanceof WeirException
                ? String.valueOf(e.getMessage())
                : e.getClass().getName();
    }

    /** The same for a log: where it happened, without the message. */
    private static Throwable withoutValues(Throwable e) {
        Throwable shown = new Throwable(describe(e));
        shown.setStackTrace(e.getStackTrace());
        return shown;
    }

    /** Rule M1.12: the buffer stops flushing, and goes on taking into the journal up to its limits. */
    private void broken(JournalException e) {
        LOG.error("The write buffer flushes no more: {}", e.getMessage());
        monitor.problem("flush", String.valueOf(e.getMessage()));
        limits.databaseAway(true);
        monitor.databaseAway(true, "flushing is stopped");
        lock.lock();
        try {
            broken = e;
            stopping = true;
        } finally {
            lock.unlock();
        }
        fail(e);
        epochs.flushed.fail(e);
    }

    private void fail(RuntimeException e) {
        List<Request> failed;
        lock.lock();
        try {
            failed = new ArrayList<>(requests);
            requests.clear();
        } finally {
            lock.unlock();
        }
        failed.forEach(request -> request.completeExceptionally(e));
    }

    /** Answers those whose target is reached; whether nobody waits any more. */
    private boolean requestsDone() {
        List<Request> done = new ArrayList<>();
        boolean empty;
        lock.lock();
        try {
            long known = epochs.known();
            requests.removeIf(request -> request.target <= known && done.add(request));
            empty = requests.isEmpty();
        } finally {
            lock.unlock();
        }
        done.forEach(request -> request.complete(request.sum));
        return empty;
    }

    /** Drops flushed epochs that were kept for long enough (rule M1.13). */
    private void trim() {
        try {
            recovery.trim(journal.writer(), epochs.known());
        } catch (JournalException e) {
            monitor.problem("journal", "Flushed epochs could not be dropped; it is tried again: " + e.getMessage());
        }
    }
}
