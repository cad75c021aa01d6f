package dev.weir.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.weir.Weir;
import dev.weir.benchmarks.Callers.Caller;
import dev.weir.benchmarks.Contest.WrongStateException;
import dev.weir.buffer.BufferSettings;
import dev.weir.db.Counter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The call alone: {@code Counter.addAndGet} against a map of atomic longs. */
final class CallContest implements Contest {
    private static final int THREADS = 2;
    /** Calls between two looks at the clock. */
    private static final int CALLS = 1_000;

    private static final Duration NEVER = Duration.ofDays(1);

    private final int keys;
    private final ConcurrentHashMap<Long, AtomicLong> map;
    private final List<MapCaller> mapCallers = new ArrayList<>();
    private final HikariDataSource dataSource;
    private final Weir weir;
    private final List<CounterCaller> counterCallers = new ArrayList<>();

    CallContest(Path directory, int keys) throws SQLException {
        this.keys = keys;
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl("jdbc:sqlite:" + directory.resolve("target.db"));
        config.setMaximumPoolSize(4);
        dataSource = new HikariDataSource(config);
        fill();
        weir = Weir.builder()
                .database(dataSource)
                .journal(directory.resolve("journal"))
                .buffer(BufferSettings.builder()
                        .flushInterval(NEVER)
                        .flushRows(Integer.MAX_VALUE)
                        .baseMaxAge(NEVER)
                        .maxRows(2L * keys)
                        .build())
                .build();
        Counter counter = weir.buffer().table("counter").counter("n");
        for (long key = 0; key < keys; key++) {
            counter.addAndGet(key, 1);
        }
        map = new ConcurrentHashMap<>(keys);
        for (long key = 0; key < keys; key++) {
            map.put(key, new AtomicLong(1));
        }
        for (int i = 0; i < THREADS; i++) {
            mapCallers.add(new MapCaller(map, new Keys(i, keys)));
            counterCallers.add(new CounterCaller(counter, new Keys(i, keys)));
        }
    }

    private void fill() throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            Postgres.execute(connection, "pragma journal_mode = wal");
            Postgres.execute(connection, "create table counter (id integer primary key, n bigint not null)");
            connection.setAutoCommit(false);
            try (PreparedStatement insert = connection.prepareStatement("insert into counter values (?, 0)")) {
                for (int key = 0; key < keys; key++) {
                    insert.setLong(1, key);
                    insert.executeUpdate();
                }
            }
            connection.commit();
            connection.setAutoCommit(true);
        }
    }

    @Override
    public double ours(Duration time) throws Exception {
        return Callers.perSecond(counterCallers, time);
    }

    @Override
    public double floor(Duration time) throws Exception {
        return Callers.perSecond(mapCallers, time);
    }

    @Override
    public void check() throws Exception {
        long[] expected = new long[keys];
        mapCallers.forEach(caller -> caller.keys.countInto(expected));
        for (int key = 0; key < keys; key++) {
            AtomicLong found = map.get((long) key);
            WrongStateException.unlessEqual(
                    "the map's count of key " + key, expected[key] + 1, found == null ? 0L : found.get());
        }
        WrongStateException.unlessEqual(
                "flushes while measuring", 0L, weir.buffer().stats().flushes());
        weir.buffer().flush();
        long[] calls = new long[keys];
        counterCallers.forEach(caller -> caller.keys.countInto(calls));
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select id, n from counter")) {
            while (rows.next()) {
                int key = rows.getInt(1);
                WrongStateException.unlessEqual("the table's count of key " + key, calls[key] + 1, rows.getLong(2));
            }
        }
    }

    @Override
    public List<String> notes() {
        return List.of(
                "only the call is measured: flushInterval and baseMaxAge are a day, the rows exist, and each total was"
                        + " asked for once beforehand",
                "after the rounds everything is flushed into SQLite and compared key by key");
    }

    @Override
    public void close() {
        weir.close();
        dataSource.close();
    }

    private static final class MapCaller implements Caller {
        private final ConcurrentHashMap<Long, AtomicLong> map;
        private final Keys keys;

        MapCaller(ConcurrentHashMap<Long, AtomicLong> map, Keys keys) {
            this.map = map;
            this.keys = keys;
        }

        @Override
        public long call(long deadline) {
            Keys keys = this.keys.here();
            long calls = 0;
            long total = 0;
            do {
                for (int i = 0; i < CALLS; i++) {
                    AtomicLong cell = map.get(keys.next());
                    total += cell == null ? 0 : cell.addAndGet(1);
                }
                calls += CALLS;
            } while (System.nanoTime() - deadline < 0);
            this.keys.goTo(keys);
            return total == 0 ? 0 : calls;
        }
    }

    private static final class CounterCaller implements Caller {
        private final Counter counter;
        private final Keys keys;

        CounterCaller(Counter counter, Keys keys) {
            this.counter = counter;
            this.keys = keys;
        }

        @Override
        public long call(long deadline) {
            Keys keys = this.keys.here();
            long calls = 0;
            long total = 0;
            do {
                for (int i = 0; i < CALLS; i++) {
                    total += counter.addAndGet(keys.next(), 1);
                }
                calls += CALLS;
            } while (System.nanoTime() - deadline < 0);
            this.keys.goTo(keys);
            return total == 0 ? 0 : calls;
        }
    }
}
