package dev.weir.schema.engine;

import dev.weir.db.engine.Dialect;
import dev.weir.schema.diff.Change;
import dev.weir.schema.model.Table;
import dev.weir.schema.physical.PhysicalCheck;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.physical.PhysicalForeignKey;
import dev.weir.schema.physical.PhysicalIndex;
import dev.weir.schema.physical.PhysicalSchema;
import dev.weir.schema.physical.PhysicalTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import javax.sql.DataSource;

/**
 * H2. Each statement that changes the schema commits, so that there is nothing to take back.
 *
 * <p>A foreign key takes an index of exactly its columns for its own where there is one; that index can't be dropped before the
 * key is.
 */
final class H2Schema implements SchemaDialect {
    static final String NULLS_NOT_DISTINCT = "nulls not distinct";
    static final String NULLS_ALL_DISTINCT = "nulls all distinct";

    private static final int LOCK_TIMEOUT = 50200;
    private static final int DEADLOCK = 40001;
    private static final int NOT_ENOUGH_RIGHTS = 90096;

    private final Dialect dialect;

    H2Schema(Dialect dialect) {
        this.dialect = dialect;
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
    public boolean inTheWay(PhysicalForeignKey key, PhysicalTable owner, Change change) {
        // A foreign key takes over an index of its very columns, which can't be dropped then.
        boolean held = change instanceof Change.DropIndex drop
                && owner.name().equals(drop.table())
                && drop.index().columns().equals(key.columns());
        return held || StandardForeignKeys.inTheWay(key, owner, change);
    }

    @Override
    public PhysicalSchema read(Connection connection, Predicate<String> ignored) throws SQLException {
        return H2Reader.read(connection, ignored);
    }

    @Override
    public PhysicalTable physical(Table declared) {
        return H2Declared.physical(declared);
    }

    @Override
    public PhysicalTable named(PhysicalTable table) {
        return H2Names.named(table);
    }

    @Override
    public PhysicalTable byRules(PhysicalTable table) {
        return sorted(H2Rules.normal(table));
    }

    static PhysicalTable sorted(PhysicalTable table) {
        return new PhysicalTable(
                table.name(),
                table.columns(),
                table.primaryKey(),
                table.indexes().stream()
                        .sorted(Comparator.comparing(PhysicalIndex::name))
                        .toList(),
                table.foreignKeys().stream()
                        .sorted(Comparator.comparing(PhysicalForeignKey::name))
                        .toList(),
                table.checks().stream()
                        .sorted(Comparator.comparing(PhysicalCheck::name))
                        .toList(),
                table.comment(),
                table.options(),
                table.attached());
    }

    @Override
    public Optional<Scratch> scratch(DataSource dataSource) throws SQLException {
        return Optional.of(H2Scratch.open(dataSource));
    }

    @Override
    public Ddl ddl(Change change, boolean online) {
        return H2Ddl.of(change);
    }

    @Override
    public TypeChange typeChange(PhysicalColumn from, PhysicalColumn to) {
        return H2Types.change(from, to);
    }

    @Override
    public DdlTransaction begin(Connection connection, List<Change> changes) throws SQLException {
        if (!connection.getAutoCommit()) {
            throw new IllegalStateException(
                    "Schema changes commit what is open: autoCommit=false; commit, and switch it on");
        }
        return new DdlTransaction() {
            @Override
            public void commit() {}

            @Override
            public void close() {}
        };
    }

    @Override
    public void numberPast(Connection connection, String table, String column, long number) throws SQLException {
        boolean behind;
        try (PreparedStatement statement = connection.prepareStatement("SELECT IDENTITY_BASE FROM"
                + " INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = CURRENT_SCHEMA AND TABLE_NAME = ? AND COLUMN_NAME = ?"
                + " AND IDENTITY_BASE <= ?")) {
            statement.setString(1, table);
            statement.setString(2, column);
            statement.setLong(3, number);
            try (ResultSet rows = statement.executeQuery()) {
                behind = rows.next();
            }
        }
        if (behind) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("ALTER TABLE " + dialect.quote(table) + " ALTER COLUMN " + dialect.quote(column)
                        + " RESTART WITH " + (number + 1));
            }
        }
    }

    @Override
    public TableGuard guard(Connection connection, String table, String condition) throws SQLException {
        return H2TableGuard.check(this, connection, table, condition);
    }

    @Override
    public Limits limits(Connection connection, Duration lockTimeout, Duration statementTimeout) throws SQLException {
        dialect.lockTimeout(connection, lockTimeout);
        int before;
        try (Statement statement = connection.createStatement()) {
            try (ResultSet rows = statement.executeQuery("SELECT CAST(SETTING_VALUE AS INTEGER)"
                    + " FROM INFORMATION_SCHEMA.SETTINGS WHERE SETTING_NAME = 'QUERY_TIMEOUT'")) {
                before = rows.next() ? rows.getInt(1) : 0;
            }
            statement.execute(
                    "SET QUERY_TIMEOUT " + Math.max(1, Math.min(statementTimeout.toMillis(), Integer.MAX_VALUE)));
        }
        return () -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET QUERY_TIMEOUT " + before);
            }
            dialect.release(connection);
        };
    }

    @Override
    public boolean lockTimedOut(SQLException error) {
        int code = dialect.root(error).getErrorCode();
        return code == LOCK_TIMEOUT || code == DEADLOCK;
    }

    @Override
    public Optional<SchemaLock> tryLock(DataSource dataSource) throws SQLException {
        return H2Lock.tryLock(dataSource, this::lockTimedOut);
    }

    /**
     * Only an administrator, the owner of a schema or one who may alter any changes it. What others may do they can't read, so
     * the engine is asked to drop what is not there.
     */
    @Override
    public List<String> missingRights(Connection connection, Collection<String> tables) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            String schema;
            String user;
            try (ResultSet rows = statement.executeQuery("""
                    SELECT CURRENT_SCHEMA, CURRENT_USER,
                      EXISTS (SELECT 1 FROM INFORMATION_SCHEMA.USERS WHERE USER_NAME = CURRENT_USER AND IS_ADMIN)""")) {
                rows.next();
                if (rows.getBoolean(3)) {
                    return List.of();
                }
                schema = rows.getString(1);
                user = rows.getString(2);
            }
            try {
                statement.execute("DROP SEQUENCE IF EXISTS \"weir_rights\"");
                return List.of();
            } catch (SQLException e) {
                if (e.getErrorCode() != NOT_ENOUGH_RIGHTS) {
                    throw e;
                }
                return List.of("own the schema " + schema + ", or be an administrator: user=" + user);
            }
        }
    }
}
