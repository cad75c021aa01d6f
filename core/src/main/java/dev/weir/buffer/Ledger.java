package dev.weir.buffer;

import dev.weir.db.Database;
import dev.weir.db.engine.Dialect;
import dev.weir.db.engine.Dialect.OwnColumn;
import dev.weir.db.engine.ValueKind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The buffer's own tables in the target database. {@code weir_ledger} has a row a writer: the last epoch that is in.
 * {@code weir_dead_letter} keeps what the database refused, {@code weir_handover} what committed transactions handed over.
 * Stateless; each call runs in the caller's transaction.
 */
final class Ledger {
    static final String LEDGER = "weir_ledger";
    static final String DEAD_LETTER = "weir_dead_letter";
    static final String HANDOVER = "weir_handover";

    /** Stands in the row of a writer that an operator retired: it never matches an epoch, and whoever reads it must stop. */
    static final long RETIRED = -2;

    /** The format of what lies in these tables. */
    static final int FORMAT = 1;

    private static final List<OwnColumn> LEDGER_COLUMNS = List.of(
            new OwnColumn("writer", ValueKind.TEXT, 36),
            new OwnColumn("seq", ValueKind.INTEGER, 0),
            new OwnColumn("format", ValueKind.INTEGER, 0));
    private static final List<OwnColumn> DEAD_LETTER_COLUMNS = List.of(
            new OwnColumn("id", ValueKind.TEXT, 36),
            new OwnColumn("writer", ValueKind.TEXT, 36),
            new OwnColumn("epoch", ValueKind.INTEGER, 0),
            new OwnColumn("table_name", ValueKind.TEXT, 255),
            new OwnColumn("change", ValueKind.TEXT, 0),
            new OwnColumn("reason", ValueKind.TEXT, 255),
            new OwnColumn("at_millis", ValueKind.INTEGER, 0));
    private static final List<OwnColumn> HANDOVER_COLUMNS = List.of(
            new OwnColumn("id", ValueKind.TEXT, 36),
            new OwnColumn("writer", ValueKind.TEXT, 36),
            new OwnColumn("change", ValueKind.TEXT, 0));

    private final Dialect dialect;

    Ledger(Database database) {
        this(database.dialect());
    }

    Ledger(Dialect dialect) {
        this.dialect = dialect;
    }

    /** The statements that make the tables. */
    static List<String> ddl(Dialect dialect) {
        return List.of(
                dialect.createOwnTable(LEDGER, LEDGER_COLUMNS, List.of("writer")),
                dialect.createOwnTable(DEAD_LETTER, DEAD_LETTER_COLUMNS, List.of("id")),
                dialect.createOwnTable(HANDOVER, HANDOVER_COLUMNS, List.of("id")));
    }

    /** Whether one of the writers has a row; none has where the table is missing. */
    boolean knowsAny(Connection connection, Set<String> writers) throws SQLException {
        if (dialect.tableNames(connection).stream().noneMatch(LEDGER::equalsIgnoreCase)) {
            return false;
        }
        try (PreparedStatement select = connection.prepareStatement("SELECT " + q("writer") + " FROM " + q(LEDGER));
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                if (writers.contains(rows.getString(1))) {
                    return true;
                }
            }
            return false;
        }
    }

    /** Makes the tables that are missing; needs no right to do so when none is. */
    void createTables(Connection connection) throws SQLException {
        List<String> there = dialect.tableNames(connection);
        boolean missing = List.of(LEDGER, DEAD_LETTER, HANDOVER).stream()
                .anyMatch(own -> there.stream().noneMatch(own::equalsIgnoreCase));
        if (missing) {
            try (Statement statement = connection.createStatement()) {
                for (String sql : ddl(dialect)) {
                    statement.execute(sql);
                }
            }
        }
    }

    /** Makes a writer's row if it is missing. */
    void makeRow(Connection connection, String writer) throws SQLException {
        if (read(connection, writer) < 0) {
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + q(LEDGER) + " (" + q("writer")
                    + ", " + q("seq") + ", " + q("format") + ") VALUES (?, 0, ?)")) {
                insert.setString(1, writer);
                insert.setInt(2, FORMAT);
                insert.executeUpdate();
            }
        }
    }

    /**
     * The last epoch of a writer that is in the database; -1 if it has no row.
     *
     * @throws JournalException if the writer was retired, or a newer version wrote its row
     */
    long read(Connection connection, String writer) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT " + q("seq") + ", " + q("format") + " FROM " + q(LEDGER) + " WHERE " + q("writer") + " = ?")) {
            select.setString(1, writer);
            try (ResultSet rows = select.executeQuery()) {
                if (!rows.next()) {
                    return -1;
                }
                return checked(writer, rows.getLong(1), rows.getInt(2));
            }
        }
    }

    private static long checked(String writer, long seq, int format) {
        if (format > FORMAT) {
            throw new JournalException(
                    "A ledger is read by the version that wrote it or a newer one: writer=" + writer + ", format="
                            + format + ", known=" + FORMAT + ". Use that version.",
                    null);
        }
        if (seq == RETIRED) {
            throw new JournalException(
                    "A retired writer writes no more: writer=" + writer
                            + ". What its journal holds was given up by `weir buffer retire`; move the journal away and start with a new one.",
                    null);
        }
        return seq;
    }

    /** {@link #read} for many writers in one statement; those without a row are left out. */
    Map<String, Long> read(Connection connection, Set<String> writers) throws SQLException {
        Map<String, Long> found = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement(
                        "SELECT " + q("writer") + ", " + q("seq") + ", " + q("format") + " FROM " + q(LEDGER));
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                String writer = rows.getString(1);
                if (writers.contains(writer)) {
                    found.put(writer, checked(writer, rows.getLong(2), rows.getInt(3)));
                }
            }
        }
        return found;
    }

    /** Moves a writer's row from one epoch to another; answers whether it stood there. */
    boolean advance(Connection connection, String writer, long from, long to) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("UPDATE " + q(LEDGER) + " SET " + q("seq")
                + " = ? WHERE " + q("writer") + " = ? AND " + q("seq") + " = ?")) {
            update.setLong(1, to);
            update.setString(2, writer);
            update.setLong(3, from);
            return update.executeUpdate() == 1;
        }
    }

    private String q(String identifier) {
        return dialect.quote(identifier);
    }
}
