package dev.weir.benchmarks;

import dev.weir.server.replay.AccessLine;
import dev.weir.server.replay.LineSource;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The floor of {@code replay}: what a careful programmer writes who needs just this. Sums in maps, one transaction for 10,000
 * lines that carries the position in the file, several rows a statement, each statement prepared once.
 */
final class HandLoader implements AutoCloseable {
    private static final int LINES = 10_000;
    /** Rows of one INSERT into {@code hit}. */
    private static final int ROWS = 100;

    private final Connection connection;
    private final PreparedStatement hits;
    private final PreparedStatement page;
    private final PreparedStatement visitor;
    private final PreparedStatement position;
    private final Map<String, Page> pages = new HashMap<>();
    private final Map<String, Visitor> visitors = new HashMap<>();
    private final Ids ids = new Ids();
    private final Hit[] rows = new Hit[ROWS];
    private int filled;
    private long lastSecond = Long.MIN_VALUE;
    private String lastTime = "";

    /** What one transaction adds to a page. */
    private static final class Page {
        private long hits;
        private long bytes;
        private String lastSeen = "";
    }

    /** What one transaction adds to a visitor. */
    private static final class Visitor {
        private long hits;
        private String lastPath = "";
        private String lastSeen = "";
    }

    /** A row of {@code hit}; the size is -1 if there is none. */
    private record Hit(
            String id,
            String at,
            String address,
            String method,
            String target,
            int status,
            long bytes,
            @Nullable String referrer,
            @Nullable String agent) {}

    /** Loads into a database that has the tables already. */
    HandLoader(Connection connection) throws SQLException {
        this.connection = connection;
        try (Statement statement = connection.createStatement()) {
            statement.execute("create table if not exists loader_position"
                    + " (file text primary key, bytes bigint not null, lines bigint not null)");
        }
        connection.setAutoCommit(false);
        hits = connection.prepareStatement(insertHits(ROWS));
        page = connection.prepareStatement("insert into page (path, hits, bytes, last_seen) values (?, ?, ?, ?)"
                + " on conflict (path) do update set hits = hits + excluded.hits, bytes = bytes + excluded.bytes,"
                + " last_seen = excluded.last_seen");
        visitor = connection.prepareStatement("insert into visitor (address, hits, last_path, last_seen)"
                + " values (?, ?, ?, ?) on conflict (address) do update set hits = hits + excluded.hits,"
                + " last_path = excluded.last_path, last_seen = excluded.last_seen");
        position = connection.prepareStatement("insert into loader_position (file, bytes, lines) values (?, ?, ?)"
                + " on conflict (file) do update set bytes = excluded.bytes, lines = excluded.lines");
    }

    private static String insertHits(int rows) {
        return "insert into hit (id, at, address, method, target, status, bytes, referrer, agent) values"
                + " (?, ?, ?, ?, ?, ?, ?, ?, ?)"
                + ", (?, ?, ?, ?, ?, ?, ?, ?, ?)".repeat(rows - 1);
    }

    /** Loads a file from its start and answers how many lines it had. */
    long load(Path file) throws IOException, SQLException {
        long lines = 0;
        AccessLine line = new AccessLine();
        try (LineSource source = LineSource.open(file)) {
            while (source.next()) {
                lines++;
                if (!source.tooLong() && line.parse(source.data(), source.from(), source.to())) {
                    take(line);
                }
                if (lines % LINES == 0) {
                    commit(file, source.bytes(), lines);
                }
            }
            commit(file, source.bytes(), lines);
        }
        return lines;
    }

    private void take(AccessLine line) throws SQLException {
        String path = line.path();
        String address = line.address();
        String at = time(line.epochSecond());
        Page pageSums = pages.computeIfAbsent(path, p -> new Page());
        pageSums.hits++;
        pageSums.bytes += line.bytes();
        pageSums.lastSeen = at;
        Visitor visitorSums = visitors.computeIfAbsent(address, a -> new Visitor());
        visitorSums.hits++;
        visitorSums.lastPath = path;
        visitorSums.lastSeen = at;
        rows[filled++] = new Hit(
                ids.next(),
                at,
                address,
                line.method(),
                line.target(),
                line.status(),
                line.hasBytes() ? line.bytes() : -1,
                line.referrer(),
                line.agent());
        if (filled == ROWS) {
            insert(hits);
        }
    }

    private void insert(PreparedStatement statement) throws SQLException {
        int i = 1;
        for (int row = 0; row < filled; row++) {
            Hit hit = rows[row];
            statement.setString(i++, hit.id);
            statement.setString(i++, hit.at);
            statement.setString(i++, hit.address);
            statement.setString(i++, hit.method);
            statement.setString(i++, hit.target);
            statement.setInt(i++, hit.status);
            if (hit.bytes < 0) {
                statement.setNull(i++, Types.BIGINT);
            } else {
                statement.setLong(i++, hit.bytes);
            }
            statement.setString(i++, hit.referrer);
            statement.setString(i++, hit.agent);
        }
        statement.executeUpdate();
        filled = 0;
    }

    private void insertRest() throws SQLException {
        if (filled > 0) {
            try (PreparedStatement rest = connection.prepareStatement(insertHits(filled))) {
                insert(rest);
            }
        }
    }

    private String time(long second) {
        if (second != lastSecond) {
            lastSecond = second;
            lastTime = Instant.ofEpochSecond(second).toString();
        }
        return lastTime;
    }

    private void commit(Path file, long bytes, long lines) throws SQLException {
        insertRest();
        for (Map.Entry<String, Page> entry : pages.entrySet()) {
            Page sums = entry.getValue();
            page.setString(1, entry.getKey());
            page.setLong(2, sums.hits);
            page.setLong(3, sums.bytes);
            page.setString(4, sums.lastSeen);
            page.addBatch();
        }
        page.executeBatch();
        for (Map.Entry<String, Visitor> entry : visitors.entrySet()) {
            Visitor sums = entry.getValue();
            visitor.setString(1, entry.getKey());
            visitor.setLong(2, sums.hits);
            visitor.setString(3, sums.lastPath);
            visitor.setString(4, sums.lastSeen);
            visitor.addBatch();
        }
        visitor.executeBatch();
        pages.clear();
        visitors.clear();
        position.setString(1, file.toString());
        position.setLong(2, bytes);
        position.setLong(3, lines);
        position.executeUpdate();
        connection.commit();
    }

    @Override
    public void close() throws SQLException {
        hits.close();
        page.close();
        visitor.close();
        position.close();
    }
}
