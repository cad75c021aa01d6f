/** The exceptions that every part of Weir throws. */
@NullMarked
package dev.weir.error;

import org.jspecify.annotations.NullMarked;
