@NullMarked
package dev.weir.verification.e2e;

import org.jspecify.annotations.NullMarked;
