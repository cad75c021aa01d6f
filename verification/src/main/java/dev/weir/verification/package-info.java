/** The program that runs the checkers that take long. */
@NullMarked
package dev.weir.verification;

import org.jspecify.annotations.NullMarked;
