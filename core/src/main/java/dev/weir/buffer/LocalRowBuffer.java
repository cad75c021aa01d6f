package dev.weir.buffer;

import dev.weir.buffer.Intake.Accepted;
import dev.weir.buffer.Intake.Operation;
import dev.weir.buffer.RowChange.Missing;
import dev.weir.db.RowBuffer;
import dev.weir.db.TotalUnknownException;
import dev.weir.error.WeirException;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One row's operations. */
final class LocalRowBuffer implements RowBuffer {
    private final LocalTableBuffer of;
    private final BufferedTable table;
    private final Arguments arguments;
    private final Object key;
    private final Missing missing;

    LocalRowBuffer(LocalTableBuffer of, Object key, Missing missing) {
        this.of = of;
        this.table = of.table;
        this.arguments = of.arguments;
        this.key = key;
        this.missing = missing;
    }

    @Override
    public RowBuffer orInsert(Map<String, ? extends @Nullable Object> defaults) {
        return new LocalRowBuffer(of, key, arguments.missing(defaults));
    }

    @Override
    public RowBuffer orIgnore() {
        return new LocalRowBuffer(of, key, Missing.IGNORE);
    }

    @Override
    public long increment(String column, long delta) {
        of.refuseInTransaction("increment");
        int at = checkedAdd(column, delta);
        if (missing.equals(table.missing)) {
            return new LocalCounter(of, table.counter(at)).addAndGetCanonical(key, delta);
        }
        Operation operation = addition(at, delta);
        of.await(added(operation, at, delta), operation);
        return total(at);
    }

    @Override
    public CompletionStage<Long> incrementAsync(String column, long delta) {
        of.refuseInTransaction("incrementAsync");
        int at = checkedAdd(column, delta);
        Operation operation = addition(at, delta);
        return of.stage(addedForStage(operation, at, delta), operation).thenApply(done -> total(at));
    }

    private int checkedAdd(String column, long delta) {
        int at = arguments.column(column);
        arguments.checkAdd(at, delta);
        return at;
    }

    private long total(int column) {
        Totals.Total total;
        try {
            total = of.buffer.totals().get(table, key, column);
        } catch (WeirException | IllegalStateException e) {
            throw unknown("the database can't be asked", e);
        }
        if (!total.exists()) {
            throw unknown("the row does not exist", null);
        }
        return asLong(total.value());
    }

    static TotalUnknownException unknown(String why, @Nullable Throwable cause) {
        return new TotalUnknownException(
                "The operation was accepted, but its total can't be told: " + why + ". Do not repeat it.", cause);
    }

    static long asLong(@Nullable Object value) {
        if (value == null) {
            return 0;
        } else if (value instanceof Long l) {
            return l;
        }
        try {
            return ((BigDecimal) value).longValueExact();
        } catch (ArithmeticException e) {
            throw unknown("it is no whole number of 64 bits", e);
        }
    }

    private Operation addition(int column, long delta) {
        return operation(column, new ColumnChange.Plus(delta));
    }

    private Operation operation(int column, ColumnChange change) {
        return new Operation(table, key, RowChange.update(column, change, missing));
    }

    private @Nullable Accepted added(Operation operation, int column, long delta) {
        return missing.equals(table.missing) ? of.add(table.counter(column), key, delta) : of.accept(operation);
    }

    private @Nullable Accepted addedForStage(Operation operation, int column, long delta) {
        return missing.equals(table.missing) ? of.addForStage(table.counter(column), key, delta) : of.accept(operation);
    }

    private void run(Operation operation) {
        of.await(of.accept(operation), operation);
    }

    private CompletionStage<Void> start(Operation operation) {
        return of.stage(of.accept(operation), operation);
    }

    @Override
    public void add(String column, long delta) {
        int at = checkedAdd(column, delta);
        Operation operation = addition(at, delta);
        of.await(added(operation, at, delta), operation);
    }

    @Override
    public CompletionStage<Void> addAsync(String column, long delta) {
        int at = checkedAdd(column, delta);
        Operation operation = addition(at, delta);
        return of.stage(addedForStage(operation, at, delta), operation);
    }

    @Override
    public void update(Map<String, ? extends @Nullable Object> columns) {
        run(setting(columns));
    }

    @Override
    public CompletionStage<Void> updateAsync(Map<String, ? extends @Nullable Object> columns) {
        return start(setting(columns));
    }

    private Operation setting(Map<String, ? extends @Nullable Object> columns) {
        return new Operation(table, key, RowChange.update(arguments.update(columns, missing)));
    }

    @Override
    public void max(String column, Object value) {
        run(raising(column, value));
    }

    @Override
    public CompletionStage<Void> maxAsync(String column, Object value) {
        return start(raising(column, value));
    }

    private Operation raising(String column, Object value) {
        int at = arguments.column(column);
        return operation(at, new ColumnChange.Max(arguments.bound(at, value)));
    }

    @Override
    public void min(String column, Object value) {
        run(lowering(column, value));
    }

    @Override
    public CompletionStage<Void> minAsync(String column, Object value) {
        return start(lowering(column, value));
    }

    private Operation lowering(String column, Object value) {
        int at = arguments.column(column);
        return operation(at, new ColumnChange.Min(arguments.bound(at, value)));
    }

    @Override
    public void delete() {
        run(new Operation(table, key, RowChange.DELETE));
    }

    @Override
    public CompletionStage<Void> deleteAsync() {
        return start(new Operation(table, key, RowChange.DELETE));
    }

    @Override
    public Optional<Object> get(String column) {
        of.refuseInTransaction("get");
        return Optional.ofNullable(
                of.buffer.totals().get(table, key, arguments.column(column)).value());
    }
}
