/** The plan: ordered steps with hazards and live numbers, bound to the database that it was made for. */
@NullMarked
package dev.weir.schema.plan;

import org.jspecify.annotations.NullMarked;
