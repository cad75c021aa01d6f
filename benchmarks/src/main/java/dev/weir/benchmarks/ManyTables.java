package dev.weir.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import dev.weir.db.Database;
import dev.weir.schema.SchemaMigration;
import dev.weir.schema.model.ColumnBuilder;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.ColumnType.Kind;
import dev.weir.schema.model.Index;
import dev.weir.schema.model.Schema;
import dev.weir.schema.model.Table;
import dev.weir.schema.plan.Plan;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** 300 tables with ten columns and two indexes each on PostgreSQL, as they are and with each of them changed. */
final class ManyTables implements AutoCloseable {
    static final int TABLES = 300;

    private static final int ROWS = 10;

    private final HikariDataSource pool;
    private final Database database;

    /** Makes the tables by an apply, and fills them. */
    ManyTables(Postgres.Database server) throws SQLException {
        pool = server.pool(4);
        database = Database.builder(pool).build();
        SchemaMigration.of(database, declared(false)).build().apply(List.of());
        try (Connection connection = pool.getConnection()) {
            for (int i = 0; i < TABLES; i++) {
                Postgres.execute(
                        connection,
                        "insert into " + name(i) + " (id, title, owner, amount, size)"
                                + " select k, 'title ' || k, k, k, k from generate_series(1, " + ROWS + ") k");
            }
            Postgres.execute(connection, "vacuum analyze");
        }
    }

    HikariDataSource pool() {
        return pool;
    }

    private static String name(int number) {
        return "table_%03d".formatted(number);
    }

    /** @param changed each table with another type, another column instead of one, and another index instead of one */
    static Schema declared(boolean changed) {
        List<Table> tables = new ArrayList<>();
        for (int i = 0; i < TABLES; i++) {
            tables.add(Table.named(name(i))
                    .column("id", ColumnType.of(Kind.BIG_INTEGER), ColumnBuilder::primary)
                    .column("title", ColumnType.string(changed ? 200 : 100), ColumnBuilder::notNull)
                    .column("owner", ColumnType.of(Kind.BIG_INTEGER))
                    .column("amount", ColumnType.decimal(12, 2), c -> c.defaultValue(0))
                    .column("live", ColumnType.of(Kind.BOOLEAN), c -> c.defaultValue(true))
                    .column("created", ColumnType.of(Kind.TIMESTAMP), c -> c.defaultSql("CURRENT_TIMESTAMP"))
                    .column("body", ColumnType.of(Kind.TEXT))
                    .column("state", ColumnType.string(20), c -> c.defaultValue("draft"))
                    .column("size", ColumnType.of(Kind.INTEGER), ColumnBuilder::notNull)
                    .column(changed ? "ended" : "due", ColumnType.of(Kind.DATE))
                    .index(Index.on("title", "size"))
                    .index(changed ? Index.on("owner", "amount") : Index.on("owner"))
                    .build());
        }
        return Schema.of(tables, List.of());
    }

    /** The changed tables as one would write them by hand. */
    static String changedByHand() {
        StringBuilder sql = new StringBuilder();
        for (int i = 0; i < TABLES; i++) {
            String name = name(i);
            sql.append("create table ")
                    .append(name)
                    .append(" (id bigint not null primary key, title varchar(200) not null, owner bigint,"
                            + " amount numeric(12, 2) default 0, live boolean default true,"
                            + " created timestamp with time zone default current_timestamp, body text,"
                            + " state varchar(20) default 'draft', size integer not null, ended date);\n");
            sql.append("create index on ").append(name).append(" (title, size);\n");
            sql.append("create index on ").append(name).append(" (owner, amount);\n");
        }
        return sql.toString();
    }

    /** A plan as a process makes it that has just started: nothing is kept from one to the next. */
    Plan plan(Schema schema) {
        return SchemaMigration.of(database, schema).build().plan();
    }

    @Override
    public void close() {
        pool.close();
    }

    /** Something that is done again and again. */
    interface Task {
        void run() throws Exception;
    }

    /** At least once. */
    static double perSecond(Duration time, Task task) throws Exception {
        long begin = System.nanoTime();
        long done = 0;
        do {
            task.run();
            done++;
        } while (System.nanoTime() - begin < time.toNanos());
        return Callers.perSecond(done, System.nanoTime() - begin);
    }
}
