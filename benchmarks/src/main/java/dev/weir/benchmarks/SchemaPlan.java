package dev.weir.benchmarks;

import dev.weir.benchmarks.Contest.WrongStateException;
import dev.weir.schema.model.Schema;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** What does it cost to find out that a schema is as it should be? */
final class SchemaPlan implements Bench {
    @Override
    public String name() {
        return "schema-plan";
    }

    @Override
    public String question() {
        return "plans a second of 300 tables with ten columns and two indexes each, PostgreSQL, nothing changed";
    }

    @Override
    public String floor() {
        return "the catalog queries alone";
    }

    @Override
    public String unit() {
        return "plans";
    }

    @Override
    public double goal() {
        return 0.33;
    }

    @Override
    public Plan plan() {
        return Plan.timed(7);
    }

    @Override
    public Contest open(Path directory, Postgres postgres) throws Exception {
        return new Unchanged(postgres.database());
    }

    private static final class Unchanged implements Contest {
        private final ManyTables tables;
        private final Connection connection;
        private final CatalogQueries queries;
        private final Schema declared = ManyTables.declared(false);
        private long steps;
        private long rows;

        Unchanged(Postgres.Database server) throws SQLException {
            tables = new ManyTables(server);
            connection = server.connect();
            queries = CatalogQueries.record(connection);
        }

        @Override
        public double ours(Duration time) throws Exception {
            return ManyTables.perSecond(
                    time, () -> steps += tables.plan(declared).steps().size());
        }

        @Override
        public double floor(Duration time) throws Exception {
            return ManyTables.perSecond(time, () -> rows = queries.run(connection));
        }

        @Override
        public void check() throws Exception {
            WrongStateException.unlessEqual("steps of all our plans", 0L, steps);
            WrongStateException.unlessEqual("the floor's queries", 5, queries.count());
            // At least each table, its columns, its primary key and the columns of its indexes.
            long fewest = ManyTables.TABLES * (1 + 10 + 1 + 3L);
            WrongStateException.unlessEqual("at least " + fewest + " rows of the floor", true, rows >= fewest);
        }

        @Override
        public List<String> notes() {
            return List.of(
                    "the floor sends what we send, prepared on the server, and reads each value",
                    "each of our plans begins with nothing but the declaration, as in a process that has just started");
        }

        @Override
        public void close() throws SQLException {
            connection.close();
            tables.close();
        }
    }
}
