/** {@code weir buffer}: what an operator does with write-behind buffers, from outside. */
@NullMarked
package dev.weir.server.buffer;

import org.jspecify.annotations.NullMarked;
