/** A schema as it is declared: in Java, or read from files. Immutable. */
@NullMarked
package dev.weir.schema.model;

import org.jspecify.annotations.NullMarked;
