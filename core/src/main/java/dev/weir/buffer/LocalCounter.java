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
    private final CellMap cells;
    private final Intake intake;
    private final Limits limits;
    private final Totals totals;
    private final boolean fast;
    private final boolean accepted;
    private final long limit;

    LocalCounter(LocalTableBuffer of, CounterColumn counter) {
        this.of = of;
        this.counter = counter;
        this.cells = counter.cells;
        this.intake = of.buffer.intake();
        this.limits = of.buffer.limits();
        this.totals = of.buffer.totals();
        this.fast = !of.travels() && counter.table.longKey;
        this.accepted = of.durability == Durability.ACCEPTED;
        this.limit = counter.table.addLimit(counter.column);
    }

    /** A live cell that may be added to without asking anybody; null if the slow way has to be taken. */
    private @Nullable Cell ready(long key, long delta) {
        if (!fast || delta > limit || delta < -limit) {
            return null;
        }
        Cell cell = cells.get(key);
        return cell != null && cell.isCounted() && limits.open() ? cell : null;
    }

    /** After an addition that counts: makes sure that the cut sees it. */
    private void added(Cell cell, long sum) {
        if (!cell.isDirty()) {
            intake.touch(cell);
        }
        if (sum > Cell.LIVE || sum < -Cell.LIVE) {
            intake.retire(cell);
        }
        intake.countOperations(1);
        if (!accepted) {
            await(new Accepted(intake.openCells(), false), cell.key());
        }
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
            if (!Cell.dead(sum)) {
                added(cell, sum);
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
        if (cell != null && cell.hasBase(totals.tick())) {
            long sum = cell.add(delta);
            if (!Cell.dead(sum)) {
                long total = sum + cell.origin;
                added(cell, sum);
                return total;
            }
        }
        return addAndGetCanonical(canonical(key), delta);
    }

    @Override
    public long addAndGet(Object key, long delta) {
        return addAndGetCanonical(of.arguments.key(key), delta);
    }

    /** Adds to a row whose canonical key is given, and answers its total. */
    long addAndGetCanonical(Object key, long delta) {
        of.refuseInTransaction("addAndGet");
        of.arguments.checkAdd(counter.column, delta);
        WeirException unread = null;
        boolean exists = true;
        while (true) {
            Admission admission = new Admission();
            Cell cell = intake.cellFor(counter, key, delta, admission);
            if (cell == null) {
                return appended(key, delta);
            }
            if (!cell.hasBase(totals.tick()) && unread == null && exists) {
                try {
                    exists = totals.readBase(cell);
                } catch (WeirException e) {
                    unread = e;
                }
            }
            boolean based = cell.validUntil != Cell.NO_BASE;
            long sum = cell.add(delta);
            if (Cell.dead(sum)) {
                intake.giveUp(cell);
                continue;
            }
            long total = sum + cell.origin;
            if (!cell.isDirty()) {
                intake.touch(cell);
            }
            if (sum > Cell.LIVE || sum < -Cell.LIVE) {
                intake.retire(cell);
            }
            intake.countOperations(1);
            await(new Accepted(intake.openCells(), admission.untilFlushed), key);
            if (!based) {
                throw LocalRowBuffer.unknown(exists ? "the database can't be asked" : "the row does not exist", unread);
            }
            return total;
        }
    }

    /** The way through the row log: the total is read afterwards. */
    private long appended(Object key, long delta) {
        await(accept(key, delta), key);
        Totals.Total total;
        try {
            total = totals.get(counter.table, key, counter.column);
        } catch (WeirException e) {
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
                if (!cell.isDirty()) {
                    intake.touch(cell);
                }
                if (sum > Cell.LIVE || sum < -Cell.LIVE) {
                    intake.retire(cell);
                }
                intake.countOperations(1);
                return stage(new Accepted(intake.openCells(), false), key);
            }
        }
        return stage(accept(canonical(key), delta), key);
    }

    @Override
    public CompletionStage<Void> addAsync(Object key, long delta) {
        Object canonical = of.arguments.key(key);
        return stage(accept(canonical, delta), canonical);
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
