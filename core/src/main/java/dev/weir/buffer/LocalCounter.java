package dev.weir.buffer;

import dev.weir.buffer.Intake.Accepted;
import dev.weir.buffer.Intake.Admission;
import dev.weir.db.Counter;
import dev.weir.db.Durability;
import dev.weir.error.WeirException;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Counting on one column. The forms for long keys touch no lock while the row has a live cell. */
final class LocalCounter implements Counter {
    private final LocalTableBuffer of;
    private final CounterColumn counter;
    private final CellMap.@Nullable Longs cells;
    private final Intake intake;
    private final Limits limits;
    private final Totals totals;
    private final boolean bounded;
    private final boolean accepted;
    private final long limit;

    LocalCounter(LocalTableBuffer of, CounterColumn counter) {
        this.of = of;
        this.counter = counter;
        this.cells = !of.travels() && counter.cells instanceof CellMap.Longs longs ? longs : null;
        this.intake = of.buffer.intake();
        this.limits = of.buffer.limits();
        this.totals = of.buffer.totals();
        this.bounded = counter.table.settings.maxRows() != null;
        this.accepted = of.durability == Durability.ACCEPTED;
        this.limit = counter.table.addLimit(counter.column);
    }

    /**
     * A cell that may be added to without asking anybody, and a counted operation; null if the slow way has to be taken.
     * Nothing of the cell is read: so the addition is the first access to its cache line, which then moves between processors
     * once and not twice. The operation is counted before the addition, which would have to wait for what is stored after it.
     * Here and in the callers no call comes back to the fast path: the compiler would keep what is live there in memory.
     */
    private @Nullable Cell ready(long key, long delta) {
        CellMap.Longs map = cells;
        if (map == null || delta > limit || delta < -limit || !limits.roomy()) {
            return null;
        }
        Cell cell = map.get(key);
        return cell != null && (!bounded || cell.isCounted()) && intake.countsHere() ? cell : null;
    }

    /** After an addition that is not settled or has to be waited for; answers whether it counts. */
    private boolean settled(Cell cell, long sum) {
        if (Cell.dead(sum)) {
            intake.countOperations(-1);
            return false;
        }
        intake.settle(cell, sum);
        if (!accepted) {
            await(new Accepted(intake.openCells(), false), cell.key());
        }
        return true;
    }

    private void await(@Nullable Accepted done, Object key) {
        if (done == null || (accepted && !done.untilFlushed())) {
            return;
        }
        if (of.durability == Durability.JOURNALED && !done.untilFlushed()) {
            of.buffer.awaitJournaled(done.epoch());
        } else {
            of.await(done, of.addition(counter, key, 0));
        }
    }

    @Override
    public void add(long key, long delta) {
        Cell cell = ready(key, delta);
        if (cell != null) {
            long sum = cell.add(delta);
            if ((accepted && cell.isSettled(sum)) || settled(cell, sum)) {
                return;
            }
        }
        addSlowly(canonical(key), delta);
    }

    @Override
    public void add(Object key, long delta) {
        addSlowly(of.arguments.key(key), delta);
    }

    private Object canonical(long key) {
        return of.arguments.key(key);
    }

    private void addSlowly(Object key, long delta) {
        await(accept(key, delta), key);
    }

    private @Nullable Accepted accept(Object key, long delta) {
        of.arguments.checkAdd(counter.column, delta);
        return of.add(counter, key, delta);
    }

    @Override
    public long addAndGet(long key, long delta) {
        Cell cell = ready(key, delta);
        if (cell == null) {
            return addAndGetCanonical(canonical(key), delta);
        }
        long sum = cell.add(delta);
        return accepted && cell.isSettled(sum) && cell.hasBase(totals.tick())
                ? sum + cell.origin
                : addedAndGet(cell, sum, key, delta);
    }

    private long addedAndGet(Cell cell, long sum, long key, long delta) {
        return settled(cell, sum) ? total(cell, sum, null) : addAndGetCanonical(canonical(key), delta);
    }

    @Override
    public long addAndGet(Object key, long delta) {
        return addAndGetCanonical(of.arguments.key(key), delta);
    }

    /** Adds to a row whose canonical key is given, and answers its total. */
    long addAndGetCanonical(Object key, long delta) {
        of.refuseInTransaction("addAndGet");
        of.arguments.checkAdd(counter.column, delta);
        Base base = null;
        while (true) {
            Admission admission = new Admission();
            Cell cell = intake.cellFor(counter, key, delta, admission);
            if (cell == null) {
                return appended(key, delta);
            }
            // Before the addition, so that no other change of the row can come between the two.
            if ((base == null || base.isRead()) && !cell.hasBase(totals.tick())) {
                base = readBase(cell);
            }
            long sum = cell.add(delta);
            if (Cell.dead(sum)) {
                intake.giveUp(cell);
                continue;
            }
            intake.settle(cell, sum);
            intake.countOperations(1);
            await(new Accepted(intake.openCells(), admission.untilFlushed), key);
            return total(cell, sum, base);
        }
    }

    /** What asking for a base came to: whether the row exists, or why that is not known. */
    private record Base(boolean exists, @Nullable RuntimeException unread) {
        static final Base READ = new Base(true, null);

        boolean isRead() {
            return exists && unread == null;
        }
    }

    private Base readBase(Cell cell) {
        try {
            return totals.readBase(cell) ? Base.READ : new Base(false, null);
        } catch (WeirException | IllegalStateException e) {
            return new Base(true, e);
        }
    }

    /** The total after an addition that made the cell's sum what is given. */
    private long total(Cell cell, long sum, @Nullable Base read) {
        Base base = read != null ? read : cell.hasBase(totals.tick()) ? Base.READ : readBase(cell);
        if (cell.validUntil != Cell.NO_BASE) {
            return sum + cell.origin;
        }
        if (base.isRead()) {
            // Another change of the row has ended the cell meanwhile.
            return read(cell.key());
        }
        throw LocalRowBuffer.unknown(
                base.exists ? "the database can't be asked" : "the row does not exist", base.unread);
    }

    /** The way through the row log: the total is read afterwards. */
    private long appended(Object key, long delta) {
        await(accept(key, delta), key);
        return read(key);
    }

    private long read(Object key) {
        Totals.Total total;
        try {
            total = totals.get(counter.table, key, counter.column);
        } catch (WeirException | IllegalStateException e) {
            throw LocalRowBuffer.unknown("the database can't be asked", e);
        }
        if (!total.exists()) {
            throw LocalRowBuffer.unknown("the row does not exist", null);
        }
        return LocalRowBuffer.asLong(total.value());
    }

    @Override
    public CompletionStage<Void> addAsync(long key, long delta) {
        Cell cell = ready(key, delta);
        if (cell != null) {
            long sum = cell.add(delta);
            if (!Cell.dead(sum)) {
                intake.settle(cell, sum);
                return stage(new Accepted(intake.openCells(), false), key);
            }
            intake.countOperations(-1);
        }
        return addAsyncSlowly(canonical(key), delta);
    }

    @Override
    public CompletionStage<Void> addAsync(Object key, long delta) {
        return addAsyncSlowly(of.arguments.key(key), delta);
    }

    private CompletionStage<Void> addAsyncSlowly(Object key, long delta) {
        of.arguments.checkAdd(counter.column, delta);
        return stage(of.addForStage(counter, key, delta), key);
    }

    private CompletionStage<Void> stage(@Nullable Accepted done, Object key) {
        if (done == null) {
            return of.stage(null, of.addition(counter, key, 0));
        }
        if (accepted && !done.untilFlushed()) {
            return CompletableFuture.completedFuture(null);
        }
        return of.durability == Durability.JOURNALED && !done.untilFlushed()
                ? of.buffer.journaledStage(done.epoch())
                : of.stage(done, of.addition(counter, key, 0));
    }

    @Override
    public OptionalLong get(Object key) {
        of.refuseInTransaction("get");
        Totals.Total total = totals.get(counter.table, of.arguments.key(key), counter.column);
        return total.exists() && total.value() != null
                ? OptionalLong.of(LocalRowBuffer.asLong(total.value()))
                : OptionalLong.empty();
    }
}
