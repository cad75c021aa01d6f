package dev.weir.buffer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The epochs of this opening on their way: open, cut, journalled, planned, in the database.
 *
 * <p><b>Concurrency.</b> The cut lock is held from the cut of an epoch until it is on disk, and while a plan is made: so a plan
 * holds whole epochs that are on disk. The plan lock makes moving changes into a plan, letting a plan go, and reading a total
 * one step each. Order: cut lock, plan lock, stripes. A plan stays the first one, unchanged, until the ledger says that it is in
 * (a COMMIT whose answer was lost may land late).
 */
final class Epochs {
    private static final long PATIENCE_MILLIS = 1000;

    final ReentrantLock cutLock = new ReentrantLock();
    final ReentrantLock planLock = new ReentrantLock();
    final Intake intake;
    final Backlog backlog;

    /** Waiting for the disk. */
    final Waiters journaled;

    /** Waiting for the database. */
    final Waiters flushed;

    private final String writer;
    private final Limits limits;
    private final ArrayDeque<Plan> plans = new ArrayDeque<>();

    /** The last epoch that needs no flush any more. */
    private volatile long known;

    /** Where the ledger stands as far as we know. Guarded by the plan lock. */
    private long ledger;

    /** The last epoch in a plan. Guarded by the cut lock and the plan lock. */
    private long lastPlanned;

    private volatile int planCount;
    private volatile long oldestPlanNanos;
    private volatile long forgotNanos = System.nanoTime();

    Epochs(String writer, Limits limits, Intake intake) {
        this.writer = writer;
        this.limits = limits;
        this.intake = intake;
        this.backlog = new Backlog(intake);
        this.journaled = new Waiters(() -> intake.durable, limits::stages);
        this.flushed = new Waiters(() -> known, limits::stages);
    }

    long known() {
        return known;
    }

    /** Where the ledger stands as far as we know. Under the plan lock. */
    long ledger() {
        return ledger;
    }

    /** {@link #ledger} by whoever does not hold the plan lock. */
    long lockedLedger() {
        planLock.lock();
        try {
            return ledger;
        } finally {
            planLock.unlock();
        }
    }

    /** Whether everything that was cut is in a plan. A glance without a lock. */
    boolean backlogIsEmpty() {
        return backlog.firstNanos() == 0;
    }

    /** Plans that are not in the database, oldest first. Under the plan lock. */
    Iterable<Plan> plans() {
        return plans;
    }

    /** Moves the backlog into a new plan. Under the cut lock, with no epoch between cut and disk. */
    void plan() {
        long to = intake.durable;
        planLock.lock();
        try {
            if (to == lastPlanned) {
                return;
            }
            if (plans.isEmpty()) {
                oldestPlanNanos = backlog.firstNanos();
            }
            Plan plan = new Plan(writer, lastPlanned, to);
            backlog.moveTo(plan);
            lastPlanned = to;
            plans.add(plan);
            planCount = plans.size();
        } finally {
            planLock.unlock();
        }
    }

    /**
     * The plan to write next, made if there is something to write; null if there is not, or the journal takes long over an
     * epoch.
     */
    @Nullable Plan next() throws InterruptedException {
        planLock.lock();
        try {
            if (!plans.isEmpty()) {
                return plans.peek();
            }
        } finally {
            planLock.unlock();
        }
        if (!tryCutLock()) {
            return null;
        }
        try {
            plan();
        } finally {
            cutLock.unlock();
        }
        planLock.lock();
        try {
            return plans.peek();
        } finally {
            planLock.unlock();
        }
    }

    /** Takes the cut lock, unless the journal takes long over an epoch, or can't write it. */
    boolean tryCutLock() throws InterruptedException {
        return cutLock.tryLock(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** How many plans wait, the one in flight included. */
    int planCount() {
        return planCount;
    }

    /** When the oldest change in a plan was cut. */
    long oldestPlanNanos() {
        return oldestPlanNanos;
    }

    /**
     * Lets the first plan go, which is in the database (rule M1.11).
     *
     * @param wrote whether it moved the ledger; a plan that held nothing does not
     */
    void forget(Plan plan, boolean wrote) {
        List<PendingRow> rows;
        planLock.lock();
        try {
            if (plans.peek() != plan) {
                throw new IllegalStateException("Plans are let go in their order: to=" + plan.to + ".");
            }
            plans.remove();
            planCount = plans.size();
            oldestPlanNanos = System.nanoTime();
            forgotNanos = oldestPlanNanos;
            if (wrote) {
                ledger = plan.to;
            }
            known = plan.to;
            rows = new ArrayList<>(plan.pending);
        } finally {
            planLock.unlock();
        }
        for (PendingRow row : rows) {
            intake.forget(row, plan.to);
        }
        plan.admitted.forEach((table, sums) -> limits.release(table, sums[0], sums[1]));
        limits.signal();
        flushed.release();
    }

    /** When a plan was last let go. */
    long forgotNanos() {
        return forgotNanos;
    }

    /**
     * When the oldest pending change came in, about; 0 if none is pending.
     *
     * @param openNanos when the open epoch was first touched; 0 if it was not
     */
    long oldestNanos(long openNanos) {
        if (planCount > 0) {
            return oldestPlanNanos;
        }
        long cut = backlog.firstNanos();
        return cut != 0 ? cut : openNanos;
    }

    /** Whether nothing waits for the disk or the database. Under the cut lock. */
    boolean isIdle() {
        return backlog.isEmpty() && planCount == 0;
    }
}
