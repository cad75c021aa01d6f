package dev.weir.schema.breach.model;

import dev.weir.schema.plan.Plan;

/** An arrow that may not be. */
interface Breach {
    Plan upwards();
}
