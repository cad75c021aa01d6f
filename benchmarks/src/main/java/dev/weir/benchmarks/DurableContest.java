package dev.weir.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import dev.weir.Weir;
import dev.weir.benchmarks.Callers.Caller;
import dev.weir.db.Counter;
import dev.weir.db.Durability;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

/** Increments that are acknowledged when they are safe on disk: in Weir's journal, or committed by PostgreSQL. */
final class DurableContest implements Contest {
    private static final int KEYS = 10_000;
    private static final int CONNECTIONS = 32;
    /** Room on each page keeps a changed row beside its old version, without touching the index: best for the floor. */
    private static final int FILL_FACTOR = 50;

    private final Postgres.Database database;
    private final SingleUpdates updates;
    private final HikariDataSource pool;
    private final Weir weir;
    private final List<Keys> keys = new ArrayList<>();
    private final List<Caller> callers = new ArrayList<>();

    private DurableContest(
            Path directory, Postgres.Database database, int callers, BiFunction<Counter, Keys, Caller> caller)
            throws SQLException {
        this.database = database;
        database.counters("floor_counter", KEYS, FILL_FACTOR);
        database.counters("our_counter", KEYS, FILL_FACTOR);
        updates = new SingleUpdates(database, "floor_counter", KEYS, CONNECTIONS);
        pool = database.pool(4);
        weir = Weir.builder().database(pool).journal(directory).build();
        Counter counter = weir.buffer()
                .table("our_counter")
                .durability(Durability.JOURNALED)
                .counter("n");
        for (int i = 0; i < callers; i++) {
            Keys own = new Keys(i, KEYS);
            keys.add(own);
            this.callers.add(caller.apply(counter, own));
        }
    }

    /** Each caller waits for each of its calls. */
    static DurableContest blocking(Path directory, Postgres.Database database, int callers) throws SQLException {
        return new DurableContest(directory, database, callers, (counter, keys) -> deadline -> {
            long calls = 0;
            do {
                counter.add(keys.next(), 1);
                calls++;
            } while (System.nanoTime() - deadline < 0);
            return calls;
        });
    }

    /** Each caller waits for the oldest of its calls when {@code inFlight} are not acknowledged yet, and for all at the end. */
    static DurableContest inFlight(Path directory, Postgres.Database database, int callers, int inFlight)
            throws SQLException {
        return new DurableContest(directory, database, callers, (counter, keys) -> deadline -> {
            CompletableFuture<?>[] window = new CompletableFuture<?>[inFlight];
            long calls = 0;
            do {
                int slot = (int) (calls % inFlight);
                if (calls >= inFlight) {
                    window[slot].join();
                }
                window[slot] = counter.addAsync(keys.next(), 1).toCompletableFuture();
                calls++;
            } while (calls % 64 != 0 || System.nanoTime() - deadline < 0);
            for (int slot = 0; slot < Math.min(calls, inFlight); slot++) {
                window[slot].join();
            }
            return calls;
        });
    }

    @Override
    public double ours(Duration time) throws Exception {
        double perSecond = Callers.perSecond(callers, time);
        // What is left for the database must not run into the floor's round.
        weir.buffer().flush();
        database.vacuum("our_counter");
        return perSecond;
    }

    @Override
    public double floor(Duration time) throws Exception {
        double perSecond = updates.run(time);
        database.vacuum("floor_counter");
        return perSecond;
    }

    @Override
    public void check() throws Exception {
        updates.check();
        weir.buffer().flush();
        long[] expected = new long[KEYS];
        keys.forEach(own -> own.countInto(expected));
        Tallies.check("our table", expected, database.readCounters("our_counter", KEYS));
    }

    @Override
    public List<String> notes() {
        return List.of(
                "default settings: flushes into the same PostgreSQL run each second while ours is measured",
                "the floor's calls are prepared on the server; in auto-commit a call is one round trip");
    }

    @Override
    public void close() throws SQLException {
        weir.close();
        pool.close();
        updates.close();
    }
}
