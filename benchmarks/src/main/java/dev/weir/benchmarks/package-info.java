/** {@code ./weir bench}: what Weir does beside a floor, the best hand-written code for the same job. */
@NullMarked
package dev.weir.benchmarks;

import org.jspecify.annotations.NullMarked;
