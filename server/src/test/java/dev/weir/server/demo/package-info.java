@NullMarked
package dev.weir.server.demo;

import org.jspecify.annotations.NullMarked;
