package dev.weir.schema.engine;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;

/** The right to change the schema, which one process has at a time. Closing it gives it back; again has no effect. */
public final class SchemaLock implements AutoCloseable {
    /** What gives a lock back. */
    @FunctionalInterface
    interface Release {
        void release(Connection session) throws SQLException;
    }

    private final AtomicBoolean held = new AtomicBoolean(true);
    private final Connection session;
    private final Release release;

    /** @param session the connection whose lock it is, used for nothing else; closed with the lock */
    SchemaLock(Connection session, Release release) {
        this.session = session;
        this.release = release;
    }

    /** Whether the session is still there, so that nobody else can have the lock. */
    public boolean held() throws SQLException {
        return held.get() && session.isValid(1);
    }

    @Override
    public void close() throws SQLException {
        if (held.compareAndSet(true, false)) {
            try (session) {
                release.release(session);
            }
        }
    }
}
