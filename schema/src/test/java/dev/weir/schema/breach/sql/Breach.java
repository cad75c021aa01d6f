package dev.weir.schema.breach.sql;

import dev.weir.schema.engine.Ddl;

/** An arrow that may not be. */
interface Breach {
    Ddl upwards();
}
