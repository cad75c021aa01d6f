/** A schema as an engine's catalog describes it, in the engine's own words. Immutable. */
@NullMarked
package dev.weir.schema.physical;

import org.jspecify.annotations.NullMarked;
