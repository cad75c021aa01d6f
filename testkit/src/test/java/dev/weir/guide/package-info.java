/** The code of README and guide: compiled, run, and compared with what the pages show. */
@NullMarked
package dev.weir.guide;

import org.jspecify.annotations.NullMarked;
