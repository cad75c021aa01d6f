package dev.weir.schema.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.db.engine.Dialect;
import dev.weir.schema.diff.Change;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.ColumnType.Kind;
import dev.weir.schema.model.Table;
import dev.weir.schema.physical.PhysicalTable;
import dev.weir.testservers.RequiresServer;
import dev.weir.testservers.Server;
import dev.weir.testservers.Servers;
import dev.weir.testservers.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mariadb.jdbc.MariaDbDataSource;

/** Scratch places, locks, limits and rights. */
@RequiresServer(Server.MARIADB)
class MariaDbSessionsTest extends MariaDbPlace {
    private static final String PASSWORD = "Few-rights-1";

    private String user = "";

    /** A user who may do nothing but what is granted. */
    private DataSource userWith(String... grants) throws SQLException {
        user = "few_" + database.name();
        execute("create user " + user + "@'%' identified by '" + PASSWORD + "'");
        for (String grant : grants) {
            execute("grant " + grant.replace("DB", database.name()) + " to " + user + "@'%'");
        }
        MariaDbDataSource dataSource = new MariaDbDataSource(database.jdbcUrl());
        dataSource.setUser(user);
        dataSource.setPassword(PASSWORD);
        return dataSource;
    }

    @AfterEach
    void dropUser() throws SQLException {
        if (!user.isEmpty()) {
            try (Connection root = connectAgain()) {
                execute(root, "drop user " + user + "@'%'");
                execute(root, "drop role if exists role_" + user);
            }
        }
    }

    private Connection connectAgain() throws SQLException {
        return DriverManager.getConnection(
                database.jdbcUrl().replace("/" + database.name(), "/"), database.user(), database.password());
    }

    private List<String> scratchPlaces() throws SQLException {
        return strings("show databases like 'weir\\_scratch\\_%'");
    }

    // Scratch

    @Test
    void scratch_hasTheCharacterSetOfTheDatabase_andNamesItselfNowhere() throws Exception {
        execute("alter database character set latin1 collate latin1_german2_ci");
        try (Scratch scratch = dialect.scratch(database.dataSource()).orElseThrow()) {
            assertThat(string(scratch.connection(), "select @@collation_database", 1))
                    .isEqualTo("latin1_german2_ci");
            String place = string(scratch.connection(), "select database()", 1);
            assertThat(place).startsWith("weir_scratch_");
            execute(scratch.connection(), "create sequence s");
            execute(scratch.connection(), "create table p (id int primary key)");
            execute(
                    scratch.connection(),
                    "create table t (a int default nextval(s), b int check (b > '`" + place + "`.'),"
                            + " foreign key (a) references p (id))");
            PhysicalTable table =
                    dialect.read(scratch.connection(), name -> false).table("t").orElseThrow();
            assertThat(table.column("a").orElseThrow().defaultSql()).isEqualTo("nextval(`s`)");
            assertThat(table.foreignKeys().get(0).table()).isEqualTo("p");
            assertThat(table.column("b").orElseThrow().type())
                    .as("a text stays what it is")
                    .contains(place);
        }
        assertThat(scratchPlaces()).isEmpty();
    }

    @Test
    void scratch_ofADeadProcess_isDroppedByTheNext_andOneThatIsOpenIsNot() throws Exception {
        Connection dying = database.connect();
        Scratch left = dialect.scratch(pool(dying)).orElseThrow();
        List<String> places = scratchPlaces();
        assertThat(places).hasSize(1);
        try (Scratch other = dialect.scratch(database.dataSource()).orElseThrow()) {
            assertThat(scratchPlaces()).hasSize(2).containsAll(places);
            assertThat(other.connection().isValid(1)).isTrue();
        }
        execute("kill connection " + string(left.connection(), "select connection_id()", 1));
        try (Connection waiting = database.connect()) {
            // The server notices the end of a session when it gets to it; then the lock is free.
            assertThat(string(waiting, "select get_lock('" + places.get(0) + "', 30)", 1))
                    .isEqualTo("1");
        }
        try (Connection again = database.connect()) {
            assertThat(string(again, "select get_lock('" + places.get(0) + "', 30)", 1))
                    .isEqualTo("1");
            assertThat(string(again, "select release_lock('" + places.get(0) + "')", 1))
                    .isEqualTo("1");
        }
        dialect.scratch(database.dataSource()).orElseThrow().close();
        assertThat(scratchPlaces()).isEmpty();
    }

    @Test
    void scratch_withoutTheRight_isEmpty() throws Exception {
        DataSource poor = userWith("all on DB.*");
        assertThat(dialect.scratch(poor)).isEmpty();
        assertThat(scratchPlaces()).isEmpty();
    }

    @Test
    void scratch_givesAPooledConnectionBackAsItWas() throws Exception {
        execute("set sql_mode = 'ANSI_QUOTES', time_zone = '+03:00', foreign_key_checks = 0");
        String settings = "select concat_ws(';', database(), @@sql_mode, @@time_zone, @@foreign_key_checks)";
        String before = string(settings);
        Scratch scratch = dialect.scratch(pool(connection)).orElseThrow();
        assertThat(string(settings)).isNotEqualTo(before);
        scratch.close();
        scratch.close();
        assertThat(string(settings)).isEqualTo(before);
        assertThat(connection.getCatalog()).isEqualTo(database.name());
    }

    /** A data source that always gives one connection, which closing does not close. */
    private static DataSource pool(Connection connection) {
        Connection kept = proxy(
                Connection.class,
                (method, arguments) -> method.getName().equals("close") ? null : method.invoke(connection, arguments));
        return proxy(DataSource.class, (method, arguments) -> kept);
    }

    private interface Call {
        Object to(java.lang.reflect.Method method, Object[] arguments) throws ReflectiveOperationException;
    }

    private static <T> T proxy(Class<T> type, Call call) {
        return type.cast(java.lang.reflect.Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    try {
                        return call.to(method, arguments);
                    } catch (java.lang.reflect.InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    // Lock

    @Test
    void lock_diesWithItsSession_andIsOfOneDatabase() throws Exception {
        Connection owner = database.connect();
        Optional<SchemaLock> first = dialect.tryLock(pool(owner));
        assertThat(first).isPresent();
        assertThat(dialect.tryLock(database.dataSource())).isEmpty();
        try (TestDatabase other = Servers.mariadb().newDatabase()) {
            Optional<SchemaLock> elsewhere = dialect.tryLock(other.dataSource());
            assertThat(elsewhere).isPresent();
            elsewhere.get().close();
        }
        assertThat(string(owner, "select @@wait_timeout", 1)).isEqualTo("31536000");
        owner.abort(Runnable::run);
        assertThat(first.get().held()).isFalse();
        Optional<SchemaLock> second = Optional.empty();
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (second.isEmpty() && System.nanoTime() < deadline) {
            second = dialect.tryLock(database.dataSource());
        }
        assertThat(second).isPresent();
        second.get().close();
    }

    // Limits

    @Test
    void lockTimeout_isToldFromOtherErrors() throws Exception {
        execute("create table t (a int)", "insert into t values (1)");
        try (Connection reader = database.connect();
                Statement statement = reader.createStatement()) {
            reader.setAutoCommit(false);
            statement.executeQuery("select * from t").close();
            dialect.limits(connection, Duration.ofMillis(10), Duration.ofSeconds(30));
            Change change = new Change.DropTable(dialect.physical(
                    Table.named("t").column("a", ColumnType.of(Kind.INTEGER)).build()));
            assertThatThrownBy(() -> make(change))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            e -> assertThat(dialect.lockTimedOut(e)).isTrue());
            assertThatThrownBy(() -> execute("drop table missing"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            e -> assertThat(dialect.lockTimedOut(e)).isFalse());
        }
        assertThat(string("select @@lock_wait_timeout"))
                .as("limits stay when a change is over")
                .isEqualTo("1");
        assertThat(string("select @@sql_mode")).contains("STRICT_ALL_TABLES");
    }

    @Test
    void statementTimeout_endsALongChange() throws Exception {
        execute("create table t (a int)", "insert into t select seq from seq_1_to_300000");
        dialect.limits(connection, Duration.ofSeconds(5), Duration.ofMillis(20));
        assertThatThrownBy(() -> execute("alter table t modify a bigint"))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1969));
        execute("set max_statement_time = 0");
        assertThat(table("t").column("a").orElseThrow().type()).isEqualTo("int(11)");
    }

    // Rights

    private List<String> missing(DataSource dataSource, String... tables) throws SQLException {
        try (Connection poor = dataSource.getConnection()) {
            return dialect.missingRights(poor, List.of(tables));
        }
    }

    @Test
    void missingRights_areNamed() throws Exception {
        execute("create table t (a int)", "create table u (a int)");
        DataSource poor = userWith("select on DB.*", "alter, create, insert on DB.t", "insert (a) on DB.u");
        assertThat(missing(poor, "t", "u")).containsExactly("ALTER on table u", "CREATE on table u");
        assertThatThrownBy(() -> {
                    try (Connection connection = poor.getConnection()) {
                        execute(connection, "alter table u add b int");
                    }
                })
                .isInstanceOf(SQLException.class);
    }

    @Test
    void missingRightToKeepWritersOut_isNamed() throws Exception {
        execute("create table t (a int)");
        DataSource few = userWith("all on DB.t");
        try (Connection poor = few.getConnection()) {
            assertThat(dialect.missingRightsToGuard(poor))
                    .containsExactly("LOCK TABLES on database " + database.name());
        }
        execute("grant lock tables on " + database.name() + ".* to " + user + "@'%'");
        try (Connection enough = few.getConnection()) {
            assertThat(dialect.missingRightsToGuard(enough)).isEmpty();
        }
    }

    @Test
    void missingRights_knowPatternsAndRoles() throws Exception {
        execute("create table t (a int)");
        String pattern = database.name().replace("_", "\\_");
        DataSource poor = userWith("select on `" + pattern.substring(0, pattern.length() - 1) + "%`.*");
        assertThat(missing(poor, "t")).contains("CREATE on database " + database.name(), "ALTER on table t");
        execute("create role role_" + user);
        execute("grant all on `" + pattern + "`.* to role_" + user);
        execute("grant role_" + user + " to " + user + "@'%'");
        execute("set default role role_" + user + " for " + user + "@'%'");
        assertThat(missing(poor, "t")).isEmpty();
    }

    @Test
    void mysql_sharesTheDialect() {
        assertThat(SchemaDialect.of(Dialect.named("mysql").orElseThrow())
                        .dialect()
                        .name())
                .isEqualTo("mysql");
    }
}
