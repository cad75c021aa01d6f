/** Real database servers for tests, started from Maven artifacts: no Docker, no set-up, as root or not. */
@NullMarked
package dev.weir.testservers;

import org.jspecify.annotations.NullMarked;
