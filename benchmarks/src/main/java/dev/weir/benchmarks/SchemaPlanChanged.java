package dev.weir.benchmarks;

import dev.weir.benchmarks.Contest.WrongStateException;
import dev.weir.schema.model.Schema;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

/** What does a plan cost when every table has changed, and the engine has to spell the whole declaration? */
final class SchemaPlanChanged implements Bench {
    @Override
    public String name() {
        return "schema-plan-changed";
    }

    @Override
    public String question() {
        return "plans a second of 300 tables with ten columns and two indexes each, PostgreSQL, everything changed";
    }

    @Override
    public String floor() {
        return "one scratch build of these tables alone, by hand";
    }

    @Override
    public String unit() {
        return "plans";
    }

    @Override
    public double goal() {
        return 0.5;
    }

    @Override
    public Plan plan() {
        return Plan.timed(5);
    }

    @Override
    public Contest open(Path directory, Postgres postgres) throws Exception {
        return new Changed(postgres.database());
    }

    private static final class Changed implements Contest {
        /** A type, two columns and two indexes. */
        private static final int STEPS = 5;

        private final ManyTables tables;
        private final Connection connection;
        private final Schema declared = ManyTables.declared(true);
        private final String byHand = ManyTables.changedByHand();
        private long steps;
        private long built;

        Changed(Postgres.Database server) throws SQLException {
            tables = new ManyTables(server);
            connection = server.connect();
            connection.setAutoCommit(false);
        }

        @Override
        public double ours(Duration time) throws Exception {
            return ManyTables.perSecond(
                    time, () -> steps = tables.plan(declared).steps().size());
        }

        @Override
        public double floor(Duration time) throws Exception {
            return ManyTables.perSecond(time, this::build);
        }

        private void build() throws SQLException {
            try (Statement statement = connection.createStatement()) {
                statement.execute("create schema scratch; set local search_path = scratch");
                statement.execute(byHand);
                try (ResultSet rows = statement.executeQuery(
                        "select count(*) from pg_class where relnamespace = 'scratch'::regnamespace")) {
                    rows.next();
                    built = rows.getLong(1);
                }
            }
            connection.rollback();
        }

        @Override
        public void check() throws Exception {
            WrongStateException.unlessEqual("steps of our last plan", (long) ManyTables.TABLES * STEPS, steps);
            // With each table's two indexes and primary key. Large texts have tables and indexes of their own,
            // elsewhere.
            WrongStateException.unlessEqual(
                    "tables and indexes of the floor's last build", (long) ManyTables.TABLES * 4, built);
        }

        @Override
        public List<String> notes() {
            return List.of(
                    "the floor makes the tables in a transaction and rolls it back; it reads nothing of them",
                    "each of our plans builds them so, reads both places, and asks the ten rows of each table for hazards");
        }

        @Override
        public void close() throws SQLException {
            connection.close();
            tables.close();
        }
    }
}
