package dev.weir.buffer;

/**
 * The settings of a journal's file; docs/decisions/0002-sqlite-journal.md has the measurements behind the defaults.
 *
 * @param pageSize of a new file
 * @param checkpointBytes written to the log before it is copied to the file
 * @param synchronous SQLite's level for appends; anything but FULL breaks the journal's promise and is for tests of the tests
 * @param maxPages the largest file, 0 for no limit
 * @param maxEpochBytes the largest epoch; SQLite takes 1,000,000,000 bytes in a row, and hand-overs may add as much again
 */
record JournalTuning(int pageSize, long checkpointBytes, String synchronous, long maxPages, long maxEpochBytes) {
    static final JournalTuning DEFAULT = new JournalTuning(16_384, 16L << 20, "FULL", 0, 256L << 20);

    JournalTuning withPageSize(int bytes) {
        return new JournalTuning(bytes, checkpointBytes, synchronous, maxPages, maxEpochBytes);
    }

    JournalTuning withCheckpointBytes(long bytes) {
        return new JournalTuning(pageSize, bytes, synchronous, maxPages, maxEpochBytes);
    }

    JournalTuning withSynchronous(String level) {
        return new JournalTuning(pageSize, checkpointBytes, level, maxPages, maxEpochBytes);
    }

    JournalTuning withMaxPages(long pages) {
        return new JournalTuning(pageSize, checkpointBytes, synchronous, pages, maxEpochBytes);
    }

    JournalTuning withMaxEpochBytes(long bytes) {
        return new JournalTuning(pageSize, checkpointBytes, synchronous, maxPages, bytes);
    }
}
