package dev.weir.server.demo;

import dev.weir.error.WeirException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Some two hundred page views a second on a dozen pages, so that the dashboard has something to show. Thread-safe. */
final class GentleLoad implements AutoCloseable {
    private static final String[] PAGES = {
        "demo-home", "demo-pricing", "demo-docs", "demo-blog", "demo-download", "demo-guide",
        "demo-about", "demo-status", "demo-community", "demo-careers", "demo-contact", "demo-imprint"
    };
    private static final long TICK_MILLIS = 50;
    private static final int HITS_A_TICK = 10;

    private final Pages pages;
    private final AtomicLong refused = new AtomicLong();
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "demo-load"));
    private volatile boolean on;

    GentleLoad(Pages pages, boolean on) {
        this.pages = pages;
        this.on = on;
        Future<?> unused = thread.scheduleAtFixedRate(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    boolean on() {
        return on;
    }

    void on(boolean value) {
        on = value;
    }

    /** How many page views the buffer refused. */
    long refused() {
        return refused.get();
    }

    private void tick() {
        for (int i = 0; on && i < HITS_A_TICK; i++) {
            try {
                pages.hitSoon(popular());
            } catch (WeirException | IllegalStateException e) {
                refused.incrementAndGet();
                return;
            }
        }
    }

    /** A page; those at the front of the list come up far more often. */
    private static String popular() {
        double uniform = ThreadLocalRandom.current().nextDouble();
        return PAGES[(int) (uniform * uniform * PAGES.length)];
    }

    /** Stops at once; waits for a page view that is being taken in for at most a second. */
    @Override
    public void close() {
        on = false;
        thread.shutdownNow();
        try {
            thread.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
