package dev.weir.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import dev.weir.Weir;
import dev.weir.benchmarks.Contest.WrongStateException;
import dev.weir.buffer.BufferSettings;
import dev.weir.db.Durability;
import dev.weir.db.TableBuffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** How fast do pending new rows reach PostgreSQL? */
final class DrainInserts implements Bench {
    private static final int ROWS = 50_000;

    @Override
    public String name() {
        return "drain-inserts";
    }

    @Override
    public String question() {
        return "50,000 new rows of 9 columns with a primary key into PostgreSQL, ledger included";
    }

    @Override
    public String floor() {
        return "binary COPY of bytes encoded beforehand, and its commit";
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

    /** A row as {@code replay} writes one for each line. */
    private record Hit(
            String id,
            Instant at,
            String address,
            String method,
            String target,
            int status,
            @Nullable Long bytes,
            @Nullable String referrer,
            String agent) {

        /** The row of that number. The ids grow as UUIDv7 do. */
        static Hit of(long number) {
            Random random = new Random(number);
            Instant at = Instant.ofEpochSecond(1_700_000_000L).plus(number * 37, ChronoUnit.MILLIS);
            String id = "%08x-%04x-7%03x-8%03x-%012x"
                    .formatted(
                            at.toEpochMilli() >>> 16,
                            at.toEpochMilli() & 0xFFFF,
                            random.nextInt(1 << 12),
                            random.nextInt(1 << 12),
                            random.nextLong(1L << 48));
            return new Hit(
                    id,
                    at,
                    "10.%d.%d.%d".formatted(random.nextInt(256), random.nextInt(256), random.nextInt(256)),
                    random.nextInt(20) == 0 ? "POST" : "GET",
                    "/articles/" + random.nextInt(5_000) + "/comments?page=" + random.nextInt(9),
                    random.nextInt(10) == 0 ? 404 : 200,
                    random.nextInt(8) == 0 ? null : random.nextLong(100_000),
                    random.nextInt(3) == 0 ? null : "https://example.org/" + random.nextInt(500),
                    "Mozilla/5.0 (X11; Linux x86_64; rv:1" + random.nextInt(30) + ".0) Gecko/20100101");
        }

        Map<String, @Nullable Object> toMap() {
            Map<String, @Nullable Object> row = new HashMap<>();
            row.put("id", id);
            row.put("at", at);
            row.put("address", address);
            row.put("method", method);
            row.put("target", target);
            row.put("status", status);
            row.put("bytes", bytes);
            row.put("referrer", referrer);
            row.put("agent", agent);
            return row;
        }

        void encode(CopyBytes copy) {
            copy.row(9).text(id).timestamp(at.toEpochMilli() * 1_000);
            copy.text(address).text(method).text(target).int4(status);
            if (bytes == null) {
                copy.text(null);
            } else {
                copy.int8(bytes);
            }
            copy.text(referrer).text(agent);
        }
    }

    private static final class Drain implements Contest {
        private static final int ROW_BYTES = 400;
        private static final String COLUMNS =
                " (id text primary key, at timestamptz not null, address text not null, method text not null,"
                        + " target text not null, status int not null, bytes bigint, referrer text, agent text)";

        private final Postgres.Database database;
        private final Connection connection;
        private final HikariDataSource pool;
        private final Weir weir;
        private final TableBuffer buffer;
        private long ourNext;
        private long floorNext;

        Drain(Path directory, Postgres.Database database) throws SQLException {
            this.database = database;
            connection = database.connect();
            Postgres.execute(connection, "create table floor_hit" + COLUMNS);
            Postgres.execute(connection, "create table our_hit" + COLUMNS);
            connection.setAutoCommit(false);
            pool = database.pool(4);
            weir = Weir.builder()
                    .database(pool)
                    .journal(directory)
                    .buffer(BufferSettings.builder()
                            .flushInterval(Duration.ofDays(1))
                            .build())
                    .build();
            buffer = weir.buffer().table("our_hit");
        }

        @Override
        public double ours(Duration time) throws Exception {
            for (int i = 0; i < ROWS - 1; i++) {
                buffer.insert(Hit.of(ourNext++).toMap());
            }
            // Returns when the journal has them all, so that the flush alone is measured.
            buffer.durability(Durability.JOURNALED).insert(Hit.of(ourNext++).toMap());
            database.vacuum("our_hit");
            System.gc();
            long begin = System.nanoTime();
            long rows = weir.buffer().flush().rows();
            long nanos = System.nanoTime() - begin;
            WrongStateException.unlessEqual("rows of one flush", (long) ROWS, rows);
            return Callers.perSecond(rows, nanos);
        }

        @Override
        public double floor(Duration time) throws Exception {
            CopyBytes bytes = new CopyBytes(ROWS * ROW_BYTES);
            for (int i = 0; i < ROWS; i++) {
                Hit.of(floorNext++).encode(bytes);
            }
            bytes.end();
            database.vacuum("floor_hit");
            System.gc();
            long begin = System.nanoTime();
            CopyIn copy = connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("copy floor_hit from stdin (format binary)");
            copy.writeToCopy(bytes.array(), 0, bytes.length());
            long rows = copy.endCopy();
            connection.commit();
            long nanos = System.nanoTime() - begin;
            WrongStateException.unlessEqual("rows of the floor's COPY", (long) ROWS, rows);
            return Callers.perSecond(rows, nanos);
        }

        @Override
        public void check() throws Exception {
            WrongStateException.unlessEqual("rows written by both sides", floorNext, ourNext);
            WrongStateException.unlessEqual(
                    "rows of the floor's table", floorNext, count("select count(*) from floor_hit"));
            WrongStateException.unlessEqual("rows of our table", ourNext, count("select count(*) from our_hit"));
            WrongStateException.unlessEqual(
                    "rows that are not in both tables",
                    0L,
                    count("select count(*) from (select * from floor_hit except select * from our_hit) d"));
            WrongStateException.unlessEqual(
                    "dead letters", 0L, weir.buffer().stats().deadLetters());
        }

        private long count(String sql) throws SQLException {
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(sql)) {
                rows.next();
                return rows.getLong(1);
            }
        }

        @Override
        public List<String> notes() {
            return List.of(
                    "only the flush is measured; what it flushes is in the journal before",
                    "the floor's bytes are encoded before it is measured, ours within");
        }

        @Override
        public void close() throws SQLException {
            weir.close();
            pool.close();
            connection.close();
        }
    }
}
