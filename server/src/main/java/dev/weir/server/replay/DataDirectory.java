package dev.weir.server.replay;

import dev.weir.server.CommandFailed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The data directory of a replay, held by one replay at a time, and bound to one database. */
final class DataDirectory implements AutoCloseable {
    private static final String LOCK = "replay.lock";
    private static final String BOUND = "replay.database";

    private final Path path;
    private final FileChannel channel;

    private DataDirectory(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * Takes a directory until it is closed or the process dies.
     *
     * @throws CommandFailed if another replay has it, or it can't be written
     */
    static DataDirectory take(Path directory) {
        try {
            Files.createDirectories(directory);
            Path path = directory.toRealPath();
            FileChannel channel = lock(path.resolve(LOCK));
            if (channel == null) {
                throw new CommandFailed("a data directory serves one replay at a time: data=" + directory
                        + "; wait for the other to end, or give another directory with --data");
            }
            return new DataDirectory(path, channel);
        } catch (IOException e) {
            throw unusable(directory, e);
        }
    }

    /** Takes another's directory for a moment, so that no replay can begin there; empty if one runs there. */
    static Optional<DataDirectory> tryTake(Path directory) {
        try {
            FileChannel channel = lock(directory.resolve(LOCK));
            return channel == null ? Optional.empty() : Optional.of(new DataDirectory(directory, channel));
        } catch (IOException e) {
            throw unusable(directory, e);
        }
    }

    private static @Nullable FileChannel lock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean taken = false;
        try {
            FileLock lock = channel.tryLock();
            taken = lock != null;
        } catch (OverlappingFileLockException heldByThisProcess) {
            taken = false;
        } finally {
            if (!taken) {
                channel.close();
            }
        }
        return taken ? channel : null;
    }

    private static CommandFailed unusable(Path directory, IOException e) {
        return new CommandFailed(
                "a data directory must be writable: data=" + directory + ", reason=" + e
                        + "; give another with --data, or mend its rights",
                e);
    }

    /** Its absolute path. */
    Path path() {
        return path;
    }

    /**
     * Binds the directory to a database, or makes sure that it is bound to that one: what its journal and its log hold belongs
     * nowhere else.
     */
    void bind(String databaseId, String shownUrl) {
        Path file = path.resolve(BOUND);
        try {
            if (Files.exists(file)) {
                String bound = Files.readString(file, StandardCharsets.UTF_8).strip();
                if (!bound.equals(databaseId)) {
                    throw new CommandFailed("a data directory belongs to one database: data=" + path
                            + " was used with another than db=" + shownUrl
                            + "; give that database or another --data, or remove the directory if nothing in it is"
                            + " needed");
                }
                return;
            }
            Path written = path.resolve(BOUND + ".new");
            try (FileChannel out = FileChannel.open(
                    written,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                ByteBuffer text = ByteBuffer.wrap((databaseId + "\n").getBytes(StandardCharsets.UTF_8));
                while (text.hasRemaining()) {
                    out.write(text);
                }
                out.force(true);
            }
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw unusable(path, e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw unusable(path, e);
        }
    }
}
