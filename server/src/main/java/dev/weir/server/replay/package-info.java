/** {@code weir replay}: access logs into tables, each line once. */
@NullMarked
package dev.weir.server.replay;

import org.jspecify.annotations.NullMarked;
