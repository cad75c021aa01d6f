package dev.weir.buffer;

import dev.weir.buffer.Intake.Accepted;
import dev.weir.buffer.Intake.Operation;
import dev.weir.db.Counter;
import dev.weir.db.Durability;
import dev.weir.db.FlushReport;
import dev.weir.db.RowBuffer;
import dev.weir.db.TableBuffer;
import dev.weir.db.Transaction;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One table's operations, at one durability level, or on their way with a transaction. */
final class LocalTableBuffer implements TableBuffer {
    final LocalWriteBuffer buffer;
    final BufferedTable table;
    final Durability durability;

    /** Checks what its callers give. */
    final Arguments arguments;

    private final @Nullable Transaction transaction;

    LocalTableBuffer(
            LocalWriteBuffer buffer,
            BufferedTable table,
            @Nullable Durability durability,
            @Nullable Transaction transaction) {
        this.buffer = buffer;
        this.table = table;
        Durability byTable = table.settings.durability();
        this.durability = durability != null
                ? durability
                : byTable != null ? byTable : buffer.settings().durability();
        this.transaction = transaction;
        this.arguments = table.arguments(transaction == null ? null : transaction.connection());
    }

    @Override
    public String table() {
        return table.name;
    }

    @Override
    public TableBuffer durability(Durability level) {
        return new LocalTableBuffer(buffer, table, Objects.requireNonNull(level, "level"), transaction);
    }

    @Override
    public RowBuffer where(Object key) {
        return new LocalRowBuffer(this, arguments.key(key), table.missing);
    }

    @Override
    public Counter counter(String column) {
        int at = arguments.column(column);
        arguments.checkAdd(at, 0);
        return new LocalCounter(this, table.counter(at));
    }

    @Override
    public void insert(Map<String, ? extends @Nullable Object> row) {
        Operation operation = insertion(row);
        await(accept(operation), operation);
    }

    @Override
    public CompletionStage<Void> insertAsync(Map<String, ? extends @Nullable Object> row) {
        Operation operation = insertion(row);
        return stage(accept(operation), operation);
    }

    private Operation insertion(Map<String, ? extends @Nullable Object> row) {
        RowChange.Insert insert = arguments.insertOf(row, true);
        return new Operation(table, table.keyOf(insert), RowChange.insert(insert));
    }

    /** Takes an operation into the row log, or along with the transaction; null if it travels. */
    @Nullable Accepted accept(Operation operation) {
        if (transaction != null) {
            buffer.handovers().add(transaction, List.of(operation));
            return null;
        }
        Accepted accepted = buffer.intake().append(operation.table(), operation.key(), operation.change());
        buffer.intake().countOperations(1);
        return accepted;
    }

    /** An addition as an operation. */
    Operation addition(CounterColumn counter, Object key, long delta) {
        return new Operation(table, key, RowChange.update(counter.column, new ColumnChange.Plus(delta), table.missing));
    }

    /** Adds to a counter, or lets that travel with the transaction; null then. */
    @Nullable Accepted add(CounterColumn counter, Object key, long delta) {
        if (transaction != null) {
            return accept(addition(counter, key, delta));
        }
        Accepted accepted = buffer.intake().add(counter, key, delta);
        buffer.intake().countOperations(1);
        return accepted;
    }

    /** The same for a caller who will hold a stage: that takes memory also if the row is pending already. */
    @Nullable Accepted addForStage(CounterColumn counter, Object key, long delta) {
        if (transaction != null || durability == Durability.ACCEPTED) {
            return add(counter, key, delta);
        }
        boolean flushed = buffer.limits().admit(table, 0, 0, 0);
        Accepted accepted = add(counter, key, delta);
        return flushed && accepted != null ? new Accepted(accepted.epoch(), true) : accepted;
    }

    CompletionStage<Void> stage(@Nullable Accepted accepted, Operation operation) {
        if (transaction != null) {
            return buffer.handovers()
                    .joined(transaction)
                    .thenCompose(joined -> buffer.stage(durability, joined, List.of(operation)));
        }
        return accepted == null
                ? CompletableFuture.completedFuture(null)
                : buffer.stage(durability, accepted, List.of(operation));
    }

    void await(@Nullable Accepted accepted, Operation operation) {
        if (accepted != null) {
            buffer.await(durability, accepted, List.of(operation));
        }
    }

    boolean travels() {
        return transaction != null;
    }

    /** Refuses what a transaction can't know before it commits. */
    void refuseInTransaction(String call) {
        if (transaction != null) {
            throw new IllegalStateException("Inside a transaction a buffered operation has no total yet: table="
                    + table.name + ", call=" + call + ". Use add, or ask for the total after the commit.");
        }
    }

    @Override
    public Map<Object, Optional<Object>> getAll(String column, Collection<?> keys) {
        refuseInTransaction("getAll");
        int at = arguments.column(column);
        Map<Object, Object> given = new LinkedHashMap<>();
        for (Object key : keys) {
            given.put(arguments.key(key), key);
        }
        Map<Object, Optional<Object>> result = new LinkedHashMap<>();
        buffer.totals()
                .getAll(table, new ArrayList<>(given.keySet()), at)
                .forEach((key, total) ->
                        result.put(Objects.requireNonNull(given.get(key)), Optional.ofNullable(total.value())));
        return result;
    }

    @Override
    public FlushReport flush() {
        refuseInTransaction("flush");
        return buffer.flush();
    }
}
