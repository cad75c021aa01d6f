package dev.weir.breach.state;

import dev.weir.breach.db.DbSeesBuffer;
import org.jspecify.annotations.Nullable;

/** A planted breach: it closes a circle. */
public final class StateSeesDb {
    private @Nullable DbSeesBuffer seen;

    /** Keeps it. */
    public void see(DbSeesBuffer other) {
        seen = other;
    }

    @Override
    public String toString() {
        return String.valueOf(seen);
    }
}
