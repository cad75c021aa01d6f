package dev.weir.schema.engine;

import dev.weir.db.engine.Dialect;
import dev.weir.schema.diff.Change;
import dev.weir.schema.model.Table;
import dev.weir.schema.physical.PhysicalCheck;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.physical.PhysicalForeignKey;
import dev.weir.schema.physical.PhysicalIndex;
import dev.weir.schema.physical.PhysicalKey;
import dev.weir.schema.physical.PhysicalSchema;
import dev.weir.schema.physical.PhysicalTable;
import dev.weir.schema.sql.SqlTokens;
import dev.weir.schema.sql.SqlTokens.Kind;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import javax.sql.DataSource;

/**
 * SQLite. Most changes of a table that is there make it anew ({@link Change.RebuildTable}), because ALTER TABLE can do little.
 *
 * <p>The engine has no comments, and no limit for how long a statement runs: of the {@link #limits} only the one for locks
 * holds; {@link Dialect#statementTimeout} watches a single statement.
 */
final class SqliteSchema implements SchemaDialect {
    static final String AUTOINCREMENT = "AUTOINCREMENT";

    private static final int BUSY = 5;
    private static final int LOCKED = 6;

    private final Dialect dialect;

    SqliteSchema(Dialect dialect) {
        this.dialect = dialect;
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
    public boolean foreignKeysInside() {
        return true;
    }

    @Override
    public PhysicalSchema read(Connection connection, Predicate<String> ignored) throws SQLException {
        return SqliteReader.read(connection, ignored);
    }

    @Override
    public PhysicalTable physical(Table declared) {
        return SqliteDeclared.physical(declared);
    }

    /**
     * A primary key takes NULL here unless it says otherwise, which nobody means: its columns are told from others, and not
     * by NULL. (The engine has no comments.)
     */
    @Override
    public PhysicalTable comparable(PhysicalTable table) {
        PhysicalKey key = table.primaryKey();
        return key == null
                ? table
                : table.withColumns(table.columns().stream()
                        .map(column -> key.columns().contains(column.name()) ? ofKey(column) : column)
                        .toList());
    }

    private static PhysicalColumn ofKey(PhysicalColumn column) {
        return new PhysicalColumn(
                column.name(),
                column.type(),
                true,
                column.defaultSql(),
                column.generated(),
                column.stored(),
                column.identity(),
                column.collation(),
                "primary key");
    }

    /** The engine rewrites nothing, so that a table as it is read is in this form. */
    @Override
    public PhysicalTable byRules(PhysicalTable table) {
        return comparable(sorted(SqliteDeclared.normal(table)));
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
                        .sorted(Comparator.comparing(PhysicalForeignKey::toString))
                        .toList(),
                table.checks().stream()
                        .sorted(Comparator.comparing(PhysicalCheck::name).thenComparing(PhysicalCheck::condition))
                        .toList(),
                table.comment(),
                table.options(),
                table.attached());
    }

    @Override
    public Optional<Scratch> scratch(DataSource dataSource) throws SQLException {
        // Nothing can be attached to it, so that no statement of it writes a file.
        Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:?limit_attached=0");
        return Optional.of(new Scratch() {
            @Override
            public Connection connection() {
                return connection;
            }

            @Override
            public void close() throws SQLException {
                connection.close();
            }
        });
    }

    @Override
    public boolean inPlace(Change change, PhysicalTable table) {
        if (change instanceof Change.AddColumn add) {
            return addable(add.column());
        } else if (change instanceof Change.DropColumn drop) {
            return droppable(drop.column().name(), table);
        } else if (change instanceof Change.AddIndex add) {
            return !add.index().constraint();
        } else if (change instanceof Change.DropIndex drop) {
            return !drop.index().constraint();
        }
        return change instanceof Change.CreateTable
                || change instanceof Change.DropTable
                || change instanceof Change.RenameTable
                || change instanceof Change.RenameColumn
                || change instanceof Change.RebuildTable
                || SqliteDdl.withoutEffect(change);
    }

    private static boolean addable(PhysicalColumn column) {
        String defaultSql = column.defaultSql();
        if (column.generated() != null) {
            return !column.stored() && column.nullable();
        }
        return column.identity() == null && (defaultSql == null ? column.nullable() : SqliteText.constant(defaultSql));
    }

    /** ALTER TABLE drops only what nothing else of the table speaks of. */
    private static boolean droppable(String column, PhysicalTable table) {
        PhysicalKey key = table.primaryKey();
        return !((key != null && key.columns().contains(column))
                || table.columns().size() == 1
                || table.indexes().stream().anyMatch(index -> speaks(index, column))
                || table.foreignKeys().stream()
                        .anyMatch(foreign -> foreign.columns().contains(column)
                                || (SqlExpression.same(foreign.table(), table.name())
                                        && foreign.targets().contains(column)))
                || table.checks().stream().anyMatch(check -> speaks(check.condition(), column))
                || table.columns().stream()
                        .anyMatch(other -> other.generated() != null && speaks(other.generated(), column))
                || table.attached().stream().anyMatch(trigger -> speaks(trigger, column)));
    }

    private static boolean speaks(PhysicalIndex index, String column) {
        String where = index.where();
        return (where != null && speaks(where, column))
                || index.parts().stream()
                        .anyMatch(part -> part.expression()
                                ? speaks(part.text(), column)
                                : SqlExpression.same(part.text(), column));
    }

    private static boolean speaks(String sql, String column) {
        return SqlTokens.of(sql).stream()
                .anyMatch(token -> (token.kind() == Kind.WORD || token.kind() == Kind.NAME)
                        && SqlExpression.same(token.name(), column));
    }

    @Override
    public Ddl ddl(Change change, boolean online) {
        return SqliteDdl.of(change);
    }

    @Override
    public String converted(String expression, PhysicalColumn to) {
        // A value keeps its own type.
        return expression;
    }

    @Override
    public TypeChange typeChange(PhysicalColumn from, PhysicalColumn to) {
        return SqliteTypeChange.of(from, to);
    }

    @Override
    public DdlTransaction begin(Connection connection, List<Change> changes) throws SQLException {
        return SqliteTransaction.begin(connection, changes);
    }

    @Override
    public boolean sameTable(String one, String other) {
        return one.equalsIgnoreCase(other);
    }

    @Override
    public boolean sameColumn(String one, String other) {
        return one.equalsIgnoreCase(other);
    }

    /** Nobody else writes while the transaction of the step is open. */
    @Override
    public TableGuard guard(Connection connection, String table, String condition) throws SQLException {
        return TableGuard.found(count(connection, table, condition));
    }

    @Override
    public Limits limits(Connection connection, Duration lockTimeout, Duration statementTimeout) throws SQLException {
        dialect.lockTimeout(connection, lockTimeout);
        return () -> dialect.release(connection);
    }

    @Override
    public boolean lockTimedOut(SQLException error) {
        int code = dialect.root(error).getErrorCode();
        return code == BUSY || code == LOCKED;
    }

    @Override
    public Optional<SchemaLock> tryLock(DataSource dataSource) throws SQLException {
        return SqliteLock.tryLock(dataSource, this::lockTimedOut);
    }

    @Override
    public List<String> missingRights(Connection connection, Collection<String> tables) throws SQLException {
        return SqliteLock.missingRights(connection);
    }
}
