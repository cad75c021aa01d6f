package dev.weir.schema.breach.physical;

import dev.weir.schema.diff.Change;

/** An arrow that may not be. */
interface Breach {
    Change upwards();
}
