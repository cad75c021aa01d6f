package dev.weir.schema.breach.plan;

import dev.weir.schema.apply.ApplyReport;

/** An arrow that may not be. */
interface Breach {
    ApplyReport upwards();
}
