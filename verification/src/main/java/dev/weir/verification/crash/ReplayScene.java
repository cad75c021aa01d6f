package dev.weir.verification.crash;

import dev.weir.db.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A replay of made logs: at each moment the database holds exactly the lines that its positions say. */
final class ReplayScene implements Scene {
    private final Target target;
    private final Path data;
    private final List<Path> files;
    private final LogTruth truth;
    private final Durability durability;
    private final double rate;

    ReplayScene(Target target, Path data, List<Path> files, LogTruth truth, Durability durability, double rate) {
        this.target = target;
        this.data = data;
        this.files = files;
        this.truth = truth;
        this.durability = durability;
        this.rate = rate;
    }

    @Override
    public Target target() {
        return target;
    }

    @Override
    public List<String> arguments() {
        List<String> arguments = new ArrayList<>(
                List.of("work=" + Work.REPLAY, "data=" + data, "durability=" + durability, "rate=" + rate));
        files.forEach(file -> arguments.add("file=" + file));
        return arguments;
    }

    @Override
    public void heard(String line) {
        // Replay tells nothing that the check needs.
    }

    @Override
    public void ended(boolean killed) {
        // Its position is in the database.
    }

    private record Position(long bytes, int lines, boolean finished) {}

    private Map<Path, Position> positions(Connection connection) throws SQLException {
        Map<Path, Position> positions = new LinkedHashMap<>();
        if (target.has(connection, "weir_replay")) {
            Target.rows(connection, "select * from weir_replay", row -> {
                for (Path file : files) {
                    if (row.getString("file").equals("file:" + file)) {
                        positions.put(
                                file,
                                new Position(
                                        row.getLong("bytes"), row.getInt("line_count"), row.getInt("finished") != 0));
                    }
                }
                return true;
            });
        }
        return positions;
    }

    private Map<String, Integer> content(Connection connection) throws SQLException {
        Map<String, Integer> rows = new TreeMap<>();
        List<String> texts = new ArrayList<>();
        if (target.has(connection, "page")) {
            texts.addAll(Target.rows(
                    connection,
                    "select * from page",
                    row -> LogTruth.page(
                            row.getString("path"),
                            row.getLong("hits"),
                            row.getLong("bytes"),
                            target.time(row, "last_seen"))));
        }
        if (target.has(connection, "visitor")) {
            texts.addAll(Target.rows(
                    connection,
                    "select * from visitor",
                    row -> LogTruth.visitor(
                            row.getString("address"),
                            row.getLong("hits"),
                            row.getString("last_path"),
                            target.time(row, "last_seen"))));
        }
        if (target.has(connection, "hit")) {
            texts.addAll(Target.rows(
                    connection,
                    "select * from hit",
                    row -> LogTruth.hit(
                            target.time(row, "at"),
                            row.getString("address"),
                            row.getString("method"),
                            row.getString("target"),
                            row.getLong("status"),
                            row.getString("bytes"),
                            row.getString("referrer"),
                            row.getString("agent"))));
        }
        texts.forEach(text -> rows.merge(text, 1, Integer::sum));
        return rows;
    }

    private List<String> letters(Connection connection) throws SQLException {
        List<String> wrong = new ArrayList<>();
        for (String table : List.of("weir_dead_letter", "weir_handover")) {
            if (target.has(connection, table) && Target.single(connection, "select count(*) from " + table) > 0) {
                wrong.add(table + " is not empty");
            }
        }
        return wrong;
    }

    @Override
    public List<String> wrongBetween() throws SQLException {
        return target.read(connection -> {
            Map<Path, Position> positions = positions(connection);
            Map<Path, Integer> counts = new HashMap<>();
            List<String> wrong = new ArrayList<>(letters(connection));
            positions.forEach((file, position) -> {
                counts.put(file, position.lines);
                if (truth.bytes(file, position.lines) != position.bytes) {
                    wrong.add("position of " + file.getFileName() + ": " + position + ", that many lines have "
                            + truth.bytes(file, position.lines) + " bytes");
                }
            });
            wrong.addAll(Scene.differences(truth.content(counts), content(connection)));
            return wrong;
        });
    }

    @Override
    public List<String> wrong() throws SQLException, IOException {
        List<String> wrong = new ArrayList<>(wrongBetween());
        target.read(connection -> {
            Map<Path, Position> positions = positions(connection);
            truth.whole().forEach((file, lines) -> {
                Position expected = new Position(truth.bytes(file, lines), lines, true);
                if (!expected.equals(positions.get(file))) {
                    wrong.add("position of " + file.getFileName() + ": " + positions.get(file) + " instead of "
                            + expected);
                }
            });
            long ids = Target.single(connection, "select count(distinct id) from hit where id like '________-____-7%'");
            long hits = Target.single(connection, "select count(*) from hit");
            if (ids != hits) {
                wrong.add("of " + hits + " hits only " + ids + " have an id of their own that is a UUIDv7");
            }
            return true;
        });
        List<String> rejected = Files.readAllLines(data.resolve("rejected.log")).stream()
                .map(line -> line.replaceFirst("^(.*?:\\d+): \\S.*$", "$1"))
                .toList();
        if (!rejected.equals(truth.rejected())) {
            wrong.add("rejected.log has " + rejected.size() + " lines instead of "
                    + truth.rejected().size() + ", or others: first difference at line "
                    + firstDifference(rejected, truth.rejected()));
        }
        return wrong;
    }

    private static int firstDifference(List<String> found, List<String> expected) {
        int i = 0;
        while (i < found.size() && i < expected.size() && found.get(i).equals(expected.get(i))) {
            i++;
        }
        return i + 1;
    }
}
