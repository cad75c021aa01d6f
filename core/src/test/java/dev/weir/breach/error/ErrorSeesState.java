package dev.weir.breach.error;

import dev.weir.breach.state.StateSeesDb;

/** A planted breach: errors know nothing. */
public final class ErrorSeesState {
    private final StateSeesDb seen = new StateSeesDb();

    @Override
    public String toString() {
        return seen.toString();
    }
}
