package dev.weir.schema.engine;

import dev.weir.db.engine.Dialect;
import dev.weir.schema.diff.Change;
import dev.weir.schema.model.Table;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.physical.PhysicalForeignKey;
import dev.weir.schema.physical.PhysicalSchema;
import dev.weir.schema.physical.PhysicalTable;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import javax.sql.DataSource;

/**
 * MariaDB; and MySQL, which shares all but a few words and is untested until a server is found.
 *
 * <p>Nothing is ever rolled back: each statement commits by itself. Some changes are refused while something else stands in
 * their way, which whoever orders them takes away first:
 *
 * <ul>
 *   <li>a column in a foreign key, on either side, changes its type or character set; the last index that serves a foreign key goes, on either side: the key is dropped before and added after
 *       it ({@link #inTheWay})
 *   <li>a column goes that is in a unique index, a check, a foreign key or a generated column: those go first. In other
 *       indexes of several columns it would quietly be left out: they go first too
 *   <li>a virtual column becomes stored or ordinary, or the other way round: checks and generated columns that mention it
 *       go before, and come again after it
 *   <li>a numbered column always has an index that begins with it: it stops being numbered before that goes, and is numbered
 *       when it is there. A new one brings a unique index along, which the primary key made next takes away
 * </ul>
 */
final class MariaDbSchema implements SchemaDialect {
    /** A lock waits for whoever has it, idle, longer than sessions are let live by default. */
    private static final int IDLE_SECONDS = 31_536_000;

    private final Dialect dialect;
    private final boolean mysql;
    private final MariaDbDdl ddl;

    MariaDbSchema(Dialect dialect) {
        this.dialect = dialect;
        this.mysql = dialect.name().equals("mysql");
        this.ddl = new MariaDbDdl(dialect, mysql);
    }

    @Override
    public Dialect dialect() {
        return dialect;
    }

    @Override
    public boolean transactional() {
        return false;
    }

    @Override
    public PhysicalSchema read(Connection connection, Predicate<String> ignored) throws SQLException {
        return new MariaDbReading(connection, mysql).read(ignored);
    }

    @Override
    public PhysicalTable physical(Table declared) {
        return new MariaDbDeclared(mysql).physical(declared);
    }

    @Override
    public PhysicalTable byRules(PhysicalTable table) {
        return MariaDbRules.apply(table);
    }

    /** A column's collation is not told of when it is its table's, which is the database's unless its options say another. */
    @Override
    public List<PhysicalTable> withDefaults(Connection connection, List<PhysicalTable> declared) throws SQLException {
        if (declared.stream()
                .flatMap(table -> table.columns().stream())
                .allMatch(column -> column.collation() == null)) {
            return declared;
        }
        String usual = MariaDbScratch.string(connection, "SELECT @@collation_database");
        return declared.stream()
                .map(table -> table.options().isEmpty() ? MariaDbDeclared.withDefault(table, usual) : table)
                .toList();
    }

    @Override
    public Optional<Scratch> scratch(DataSource dataSource) throws SQLException {
        return MariaDbScratch.open(dialect, dataSource);
    }

    @Override
    public boolean inTheWay(PhysicalForeignKey key, PhysicalTable owner, Change change) {
        return MariaDbForeignKeys.inTheWay(key, owner, change);
    }

    @Override
    public Ddl ddl(Change change, boolean online) {
        return ddl.ddl(change);
    }

    @Override
    public String converted(String expression, PhysicalColumn to) {
        // It compares values of all types with each other.
        return expression;
    }

    @Override
    public TypeChange typeChange(PhysicalColumn from, PhysicalColumn to) {
        return new MariaDbTypeChange(dialect, mysql).typeChange(from, to);
    }

    /** There is no transaction: what is done stays. The session is strict until it is closed. */
    @Override
    public DdlTransaction begin(Connection connection, List<Change> changes) throws SQLException {
        MariaDbSession session = MariaDbSession.settle(dialect, connection);
        return new DdlTransaction() {
            private boolean open = true;

            @Override
            public void commit() {
                // Each statement has committed by itself.
            }

            @Override
            public void close() throws SQLException {
                if (open) {
                    open = false;
                    session.restore();
                }
            }
        };
    }

    /** A table that says no collation has the database's. */
    @Override
    public String surroundings(Connection connection) throws SQLException {
        return MariaDbScratch.string(connection, "SELECT CONCAT(@@character_set_database, ' ', @@collation_database)");
    }

    @Override
    public boolean sameColumn(String one, String other) {
        return one.equalsIgnoreCase(other);
    }

    @Override
    public TableGuard guard(Connection connection, String table, String condition) throws SQLException {
        return MariaDbTableGuard.lock(this, connection, table, condition);
    }

    /** In whole seconds, at least one. The session is strict from then on. */
    @Override
    public Limits limits(Connection connection, Duration lockTimeout, Duration statementTimeout) throws SQLException {
        MariaDbSession session = MariaDbSession.settle(dialect, connection);
        dialect.lockTimeout(connection, lockTimeout);
        if (mysql) {
            return session::restore;
        }
        BigDecimal before;
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT @@SESSION.max_statement_time")) {
            rows.next();
            before = rows.getBigDecimal(1);
        }
        BigDecimal seconds = BigDecimal.valueOf(Math.max(1, statementTimeout.toMillis()), 3);
        statementTime(connection, seconds.min(BigDecimal.valueOf(IDLE_SECONDS)));
        return () -> {
            statementTime(connection, before);
            session.restore();
        };
    }

    private static void statementTime(Connection connection, BigDecimal seconds) throws SQLException {
        MariaDbSession.execute(connection, "SET SESSION max_statement_time = " + seconds.toPlainString());
    }

    @Override
    public boolean lockTimedOut(SQLException error) {
        int code = dialect.root(error).getErrorCode();
        return code == 1205 || (mysql && code == 3572);
    }

    @Override
    public Optional<SchemaLock> tryLock(DataSource dataSource) throws SQLException {
        Connection session = dataSource.getConnection();
        boolean taken = false;
        try {
            session.setAutoCommit(true);
            String name = lockName(MariaDbScratch.string(session, "SELECT DATABASE()"));
            taken = MariaDbScratch.lock(session, name);
            if (!taken) {
                return Optional.empty();
            }
            String idle = MariaDbScratch.string(session, "SELECT @@SESSION.wait_timeout");
            MariaDbSession.execute(session, "SET SESSION wait_timeout = " + IDLE_SECONDS);
            return Optional.of(new SchemaLock(session, held -> {
                MariaDbScratch.unlock(held, name);
                MariaDbSession.execute(held, "SET SESSION wait_timeout = " + idle);
            }));
        } finally {
            if (!taken) {
                session.close();
            }
        }
    }

    /** Locks are the whole server's, and their names short. */
    private static String lockName(String database) {
        try {
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(database.getBytes(StandardCharsets.UTF_8));
            return "weir_schema_" + HexFormat.of().formatHex(sum, 0, 20);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    @Override
    public List<String> missingRightsToGuard(Connection connection) throws SQLException {
        return MariaDbRights.read(connection).missingToLock();
    }

    @Override
    public List<String> missingRights(Connection connection, Collection<String> tables) throws SQLException {
        return MariaDbRights.read(connection).missing(tables);
    }
}
