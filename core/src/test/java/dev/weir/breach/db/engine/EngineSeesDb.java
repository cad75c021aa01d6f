package dev.weir.breach.db.engine;

import dev.weir.breach.db.DbSeesBuffer;

/** A planted breach: what speaks to an engine must not know the tables and transactions made of it. */
public final class EngineSeesDb {
    private final DbSeesBuffer seen = new DbSeesBuffer();

    @Override
    public String toString() {
        return seen.toString();
    }
}
