/** Schemas in files: YAML and SQL scripts in, YAML out. */
@NullMarked
package dev.weir.schema.file;

import org.jspecify.annotations.NullMarked;
