package dev.weir.buffer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * An exact count that many threads raise and few read.
 *
 * <p><b>Concurrency.</b> A thread that owns its slot is the only one that writes it, so it needs no locked instruction; readers
 * see each write soon, and all of them once the writer's work is published. A slot is owned by the first thread that hashes to
 * it, until that thread has ended. Others share an adder meanwhile.
 */
final class Tally {
    private static final int SLOTS = 64;

    /** Longs a slot takes, so that no two share a cache line. */
    private static final int STRIDE = 16;

    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);

    private final AtomicReferenceArray<@Nullable Thread> owners = new AtomicReferenceArray<>(SLOTS);
    private final long[] counts = new long[(SLOTS + 1) * STRIDE];
    private final LongAdder others = new LongAdder();

    void add(long n) {
        Thread me = Thread.currentThread();
        long id = me.getId();
        int slot = (int) (id ^ id >>> 6) & SLOTS - 1;
        if (owners.get(slot) == me || own(slot, me)) {
            int at = (slot + 1) * STRIDE;
            COUNT.setRelease(counts, at, (long) COUNT.getOpaque(counts, at) + n);
        } else {
            others.add(n);
        }
    }

    private boolean own(int slot, Thread me) {
        Thread owner = owners.get(slot);
        return (owner == null || !owner.isAlive()) && owners.compareAndSet(slot, owner, me);
    }

    long sum() {
        long sum = others.sum();
        for (int slot = 0; slot < SLOTS; slot++) {
            sum += (long) COUNT.getAcquire(counts, (slot + 1) * STRIDE);
        }
        return sum;
    }
}
