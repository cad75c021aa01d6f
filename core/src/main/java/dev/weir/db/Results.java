package dev.weir.db;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a query answers, each row as a {@code T}. Nothing is sent before one of the methods is called, and each call sends
 * the query anew.
 */
public interface Results<T> {
    /** The first row; empty if there is none. */
    Optional<T> first();

    /** All rows. The list can't be changed. */
    List<T> list();

    /**
     * All rows, fetched as they are asked for. The stream holds a connection (that of the transaction inside one): close it,
     * best by try-with-resources. The slow-query log counts the time until the first rows are there.
     */
    Stream<T> stream();
}
