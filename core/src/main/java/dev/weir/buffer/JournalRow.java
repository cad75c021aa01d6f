package dev.weir.buffer;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * A row of the journal's table of writers.
 *
 * @param number its number in this journal, the upper bits of its epochs' positions
 * @param last its last epoch, {@link #OPEN} while it may still append
 */
record JournalRow(long number, String id, long openedMillis, boolean ledgerRow, long trimmedTo, long last) {
    static final long OPEN = -1;
    static final int SEQ_BITS = 40;
    static final long MAX_SEQ = (1L << SEQ_BITS) - 1;

    long position(long seq) {
        return number << SEQ_BITS | seq;
    }

    static long number(long position) {
        return position >>> SEQ_BITS;
    }

    static long seq(long position) {
        return position & MAX_SEQ;
    }

    JournalRow withLedgerRow() {
        return new JournalRow(number, id, openedMillis, true, trimmedTo, last);
    }

    JournalRow trimmedTo(long seq) {
        return new JournalRow(number, id, openedMillis, ledgerRow, seq, last);
    }

    JournalRow closedAt(long seq) {
        return new JournalRow(number, id, openedMillis, ledgerRow, trimmedTo, seq);
    }

    /** The checksum of this row. */
    int checksum() {
        CRC32C crc = new CRC32C();
        crc.update(id.getBytes(StandardCharsets.UTF_8));
        crc.update(ByteBuffer.allocate(5 * Long.BYTES)
                .putLong(number)
                .putLong(openedMillis)
                .putLong(ledgerRow ? 1 : 0)
                .putLong(trimmedTo)
                .putLong(last)
                .flip());
        return (int) crc.getValue();
    }

    /** The checksum of an epoch of this writer. */
    int checksum(long seq, long appendedMillis, byte[] data, int length) {
        CRC32C crc = new CRC32C();
        crc.update(id.getBytes(StandardCharsets.UTF_8));
        crc.update(ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(seq)
                .putLong(appendedMillis)
                .flip());
        crc.update(data, 0, length);
        return (int) crc.getValue();
    }
}
