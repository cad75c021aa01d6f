package dev.weir.db.engine;

import org.jspecify.annotations.Nullable;

/**
 * A column as the catalog describes it.
 *
 * @param name as the catalog spells it
 * @param typeName the engine's name of its type, as declared
 * @param kind what its values are in Java
 * @param nullable whether it takes NULL
 * @param hasDefault whether an insert may leave it out: it has a default, is generated or an identity
 * @param generated whether the database always computes it, so that nothing may be written to it
 * @param length the longest text in characters, or bytes for {@link ValueKind#BYTES}; null if unbounded or meaningless
 * @param precision decimal digits in all for {@link ValueKind#DECIMAL}, bits with sign for {@link ValueKind#INTEGER} (8
 *     to 64; one more for an unsigned type, so 65 for an unsigned 64-bit one); null if unbounded or meaningless
 * @param scale digits after the point for {@link ValueKind#DECIMAL}, of the second for times; null if unbounded or
 *     meaningless
 * @param binaryComparison whether two values are equal only when their bytes are: false for a case-insensitive, accent-insensitive,
 *     padding or otherwise non-deterministic collation or type
 */
public record ColumnInfo(
        String name,
        String typeName,
        ValueKind kind,
        boolean nullable,
        boolean hasDefault,
        boolean generated,
        @Nullable Integer length,
        @Nullable Integer precision,
        @Nullable Integer scale,
        boolean binaryComparison) {}
