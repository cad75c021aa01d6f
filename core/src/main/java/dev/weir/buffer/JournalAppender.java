package dev.weir.buffer;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;

/** The connection and the statement of appending. Not thread-safe: the journal's writing lock guards it. */
final class JournalAppender implements AutoCloseable {
    /** SQLite's primary result code for a key that is there already. */
    private static final int CONSTRAINT = 19;

    private final Connection connection;
    private final PreparedStatement insert;

    JournalAppender(Connection connection) throws SQLException {
        this.connection = connection;
        this.insert =
                connection.prepareStatement("insert into epoch (position, appended, crc, data) values (?, ?, ?, ?)");
    }

    Connection connection() {
        return connection;
    }

    /** Inserts an epoch, or finds that it is there already with this content. */
    void append(JournalRow row, long seq, long nowMillis, byte[] data, int length) throws SQLException {
        // SQLite's driver binds whole arrays only.
        byte[] exact = length == data.length ? data : Arrays.copyOf(data, length);
        insert.setLong(1, row.position(seq));
        insert.setLong(2, nowMillis);
        insert.setInt(3, row.checksum(seq, nowMillis, data, length));
        insert.setBytes(4, exact);
        try {
            insert.executeUpdate();
        } catch (SQLException e) {
            if ((e.getErrorCode() & 0xff) != CONSTRAINT) {
                throw e;
            }
            requireSame(row, seq, exact);
        }
        insert.clearParameters();
    }

    /** An earlier try got as far as the file. */
    private void requireSame(JournalRow row, long seq, byte[] data) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("select data from epoch where position = ?")) {
            select.setLong(1, row.position(seq));
            try (ResultSet result = select.executeQuery()) {
                if (!result.next() || !Arrays.equals(result.getBytes(1), data)) {
                    throw new IllegalArgumentException(
                            "An epoch never changes: seq=" + seq + " is in the journal with other content");
                }
            }
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
