package dev.weir.testservers;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/**
 * A server that is started at most once, also when that fails.
 *
 * <p><i>Concurrency</i>: one lock, held while the server starts, so that all who ask meanwhile wait for that one.
 */
final class SharedServer<T> {
    private final ReentrantLock lock = new ReentrantLock();
    private final Server server;
    private final Callable<T> start;
    private @Nullable T started;
    private @Nullable Exception failure;

    SharedServer(Server server, Callable<T> start) {
        this.server = server;
        this.start = start;
    }

    /**
     * @throws AssertionError if the server can't be had and is required
     * @throws TestAbortedException if it can't be had and is not required
     */
    T get() {
        lock.lock();
        try {
            startOnce();
            T found = started;
            if (found != null) {
                return found;
            }
            if (server.isRequired()) {
                throw new AssertionError(server.key() + " is required and can't be had: " + reason(), failure);
            }
            throw new TestAbortedException(server.key() + " can't be had: " + reason(), failure);
        } finally {
            lock.unlock();
        }
    }

    /** Why the server can't be had; empty if it can. */
    Optional<String> missing() {
        lock.lock();
        try {
            startOnce();
            return started != null ? Optional.empty() : Optional.of(reason());
        } finally {
            lock.unlock();
        }
    }

    private String reason() {
        return failure == null ? "" : String.valueOf(failure.getMessage());
    }

    private void startOnce() {
        if (started != null || failure != null) {
            return;
        }
        try {
            started = start.call();
        } catch (Exception e) {
            failure = e;
            System.out.println((server.isRequired() ? "Missing: " : "Skipped: all tests that need ") + server.key()
                    + ", " + reason());
        }
    }
}
