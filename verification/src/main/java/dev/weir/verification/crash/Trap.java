package dev.weir.verification.crash;

import java.io.IOException;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Lies in wait in the victim. Either it ends the process at the n-th occurrence of a point, as SIGKILL would: no hook runs,
 * nothing is closed or flushed. Or it tells the parent, and holds the thread until the parent has done what it wants to do.
 * Thread-safe.
 */
final class Trap {
    /** What the process exits with. */
    static final int EXIT = 99;

    private static final long FUSE_NANOS = 3_000_000;

    private final @Nullable CrashPoint point;
    private final int nth;
    private final boolean announce;
    private final AtomicInteger count = new AtomicInteger();

    Trap(@Nullable CrashPoint point, int nth, boolean announce) {
        this.point = point;
        this.nth = nth;
        this.announce = announce;
    }

    void reached(CrashPoint here) {
        if (here != point) {
            return;
        }
        int n = count.incrementAndGet();
        if (announce) {
            if (n % nth == 0) {
                hold();
            }
        } else if (n == nth) {
            Runtime.getRuntime().halt(EXIT);
        }
    }

    /** COMMIT is sent now. */
    @SuppressWarnings("ThreadPriorityCheck")
    void committing() {
        if (point == CrashPoint.FLUSH_DURING_COMMIT && !announce && count.incrementAndGet() == nth) {
            long end = System.nanoTime() + (long) (new Random().nextDouble() * FUSE_NANOS);
            Thread fuse = new Thread(
                    () -> {
                        while (System.nanoTime() < end) {
                            Thread.onSpinWait();
                        }
                        Runtime.getRuntime().halt(EXIT);
                    },
                    "fuse");
            fuse.setPriority(Thread.MAX_PRIORITY);
            fuse.start();
        }
    }

    private void hold() {
        System.out.println(Victim.AT);
        System.out.flush();
        try {
            if (System.in.read() < 0) {
                Runtime.getRuntime().halt(EXIT);
            }
        } catch (IOException e) {
            throw new IllegalStateException("The parent is gone.", e);
        }
    }
}
