/** {@code weir schema}: plans, applies, compares, takes back and writes down the schema of databases. */
@NullMarked
package dev.weir.server.schema;

import org.jspecify.annotations.NullMarked;
