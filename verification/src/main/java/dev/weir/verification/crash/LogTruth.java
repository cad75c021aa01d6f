package dev.weir.verification.crash;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * What access logs say, computed slowly and plainly from the rules that users are told, with nothing of replay's. The content
 * of a table is a multiset of texts, one a row.
 */
final class LogTruth {
    private static final Pattern LINE = Pattern.compile("(\\S+) \\S+ \\S+ \\[([^]]+)] \"((?:[^\"\\\\]|\\\\.)*+)\""
            + " (\\d{3}) (-|\\d+)(?: \"((?:[^\"\\\\]|\\\\.)*+)\" \"((?:[^\"\\\\]|\\\\.)*+)\"(?: .*)?)?");
    private static final Pattern REQUEST = Pattern.compile("([A-Z]+) (\\S+)(?: HTTP/\\d\\.\\d)?");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("dd/MMM/uuuu:HH:mm:ss Z", Locale.ROOT).withResolverStyle(ResolverStyle.STRICT);
    private static final int LONGEST_LINE = 64 * 1024;
    private static final int LONGEST_KEY = 512;

    /** A line: null where it is rejected. */
    private record Line(@Nullable Hit hit, long end) {}

    private record Hit(
            LocalDateTime at,
            String address,
            String method,
            String target,
            String path,
            int status,
            @Nullable Long bytes,
            @Nullable String referrer,
            @Nullable String agent) {}

    private final Map<Path, List<Line>> files = new LinkedHashMap<>();

    /** Reads the files. */
    LogTruth(List<Path> paths) throws IOException {
        for (Path path : paths) {
            files.put(path, lines(bytes(path)));
        }
    }

    private static byte[] bytes(Path path) throws IOException {
        if (!path.toString().endsWith(".gz")) {
            return Files.readAllBytes(path);
        }
        try (InputStream input = new GZIPInputStream(Files.newInputStream(path))) {
            return input.readAllBytes();
        }
    }

    private static List<Line> lines(byte[] bytes) {
        List<Line> lines = new ArrayList<>();
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                lines.add(new Line(hit(line), i + 1));
                line.reset();
            } else {
                line.write(bytes[i]);
            }
        }
        if (line.size() > 0) {
            lines.add(new Line(hit(line), bytes.length));
        }
        return lines;
    }

    private static @Nullable Hit hit(ByteArrayOutputStream bytes) {
        String text = bytes.toString(StandardCharsets.UTF_8);
        if (text.endsWith("\r")) {
            text = text.substring(0, text.length() - 1);
        }
        Matcher line = LINE.matcher(text);
        if (bytes.size() > LONGEST_LINE || !line.matches()) {
            return null;
        }
        Matcher request = REQUEST.matcher(line.group(3));
        if (!request.matches() || line.group(1).length() > LONGEST_KEY) {
            return null;
        }
        String target = request.group(2);
        int query = target.indexOf('?');
        String path = query < 0 ? target : target.substring(0, query);
        if (path.length() > LONGEST_KEY) {
            return null;
        }
        try {
            LocalDateTime at = OffsetDateTime.parse(line.group(2), TIME)
                    .withOffsetSameInstant(ZoneOffset.UTC)
                    .toLocalDateTime();
            Long size = line.group(5).equals("-") ? null : Long.valueOf(line.group(5));
            return new Hit(
                    at,
                    line.group(1),
                    request.group(1),
                    target,
                    path,
                    Integer.parseInt(line.group(4)),
                    size,
                    orNull(line.group(6)),
                    orNull(line.group(7)));
        } catch (DateTimeException | NumberFormatException e) {
            return null;
        }
    }

    private static @Nullable String orNull(@Nullable String field) {
        return field == null || field.equals("-") ? null : field;
    }

    /** All lines of all files. */
    Map<Path, Integer> whole() {
        Map<Path, Integer> counts = new LinkedHashMap<>();
        files.forEach((path, lines) -> counts.put(path, lines.size()));
        return counts;
    }

    /** What the database holds when so many lines of each file are in. */
    Map<String, Integer> content(Map<Path, Integer> counts) {
        Map<String, Integer> rows = new TreeMap<>();
        Map<String, long[]> pages = new TreeMap<>();
        Map<String, LocalDateTime> pageSeen = new TreeMap<>();
        Map<String, Integer> visitors = new TreeMap<>();
        Map<String, Hit> visitorLast = new TreeMap<>();
        files.forEach((file, lines) -> {
            for (Line line : lines.subList(0, counts.getOrDefault(file, 0))) {
                Hit hit = line.hit;
                if (hit != null) {
                    long[] page = pages.computeIfAbsent(hit.path, path -> new long[2]);
                    page[0]++;
                    page[1] += hit.bytes == null ? 0 : hit.bytes;
                    pageSeen.put(hit.path, hit.at);
                    visitors.merge(hit.address, 1, Integer::sum);
                    visitorLast.put(hit.address, hit);
                    rows.merge(
                            hit(
                                    hit.at,
                                    hit.address,
                                    hit.method,
                                    hit.target,
                                    hit.status,
                                    hit.bytes,
                                    hit.referrer,
                                    hit.agent),
                            1,
                            Integer::sum);
                }
            }
        });
        pages.forEach((path, sums) ->
                rows.merge(page(path, sums[0], sums[1], Objects.requireNonNull(pageSeen.get(path))), 1, Integer::sum));
        visitorLast.forEach((address, last) -> rows.merge(
                visitor(address, Objects.requireNonNull(visitors.get(address)), last.path, last.at), 1, Integer::sum));
        return rows;
    }

    /** Where a file ends, or a part of it. */
    long bytes(Path file, int count) {
        List<Line> lines = files.getOrDefault(file, List.of());
        return count == 0 ? 0 : lines.get(count - 1).end;
    }

    /** The rejected lines in order, each as {@code FILE:LINE}. */
    List<String> rejected() {
        List<String> rejected = new ArrayList<>();
        files.forEach((file, lines) -> {
            for (int i = 0; i < lines.size(); i++) {
                if (lines.get(i).hit == null) {
                    rejected.add(file + ":" + (i + 1));
                }
            }
        });
        return rejected;
    }

    static String page(Object path, long hits, long bytes, Object seen) {
        return "page " + path + " hits=" + hits + " bytes=" + bytes + " last_seen=" + seen;
    }

    static String visitor(Object address, long hits, Object path, Object seen) {
        return "visitor " + address + " hits=" + hits + " last_path=" + path + " last_seen=" + seen;
    }

    static String hit(
            Object at,
            Object address,
            Object method,
            Object target,
            long status,
            @Nullable Object bytes,
            @Nullable Object referrer,
            @Nullable Object agent) {
        return "hit " + at + " " + address + " " + method + " " + target + " " + status + " " + bytes + " " + referrer
                + " " + agent;
    }
}
