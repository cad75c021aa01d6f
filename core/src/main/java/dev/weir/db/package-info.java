/**
 * Access to one SQL database: tables by name, plain SQL, transactions and their hooks, ids, and what differs between
 * engines ({@link dev.weir.db.Dialect}).
 */
@NullMarked
package dev.weir.db;

import org.jspecify.annotations.NullMarked;
