package dev.weir.schema.engine;

import dev.weir.db.engine.Dialect;
import dev.weir.schema.diff.Change;
import dev.weir.schema.model.Table;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.physical.PhysicalSchema;
import dev.weir.schema.physical.PhysicalTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import javax.sql.DataSource;

/** PostgreSQL, from version 14; a stored expression is changed in place from 17. */
final class PostgresSchema implements SchemaDialect {
    /** Within the database, which the server keeps apart by itself, one key for each schema. */
    private static final String CLIENT_CHECK = "client_connection_check_interval";

    private static final int CLIENT_CHECK_MILLIS = 500;

    private static final String LOCK_KEY =
            "hashtextextended('weir schema ' || current_database() || ' ' || current_schema(), 0)";

    private final Dialect dialect;
    private final PostgresDeclared declared;
    private final PostgresDdl ddl;

    PostgresSchema(Dialect dialect) {
        this.dialect = dialect;
        this.declared = new PostgresDeclared(dialect);
        this.ddl = new PostgresDdl(dialect);
    }

    @Override
    public Dialect dialect() {
        return dialect;
    }

    @Override
    public boolean transactional() {
        return true;
    }

    @Override
    public boolean validatesLater() {
        return true;
    }

    @Override
    public PhysicalSchema read(Connection connection, Predicate<String> ignored) throws SQLException {
        return PostgresSchemaCatalog.read(connection, ignored);
    }

    @Override
    public PhysicalTable physical(Table table) {
        return declared.physical(table);
    }

    @Override
    public PhysicalTable comparable(PhysicalTable table) {
        return PostgresRules.comparable(table);
    }

    @Override
    public PhysicalTable byRules(PhysicalTable table) {
        return PostgresRules.comparable(PostgresRules.canonical(table));
    }

    @Override
    public Optional<Scratch> scratch(DataSource dataSource) throws SQLException {
        return PostgresScratch.open(dataSource, dialect);
    }

    @Override
    public boolean pipelines() {
        return true;
    }

    @Override
    public Ddl ddl(Change change, boolean online) {
        return ddl.of(change, online);
    }

    @Override
    public String converted(String expression, PhysicalColumn to) {
        // By way of text, because not every two types convert into each other.
        return expression + "::text::" + to.type();
    }

    @Override
    public TypeChange typeChange(PhysicalColumn from, PhysicalColumn to) {
        return PostgresTypeChange.of(dialect.quote(from.name()), from, to);
    }

    /** The session's time zone is UTC in it, so that times without a zone mean the same wherever a plan is applied. */
    @Override
    public DdlTransaction begin(Connection connection, List<Change> changes) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL TimeZone = 'UTC'");
        } catch (SQLException | RuntimeException e) {
            try {
                connection.setAutoCommit(true);
            } catch (SQLException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
        return new DdlTransaction() {
            private boolean open = true;

            @Override
            public void commit() throws SQLException {
                connection.commit();
                close();
            }

            @Override
            public void close() throws SQLException {
                if (open) {
                    open = false;
                    // After a commit there is nothing left to roll back.
                    connection.rollback();
                    connection.setAutoCommit(true);
                }
            }
        };
    }

    @Override
    public void numberPast(Connection connection, String table, String column, long number) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT setval(s.name, greatest(nextval(s.name), ?),"
                        + " false) FROM (SELECT pg_get_serial_sequence(?, ?)::regclass AS name) s WHERE s.name IS NOT NULL")) {
            statement.setLong(1, number + 1);
            statement.setString(2, dialect.quote(table));
            statement.setString(3, column);
            statement.executeQuery().close();
        }
    }

    @Override
    public TableGuard guard(Connection connection, String table, String condition) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("LOCK TABLE " + dialect.quote(table) + " IN ACCESS EXCLUSIVE MODE");
        }
        return TableGuard.found(count(connection, table, condition));
    }

    /**
     * The server also looks twice a second whether the client is still there: a statement of a process that died ends with
     * it, instead of being in the way of the next.
     */
    @Override
    public Limits limits(Connection connection, Duration lockTimeout, Duration statementTimeout) throws SQLException {
        Map<String, String> wanted = new LinkedHashMap<>();
        wanted.put("lock_timeout", String.valueOf(millis(lockTimeout)));
        wanted.put("statement_timeout", String.valueOf(millis(statementTimeout)));
        Map<String, String> before = new LinkedHashMap<>();
        // Servers before 14 can't look for the client, and some systems allow no other value than 0.
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT name, current_setting(name), version() LIKE '%linux%' FROM pg_catalog.pg_settings"
                                + " WHERE name IN ('lock_timeout', 'statement_timeout', '" + CLIENT_CHECK + "')")) {
            while (rows.next()) {
                if (!rows.getString(1).equals(CLIENT_CHECK)) {
                    before.put(rows.getString(1), rows.getString(2));
                } else if (rows.getString(2).equals("0") && rows.getBoolean(3)) {
                    before.put(CLIENT_CHECK, "0");
                    wanted.put(CLIENT_CHECK, String.valueOf(CLIENT_CHECK_MILLIS));
                }
            }
        }
        limit(connection, wanted);
        return () -> limit(connection, before);
    }

    private static void limit(Connection connection, Map<String, String> settings) throws SQLException {
        try (PreparedStatement set = connection.prepareStatement("SELECT set_config(?, ?, false)")) {
            for (Map.Entry<String, String> setting : settings.entrySet()) {
                set.setString(1, setting.getKey());
                set.setString(2, setting.getValue());
                set.execute();
            }
        }
    }

    /** Zero would mean no limit. */
    private static long millis(Duration limit) {
        return Math.max(1, Math.min(limit.toMillis(), Integer.MAX_VALUE));
    }

    /** A deadlock counts too: the server took the lock away from one of the two. */
    @Override
    public boolean lockTimedOut(SQLException error) {
        String state = dialect.root(error).getSQLState();
        return "55P03".equals(state) || "40P01".equals(state);
    }

    @Override
    public Optional<SchemaLock> tryLock(DataSource dataSource) throws SQLException {
        Connection session = dataSource.getConnection();
        boolean mine = false;
        try {
            session.setAutoCommit(true);
            if (!isTrue(session, "SELECT current_schema() IS NOT NULL")) {
                throw new SQLException("There must be a schema in use: current_schema is NULL; create the one that the"
                        + " connection's search_path names, or name another");
            }
            mine = isTrue(session, "SELECT pg_try_advisory_lock(" + LOCK_KEY + ")");
        } finally {
            if (!mine) {
                session.close();
            }
        }
        return mine ? Optional.of(new SchemaLock(session, PostgresSchema::unlock)) : Optional.empty();
    }

    private static void unlock(Connection session) throws SQLException {
        isTrue(session, "SELECT pg_advisory_unlock(" + LOCK_KEY + ")");
    }

    private static boolean isTrue(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            return rows.next() && rows.getBoolean(1);
        }
    }

    @Override
    public List<String> missingRights(Connection connection, Collection<String> tables) throws SQLException {
        List<String> missing = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement("""
                SELECT 'CREATE on schema ' || n.nspname FROM pg_catalog.pg_namespace n
                WHERE n.nspname = current_schema() AND NOT has_schema_privilege(n.oid, 'CREATE')
                UNION ALL
                (SELECT 'ownership of table ' || c.relname
                FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = current_schema() AND c.relname = ANY (?) AND c.relkind IN ('r', 'p')
                  AND NOT pg_has_role(c.relowner, 'USAGE')
                ORDER BY c.relname)""")) {
            statement.setArray(1, connection.createArrayOf("text", tables.toArray()));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    missing.add(rows.getString(1));
                }
            }
        }
        return missing;
    }
}
