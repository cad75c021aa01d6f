/** Carrying a plan out: one owner, timeouts, resuming, history, data steps, seeds, rollback. */
@NullMarked
package dev.weir.schema.apply;

import org.jspecify.annotations.NullMarked;
