/** Time and scheduling as ports, with a system form and one that is moved by hand. */
@NullMarked
package dev.weir.time;

import org.jspecify.annotations.NullMarked;
