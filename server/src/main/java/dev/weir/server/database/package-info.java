/** Opens the database that a command works on, from its JDBC URL. */
@NullMarked
package dev.weir.server.database;

import org.jspecify.annotations.NullMarked;
