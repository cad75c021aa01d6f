/** The code, the files and the hazards of the guide, run. */
@NullMarked
package dev.weir.schema.guide;

import org.jspecify.annotations.NullMarked;
