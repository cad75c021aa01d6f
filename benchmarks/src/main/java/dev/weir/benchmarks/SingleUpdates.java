package dev.weir.benchmarks;

import dev.weir.benchmarks.Callers.Caller;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The floor of those who write at once: each call is one UPDATE and its commit. Each caller has a connection of its own, the
 * statement is prepared on the server, and in auto-commit mode statement and commit are one round trip.
 */
final class SingleUpdates implements AutoCloseable {
    private final Postgres.Database database;
    private final String table;
    private final int keys;
    private final List<Updater> updaters = new ArrayList<>();

    SingleUpdates(Postgres.Database database, String table, int keys, int connections) throws SQLException {
        this.database = database;
        this.table = table;
        this.keys = keys;
        for (int i = 0; i < connections; i++) {
            updaters.add(new Updater(database.connect(), table, new Keys(i, keys)));
        }
    }

    /** Updates a second. */
    double run(Duration time) throws Exception {
        updaters.forEach(updater -> updater.most = Long.MAX_VALUE);
        return Callers.perSecond(updaters, time);
    }

    /** Updates a second while making so many from each connection. */
    double runEach(long calls) throws Exception {
        updaters.forEach(updater -> updater.most = calls);
        return Callers.perSecond(updaters, Duration.ofHours(1));
    }

    void check() throws Exception {
        long[] expected = new long[keys];
        updaters.forEach(updater -> updater.keys.countInto(expected));
        Tallies.check("the floor's table", expected, database.readCounters(table, keys));
    }

    @Override
    public void close() throws SQLException {
        for (Updater updater : updaters) {
            updater.connection.close();
        }
    }

    private static final class Updater implements Caller {
        private final Connection connection;
        private final PreparedStatement update;
        private final Keys keys;
        private long most;

        Updater(Connection connection, String table, Keys keys) throws SQLException {
            this.connection = connection;
            this.keys = keys;
            update = connection.prepareStatement("update " + table + " set n = n + ? where id = ?");
        }

        @Override
        public long call(long deadline) throws SQLException {
            long calls = 0;
            do {
                update.setLong(1, 1);
                update.setLong(2, keys.next());
                if (update.executeUpdate() != 1) {
                    throw new IllegalStateException("Each key has its row.");
                }
                calls++;
            } while (calls < most && System.nanoTime() - deadline < 0);
            return calls;
        }
    }
}
