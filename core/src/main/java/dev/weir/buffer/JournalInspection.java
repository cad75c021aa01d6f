package dev.weir.buffer;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * What a journal directory holds, looked at from outside, also beside a running owner.
 *
 * @param owned whether a living process owns it
 * @param ownerPid that process, empty if there is none or it could not be named
 * @param writers all writers, oldest first; while the directory is owned the last is its owner's
 * @param bytes on disk
 */
record JournalInspection(boolean owned, OptionalLong ownerPid, List<Inspected> writers, long bytes) {
    /**
     * A writer.
     *
     * @param id its id
     * @param openedMillis when it opened the journal, milliseconds since 1970
     * @param ledgerRow whether its ledger row is known to exist
     * @param trimmedTo the last epoch that was dropped, 0 if none
     * @param last the last epoch that is kept or was dropped, 0 if none
     * @param lastFilled the last that holds anything; those after it changed nothing. 0 if none
     * @param kept how many epochs are kept
     * @param keptBytes their content
     */
    record Inspected(
            String id,
            long openedMillis,
            boolean ledgerRow,
            long trimmedTo,
            long last,
            long lastFilled,
            long kept,
            long keptBytes) {}

    /**
     * Looks at a directory and changes nothing in it. What is kept is counted, not verified: an opening does that.
     *
     * @throws JournalException if there is no journal, or it can't be read
     */
    static JournalInspection of(Path directory) {
        Objects.requireNonNull(directory, "directory");
        Path absolute = directory.toAbsolutePath().normalize();
        JournalFile file = new JournalFile(absolute, JournalTuning.DEFAULT);
        try {
            if (!file.exists()) {
                throw new JournalException(
                        "There is no journal here: directory=" + absolute + "; name the directory that holds "
                                + JournalFile.NAME,
                        null);
            }
            OwnerLock.Owner owner = OwnerLock.owner(absolute);
            List<Inspected> writers = List.of();
            try (Connection connection = file.connectReadOnly()) {
                if (JournalCheck.hasTables(file.path(), connection)) {
                    writers = inspect(connection);
                }
            }
            return new JournalInspection(owner.alive(), owner.pid(), writers, file.bytes());
        } catch (SQLException e) {
            throw JournalCheck.unopened(file.path(), e);
        } catch (IOException e) {
            throw new JournalException(
                    "A journal is looked at by a process that may read its directory: directory=" + absolute
                            + ", reason=" + e + "; run this as the user that owns it",
                    e);
        }
    }

    private static List<Inspected> inspect(Connection connection) throws SQLException {
        List<Inspected> writers = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            // One snapshot, so that a running owner's trim does not fall between two statements.
            statement.execute("begin");
            for (JournalRow row : JournalCheck.rows(connection)) {
                try (ResultSet result = statement.executeQuery("select count(*), sum(length(data)), max(position)"
                        + " from epoch where position between " + row.position(1) + " and "
                        + row.position(JournalRow.MAX_SEQ))) {
                    result.next();
                    long kept = result.getLong(1);
                    long bytes = result.getLong(2);
                    long last = kept == 0 ? row.trimmedTo() : JournalRow.seq(result.getLong(3));
                    writers.add(new Inspected(
                            row.id(),
                            row.openedMillis(),
                            row.ledgerRow(),
                            row.trimmedTo(),
                            last,
                            lastFilled(connection, row),
                            kept,
                            bytes));
                }
            }
            statement.execute("commit");
        }
        return List.copyOf(writers);
    }

    /** Reads epochs from the end until one holds something. */
    private static long lastFilled(Connection connection, JournalRow row) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet epochs = statement.executeQuery("select position, data from epoch where position between "
                        + row.position(1) + " and " + row.position(JournalRow.MAX_SEQ) + " order by position desc")) {
            while (epochs.next()) {
                if (!isEmpty(epochs.getBytes(2))) {
                    return JournalRow.seq(epochs.getLong(1));
                }
            }
            return row.trimmedTo();
        }
    }

    private static boolean isEmpty(byte[] epoch) {
        try {
            return EpochDecoder.operations(epoch) == 0;
        } catch (JournalException unreadable) {
            return false;
        }
    }
}
