package dev.weir.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Runs callers at once, each on a thread of its own. Starting the threads is not measured. */
final class Callers {
    private Callers() {}

    /** What one caller does. */
    interface Caller {
        /**
         * Calls until {@code System.nanoTime()} has passed {@code deadline}.
         *
         * @return how many calls it made
         */
        long call(long deadline) throws Exception;
    }

    /** All calls of all callers, by the time until the last caller returned. */
    static double perSecond(List<? extends Caller> callers, Duration time) throws Exception {
        CountDownLatch ready = new CountDownLatch(callers.size());
        CountDownLatch start = new CountDownLatch(1);
        long[] deadline = new long[1];
        List<FutureTask<Long>> tasks = new ArrayList<>();
        for (Caller caller : callers) {
            FutureTask<Long> task = new FutureTask<>(() -> {
                ready.countDown();
                start.await();
                return caller.call(deadline[0]);
            });
            tasks.add(task);
            Thread thread = new Thread(task, "caller-" + tasks.size());
            thread.setDaemon(true);
            thread.start();
        }
        ready.await();
        long begin = System.nanoTime();
        deadline[0] = begin + time.toNanos();
        start.countDown();
        long calls = 0;
        for (FutureTask<Long> task : tasks) {
            calls += result(task);
        }
        return perSecond(calls, System.nanoTime() - begin);
    }

    static double perSecond(long units, long nanos) {
        return units * 1e9 / nanos;
    }

    private static long result(FutureTask<Long> task) throws Exception {
        try {
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }
}
