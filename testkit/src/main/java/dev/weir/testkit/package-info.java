/** What it takes to test code that must survive faults: contracts of the drivers, faults on demand, a model tester. */
@NullMarked
package dev.weir.testkit;

import org.jspecify.annotations.NullMarked;
