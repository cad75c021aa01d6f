package dev.weir.server.demo;

import static dev.weir.schema.model.ColumnType.Kind.BIG_INTEGER;
import static dev.weir.schema.model.ColumnType.Kind.TEXT;

import dev.weir.buffer.WriteBuffer;
import dev.weir.db.Counter;
import dev.weir.db.Durability;
import dev.weir.db.RowBuffer;
import dev.weir.db.TableBuffer;
import dev.weir.db.TotalUnknownException;
import dev.weir.schema.model.ColumnBuilder;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.Table;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;

/** The pages and how often they were seen: rows of {@code demo_page}. Thread-safe. */
final class Pages {
    static final String TABLE = "demo_page";

    private static final String HITS = "hits";
    private static final Map<String, Long> NEW_PAGE = Map.of(HITS, 0L);
    private static final int MOST_KNOWN = 100_000;

    private final DataSource database;
    private final WriteBuffer buffer;
    private final TableBuffer journaled;
    private final Counter countSoon;
    private final Counter countJournaled;
    private final Set<String> known = ConcurrentHashMap.newKeySet();

    Pages(DataSource database, WriteBuffer buffer) {
        this.database = database;
        this.buffer = buffer;
        TableBuffer table = buffer.table(TABLE);
        this.journaled = table.durability(Durability.JOURNALED);
        this.countSoon = table.durability(Durability.ACCEPTED).counter(HITS);
        this.countJournaled = journaled.counter(HITS);
    }

    /** The table. Names compare byte for byte: SQLite's default collation does. */
    static Table declared() {
        return Table.named(TABLE)
                .column("name", ColumnType.of(TEXT), ColumnBuilder::primary)
                .column(HITS, ColumnType.of(BIG_INTEGER), ColumnBuilder::notNull)
                .build();
    }

    /**
     * Counts hits and returns when they are in the journal.
     *
     * @return the page's total, these hits and all that is pending included; empty if the hits were taken in but the
     *     database is away and no base is kept for the page
     */
    OptionalLong hit(String page, long by) {
        try {
            return OptionalLong.of(
                    exists(page)
                            ? countJournaled.addAndGet(page, by)
                            : orInsert(page).increment(HITS, by));
        } catch (TotalUnknownException e) {
            return OptionalLong.empty();
        }
    }

    /** Counts one hit and returns at once. */
    void hitSoon(String page) {
        if (exists(page)) {
            countSoon.add(page, 1);
        } else {
            buffer.table(TABLE).where(page).orInsert(NEW_PAGE).add(HITS, 1);
        }
    }

    /** Counts one hit and returns when it is in the journal. */
    void hitJournaled(String page) {
        if (exists(page)) {
            countJournaled.add(page, 1);
        } else {
            orInsert(page).add(HITS, 1);
        }
    }

    private RowBuffer orInsert(String page) {
        return journaled.where(page).orInsert(NEW_PAGE);
    }

    /**
     * Whether the page has a row, which is made if the database can be reached. Counters are for rows that exist: only they
     * keep a base, which gives every caller a total of its own and outlives the database. Without a row, each hit carries
     * what the flush needs to make one.
     */
    private boolean exists(String page) {
        if (known.contains(page)) {
            return true;
        }
        try (Connection connection = database.getConnection();
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO " + TABLE + " (name, hits) VALUES (?, 0) ON CONFLICT (name) DO NOTHING")) {
            insert.setString(1, page);
            insert.executeUpdate();
        } catch (SQLException e) {
            return false;
        }
        if (known.size() >= MOST_KNOWN) {
            known.clear();
        }
        known.add(page);
        return true;
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
                        "SELECT name, hits FROM " + TABLE + " WHERE hits > 0 ORDER BY hits DESC, name LIMIT ?")) {
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
