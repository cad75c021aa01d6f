package dev.weir.schema.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.schema.diff.Change;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.ColumnType.Kind;
import dev.weir.schema.model.Index;
import dev.weir.schema.model.Table;
import dev.weir.schema.physical.PhysicalForeignKey;
import dev.weir.schema.physical.PhysicalTable;
import dev.weir.testservers.RequiresServer;
import dev.weir.testservers.Server;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TimeZone;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

@RequiresServer(Server.POSTGRES)
class PostgresScratchTest extends OnPostgres {
    private static final String PASSWORD = "secret";

    private DataSource as(String user) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(database.jdbcUrl());
        source.setUser(user);
        source.setPassword(PASSWORD);
        return source;
    }

    private DataSource inSchema(String schema) {
        PGSimpleDataSource source = (PGSimpleDataSource) database.dataSource();
        source.setCurrentSchema(schema);
        return source;
    }

    private String scratchSchemas() throws SQLException {
        return text("select count(*) from pg_namespace where nspname like 'weir%'");
    }

    @Test
    void scratch_ofAUserWhoMayNotMakeASchema_isEmpty() throws Exception {
        String user = "reader_" + database.name();
        execute("create role " + user + " login password '" + PASSWORD + "'");
        try {
            assertThat(dialect.scratch(as(user))).isEmpty();
            execute("grant create on database " + database.name() + " to " + user);
            try (Scratch scratch = dialect.scratch(as(user)).orElseThrow()) {
                assertThat(text(scratch.connection(), "select current_schema()"))
                        .startsWith("weir_scratch_");
            }
        } finally {
            execute("drop owned by " + user, "drop role " + user);
        }
    }

    @Test
    void scratch_onAConnectionThatMayNotWrite_isEmpty() throws Exception {
        execute("alter database " + database.name() + " set default_transaction_read_only = on");
        assertThat(dialect.scratch(dataSource)).isEmpty();
    }

    @Test
    void scratch_whoseSessionIsKilled_leavesNothing() throws Exception {
        Scratch scratch = dialect.scratch(dataSource).orElseThrow();
        execute(scratch.connection(), "create table t (id int primary key)");
        String pid = text(scratch.connection(), "select pg_backend_pid()");
        execute("select pg_terminate_backend(" + pid + ", 10000)");
        assertThat(scratchSchemas()).isEqualTo("0");
        assertThatThrownBy(scratch::close).isInstanceOf(SQLException.class);
        assertThat(scratch.connection().isClosed()).isTrue();
    }

    @Test
    void scratch_isEmptyWhateverIsInUse_andFindsTypesAndOperatorClassesThere() throws Exception {
        execute(
                "create extension pg_trgm",
                "create type mood as enum ('ok')",
                "create function half(int) returns int immutable language sql return $1 / 2",
                "create table t (a int)",
                "create table other (b int)");
        Table declared = Table.named("t")
                .column("n", ColumnType.of(Kind.INTEGER), c -> c.defaultSql("half(4)"))
                .column("feeling", ColumnType.raw("mood"), c -> c.defaultValue("ok"))
                .column("words", ColumnType.of(Kind.TEXT))
                .check("halves", "half(n) > 1")
                .build();
        PhysicalTable normal = normal(declared);
        assertThat(normal.column("feeling").orElseThrow().type()).isEqualTo("mood");
        assertThat(normal.column("n").orElseThrow().defaultSql()).isEqualTo("half(4)");
        execute("drop table t, other");
        SchemaDialectContract.create(dialect, connection, List.of(normal));
        execute("create index on t using gin (words gin_trgm_ops)");
        List<PhysicalTable> live = read().tables();
        assertThat(live.get(0).indexes().get(0).parts().get(0).options()).isEqualTo("gin_trgm_ops");
        assertThat(remade(live)).isEqualTo(live);
    }

    @Test
    void scratch_ofAnotherSchemaThanPublic_readsTheSame() throws Exception {
        execute(
                "create schema app",
                "create type app.mood as enum ('ok')",
                "create table app.users (id int primary key)");
        dataSource = inSchema("app");
        connection.close();
        connection = dataSource.getConnection();
        execute("create table t (f mood default 'ok', u int references users)");
        List<PhysicalTable> live = read().tables();
        assertThat(live.get(0).column("f").orElseThrow().type()).isEqualTo("mood");
        assertThat(remade(live)).isEqualTo(live);
    }

    @Test
    void aForeignKeyToATableThatOnlyTheSchemaInUseHas_readsTheSameThere() throws Exception {
        execute("create table users (id int primary key)", "create table t (u int references users)");
        PhysicalTable live = table("t");
        assertThat(live.foreignKeys()).extracting(PhysicalForeignKey::table).containsExactly("users");
        assertThat(remade(List.of(live))).containsExactly(live);
    }

    @Test
    void times_meanTheSame_whateverTheTimeZoneOfTheMachine() throws Exception {
        Table declared = Table.named("t")
                .column("at", ColumnType.of(Kind.TIMESTAMP), c -> c.defaultValue("2020-05-05 10:00"))
                .index(Index.on("at").where("at > '2020-01-01'"))
                .build();
        PhysicalTable normal = normal(declared);
        assertThat(normal.column("at").orElseThrow().defaultSql()).contains("10:00:00+00");
        TimeZone before = TimeZone.getDefault();
        TimeZone.setDefault(TimeZone.getTimeZone("Asia/Tokyo"));
        try (Connection elsewhere = dataSource.getConnection()) {
            assertThat(text(elsewhere, "show timezone")).isEqualTo("Asia/Tokyo");
            assertThat(normal(declared)).isEqualTo(normal);
            try (DdlTransaction transaction = dialect.begin(elsewhere, List.of())) {
                SchemaDialectContract.create(dialect, elsewhere, List.of(dialect.physical(declared)));
                transaction.commit();
            }
            assertThat(dialect.read(elsewhere, name -> false).tables()).containsExactly(normal);
        } finally {
            TimeZone.setDefault(before);
        }
    }

    @Test
    void lock_ofASessionThatDies_isFreeAtOnce() throws Exception {
        SchemaLock lock = dialect.tryLock(dataSource).orElseThrow();
        String pid = text("select pid from pg_locks where locktype = 'advisory' and granted and database ="
                + " (select oid from pg_database where datname = current_database())");
        execute("select pg_terminate_backend(" + pid + ", 10000)");
        assertThat(lock.held()).isFalse();
        Optional<SchemaLock> next = dialect.tryLock(dataSource);
        assertThat(next).isPresent();
        next.orElseThrow().close();
    }

    @Test
    void lock_isOfOneSchema() throws Exception {
        execute("create schema other");
        try (SchemaLock one = dialect.tryLock(dataSource).orElseThrow();
                SchemaLock other = dialect.tryLock(inSchema("other")).orElseThrow()) {
            assertThat(one.held() && other.held()).isTrue();
            assertThat(dialect.tryLock(inSchema("other"))).isEmpty();
        }
    }

    @Test
    void lock_doesNotHoldUpAnIndexThatIsBuiltConcurrently() throws Exception {
        execute("create table t (a int)");
        try (SchemaLock lock = dialect.tryLock(dataSource).orElseThrow()) {
            execute("set statement_timeout = '10s'", "create index concurrently on t (a)");
            assertThat(lock.held()).isTrue();
        }
    }

    @Test
    void limits_areTakenBack() throws Exception {
        execute("set lock_timeout = 777", "set statement_timeout = 888000");
        dialect.limits(connection, Duration.ofSeconds(1), Duration.ofSeconds(2)).close();
        assertThat(text("select current_setting('lock_timeout') || ' ' || current_setting('statement_timeout')"))
                .isEqualTo("777ms 888s");
    }

    @Test
    void limits_endAWaitForALock_andItsErrorIsKnown() throws Exception {
        execute("create table t (a int)");
        dialect.limits(connection, Duration.ofMillis(50), Duration.ofSeconds(20));
        try (Connection other = dataSource.getConnection()) {
            other.setAutoCommit(false);
            execute(other, "lock table t in access share mode");
            assertThatThrownBy(() -> make(new Change.RenameTable("t", "u")))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            e -> assertThat(dialect.lockTimedOut(e)).isTrue());
            other.rollback();
        }
        make(new Change.RenameTable("t", "u"));
        dialect.limits(connection, Duration.ofSeconds(1), Duration.ofMillis(50));
        assertThatThrownBy(() -> execute("select pg_sleep(20)"))
                .isInstanceOfSatisfying(
                        SQLException.class,
                        e -> assertThat(dialect.lockTimedOut(e)).isFalse());
    }

    @Test
    void missingRights_nameTheSchemaAndEachTableOfAnother() throws Exception {
        String user = "guest_" + database.name();
        execute(
                "create role " + user + " login password '" + PASSWORD + "'",
                "create table mine (a int)",
                "create table \"Yours\" (a int)",
                "alter table \"Yours\" owner to " + user);
        try (Connection guest = as(user).getConnection()) {
            assertThat(dialect.missingRights(guest, List.of("mine", "Yours", "neither")))
                    .containsExactly("CREATE on schema public", "ownership of table mine");
        } finally {
            execute("drop owned by " + user, "drop role " + user);
        }
    }
}
