/**
 * Access to one SQL database: tables by name, plain SQL, transactions and their hooks, ids. What differs between engines
 * has a package of its own, {@code dev.weir.db.engine}.
 */
@NullMarked
package dev.weir.db;

import org.jspecify.annotations.NullMarked;
