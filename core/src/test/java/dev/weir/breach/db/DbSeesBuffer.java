package dev.weir.breach.db;

import dev.weir.breach.buffer.BufferSeesState;

/** A planted breach: the database must not know the buffer. */
public final class DbSeesBuffer {
    private final BufferSeesState seen = new BufferSeesState();

    @Override
    public String toString() {
        return seen.toString();
    }
}
