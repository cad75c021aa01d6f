/** The {@code weir} program: its command line and the commands behind it, one package each. */
@NullMarked
package dev.weir.server;

import org.jspecify.annotations.NullMarked;
