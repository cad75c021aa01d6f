/** {@code ./weir demo}: counts page views through the write-behind buffer, and shows live what that does. */
@NullMarked
package dev.weir.server.demo;

import org.jspecify.annotations.NullMarked;
