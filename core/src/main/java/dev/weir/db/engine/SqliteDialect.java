package dev.weir.db.engine;

import dev.weir.error.Failure;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteConnection;

/**
 * SQLite. A column's kind follows its declared type, because the engine itself would store anything anywhere.
 *
 * <p>Times are text: {@code 2000-10-10T20:55:36Z}, with nine digits of fraction when it is not zero, years 0 to 9999.
 * Without their {@code Z} such texts sort as the times do. A decimal is stored as an integer if it is one of 64 bits, else
 * as the engine's floating point, which keeps 15 digits: one with more is refused.
 */
final class SqliteDialect extends StandardDialect {
    static final SqliteDialect INSTANCE = new SqliteDialect();

    /** Digits that SQLite's NUMERIC keeps of a decimal. */
    private static final int EXACT_DIGITS = 15;

    /** Steps of its virtual machine; some ten milliseconds. */
    private static final int STEPS_BETWEEN_LOOKS = 500_000;

    /** An offset needs a limit. */
    private static final Long ALL_ROWS = -1L;

    private static final int ERROR = 1;
    private static final int BUSY = 5;
    private static final int LOCKED = 6;
    private static final int NO_MEMORY = 7;
    private static final int INTERRUPT = 9;
    private static final int IO_ERROR = 10;
    private static final int CORRUPT = 11;
    private static final int FULL = 13;
    private static final int CAN_NOT_OPEN = 14;
    private static final int PROTOCOL = 15;
    private static final int TOO_BIG = 18;
    private static final int CONSTRAINT = 19;
    private static final int MISMATCH = 20;

    /** What the engine says of a statement that no longer fits the schema. */
    private static final List<String> CHANGED = List.of(
            "no such table",
            "no such column",
            "no such function",
            "no such collation",
            "has no column",
            "cannot modify",
            "generated column",
            "foreign key mismatch");

    private final Bulk bulk = new SqliteBulk(this);

    private SqliteDialect() {
        super("sqlite", "blob", "timestamp");
    }

    @Override
    public Failure classify(SQLException error) {
        SQLException root = StandardFailure.root(error);
        return switch (root.getErrorCode()) {
            case BUSY, LOCKED, NO_MEMORY, INTERRUPT, IO_ERROR, FULL, CAN_NOT_OPEN, PROTOCOL -> Failure.TRANSIENT;
            case TOO_BIG, CONSTRAINT, MISMATCH -> Failure.DATA;
            case ERROR ->
                root.getMessage() != null && root.getMessage().contains("integer overflow")
                        ? Failure.DATA
                        : Failure.OTHER;
            default -> StandardFailure.classify(root);
        };
    }

    @Override
    public boolean duplicateKey(SQLException error) {
        String message = root(error).getMessage();
        return message != null
                && (message.startsWith("[SQLITE_CONSTRAINT_UNIQUE]")
                        || message.startsWith("[SQLITE_CONSTRAINT_PRIMARYKEY]")
                        || message.startsWith("[SQLITE_CONSTRAINT_ROWID]"));
    }

    @Override
    public boolean conflict(SQLException error) {
        int code = root(error).getErrorCode();
        return code == BUSY || code == LOCKED || super.conflict(error);
    }

    @Override
    public boolean endsTransaction(SQLException error) {
        return switch (root(error).getErrorCode()) {
            case NO_MEMORY, INTERRUPT, IO_ERROR, CORRUPT, FULL -> true;
            default -> super.endsTransaction(error);
        };
    }

    @Override
    public boolean commitUnknown(SQLException error) {
        SQLException root = root(error);
        return root instanceof SQLTimeoutException
                || switch (root.getErrorCode()) {
                    case BUSY, LOCKED, FULL -> false;
                    default -> classify(error) != Failure.DATA;
                };
    }

    /** The engine has one code for all that a statement can be wrong about: its words decide. */
    @Override
    public boolean schemaChanged(SQLException error) {
        SQLException root = root(error);
        String message = String.valueOf(root.getMessage());
        return root.getErrorCode() == ERROR && CHANGED.stream().anyMatch(message::contains);
    }

    @Override
    public long brokenKeys(Connection connection) throws SQLException {
        return SqliteCatalog.brokenKeys(connection);
    }

    @Override
    void bindValue(PreparedStatement statement, int index, ColumnInfo column, Object value) throws SQLException {
        switch (column.kind()) {
            case DECIMAL -> bindDecimal(statement, index, column, (BigDecimal) value);
            case DOUBLE -> {
                if (((Double) value).isNaN()) {
                    throw StandardFailure.unfit(column, "SQLite would store NaN as NULL");
                }
                statement.setDouble(index, (Double) value);
            }
            case BOOLEAN -> statement.setLong(index, (Boolean) value ? 1 : 0);
            case TEXT, UUID -> statement.setString(index, value.toString());
            case DATE, TIME, TIMESTAMP, INSTANT -> statement.setString(index, TemporalText.write(column, value));
            case INTEGER, BYTES, OTHER -> super.bindValue(statement, index, column, value);
        }
    }

    private static void bindDecimal(PreparedStatement statement, int index, ColumnInfo column, BigDecimal value)
            throws SQLException {
        BigDecimal plain = value.stripTrailingZeros();
        if (plain.scale() <= 0 && plain.precision() - plain.scale() <= 19) {
            try {
                statement.setLong(index, plain.longValueExact());
                return;
            } catch (ArithmeticException e) {
                throw StandardFailure.unfit(column, "SQLite stores integers of at most 64 bits exactly");
            }
        }
        double nearest = plain.doubleValue();
        if (plain.precision() > EXACT_DIGITS
                || Double.isInfinite(nearest)
                || new BigDecimal(Double.toString(nearest)).compareTo(plain) != 0) {
            throw StandardFailure.unfit(column, "SQLite keeps " + EXACT_DIGITS + " digits of a decimal exactly");
        }
        statement.setDouble(index, nearest);
    }

    @Override
    public @Nullable Object read(ResultSet rows, int index, ColumnInfo column) throws SQLException {
        Object stored = rows.getObject(index);
        if (stored == null) {
            return null;
        }
        try {
            return switch (column.kind()) {
                case INTEGER -> integer(stored);
                case DECIMAL -> decimal(stored, column);
                case DOUBLE -> stored instanceof Number number ? number.doubleValue() : refuse("a number");
                case BOOLEAN -> bool(stored);
                case TEXT -> stored instanceof byte[] ? rows.getString(index) : stored.toString();
                case BYTES -> stored instanceof byte[] ? stored : rows.getBytes(index);
                case UUID -> UUID.fromString((String) stored);
                case DATE -> LocalDate.parse((String) stored);
                case TIME -> LocalTime.parse((String) stored);
                case TIMESTAMP, INSTANT ->
                    stored instanceof Number millis
                            ? Instant.ofEpochMilli(integer(millis))
                            : TemporalText.readInstant((String) stored);
                case OTHER -> stored;
            };
        } catch (RuntimeException e) {
            throw new SQLException(
                    "The stored value is not of the column's declared type: column=" + column.name() + ", type="
                            + column.typeName(),
                    "22018",
                    e);
        }
    }

    private static Object refuse(String wanted) {
        throw new IllegalArgumentException("not " + wanted);
    }

    private static Long integer(Object stored) {
        if (stored instanceof Long || stored instanceof Integer) {
            return ((Number) stored).longValue();
        }
        throw new IllegalArgumentException("not an integer");
    }

    private static BigDecimal decimal(Object stored, ColumnInfo column) {
        BigDecimal value = new BigDecimal(stored.toString());
        Integer scale = column.scale();
        BigDecimal plain = value.stripTrailingZeros();
        return scale != null && plain.scale() <= scale
                ? plain.setScale(scale)
                : plain.scale() < 0 ? plain.setScale(0) : plain;
    }

    private static Boolean bool(Object stored) {
        if (stored instanceof Number number) {
            return number.doubleValue() != 0;
        }
        return switch (stored.toString()) {
            case "true", "TRUE", "t" -> true;
            case "false", "FALSE", "f" -> false;
            default -> throw new IllegalArgumentException("not a boolean");
        };
    }

    @Override
    public Optional<TableInfo> describe(Connection connection, String name) throws SQLException {
        return SqliteCatalog.describe(this, connection, name);
    }

    @Override
    public ColumnInfo resultColumn(ResultSetMetaData answer, int index) throws SQLException {
        String type = answer.getColumnTypeName(index);
        String table = answer.getTableName(index);
        // The driver calls an expression NUMERIC, for want of a declared type.
        boolean expression = table == null || table.isEmpty();
        return PlainValues.column(
                answer.getColumnLabel(index),
                type,
                expression && type.equals("NUMERIC") ? ValueKind.OTHER : SqliteCatalog.kind(type));
    }

    /** The driver's own query timeout would replace the connection's busy timeout. */
    @Override
    public Runnable statementTimeout(PreparedStatement statement, int seconds) throws SQLException {
        Connection connection = statement.getConnection();
        if (!connection.isWrapperFor(SQLiteConnection.class)) {
            return () -> {};
        }
        SQLiteConnection sqlite = connection.unwrap(SQLiteConnection.class);
        long start = System.nanoTime();
        long limit = TimeUnit.SECONDS.toNanos(seconds);
        ProgressHandler.setHandler(sqlite, STEPS_BETWEEN_LOOKS, new ProgressHandler() {
            @Override
            protected int progress() {
                return System.nanoTime() - start > limit ? 1 : 0;
            }
        });
        return () -> {
            try {
                ProgressHandler.clearHandler(sqlite);
            } catch (SQLException e) {
                throw new IllegalStateException("A connection was closed while its statement ran. Keep it open.", e);
            }
        };
    }

    @Override
    public void readOnly(Connection connection, boolean readOnly) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA query_only = " + (readOnly ? "ON" : "OFF"));
        }
    }

    @Override
    public List<String> tableNames(Connection connection) throws SQLException {
        return SqliteCatalog.tableNames(connection);
    }

    /** Texts with and without a fraction of the second sort as the times do once their {@code Z} is gone. */
    @Override
    public String ordered(ColumnInfo column, String expression) {
        return column.kind() == ValueKind.INSTANT ? "rtrim(replace(" + expression + ", ' ', 'T'), 'Z')" : expression;
    }

    /**
     * An integer sum that overflows would become floating point, so the engine is made to fail: abs() of the smallest integer
     * does. A decimal with a fraction is brought back to the digits that the engine keeps.
     */
    @Override
    public String increment(ColumnInfo column, String name) {
        String sum = "COALESCE(" + name + ", 0) + weir_delta";
        return switch (column.kind()) {
            case INTEGER ->
                "(SELECT CASE WHEN typeof(" + sum + ") = 'integer' THEN " + sum
                        + " ELSE abs(-9223372036854775807 - 1 + 0 * weir_delta) END FROM (SELECT ? AS weir_delta))";
            case DECIMAL ->
                "(SELECT CASE WHEN typeof(" + sum + ") = 'integer' THEN " + sum + " ELSE CAST(printf('%." + EXACT_DIGITS
                        + "g', " + sum + ") AS NUMERIC) END FROM (SELECT ? AS weir_delta))";
            default -> super.increment(column, name);
        };
    }

    @Override
    public String limit(String select, @Nullable Long limit, @Nullable Long offset) {
        return super.limit(select, limit == null && offset != null ? ALL_ROWS : limit, offset);
    }

    @Override
    public String nextValue(String table) {
        return "INSERT INTO " + quote(table) + " (\"name\", \"value\") VALUES (?, ?)"
                + " ON CONFLICT (\"name\") DO UPDATE SET \"value\" = \"value\" + 1 RETURNING \"value\"";
    }

    @Override
    public void lockTimeout(Connection connection, Duration timeout) throws SQLException {
        setBusyTimeout(connection, Math.max(1, timeout.toMillis()));
    }

    @Override
    public Bulk bulk() {
        return bulk;
    }

    @Override
    public void release(Connection connection) throws SQLException {
        if (connection.isWrapperFor(SQLiteConnection.class)) {
            setBusyTimeout(
                    connection,
                    connection
                            .unwrap(SQLiteConnection.class)
                            .getDatabase()
                            .getConfig()
                            .getBusyTimeout());
        }
    }

    private static void setBusyTimeout(Connection connection, long millis) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = " + Math.min(millis, Integer.MAX_VALUE));
        }
    }

    @Override
    String ownText(int length) {
        return "text";
    }
}
