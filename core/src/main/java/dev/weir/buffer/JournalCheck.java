package dev.weir.buffer;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whether a journal holds all that it must: the check of an opening. Reads every byte that is kept. */
final class JournalCheck {
    private static final int FAULTS_SHOWN = 8;

    // SQLite's primary result codes that speak of the surroundings.
    private static final int PERMISSION = 3;
    private static final int BUSY = 5;
    private static final int LOCKED = 6;
    private static final int OUT_OF_MEMORY = 7;
    private static final int READ_ONLY = 8;
    private static final int INPUT_OUTPUT = 10;
    private static final int FULL = 13;
    private static final int CANNOT_OPEN = 14;

    private final Path path;
    private final Connection connection;
    private final List<String> faults = new ArrayList<>();
    private int faultCount;

    private JournalCheck(Path path, Connection connection) {
        this.path = path;
        this.connection = connection;
    }

    /**
     * The writers of a journal, oldest first, each with its last epoch.
     *
     * @param connection one that changes nothing
     * @throws JournalException if epochs are missing or damaged, or the file is not a journal of this format
     */
    static List<JournalRow> check(Path path, Connection connection, Witness.Testimony testimony) throws SQLException {
        return new JournalCheck(path, connection).run(testimony);
    }

    /**
     * Whether the file has a journal's tables.
     *
     * @throws JournalException if it has others, or a format that is not known
     */
    static boolean hasTables(Path path, Connection connection) throws SQLException {
        if (JournalFile.longOf(connection, "select count(*) from sqlite_schema") == 0) {
            return false;
        }
        if (JournalFile.longOf(connection, "select count(*) from sqlite_schema where name = 'meta'") == 0) {
            throw new JournalException(
                    "The file is not a journal of Weir: file=" + path + "; choose an empty directory", null);
        }
        long format = JournalFile.longOf(connection, "select value from meta where name = 'format'");
        if (format != JournalFile.FORMAT) {
            throw new JournalException(
                    "This Weir reads journals of format " + JournalFile.FORMAT + ": file=" + path + ", format=" + format
                            + "; start the version of Weir that wrote it, or a newer one",
                    null);
        }
        return true;
    }

    private List<JournalRow> run(Witness.Testimony testimony) throws SQLException {
        String structure = JournalFile.textOf(connection, "pragma quick_check(1)");
        if (!structure.equals("ok")) {
            fault("the file's structure is broken (" + structure.replace('\n', ' ') + ")");
        }
        Map<Long, JournalRow> writers = new LinkedHashMap<>();
        Map<Long, Long> last = new LinkedHashMap<>();
        for (JournalRow row : rows(connection)) {
            writers.put(row.number(), row);
            last.put(row.number(), row.trimmedTo());
        }
        epochs(writers, last);
        List<JournalRow> closed = new ArrayList<>();
        String witnessed = testimony.writer();
        boolean found = witnessed == null;
        for (JournalRow row : writers.values()) {
            long end = last.getOrDefault(row.number(), 0L);
            long mustEnd = Math.max(row.last(), row.id().equals(witnessed) ? testimony.seq() : 0);
            if (end < mustEnd) {
                missing(row.id(), end + 1, mustEnd);
            } else if (row.last() != JournalRow.OPEN && end > row.last()) {
                fault("writer " + row.id() + " ended at epoch " + row.last() + " but has epoch " + end);
            }
            found |= row.id().equals(witnessed);
            closed.add(row.closedAt(end));
        }
        if (!found) {
            fault("writer " + witnessed + " is missing"
                    + (testimony.seq() == 0 ? "" : " with its epochs up to " + testimony.seq()));
        }
        long ledgerRows = closed.stream().filter(JournalRow::ledgerRow).count();
        if (ledgerRows < testimony.ledgerRows()) {
            fault("of " + testimony.ledgerRows() + " notes of ledger rows " + ledgerRows + " are there");
        }
        if (faultCount > 0) {
            String more = faultCount > faults.size() ? " and " + (faultCount - faults.size()) + " more" : "";
            throw damaged(path, String.join(", ", faults) + more, null);
        }
        return closed;
    }

    private void epochs(Map<Long, JournalRow> writers, Map<Long, Long> last) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result =
                        statement.executeQuery("select position, appended, crc, data from epoch order by position")) {
            while (result.next()) {
                long position = result.getLong(1);
                long seq = JournalRow.seq(position);
                JournalRow writer = writers.get(JournalRow.number(position));
                if (writer == null) {
                    fault("an epoch " + seq + " has no writer");
                    continue;
                }
                long before = last.getOrDefault(writer.number(), 0L);
                if (seq > before + 1) {
                    missing(writer.id(), before + 1, seq - 1);
                } else if (seq <= before) {
                    fault("epoch " + seq + " of writer " + writer.id() + " is there again");
                }
                last.put(writer.number(), seq);
                byte[] data = result.getBytes(4);
                if (data == null || writer.checksum(seq, result.getLong(2), data, data.length) != result.getInt(3)) {
                    fault("epoch " + seq + " of writer " + writer.id() + " is damaged");
                }
            }
        }
    }

    /** The table of writers, oldest first. */
    static List<JournalRow> rows(Connection connection) throws SQLException {
        List<JournalRow> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(
                        "select number, id, opened, ledger_row, trimmed_to, last, crc from writer order by number")) {
            while (result.next()) {
                JournalRow row = new JournalRow(
                        result.getLong(1),
                        String.valueOf(result.getString(2)),
                        result.getLong(3),
                        result.getBoolean(4),
                        result.getLong(5),
                        result.getLong(6));
                if (row.checksum() != result.getInt(7)) {
                    throw new SQLException("the row of writer " + row.number() + " is damaged");
                }
                rows.add(row);
            }
        }
        return rows;
    }

    /** SQLite could not open or read the file: because of what surrounds it, or because it is damaged. */
    static JournalException unopened(Path path, SQLException e) {
        return switch (e.getErrorCode() & 0xff) {
            case PERMISSION, BUSY, LOCKED, OUT_OF_MEMORY, READ_ONLY, INPUT_OUTPUT, FULL, CANNOT_OPEN ->
                new JournalException(
                        "A journal needs a file that this process can read and write: file=" + path + ", reason="
                                + e.getMessage()
                                + "; free space on the disk, give the right to write, or end what else uses the file",
                        e);
            default -> damaged(path, String.valueOf(e.getMessage()), e);
        };
    }

    static JournalException damaged(Path path, String what, @Nullable Throwable cause) {
        return new JournalException(
                "A journal opens only when every acknowledged epoch is there and whole: file=" + path + ", fault="
                        + what + "; keep the directory as it is and restore journal.db, journal.db-wal and witness"
                        + " together from a copy. If there is none, move the directory away and start with an empty one:"
                        + " what it held beyond the ledger is lost",
                cause);
    }

    private void missing(String writer, long from, long to) {
        fault((from == to ? "epoch " + from : "epochs " + from + " to " + to) + " of writer " + writer
                + (from == to ? " is missing" : " are missing"));
    }

    private void fault(String what) {
        faultCount++;
        if (faults.size() < FAULTS_SHOWN) {
            faults.add(what);
        }
    }
}
