package dev.weir.buffer;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The second witness of a journal: the last epoch whose append was synced, and how many ledger rows were noted. SQLite takes a damaged write-ahead log for one
 * that ends early; this file says how far it must reach. It is written after the sync of an epoch and before its
 * acknowledgement, and not synced itself: so it never names an epoch that is not on disk, it holds over the death of the
 * process, and after a power cut it may be older than the journal.
 *
 * <p>Two slots are written in turn, each with a turn number and a checksum: when a write is torn the other slot holds, and
 * that is right, because the epoch of the torn one was not acknowledged.
 *
 * <p><b>Concurrency.</b> Not thread-safe; the journal's writing lock guards it. It is no {@code FileChannel}, because an
 * interrupt of the writing thread would close that.
 */
final class Witness implements AutoCloseable {
    static final String FILE = "witness";

    private static final long MAGIC = 0x57656972_5769_7431L;
    /** A sector each, the least that a disk writes as a whole. */
    private static final int SLOT = 512;

    private static final int WRITER = 36;
    private static final int CHECKED = 4 * Long.BYTES + WRITER;
    private static final int LENGTH = CHECKED + Integer.BYTES;

    private final RandomAccessFile file;
    private final byte[] record = new byte[LENGTH];
    private final CRC32C checksum = new CRC32C();
    private long turn;

    private Witness(RandomAccessFile file, long turn) {
        this.file = file;
        this.turn = turn;
    }

    /** What the file of a directory says. */
    static Testimony read(Path directory) throws IOException {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(directory.resolve(FILE));
        } catch (NoSuchFileException e) {
            return new Testimony(State.MISSING, null, 0, 0, 0);
        }
        if (bytes.length == 0) {
            return new Testimony(State.WAIVED, null, 0, 0, 0);
        }
        Testimony first = slot(bytes, 0);
        Testimony second = slot(bytes, SLOT);
        if (first == null) {
            return second == null ? new Testimony(State.DAMAGED, null, 0, 0, 0) : second;
        }
        return second == null || first.turn() > second.turn() ? first : second;
    }

    /** Opens the file to write it, after {@link #read}. A file that holds nothing usable is made anew, synced. */
    static Witness open(Path directory, Testimony testimony) throws IOException {
        RandomAccessFile file = new RandomAccessFile(directory.resolve(FILE).toFile(), "rw");
        try {
            Witness witness = new Witness(file, testimony.turn());
            if (testimony.state() != State.GIVEN) {
                file.setLength(0);
                witness.write("", 0, 0);
                file.getFD().sync();
            }
            return witness;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** Notes that the epochs of the writer up to {@code seq} are on disk, and so many notes of ledger rows. */
    void write(String writer, long seq, long ledgerRows) throws IOException {
        byte[] name = writer.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer buffer = ByteBuffer.wrap(record);
        buffer.putLong(MAGIC).putLong(turn + 1).putLong(seq).putLong(ledgerRows).put(name);
        Arrays.fill(record, buffer.position(), CHECKED, (byte) ' ');
        checksum.reset();
        checksum.update(record, 0, CHECKED);
        buffer.putInt(CHECKED, (int) checksum.getValue());
        file.seek((turn + 1) % 2 * SLOT);
        file.write(record);
        turn++;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private static @Nullable Testimony slot(byte[] bytes, int offset) {
        if (bytes.length < offset + LENGTH) {
            return null;
        }
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset, CHECKED);
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, LENGTH).slice();
        if (buffer.getLong(0) != MAGIC || buffer.getInt(CHECKED) != (int) crc.getValue()) {
            return null;
        }
        String writer = new String(bytes, offset + CHECKED - WRITER, WRITER, StandardCharsets.US_ASCII).trim();
        return new Testimony(
                State.GIVEN,
                writer.isEmpty() ? null : writer,
                buffer.getLong(16),
                buffer.getLong(24),
                buffer.getLong(8));
    }

    /** Whether there is a testimony. */
    enum State {
        /** A slot with a right checksum. */
        GIVEN,
        /** No file. */
        MISSING,
        /** An empty file: the operator takes the journal as it is. */
        WAIVED,
        /** No slot has a right checksum. */
        DAMAGED
    }

    /**
     * What a witness says.
     *
     * @param writer who wrote last, {@code null} if nobody did yet
     * @param seq that writer's last synced epoch, 0 if none
     * @param ledgerRows how many writers' ledger rows the journal knows of
     * @param turn how many times the file was written
     */
    record Testimony(State state, @Nullable String writer, long seq, long ledgerRows, long turn) {}
}
