@NullMarked
package dev.weir.testservers;

import org.jspecify.annotations.NullMarked;
