package dev.weir.buffer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * An exact count that many threads raise and few read.
 *
 * <p><b>Concurrency.</b> Only the owner of a slot writes its count, so it needs no locked instruction; readers see each write
 * soon, and all of them once the owner's work is published. A slot belongs to the first thread that hashes to it, until that
 * thread has ended: then another takes its place, with a slot that goes on from its count. Others share an adder meanwhile.
 */
final class Tally {
    private static final int SLOTS = 64;
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Slot[].class);

    private final @Nullable Slot[] slots = new Slot[SLOTS];
    private final LongAdder others = new LongAdder();

    /** Adds 1 if the caller owns a slot; answers whether it did. */
    boolean addHere() {
        Thread me = Thread.currentThread();
        @Nullable Slot[] all = slots;
        Slot slot = all[(int) me.getId() & all.length - 1];
        if (slot == null || slot.owner != me) {
            return false;
        }
        slot.raise(1);
        return true;
    }

    void add(long n) {
        Thread me = Thread.currentThread();
        int at = (int) me.getId() & SLOTS - 1;
        Slot slot = (Slot) SLOT.getVolatile(slots, at);
        if (slot != null && slot.owner == me) {
            slot.raise(n);
            return;
        }
        if (slot == null || !slot.owner.isAlive()) {
            Slot mine = new Slot(me, slot == null ? 0 : slot.count());
            if (SLOT.compareAndSet(slots, at, slot, mine)) {
                mine.raise(n);
                return;
            }
        }
        others.add(n);
    }

    long sum() {
        long sum = others.sum();
        for (int at = 0; at < SLOTS; at++) {
            Slot slot = (Slot) SLOT.getAcquire(slots, at);
            sum += slot == null ? 0 : slot.count();
        }
        return sum;
    }

    /** Keeps the counts of two slots more than a cache line apart. */
    @SuppressWarnings("unused")
    private abstract static class Before {
        private long a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15;
    }

    private static final class Slot extends Before {
        private static final VarHandle COUNT;

        static {
            try {
                COUNT = MethodHandles.lookup().findVarHandle(Slot.class, "count", long.class);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        final Thread owner;
        private long count;

        Slot(Thread owner, long count) {
            this.owner = owner;
            this.count = count;
        }

        void raise(long n) {
            COUNT.setRelease(this, count + n);
        }

        long count() {
            return (long) COUNT.getAcquire(this);
        }
    }
}
