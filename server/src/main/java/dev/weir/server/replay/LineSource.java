package dev.weir.server.replay;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a stream, in place, with their positions in its uncompressed bytes. LF and CRLF end a line; the last one
 * needs no end. Not thread-safe, but {@link #close} may be called by any thread to end a read that waits.
 */
public final class LineSource implements Closeable {
    private final InputStream in;
    private final @Nullable FileChannel file;
    private final boolean seekable;
    private final StartHash start = new StartHash();
    private final byte[] buffer = new byte[256 * 1024];
    private int position;
    private int limit;
    private boolean ended;

    private int lineFrom;
    private int lineTo;
    private boolean tooLong;
    private long bytes;
    private boolean openEnd;

    private LineSource(InputStream in, @Nullable FileChannel file, boolean seekable) {
        this.in = in;
        this.file = file;
        this.seekable = seekable;
    }

    /** The lines of a file, uncompressed first if its name ends with {@code .gz}. */
    public static LineSource open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        InputStream raw = Channels.newInputStream(channel);
        boolean gzip = isGzip(file);
        return new LineSource(gzip ? new GzipInput(raw) : raw, channel, !gzip && Files.isRegularFile(file));
    }

    /** The lines of a stream. */
    public static LineSource of(InputStream in) {
        return new LineSource(in, null, false);
    }

    private static boolean isGzip(Path file) {
        Path name = file.getFileName();
        return name != null && name.toString().toLowerCase(Locale.ROOT).endsWith(".gz");
    }

    /**
     * Reads over the first bytes, up to where an earlier reader stood.
     *
     * @param openLine whether the last line before had no end: an end that comes now belongs to it
     * @return the hash of the start of the bytes read over; null if the stream is shorter
     */
    @Nullable String skip(long count, boolean openLine) throws IOException {
        long left = count;
        while (left > 0) {
            if (start.complete() && seekable && file != null) {
                if (file.size() < count) {
                    return null;
                }
                file.position(count);
                position = 0;
                limit = 0;
                bytes = count;
                break;
            }
            if (position == limit && !fill()) {
                return null;
            }
            int step = (int) Math.min(left, limit - position);
            take(position, position + step);
            position += step;
            left -= step;
        }
        openEnd = openLine;
        return start.value();
    }

    /**
     * Goes on to the next line.
     *
     * @return false at the end
     * @throws IOException if the stream can't be read further or is broken; what was cut off by it is no line
     */
    public boolean next() throws IOException {
        if (openEnd && !completeOpenLine()) {
            return false;
        }
        int scanned = position;
        tooLong = false;
        long dropped = 0;
        while (true) {
            int newline = indexOfNewline(scanned, limit);
            if (newline >= 0) {
                lineFrom = position;
                lineTo = newline > position && buffer[newline - 1] == '\r' ? newline - 1 : newline;
                take(position, newline + 1);
                position = newline + 1;
                openEnd = false;
                break;
            }
            scanned = limit;
            if (limit - position > AccessLine.MAX_LINE_BYTES + 2) {
                // Too long whatever follows. A carriage return at the very end is kept for the newline that may follow.
                int keep = buffer[limit - 1] == '\r' ? 1 : 0;
                dropped += limit - keep - position;
                take(position, limit - keep);
                position = limit - keep;
                tooLong = true;
            }
            int unread = limit - position;
            if (!fill()) {
                if (unread == 0 && dropped == 0) {
                    return false;
                }
                lineFrom = position;
                lineTo = limit > position && buffer[limit - 1] == '\r' ? limit - 1 : limit;
                take(position, limit);
                position = limit;
                openEnd = true;
                break;
            }
            scanned = position + unread;
        }
        tooLong |= lineTo - lineFrom > AccessLine.MAX_LINE_BYTES;
        return true;
    }

    /** An end that only completes a line already given is read over; false if the stream ends with it. */
    private boolean completeOpenLine() throws IOException {
        if (position == limit && !fill()) {
            return false;
        }
        int length = 0;
        if (buffer[position] == '\n') {
            length = 1;
        } else if (buffer[position] == '\r') {
            if (position + 1 == limit && !fill()) {
                take(position, position + 1);
                position++;
                return false;
            }
            length = buffer[position + 1] == '\n' ? 2 : 0;
        }
        take(position, position + length);
        position += length;
        openEnd = false;
        return true;
    }

    private int indexOfNewline(int from, int to) {
        byte[] data = buffer;
        for (int i = from; i < to; i++) {
            if (data[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    private void take(int from, int to) {
        if (!start.complete()) {
            start.update(buffer, from, to);
        }
        bytes += to - from;
    }

    /** Reads more behind what is not taken yet, which moves to the front; false at the end. */
    private boolean fill() throws IOException {
        if (ended) {
            return false;
        }
        if (limit == buffer.length || position == limit) {
            System.arraycopy(buffer, position, buffer, 0, limit - position);
            limit -= position;
            position = 0;
        }
        int count = in.read(buffer, limit, buffer.length - limit);
        if (count < 0) {
            ended = true;
            return false;
        }
        limit += count;
        return true;
    }

    /** What {@link #from} and {@link #to} point into, until the next line. */
    public byte[] data() {
        return buffer;
    }

    /** Where the line begins. */
    public int from() {
        return lineFrom;
    }

    /** Where the line's text ends, its line end left out. */
    public int to() {
        return lineTo;
    }

    /** Whether the line is longer than {@link AccessLine#MAX_LINE_BYTES}; its bytes are not all there then. */
    public boolean tooLong() {
        return tooLong;
    }

    /** Uncompressed bytes up to the end of the line, its line end included. */
    public long bytes() {
        return bytes;
    }

    /** Whether the line had no end. */
    public boolean openLine() {
        return openEnd;
    }

    /** How far the file was read, in its bytes on disk; 0 if it is no file. */
    long diskBytes() {
        try {
            return file == null ? 0 : file.position();
        } catch (IOException closed) {
            return 0;
        }
    }

    /** The hash of the start of what was taken so far. */
    String startHash() {
        return start.value();
    }

    /** Whether {@link #startHash} stays as it is from here on. */
    boolean startHashComplete() {
        return start.complete();
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
