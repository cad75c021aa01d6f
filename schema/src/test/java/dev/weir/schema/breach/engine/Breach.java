package dev.weir.schema.breach.engine;

import dev.weir.schema.plan.Hazard;

/** An arrow that may not be. */
interface Breach {
    Hazard upwards();
}
