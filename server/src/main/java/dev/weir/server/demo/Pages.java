package dev.weir.server.demo;

import dev.weir.buffer.WriteBuffer;
import dev.weir.db.Durability;
import dev.weir.db.RowBuffer;
import dev.weir.db.TableBuffer;
import dev.weir.db.TotalUnknownException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import javax.sql.DataSource;

/** The pages and how often they were seen: rows of {@code demo_page}. Thread-safe. */
final class Pages {
    static final String TABLE = "demo_page";

    private static final String HITS = "hits";
    private static final Map<String, Long> NEW_PAGE = Map.of(HITS, 0L);

    private final DataSource database;
    private final WriteBuffer buffer;
    private final TableBuffer accepted;
    private final TableBuffer journaled;

    Pages(DataSource database, WriteBuffer buffer) {
        this.database = database;
        this.buffer = buffer;
        TableBuffer table = buffer.table(TABLE);
        this.accepted = table.durability(Durability.ACCEPTED);
        this.journaled = table.durability(Durability.JOURNALED);
    }

    /** Creates the table when it is missing. Names compare byte for byte: SQLite's default collation does. */
    static void createTable(DataSource database) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "CREATE TABLE IF NOT EXISTS " + TABLE + " (name TEXT NOT NULL PRIMARY KEY, hits BIGINT NOT NULL)");
        }
    }

    /**
     * Counts hits and returns when they are in the journal.
     *
     * @return the page's total, these hits and all that is pending included; empty if the hits were taken in but the
     *     database is away and no base is kept for the page
     */
    OptionalLong hit(String page, long by) {
        try {
            return OptionalLong.of(row(journaled, page).increment(HITS, by));
        } catch (TotalUnknownException e) {
            return OptionalLong.empty();
        }
    }

    /** Counts one hit and returns at once. */
    void hitSoon(String page) {
        row(accepted, page).add(HITS, 1);
    }

    /** Counts one hit and returns when it is in the journal. */
    void hitJournaled(String page) {
        row(journaled, page).add(HITS, 1);
    }

    private static RowBuffer row(TableBuffer table, String page) {
        return table.where(page).orInsert(NEW_PAGE);
    }

    /**
     * The pages with the most hits, and by name among equals. What is pending is written first, because an ordinary SELECT
     * does not see it, nor could it be ordered by it: so every hit that was acknowledged before the call counts.
     */
    List<Page> top(int limit) throws SQLException {
        buffer.flush();
        List<Page> pages = new ArrayList<>();
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "SELECT name, hits FROM " + TABLE + " ORDER BY hits DESC, name LIMIT ?")) {
            select.setInt(1, limit);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    pages.add(new Page(rows.getString(1), rows.getLong(2)));
                }
            }
        }
        return pages;
    }

    /** A page and its total. */
    record Page(String page, long hits) {}
}
