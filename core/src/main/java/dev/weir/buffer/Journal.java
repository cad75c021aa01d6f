package dev.weir.buffer;

import java.util.List;

/**
 * The local, durable list of epochs (rules M1.1, 1.2, 1.6 and 1.13). One process owns a journal at a time; each opening
 * draws a fresh writer id, so that a copied or restored journal can never number two different epochs alike.
 *
 * <p>{@link #append} is called by one thread; all else by any.
 */
interface Journal extends AutoCloseable {
    /** The writer id of this opening. */
    String writer();

    /**
     * The writers of earlier openings, oldest first; those whose epochs are all dropped are included. One that never
     * appended an epoch and has no ledger row may be forgotten.
     */
    List<Writer> earlier();

    /**
     * Appends an epoch of {@link #writer()} and returns when it is on disk. After a failure the epoch is in the journal or
     * not; the same epoch may be appended again with the same content, and is then there once.
     *
     * @param seq one more than the last, the first is 1
     * @param data holds the epoch in its first {@code length} bytes; not changed, not kept
     * @throws JournalException if it could not be written, for example because the disk is full
     */
    void append(long seq, byte[] data, int length);

    /**
     * Reads the epochs {@code from} to {@code to} (inclusive) of a writer in order.
     *
     * @throws JournalException if one is missing or damaged; the message says which
     */
    void read(String writer, long from, long to, EpochReader reader);

    /** Records durably that the writer's ledger row exists in the database. */
    void ledgerRowMade(String writer);

    /**
     * Drops epochs up to {@code to}. Whoever calls has seen the ledger at {@code to} or later. Not synced.
     *
     * @throws JournalException if it failed, for example because the disk is full; some may be dropped, the rest is dropped
     *     by the next call
     */
    void trim(String writer, long to);

    /** What is known of each epoch that is kept, oldest first. */
    List<Kept> kept(String writer);

    /** The largest epoch that is appended, in bytes. What hand-overs add may come to as much again. */
    long maxEpochBytes();

    /** Bytes on disk. */
    long bytes();

    /** Lets the directory go. Nothing is flushed or dropped. */
    @Override
    void close();

    /** Takes one epoch. */
    interface EpochReader {
        /** An epoch as it was appended. */
        void epoch(long seq, byte[] data);
    }

    /**
     * An earlier writer.
     *
     * @param id its id
     * @param ledgerRow whether its ledger row is known to exist
     * @param trimmedTo the last epoch that was dropped, 0 if none
     * @param last the last epoch that is kept or was dropped, 0 if it never appended one
     */
    record Writer(String id, boolean ledgerRow, long trimmedTo, long last) {}

    /** An epoch that is kept: its number, bytes, and when it was appended (milliseconds since 1970). */
    record Kept(long seq, int bytes, long appendedMillis) {}
}
