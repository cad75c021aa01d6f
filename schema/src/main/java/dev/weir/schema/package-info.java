/** The declared schema of a database: what is missing is planned, reviewed and applied. Start at {@link dev.weir.schema.model.Table}. */
@NullMarked
package dev.weir.schema;

import org.jspecify.annotations.NullMarked;
