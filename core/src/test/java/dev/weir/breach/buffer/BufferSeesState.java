package dev.weir.breach.buffer;

import dev.weir.breach.state.StateSeesDb;

/** A planted breach: the buffer must not know the shared state. */
public final class BufferSeesState {
    private final StateSeesDb seen = new StateSeesDb();

    @Override
    public String toString() {
        return seen.toString();
    }
}
