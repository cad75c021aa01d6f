package dev.weir.server.replay;

import dev.weir.server.CommandFailed;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * {@code rejected.log}: a line for each rejected line, once. Its length travels with the position; what a killed run wrote
 * beyond the length that arrived belongs to lines that will be read again, and is cut off at the next start. It is not
 * synced, so a power cut may take its end.
 */
final class RejectedLog implements Closeable {
    static final String NAME = "rejected.log";

    private final Path file;
    private final FileChannel channel;
    private long length;

    private RejectedLog(Path file, FileChannel channel, long length) {
        this.file = file;
        this.channel = channel;
        this.length = length;
    }

    /**
     * Opens the log of a data directory.
     *
     * @param known the length that arrived in the database; -1 if none ever did
     */
    static RejectedLog open(Path data, long known) {
        Path file = data.resolve(NAME);
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            long length = channel.size();
            if (known >= 0 && known < length) {
                channel.truncate(known);
                length = known;
            }
            return new RejectedLog(file, channel, length);
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    /** How long the log is. */
    long length() {
        return length;
    }

    /** Writes a line, and answers how long the log is then. */
    long add(String source, long line, String reason) {
        String shown = source.replaceAll("[\\p{Cntrl}]", "\ufffd");
        ByteBuffer text = ByteBuffer.wrap((shown + ":" + line + ": " + reason + "\n").getBytes(StandardCharsets.UTF_8));
        try {
            long at = length;
            while (text.hasRemaining()) {
                at += channel.write(text, at);
            }
            length = at;
            return length;
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    private static CommandFailed failed(Path file, IOException e) {
        return new CommandFailed(
                "the log of rejected lines must be writable: file=" + file + ", reason=" + e.getMessage()
                        + "; make room or give another directory with --data, and run the same command again",
                e);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
