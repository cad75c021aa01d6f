/**
 * What differs between database engines, for the parts of Weir that speak to one: {@link dev.weir.db.engine.Dialect}, the
 * catalog, values on their way in and out, bulk statements. Applications need none of it; it may change with any version.
 */
@NullMarked
package dev.weir.db.engine;

import org.jspecify.annotations.NullMarked;
