/** What differs between engines: reading the catalog, writing DDL, locks. One class an engine. */
@NullMarked
package dev.weir.schema.engine;

import org.jspecify.annotations.NullMarked;
