/** Contracts that every driver must pass, faults to inject, and models to test against. */
@NullMarked
package dev.weir.testkit;

import org.jspecify.annotations.NullMarked;
