package dev.weir.buffer;

import dev.weir.db.Database;
import dev.weir.db.Durability;
import dev.weir.db.FlushReport;
import dev.weir.db.TableBuffer;
import dev.weir.db.engine.Dialect;
import dev.weir.error.WeirException;
import dev.weir.time.Clock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Write-behind to one database. Operations are merged in memory, journalled to local disk, and written in bulk; each takes
 * effect in the database exactly once, whatever is killed when. Thread-safe.
 */
public interface WriteBuffer extends Database.WriteBehind, AutoCloseable {
    /**
     * Opens a buffer over a local journal: takes the directory for this process, recovers what earlier openings left, and
     * starts its threads.
     *
     * @param journal the journal's directory, made when missing; on a local disk, used by one process at a time
     * @throws JournalException if the journal is owned, damaged or can't be written, or the database fell back further than
     *     the kept epochs reach
     * @throws WeirException if the database is away for longer than {@code connectTimeout}
     */
    static WriteBuffer open(Database database, Path journal, BufferSettings settings, Clock clock) {
        SqliteJournal opened = SqliteJournal.open(journal, clock);
        try {
            TableNotes notes = new TableNotes(database.dialect(), journal);
            LocalWriteBuffer buffer = new LocalWriteBuffer(database, opened, notes, settings, clock);
            buffer.open();
            return buffer;
        } catch (RuntimeException | Error e) {
            opened.close();
            throw e;
        }
    }

    /**
     * The engine of the database that a journal was last used with: what a start without the database has to be told.
     *
     * @param journal the journal's directory
     */
    static Optional<Dialect> knownDialect(Path journal) {
        return TableNotes.dialect(journal);
    }

    @Override
    TableBuffer table(String table);

    /**
     * Puts several operations, also on several tables, into one epoch and so into one database transaction: after a crash
     * all of them are there or none. {@code block} only records; it must not call the buffer otherwise. If it throws,
     * nothing is accepted. Returns at the buffer's default durability. What it throws means what {@link TableBuffer} says of
     * operations.
     */
    void atomically(Consumer<BufferGroup> block);

    /** {@link #atomically(Consumer)} that returns at {@code level}. */
    void atomically(Durability level, Consumer<BufferGroup> block);

    /** {@link #atomically(Consumer)}; the stage completes at {@code level}. Throws at once what the limits refuse. */
    CompletionStage<Void> atomicallyAsync(Durability level, Consumer<BufferGroup> block);

    /**
     * Writes everything accepted so far to the database, and returns when it is there.
     *
     * @throws dev.weir.db.FlushException if it could not, or the journal took nothing for {@code blockTimeout}; what was pending
     *     stays pending
     */
    FlushReport flush();

    /** Counters and timings since this buffer was opened, and what is pending now. */
    BufferStats stats();

    /** What the database refused for good. */
    DeadLetters deadLetters();

    /** Hears of flushes, retries, dead letters and changes of health from now on. */
    void addListener(BufferListener listener);

    /** {@link #close(Duration)} with the deadline of the settings (30 s). What stays pending is in the journal. */
    @Override
    void close();

    /**
     * Takes no more operations, journals what was accepted, flushes within {@code deadline}, and lets the journal go. Further
     * calls do nothing and answer the first report.
     */
    CloseReport close(Duration deadline);
}
