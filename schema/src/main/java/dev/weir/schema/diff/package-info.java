/** What lies between two physical schemas, as a list of changes. */
@NullMarked
package dev.weir.schema.diff;

import org.jspecify.annotations.NullMarked;
