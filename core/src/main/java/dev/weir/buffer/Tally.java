package dev.weir.buffer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * An exact count that many threads raise and few read.
 *
 * <p><b>Concurrency.</b> A thread that owns its slot is the only one that writes it, so it needs no locked instruction; readers
 * see each write soon, and all of them once the writer's work is published. A slot is owned for good by the first thread that
 * hashes to it. Threads that come later share an adder.
 */
final class Tally {
    private static final int SLOTS = 64;

    /** Longs a slot takes, so that no two share a cache line. */
    private static final int STRIDE = 16;

    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);

    private final AtomicLongArray owners = new AtomicLongArray(SLOTS);
    private final long[] counts = new long[(SLOTS + 1) * STRIDE];
    private final LongAdder others = new LongAdder();

    void add(long n) {
        long id = Thread.currentThread().getId();
        int slot = (int) (id ^ id >>> 6) & SLOTS - 1;
        if (owners.get(slot) == id || (owners.get(slot) == 0 && owners.compareAndSet(slot, 0, id))) {
            int at = (slot + 1) * STRIDE;
            COUNT.setRelease(counts, at, (long) COUNT.getOpaque(counts, at) + n);
        } else {
            others.add(n);
        }
    }

    long sum() {
        long sum = others.sum();
        for (int slot = 0; slot < SLOTS; slot++) {
            sum += (long) COUNT.getAcquire(counts, (slot + 1) * STRIDE);
        }
        return sum;
    }
}
