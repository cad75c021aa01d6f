package dev.weir.testservers;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
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
    private final Consumer<String> announce;
    private @Nullable T started;
    private @Nullable Exception failure;

    /** @param announce takes one line if the server can't be had */
    SharedServer(Server server, Callable<T> start, Consumer<String> announce) {
        this.server = server;
        this.start = start;
        this.announce = announce;
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
            announce.accept((server.isRequired() ? "Missing: " : "Skipped: all tests that need ") + server.key() + ", "
                    + reason());
        }
    }
}
