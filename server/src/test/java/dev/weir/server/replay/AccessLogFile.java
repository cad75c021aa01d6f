package dev.weir.server.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.db.Database;
import dev.weir.db.Row;
import dev.weir.server.database.TargetDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;

/** Log lines made by number, and what has to be in the database after they were counted. */
final class AccessLogFile {
    private static final Instant START = Instant.parse("2000-10-10T20:55:36Z");

    private AccessLogFile() {}

    /** Every seventeenth line is one that is rejected. */
    static boolean isRejected(int line) {
        return line % 17 == 16;
    }

    static String line(int line) {
        if (isRejected(line)) {
            return "this is no line of an access log: " + line;
        }
        return "10.0.0." + line % 7 + " - - [" + date(line) + "] \"GET /p" + line % 5 + "?q=" + line
                + " HTTP/1.1\" 200 " + (line % 3 == 0 ? "-" : line) + " \"-\" \"agent\"";
    }

    private static String date(int line) {
        return String.format("10/Oct/2000:%02d:%02d:%02d +0000", line / 3_600 % 24, line / 60 % 60, line % 60);
    }

    private static Instant at(int line) {
        return START.minusSeconds(20 * 3_600 + 55 * 60 + 36).plusSeconds(line);
    }

    /** Lines {@code from} (inclusive) to {@code to} (exclusive), each with its end. */
    static String text(int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to; i++) {
            text.append(line(i)).append('\n');
        }
        return text.toString();
    }

    static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return out.toByteArray();
    }

    static long rejected(int lines) {
        return IntStream.range(0, lines).filter(AccessLogFile::isRejected).count();
    }

    private record Page(long hits, long bytes, Instant lastSeen) {}

    private record Visitor(long hits, String lastPath, Instant lastSeen) {}

    /** Checks every row, after the first {@code lines} lines were counted {@code times} times. */
    static void check(TargetDatabase target, int lines, int times) {
        Map<String, Page> pages = new TreeMap<>();
        Map<String, Visitor> visitors = new TreeMap<>();
        for (int time = 0; time < times; time++) {
            for (int i = 0; i < lines; i++) {
                if (!isRejected(i)) {
                    String path = "/p" + i % 5;
                    long size = i % 3 == 0 ? 0 : i;
                    Instant at = at(i);
                    pages.merge(
                            path,
                            new Page(1, size, at),
                            (old, more) -> new Page(old.hits + 1, old.bytes + more.bytes, at));
                    visitors.merge(
                            "10.0.0." + i % 7,
                            new Visitor(1, path, at),
                            (old, more) -> new Visitor(old.hits + 1, path, at));
                }
            }
        }
        Database database = Database.builder(target.dataSource()).build();
        Map<String, Page> foundPages = new TreeMap<>();
        for (Row row : database.table("page").list()) {
            foundPages.put(
                    row.getString("path"),
                    new Page(row.getLong("hits"), row.getLong("bytes"), row.getInstant("last_seen")));
        }
        Map<String, Visitor> foundVisitors = new TreeMap<>();
        for (Row row : database.table("visitor").list()) {
            foundVisitors.put(
                    row.getString("address"),
                    new Visitor(row.getLong("hits"), row.getString("last_path"), row.getInstant("last_seen")));
        }
        assertThat(foundPages).isEqualTo(pages);
        assertThat(foundVisitors).isEqualTo(visitors);
        assertThat(database.table("hit").count()).isEqualTo((lines - rejected(lines)) * times);
    }

    /** Checks that each rejected line is in the log of rejected lines as often as it was counted. */
    static void checkRejected(List<String> log, String shown, int lines, int times) {
        List<String> expected = IntStream.range(0, lines * times)
                .filter(i -> isRejected(i % lines))
                .mapToObj(i -> shown + ":" + (i % lines + 1)
                        + ": the date is not like [10/Oct/2000:13:55:36 -0700] or not in the calendar")
                .toList();
        assertThat(log).isEqualTo(expected);
    }
}
