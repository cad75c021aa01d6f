package dev.weir.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import dev.weir.Weir;
import dev.weir.benchmarks.Callers.Caller;
import dev.weir.benchmarks.Contest.WrongStateException;
import dev.weir.db.Counter;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How many increments a second arrive in PostgreSQL, from the first call until all are committed there? */
final class Absorb implements Bench {
    private static final int KEYS = 10_000;
    private static final int CALLERS = 8;
    private static final int CALLS = 1_000_000;
    private static final int FLOOR_CALLS = 24_000;
    private static final int FILL_FACTOR = 50;

    @Override
    public String name() {
        return "absorb";
    }

    @Override
    public String question() {
        return "1,000,000 increments on 10,000 rows by 8 callers, until they are in PostgreSQL";
    }

    @Override
    public String floor() {
        return "one UPDATE and commit a call, 8 connections";
    }

    @Override
    public String unit() {
        return "calls";
    }

    @Override
    public double goal() {
        return 200;
    }

    @Override
    public Plan plan() {
        return Plan.fixedWork(3);
    }

    @Override
    public Contest open(Path directory, Postgres postgres) throws Exception {
        return new UntilCommitted(directory, postgres.database());
    }

    private static final class UntilCommitted implements Contest {
        private final Postgres.Database database;
        private final SingleUpdates updates;
        private final HikariDataSource pool;
        private final Weir weir;
        private final List<Keys> keys = new ArrayList<>();
        private final List<Caller> callers = new ArrayList<>();

        UntilCommitted(Path directory, Postgres.Database database) throws SQLException {
            this.database = database;
            database.counters("floor_counter", KEYS, FILL_FACTOR);
            database.counters("our_counter", KEYS, FILL_FACTOR);
            updates = new SingleUpdates(database, "floor_counter", KEYS, CALLERS);
            pool = database.pool(4);
            weir = Weir.builder().database(pool).journal(directory).build();
            Counter counter = weir.buffer().table("our_counter").counter("n");
            for (int i = 0; i < CALLERS; i++) {
                Keys own = new Keys(i, KEYS);
                keys.add(own);
                callers.add(deadline -> {
                    for (int call = 0; call < CALLS / CALLERS; call++) {
                        counter.add(own.next(), 1);
                    }
                    return CALLS / CALLERS;
                });
            }
        }

        @Override
        public double ours(Duration time) throws Exception {
            long before = System.nanoTime();
            Callers.perSecond(callers, time);
            weir.buffer().flush();
            long nanos = System.nanoTime() - before;
            database.vacuum("our_counter");
            return Callers.perSecond(CALLS, nanos);
        }

        @Override
        public double floor(Duration time) throws Exception {
            double perSecond = updates.runEach(FLOOR_CALLS / CALLERS);
            database.vacuum("floor_counter");
            return perSecond;
        }

        @Override
        public void check() throws Exception {
            updates.check();
            long[] expected = new long[KEYS];
            keys.forEach(own -> own.countInto(expected));
            Tallies.check("our table", expected, database.readCounters("our_counter", KEYS));
            WrongStateException.unlessEqual(
                    "dead letters", 0L, weir.buffer().stats().deadLetters());
        }

        @Override
        public List<String> notes() {
            return List.of(
                    "default settings, ACCEPTED calls, then flush()",
                    "the floor makes %,d calls a round instead of %,d; its rate is by call"
                            .formatted(FLOOR_CALLS, CALLS));
        }

        @Override
        public void close() throws SQLException {
            weir.close();
            pool.close();
            updates.close();
        }
    }
}
