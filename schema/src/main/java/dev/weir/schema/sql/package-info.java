/** SQL as text: cut into statements and words, without knowing what they mean. */
@NullMarked
package dev.weir.schema.sql;

import org.jspecify.annotations.NullMarked;
