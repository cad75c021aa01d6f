/** The door: {@link dev.weir.Weir} puts the parts together. */
@NullMarked
package dev.weir;

import org.jspecify.annotations.NullMarked;
