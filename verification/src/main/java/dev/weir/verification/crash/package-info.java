/**
 * The crash lab: kills processes that write through Weir, starts them again, and compares the database with what the input
 * says. A {@code Victim} is the process that is killed; the {@code Lab} kills; the {@code Scene}s say what must hold.
 */
@NullMarked
package dev.weir.verification.crash;

import org.jspecify.annotations.NullMarked;
