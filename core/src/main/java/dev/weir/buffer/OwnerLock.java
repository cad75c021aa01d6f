package dev.weir.buffer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Who owns a journal directory: one process at a time, until it lets go or dies.
 *
 * <p><b>Concurrency.</b> A lock of the file system holds between processes only, and on POSIX systems it ends as soon as
 * the owning process closes <em>any</em> descriptor of the file. So owners are also noted in the system properties (which
 * all class loaders of a process share), and the file is never opened while this process owns it. {@link #GATE} orders
 * those who look at the note and then at the file.
 */
final class OwnerLock implements AutoCloseable {
    static final String FILE = "lock";

    private static final String NOTE = "dev.weir.journal.owned:";
    /** Far behind the text, because on Windows a locked byte can't be read by others. */
    private static final long LOCKED_BYTE = 1L << 40;
    /** Someone who only looks (see {@link #owner}) holds the lock for a moment. */
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private static final ReentrantLock GATE = new ReentrantLock();

    private final String note;
    private final FileChannel channel;

    private OwnerLock(String note, FileChannel channel) {
        this.note = note;
        this.channel = channel;
    }

    /**
     * Takes the directory.
     *
     * @throws JournalException if it is owned already
     */
    static OwnerLock take(Path directory) throws IOException {
        String note = NOTE + identity(directory);
        long self = ProcessHandle.current().pid();
        GATE.lock();
        try {
            if (System.getProperties().putIfAbsent(note, Long.toString(self)) != null) {
                throw owned(directory, "this process, pid=" + self, "close the Weir that holds it");
            }
            FileChannel channel = null;
            boolean taken = false;
            try {
                channel = FileChannel.open(
                        directory.resolve(FILE),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
                if (!tryLock(channel)) {
                    OptionalLong pid = readPid(channel);
                    throw owned(
                            directory,
                            pid.isPresent() ? "another process, pid=" + pid.getAsLong() : "another process",
                            "stop that process");
                }
                // Always of one length, so that a shorter pid leaves nothing of a longer one.
                String digits = Long.toString(self);
                byte[] text = (digits + " ".repeat(20 - digits.length()) + "\n").getBytes(StandardCharsets.US_ASCII);
                channel.write(ByteBuffer.wrap(text), 0);
                taken = true;
                return new OwnerLock(note, channel);
            } finally {
                if (!taken) {
                    System.getProperties().remove(note);
                    if (channel != null) {
                        channel.close();
                    }
                }
            }
        } finally {
            GATE.unlock();
        }
    }

    /** Who owns the directory now. */
    static Owner owner(Path directory) throws IOException {
        String note = NOTE + identity(directory);
        GATE.lock();
        try {
            String pid = System.getProperty(note);
            if (pid != null) {
                return new Owner(true, OptionalLong.of(Long.parseLong(pid)));
            }
            Path file = directory.resolve(FILE);
            if (!Files.exists(file)) {
                return Owner.NONE;
            }
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
                    FileLock lock = channel.tryLock(LOCKED_BYTE, 1, false)) {
                return lock == null ? new Owner(true, readPid(channel)) : Owner.NONE;
            }
        } finally {
            GATE.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        GATE.lock();
        try {
            channel.close();
        } finally {
            System.getProperties().remove(note);
            GATE.unlock();
        }
    }

    private static boolean tryLock(FileChannel channel) throws IOException {
        long start = System.nanoTime();
        while (true) {
            try {
                if (channel.tryLock(LOCKED_BYTE, 1, false) != null) {
                    return true;
                }
            } catch (OverlappingFileLockException e) {
                throw new IOException("the lock file is locked by other code of this process", e);
            }
            if (System.nanoTime() - start > PATIENCE.toNanos()
                    || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }

    private static OptionalLong readPid(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(32);
        channel.read(text, 0);
        String pid = new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII).trim();
        return pid.matches("[0-9]{1,18}") ? OptionalLong.of(Long.parseLong(pid)) : OptionalLong.empty();
    }

    /** The same for every path that leads to the directory. */
    private static String identity(Path directory) throws IOException {
        Object key = Files.readAttributes(directory, BasicFileAttributes.class).fileKey();
        return key == null ? directory.toRealPath().toString() : key.toString();
    }

    private static JournalException owned(Path directory, String owner, String cure) {
        return new JournalException(
                "A journal has one owner at a time: directory=" + directory + ", owner=" + owner + "; " + cure
                        + ", or give this one a directory of its own",
                null);
    }

    /**
     * An owner.
     *
     * @param alive whether there is one
     * @param pid its process, empty if there is none or it could not be named
     */
    record Owner(boolean alive, OptionalLong pid) {
        private static final Owner NONE = new Owner(false, OptionalLong.empty());
    }
}
