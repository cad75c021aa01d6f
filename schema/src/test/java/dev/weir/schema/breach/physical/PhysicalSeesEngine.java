package dev.weir.schema.breach.physical;

import dev.weir.schema.breach.engine.EngineSeesPhysical;
import dev.weir.schema.engine.SqlScript;

/** A planted breach: what a catalog says must not know who reads it. */
public final class PhysicalSeesEngine {
    private EngineSeesPhysical seen = new EngineSeesPhysical();

    @Override
    public String toString() {
        return seen + String.join(";", SqlScript.split(""));
    }
}
