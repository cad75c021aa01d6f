package dev.weir.server.replay;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The bytes of a gzip stream of any number of members. Unlike the JDK's stream it gives every byte before a break, and never
 * takes a member that is cut short, or garbage, for the end; zeros after the last member are padding. Not thread-safe.
 */
final class GzipInput extends InputStream {
    private static final int HEADER_CHECKSUM = 2;
    private static final int EXTRA_FIELD = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;

    private final InputStream in;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 checksum = new CRC32();
    private final byte[] input = new byte[64 * 1024];
    private int position;
    private int limit;
    private boolean inMember;
    private boolean anyMember;
    private boolean ended;

    GzipInput(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (!ended) {
            if (!inMember && !header()) {
                ended = true;
                break;
            }
            int count = inflate(target, offset, length);
            if (count > 0) {
                checksum.update(target, offset, count);
                return count;
            }
        }
        return -1;
    }

    private int inflate(byte[] target, int offset, int length) throws IOException {
        while (true) {
            long before = inflater.getBytesWritten();
            int count;
            try {
                count = inflater.inflate(target, offset, length);
            } catch (DataFormatException e) {
                count = Math.toIntExact(inflater.getBytesWritten() - before);
                if (count == 0) {
                    throw new BrokenGzipException("its data is damaged");
                }
            }
            if (count > 0) {
                return count;
            }
            if (inflater.finished() || inflater.needsDictionary()) {
                trailer();
                return 0;
            }
            fill();
            inflater.setInput(input, position, limit - position);
            position = limit;
        }
    }

    /** Begins a member; false at the end. */
    private boolean header() throws IOException {
        int first = next();
        while (first == 0 && anyMember) {
            first = next();
        }
        if (first < 0 && anyMember) {
            return false;
        }
        if (first != 0x1f || required() != 0x8b || required() != 8) {
            throw new BrokenGzipException(anyMember ? "garbage follows its end" : "it does not begin as gzip does");
        }
        int flags = required();
        for (int i = 0; i < 6; i++) {
            required();
        }
        if ((flags & EXTRA_FIELD) != 0) {
            for (int left = required() | required() << 8; left > 0; left--) {
                required();
            }
        }
        for (int text : new int[] {NAME, COMMENT}) {
            if ((flags & text) != 0) {
                while (required() != 0) {
                    // A text ends with a zero.
                }
            }
        }
        if ((flags & HEADER_CHECKSUM) != 0) {
            required();
            required();
        }
        inflater.reset();
        inflater.setInput(input, position, limit - position);
        position = limit;
        checksum.reset();
        inMember = true;
        anyMember = true;
        return true;
    }

    private void trailer() throws IOException {
        position = limit - inflater.getRemaining();
        long sum = little();
        long length = little();
        if (sum != checksum.getValue() || length != (inflater.getBytesWritten() & 0xffff_ffffL)) {
            throw new BrokenGzipException("its checksum is wrong");
        }
        inMember = false;
    }

    private long little() throws IOException {
        return required() | (long) required() << 8 | (long) required() << 16 | (long) required() << 24;
    }

    private int required() throws IOException {
        int b = next();
        if (b < 0) {
            throw new BrokenGzipException("it ends in the middle");
        }
        return b;
    }

    private int next() throws IOException {
        if (position == limit) {
            try {
                fill();
            } catch (BrokenGzipException end) {
                return -1;
            }
        }
        return input[position++] & 0xff;
    }

    private void fill() throws IOException {
        int count = in.read(input, 0, input.length);
        if (count <= 0) {
            throw new BrokenGzipException("it ends in the middle");
        }
        position = 0;
        limit = count;
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        in.close();
    }

    /** The stream is no gzip stream from here on. */
    static final class BrokenGzipException extends EOFException {
        private static final long serialVersionUID = 1L;

        BrokenGzipException(String message) {
            super(message);
        }
    }
}
