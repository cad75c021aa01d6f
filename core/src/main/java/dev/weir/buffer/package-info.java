/** Write-behind: operations, coalescing, epochs, the journal, the flush, dead letters. */
@NullMarked
package dev.weir.buffer;

import org.jspecify.annotations.NullMarked;
