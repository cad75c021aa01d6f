package dev.weir.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import dev.weir.Weir;
import dev.weir.benchmarks.Contest.WrongStateException;
import dev.weir.buffer.BufferSettings;
import dev.weir.db.Counter;
import dev.weir.db.Durability;
import dev.weir.db.TableBuffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** How fast do pending counters reach PostgreSQL? */
final class DrainCounters implements Bench {
    private static final int KEYS = 100_000;
    private static final int DIRTY = 50_000;

    @Override
    public String name() {
        return "drain-counters";
    }

    @Override
    public String question() {
        return "rows a second into PostgreSQL, 50,000 dirty counters of 100,000 rows, ledger included";
    }

    @Override
    public String floor() {
        return "temporary table, binary COPY and one UPDATE, by hand";
    }

    @Override
    public String unit() {
        return "rows";
    }

    @Override
    public double goal() {
        return 0.85;
    }

    @Override
    public Plan plan() {
        return new Plan(false, 7, 3);
    }

    @Override
    public Contest open(Path directory, Postgres postgres) throws Exception {
        return new Drain(directory, postgres.database());
    }

    private static final class Drain implements Contest {
        private static final int ROW_BYTES = 2 + 2 * (4 + Long.BYTES);

        private final Postgres.Database database;
        private final Connection connection;
        private final HikariDataSource pool;
        private final Weir weir;
        private final TableBuffer buffer;
        private final Counter counter;
        private final long[] ourExpected = new long[KEYS];
        private final long[] floorExpected = new long[KEYS];
        private int ourRound;
        private int floorRound;

        Drain(Path directory, Postgres.Database database) throws SQLException {
            this.database = database;
            database.counters("floor_counter", KEYS, 100);
            database.counters("our_counter", KEYS, 100);
            connection = database.connect();
            connection.setAutoCommit(false);
            pool = database.pool(4);
            weir = Weir.builder()
                    .database(pool)
                    .journal(directory)
                    .buffer(BufferSettings.builder()
                            .flushInterval(Duration.ofDays(1))
                            .build())
                    .build();
            buffer = weir.buffer().table("our_counter");
            counter = buffer.counter("n");
        }

        /** The same keys and deltas for both sides, others each round, in no order. */
        private static long[][] changes(int round) {
            Random random = new Random(round);
            long[] keys = random.longs(0, KEYS).distinct().limit(DIRTY).toArray();
            long[] deltas = random.longs(DIRTY, 1, 1_000).toArray();
            return new long[][] {keys, deltas};
        }

        @Override
        public double ours(Duration time) throws Exception {
            long[][] changes = changes(ourRound++);
            for (int i = 0; i < DIRTY; i++) {
                counter.add(changes[0][i], changes[1][i]);
                ourExpected[(int) changes[0][i]] += changes[1][i];
            }
            // Returns when the journal has them all, so that the flush alone is measured.
            buffer.durability(Durability.JOURNALED).counter("n").add(changes[0][0], 1);
            ourExpected[(int) changes[0][0]]++;
            database.vacuum("our_counter");
            long begin = System.nanoTime();
            long rows = weir.buffer().flush().rows();
            long nanos = System.nanoTime() - begin;
            WrongStateException.unlessEqual("rows of one flush", (long) DIRTY, rows);
            return Callers.perSecond(rows, nanos);
        }

        @Override
        public double floor(Duration time) throws Exception {
            long[][] changes = changes(floorRound++);
            for (int i = 0; i < DIRTY; i++) {
                floorExpected[(int) changes[0][i]] += changes[1][i];
            }
            database.vacuum("floor_counter");
            long begin = System.nanoTime();
            int rows = update(changes[0], changes[1]);
            long nanos = System.nanoTime() - begin;
            WrongStateException.unlessEqual("rows of the floor's update", DIRTY, rows);
            return Callers.perSecond(rows, nanos);
        }

        private int update(long[] keys, long[] deltas) throws SQLException {
            CopyBytes bytes = new CopyBytes(64 + keys.length * ROW_BYTES);
            for (int i = 0; i < keys.length; i++) {
                bytes.row(2).int8(keys[i]).int8(deltas[i]);
            }
            bytes.end();
            try (Statement statement = connection.createStatement()) {
                statement.execute("create temporary table change (id bigint, delta bigint) on commit drop");
                CopyIn copy = connection
                        .unwrap(PGConnection.class)
                        .getCopyAPI()
                        .copyIn("copy change from stdin (format binary)");
                copy.writeToCopy(bytes.array(), 0, bytes.length());
                copy.endCopy();
                int rows = statement.executeUpdate(
                        "update floor_counter t set n = t.n + c.delta from change c where t.id = c.id");
                connection.commit();
                return rows;
            }
        }

        @Override
        public void check() throws Exception {
            Tallies.check("the floor's table", floorExpected, database.readCounters("floor_counter", KEYS));
            Tallies.check("our table", ourExpected, database.readCounters("our_counter", KEYS));
            WrongStateException.unlessEqual(
                    "dead letters", 0L, weir.buffer().stats().deadLetters());
        }

        @Override
        public List<String> notes() {
            return List.of(
                    "only the flush is measured; what it flushes is in the journal before",
                    "VACUUM before each round of either side, outside the measured time");
        }

        @Override
        public void close() throws SQLException {
            weir.close();
            pool.close();
            connection.close();
        }
    }
}
