package dev.weir.db.engine;

/** What a column's values are in Java. {@code docs/guide/types.md} has the table of SQL types by engine. */
public enum ValueKind {
    /** {@link Long}: integers of up to 64 bits. */
    INTEGER,
    /** {@link java.math.BigDecimal}. */
    DECIMAL,
    /** {@link Double}. */
    DOUBLE,
    /** {@link Boolean}. */
    BOOLEAN,
    /** {@link String}. */
    TEXT,
    /** {@code byte[]}. */
    BYTES,
    /** {@link java.util.UUID}. */
    UUID,
    /** {@link java.time.LocalDate}. */
    DATE,
    /** {@link java.time.LocalTime}. */
    TIME,
    /** {@link java.time.LocalDateTime}: a timestamp without zone. An {@link java.time.Instant} is taken as its UTC reading. */
    TIMESTAMP,
    /** {@link java.time.Instant}: a timestamp with zone, and SQLite's timestamps, which are always UTC. */
    INSTANT,
    /** What Weir passes through as the driver gives it, and the buffer refuses. */
    OTHER
}
