package dev.weir.buffer;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The cells touched since the last cut, in chunks, one list a stripe of threads.
 *
 * <p><b>Concurrency.</b> A toucher reserves a slot, then sets the cell's dirty flag, then fills the slot (with a tombstone if
 * another thread was first). The cut closes a chunk by making its counter large, so that later reservations fail and go to
 * the next chunk, and waits for each reserved slot to be filled. So whoever sees the flag set by another thread knows that
 * the other's reservation is before any later cut, and that this cut will take the cell.
 */
final class DirtyCells {
    static final int CHUNK = 1024;
    static final int BATCH = 32;
    private static final int CLOSED = 1 << 30;
    private static final Object TOMBSTONE = new Object();

    private final AtomicReference<Chunk>[] stripes;
    private final int mask;
    private final Runnable filled;

    /**
     * Dirty cells.
     *
     * @param filled called when another {@link #CHUNK} of cells was touched
     */
    @SuppressWarnings({"unchecked", "rawtypes"})
    DirtyCells(int stripeCount, Runnable filled) {
        this.filled = filled;
        int size = Integer.highestOneBit(Math.max(1, stripeCount * 2 - 1));
        this.mask = size - 1;
        this.stripes = new AtomicReference[size];
        for (int i = 0; i < size; i++) {
            stripes[i] = new AtomicReference<>(new Chunk(null));
        }
    }

    /** Makes sure that the next cut takes the cell. */
    void touch(Cell cell) {
        long id = Thread.currentThread().getId();
        AtomicReference<Chunk> stripe = stripes[(int) (id ^ id >>> 7) & mask];
        while (true) {
            Chunk chunk = stripe.get();
            int slot = chunk.used.getAndIncrement();
            if (slot < CHUNK) {
                chunk.cells.setRelease(slot, cell.markDirty() ? cell : TOMBSTONE);
                return;
            }
            if (slot >= CLOSED) {
                continue;
            }
            Chunk next = new Chunk(chunk);
            if (stripe.compareAndSet(chunk, next)) {
                filled.run();
            }
        }
    }

    /** Whether no cell was touched since the last drain: a touch counts from before its flag can be seen. */
    boolean isEmpty() {
        for (AtomicReference<Chunk> stripe : stripes) {
            Chunk head = stripe.get();
            if (head.used.get() > 0 || head.previous != null) {
                return false;
            }
        }
        return true;
    }

    /** Takes cells in small batches, so that their cache misses overlap. */
    interface Taker {
        /** The first {@code count} of {@code cells}; the array is used again. */
        void take(Cell[] cells, int count);
    }

    /** Takes all cells touched before the call, each at least once. By one thread at a time. */
    void drain(Taker taker) {
        Cell[] batch = new Cell[BATCH];
        int size = 0;
        for (AtomicReference<Chunk> stripe : stripes) {
            Chunk head = stripe.get();
            if (head.used.get() == 0 && head.previous == null) {
                continue;
            }
            for (Chunk chunk = stripe.getAndSet(new Chunk(null)); chunk != null; chunk = chunk.previous) {
                int used = Math.min(CHUNK, chunk.used.getAndSet(CLOSED));
                for (int slot = 0; slot < used; slot++) {
                    Object cell = chunk.cells.get(slot);
                    while (cell == null) {
                        Thread.onSpinWait();
                        cell = chunk.cells.get(slot);
                    }
                    if (cell != TOMBSTONE) {
                        batch[size++] = (Cell) cell;
                        if (size == BATCH) {
                            taker.take(batch, size);
                            size = 0;
                        }
                    }
                }
            }
        }
        taker.take(batch, size);
    }

    private static final class Chunk {
        final AtomicReferenceArray<@Nullable Object> cells = new AtomicReferenceArray<>(CHUNK);
        final AtomicInteger used = new AtomicInteger();
        final @Nullable Chunk previous;

        Chunk(@Nullable Chunk previous) {
            this.previous = previous;
        }
    }
}
