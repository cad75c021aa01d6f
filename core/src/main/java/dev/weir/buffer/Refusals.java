package dev.weir.buffer;

import dev.weir.buffer.Intake.Operation;
import dev.weir.db.DeadLetterException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The newest changes that the database refused, for callers who wait until theirs is flushed. Thread-safe.
 *
 * <p>Rows are remembered, not calls: when a row's change was refused, whoever waits for that row in the same epochs is told.
 */
final class Refusals {
    private static final int KEPT = 10_000;

    private record Place(BufferedTable table, Object key) {}

    private record Refusal(long from, long to, String letter, String reason) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Place, Refusal> refusals = new HashMap<>();
    private final ArrayDeque<Place> order = new ArrayDeque<>();

    void add(Plan plan, List<FlushTransaction.Refusal> refused, List<DeadLetter> letters) {
        if (refused.isEmpty()) {
            return;
        }
        lock.lock();
        try {
            for (int i = 0; i < refused.size(); i++) {
                for (Unit.Part part : refused.get(i).unit().parts()) {
                    Place place = place(part.table(), part.key(), part.change());
                    refusals.put(
                            place,
                            new Refusal(
                                    plan.from,
                                    plan.to,
                                    letters.get(i).id(),
                                    refused.get(i).reason()));
                    order.add(place);
                }
            }
            while (order.size() > KEPT) {
                refusals.remove(order.remove());
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Throws if one of the operations, which are flushed, was refused.
     *
     * @param epoch the epoch that held them
     */
    void check(List<Operation> operations, long epoch) {
        lock.lock();
        try {
            if (refusals.isEmpty()) {
                return;
            }
            for (Operation operation : operations) {
                check(operation, epoch);
            }
        } finally {
            lock.unlock();
        }
    }

    /** A row's place; a row whose key the database makes is named by its change, which is merged with no other. */
    private static Place place(BufferedTable table, @Nullable Object key, RowChange change) {
        return new Place(table, key == null ? change : key);
    }

    private void check(Operation operation, long epoch) {
        BufferedTable table = operation.table();
        Refusal refusal = refusals.get(place(table, operation.key(), operation.change()));
        if (refusal != null && refusal.from < epoch && epoch <= refusal.to) {
            throw new DeadLetterException(
                    refusal.letter,
                    "The database refused the operation for good, and it is in the dead letters: table=" + table.name
                            + ", letter=" + refusal.letter + ", reason=" + refusal.reason
                            + ". Mend what is wrong and retry the letter, or discard it.");
        }
    }
}
