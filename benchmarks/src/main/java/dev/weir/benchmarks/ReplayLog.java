package dev.weir.benchmarks;

import dev.weir.benchmarks.Contest.WrongStateException;
import dev.weir.db.Durability;
import dev.weir.server.database.TargetDatabase;
import dev.weir.server.replay.Replay;
import dev.weir.server.replay.ReplayOptions;
import dev.weir.server.replay.ReplayTotals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

/** How fast does a log get into SQLite, beside a loader written for just that? */
final class ReplayLog implements Bench {
    private static final int LINES = 500_000;
    private static final long SEED = 1;

    @Override
    public String name() {
        return "replay";
    }

    @Override
    public String question() {
        return "lines a second of a made log of 500,000 lines into SQLite, as the command does it";
    }

    @Override
    public String floor() {
        return "a hand-written loader: the same parser, sums in maps, one transaction for 10,000 lines with the position";
    }

    @Override
    public String unit() {
        return "lines";
    }

    @Override
    public double goal() {
        return 0.6;
    }

    @Override
    public Plan plan() {
        return Plan.fixedWork(1);
    }

    @Override
    public Contest open(Path directory, Postgres postgres) throws Exception {
        return new Load(directory);
    }

    private static final class Load implements Contest {
        private static final List<String> TABLES = List.of(
                "create table page(path text not null primary key, hits bigint not null, bytes bigint not null,"
                        + " last_seen timestamp not null)",
                "create table visitor(address text not null primary key, hits bigint not null,"
                        + " last_path text not null, last_seen timestamp not null)",
                "create table hit(id text not null primary key, at timestamp not null, address text not null,"
                        + " method text not null, target text not null, status int not null, bytes bigint,"
                        + " referrer text, agent text)");

        private final Path directory;
        private final Path log;
        private int round;
        private Path ourDatabase;
        private Path floorDatabase;

        Load(Path directory) throws IOException {
            this.directory = directory;
            log = directory.resolve("made.log");
            ourDatabase = log;
            floorDatabase = log;
            MadeLog.write(log, LINES, SEED);
        }

        @Override
        public double ours(Duration time) throws Exception {
            Path data = Files.createDirectory(directory.resolve("ours-" + ++round));
            ourDatabase = data.resolve("weir.db");
            try (TargetDatabase target = TargetDatabase.open("jdbc:sqlite:" + ourDatabase)) {
                Replay replay = new Replay(new ReplayOptions(
                        List.of(log.toString()),
                        target.dataSource(),
                        target.shownUrl(),
                        data,
                        Durability.ACCEPTED,
                        0,
                        false));
                long begin = System.nanoTime();
                ReplayTotals totals = replay.run();
                long nanos = System.nanoTime() - begin;
                WrongStateException.unlessEqual("accepted lines", (long) LINES, totals.accepted());
                WrongStateException.unlessEqual(
                        "problem", "none", totals.problem() == null ? "none" : totals.problem());
                return Callers.perSecond(totals.lines(), nanos);
            }
        }

        @Override
        public double floor(Duration time) throws Exception {
            Path data = Files.createDirectory(directory.resolve("floor-" + ++round));
            floorDatabase = data.resolve("floor.db");
            // The same driver settings as the command's.
            try (TargetDatabase target = TargetDatabase.open("jdbc:sqlite:" + floorDatabase);
                    Connection connection = target.dataSource().getConnection()) {
                long begin = System.nanoTime();
                for (String table : TABLES) {
                    Postgres.execute(connection, table);
                }
                long lines;
                try (HandLoader loader = new HandLoader(connection)) {
                    lines = loader.load(log);
                }
                long nanos = System.nanoTime() - begin;
                WrongStateException.unlessEqual("lines of the floor", (long) LINES, lines);
                return Callers.perSecond(lines, nanos);
            }
        }

        @Override
        public void check() throws Exception {
            try (TargetDatabase target = TargetDatabase.open("jdbc:sqlite:" + ourDatabase);
                    Connection connection = target.dataSource().getConnection()) {
                Postgres.execute(connection, "attach database '" + floorDatabase + "' as floor");
                WrongStateException.unlessEqual(
                        "lines that we counted", (long) LINES, count(connection, "select sum(hits) from page"));
                same(connection, "path, hits, bytes, last_seen", "page");
                same(connection, "address, hits, last_path, last_seen", "visitor");
                // The ids are each side's own.
                same(
                        connection,
                        "at, address, method, target, status, bytes, referrer, agent, count(*)",
                        "hit",
                        " group by at, address, method, target, status, bytes, referrer, agent");
            }
        }

        private static void same(Connection connection, String columns, String table)
                throws SQLException, WrongStateException {
            same(connection, columns, table, "");
        }

        private static void same(Connection connection, String columns, String table, String group)
                throws SQLException, WrongStateException {
            String ours = "select " + columns + " from main." + table + group;
            String floor = "select " + columns + " from floor." + table + group;
            for (String difference : List.of(ours + " except " + floor, floor + " except " + ours)) {
                WrongStateException.unlessEqual(
                        "rows of " + table + " that only one side has",
                        0L,
                        count(connection, "select count(*) from (" + difference + ")"));
            }
        }

        private static long count(Connection connection, String sql) throws SQLException {
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(sql)) {
                rows.next();
                return rows.getLong(1);
            }
        }

        @Override
        public List<String> notes() {
            return List.of(
                    "a fresh database each round; ours at the command's default durability (accepted), until all is in"
                            + " the database and the journal is closed",
                    "both sides have the same parser, tables and driver settings (WAL, synchronous=FULL)");
        }

        @Override
        public void close() {}
    }
}
