package dev.weir.buffer;

import dev.weir.db.Database;
import dev.weir.time.Clock;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Opens a buffer as {@link WriteBuffer#open} does, with a journal that keeps its promise or breaks it. */
public final class BreakableBuffer {
    private BreakableBuffer() {}

    /** What the journal does. */
    public enum JournalRule {
        /** All that it promises. */
        KEPT,
        /** Answers before the epoch is in the file, and writes it when the next one comes. */
        LATE,
        /** Writes, and never syncs. */
        UNSYNCED
    }

    /** Opens a buffer. */
    public static WriteBuffer open(Database database, Path directory, BufferSettings settings, JournalRule rule) {
        Clock clock = Clock.system();
        if (rule == JournalRule.KEPT) {
            return WriteBuffer.open(database, directory, settings, clock);
        }
        JournalTuning tuning =
                rule == JournalRule.UNSYNCED ? JournalTuning.DEFAULT.withSynchronous("OFF") : JournalTuning.DEFAULT;
        SqliteJournal opened = SqliteJournal.open(directory, clock, tuning);
        try {
            Journal journal = rule == JournalRule.LATE ? new LateJournal(opened) : opened;
            LocalWriteBuffer buffer = new LocalWriteBuffer(database, journal, settings, clock);
            buffer.open();
            return buffer;
        } catch (RuntimeException | Error e) {
            opened.close();
            throw e;
        }
    }

    /** Appends come one epoch late. One thread appends. */
    private static final class LateJournal implements Journal {
        private final Journal journal;
        private long seq;
        private byte[] data = {};

        LateJournal(Journal journal) {
            this.journal = journal;
        }

        @Override
        public String writer() {
            return journal.writer();
        }

        @Override
        public List<Writer> earlier() {
            return journal.earlier();
        }

        @Override
        public void append(long next, byte[] bytes, int length) {
            write();
            seq = next;
            data = Arrays.copyOf(bytes, length);
        }

        private void write() {
            if (seq > 0) {
                journal.append(seq, data, data.length);
                seq = 0;
            }
        }

        @Override
        public void read(String writer, long from, long to, EpochReader reader) {
            journal.read(writer, from, to, reader);
        }

        @Override
        public void ledgerRowMade(String writer) {
            journal.ledgerRowMade(writer);
        }

        @Override
        public void trim(String writer, long to) {
            journal.trim(writer, to);
        }

        @Override
        public List<Kept> kept(String writer) {
            return journal.kept(writer);
        }

        @Override
        public long maxEpochBytes() {
            return journal.maxEpochBytes();
        }

        @Override
        public long bytes() {
            return journal.bytes();
        }

        @Override
        public void close() {
            write();
            journal.close();
        }
    }
}
