package dev.weir.schema.breach.engine;

import dev.weir.schema.breach.physical.PhysicalSeesEngine;
import dev.weir.schema.plan.Fingerprint;

/** A planted breach: together with the other a cycle, and an engine that knows of plans. */
public final class EngineSeesPhysical {
    private PhysicalSeesEngine seen = new PhysicalSeesEngine();

    @Override
    public String toString() {
        return seen + Fingerprint.of("");
    }
}
