package dev.weir.db.engine;

import dev.weir.error.Failure;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * MariaDB, and MySQL (untested until a server is found), whose SQL has no RETURNING: the driver tells generated
 * keys there, of one row a statement.
 *
 * <p>Dates and times travel as text, which no driver and no default time zone changes. A TIMESTAMP is text in the time
 * zone of the session: see {@link MariaDbSessions}.
 */
final class MariaDbDialect extends StandardDialect {
    static final MariaDbDialect MARIADB = new MariaDbDialect(false);

    /** Shares everything with MariaDB but a few words; not tested. */
    static final MariaDbDialect MYSQL = new MariaDbDialect(true);

    private static final int DUPLICATE_KEY = 1062;
    /** An offset needs a limit. */
    private static final Long ALL_ROWS = Long.MAX_VALUE;

    private static final String UTC =
            "@weir_time_zone = COALESCE(@weir_time_zone, @@SESSION.time_zone)," + " SESSION time_zone = '+00:00'";

    private final boolean mysql;
    private final MariaDbSessions sessions = new MariaDbSessions();
    private final Bulk bulk = new MariaDbBulk(this);

    private MariaDbDialect(boolean mysql) {
        super(mysql ? "mysql" : "mariadb", "longblob", "timestamp(6)");
        this.mysql = mysql;
    }

    @Override
    public String quote(String identifier) {
        return '`' + identifier.replace("`", "``") + '`';
    }

    @Override
    public Failure classify(SQLException error) {
        SQLException root = StandardFailure.root(error);
        if (tooLargeForOnePacket(root)) {
            return Failure.DATA;
        }
        return switch (root.getErrorCode()) {
            // Killed, server going down, network.
            case 1053, 1152, 1158, 1159, 1160, 1161, 1184, 1927, 2002, 2003, 2006, 2013, 2055, 4031 ->
                Failure.CONNECTION;
            // Deadlock, lock wait, changed row, full, out of memory or connections, interrupted or out of time.
            case 1020, 1021, 1037, 1038, 1040, 1041, 1114, 1203, 1205, 1206, 1213, 1226, 1317, 1969, 3024, 3572 ->
                Failure.TRANSIENT;
            // Keys and foreign keys, NULL, ranges, conversions, lengths, checks, a view's check, a trigger's SIGNAL.
            case 1048,
                    DUPLICATE_KEY,
                    1138,
                    1216,
                    1217,
                    1242,
                    1263,
                    1264,
                    1265,
                    1292,
                    1364,
                    1365,
                    1366,
                    1367,
                    1369,
                    1406,
                    1411,
                    1441,
                    1451,
                    1452,
                    1526,
                    1557,
                    1586,
                    1644,
                    1690,
                    1761,
                    1762,
                    3819,
                    4025 -> Failure.DATA;
            default -> StandardFailure.classify(root);
        };
    }

    @Override
    public boolean duplicateKey(SQLException error) {
        return root(error).getErrorCode() == DUPLICATE_KEY;
    }

    /** Rights have states of class 42 too: what counts is the number. */
    @Override
    public boolean schemaChanged(SQLException error) {
        return switch (root(error).getErrorCode()) {
            // Tables, columns, their number, functions; a view that is invalid or can't be written; generated columns;
            // collations that don't compare.
            case 1051, 1054, 1109, 1110, 1136, 1146, 1267, 1288, 1305, 1347, 1348, 1356, 1471, 1906, 1932, 3105 -> true;
            default -> false;
        };
    }

    private static boolean tooLargeForOnePacket(SQLException error) {
        Throwable cause = error;
        for (int depth = 0; cause != null && depth < 8; depth++) {
            if (cause.getMessage() != null && cause.getMessage().contains("max_allowed_packet")) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    @Override
    void bindValue(PreparedStatement statement, int index, ColumnInfo column, Object value) throws SQLException {
        switch (column.kind()) {
            case DOUBLE -> {
                if (!Double.isFinite((Double) value)) {
                    throw StandardFailure.unfit(column, "The engine has no NaN and no infinity");
                }
                statement.setDouble(index, (Double) value);
            }
            case BOOLEAN -> statement.setLong(index, (Boolean) value ? 1 : 0);
            case UUID -> statement.setString(index, value.toString());
            case DATE -> statement.setString(index, date(column, (LocalDate) value));
            case TIME -> statement.setString(index, time((LocalTime) value));
            case TIMESTAMP -> statement.setString(index, dateTime(column, (LocalDateTime) value));
            case INSTANT ->
                statement.setString(
                        index, dateTime(column, sessions.toLocal(statement.getConnection(), (Instant) value)));
            case INTEGER, DECIMAL, TEXT, BYTES, OTHER -> super.bindValue(statement, index, column, value);
        }
    }

    private static String date(ColumnInfo column, LocalDate date) throws SQLException {
        if (date.getYear() < 0 || date.getYear() > 9999) {
            throw StandardFailure.unfit(column, "A date must be of the years 0 to 9999");
        }
        return date.toString();
    }

    private static String time(LocalTime time) {
        return DateTimeFormatter.ISO_LOCAL_TIME.format(time);
    }

    private static String dateTime(ColumnInfo column, LocalDateTime local) throws SQLException {
        return date(column, local.toLocalDate()) + " " + time(local.toLocalTime());
    }

    @Override
    public @Nullable Object read(ResultSet rows, int index, ColumnInfo column) throws SQLException {
        return switch (column.kind()) {
            case UUID -> {
                String text = rows.getString(index);
                yield text == null ? null : UUID.fromString(text);
            }
            case DATE -> present(rows, index, column, LocalDate.class);
            case TIME -> present(rows, index, column, LocalTime.class);
            case TIMESTAMP -> present(rows, index, column, LocalDateTime.class);
            case INSTANT -> {
                LocalDateTime local = present(rows, index, column, LocalDateTime.class);
                yield local == null
                        ? null
                        : sessions.toInstant(rows.getStatement().getConnection(), local);
            }
            case INTEGER, DECIMAL, DOUBLE, BOOLEAN, TEXT, BYTES, OTHER -> super.read(rows, index, column);
        };
    }

    /** The driver takes a zero date for NULL, which it is not. */
    private static <T> @Nullable T present(ResultSet rows, int index, ColumnInfo column, Class<T> type)
            throws SQLException {
        T value = rows.getObject(index, type);
        if (value == null && rows.getString(index) != null) {
            throw new SQLException(
                    "A zero date has no counterpart in Java: column=" + column.name() + ", type=" + column.typeName(),
                    "22007");
        }
        return value;
    }

    @Override
    public Optional<TableInfo> describe(Connection connection, String name) throws SQLException {
        return MariaDbCatalog.describe(connection, name);
    }

    @Override
    public ColumnInfo resultColumn(ResultSetMetaData answer, int index) throws SQLException {
        String type = answer.getColumnTypeName(index);
        ValueKind kind = switch (type) {
            case "TIMESTAMP" -> ValueKind.INSTANT;
            case "YEAR" -> ValueKind.INTEGER;
            case "UUID", "uuid" -> ValueKind.UUID;
            default -> PlainValues.kind(answer.getColumnType(index));
        };
        return PlainValues.column(answer.getColumnLabel(index), type, kind);
    }

    @Override
    public List<String> tableNames(Connection connection) throws SQLException {
        return MariaDbCatalog.tableNames(connection);
    }

    @Override
    public String limit(String select, @Nullable Long limit, @Nullable Long offset) {
        return super.limit(select, limit == null && offset != null ? ALL_ROWS : limit, offset);
    }

    /** The engine looks at every unique key of the table, not just at {@code key}. */
    @Override
    public String upsert(TableInfo table, List<ColumnInfo> insert, List<ColumnInfo> key, List<ColumnInfo> update) {
        String first = quote(key.get(0).name());
        return insert(table, insert, 1) + " ON DUPLICATE KEY UPDATE "
                + (update.isEmpty()
                        ? first + " = " + first
                        : update.stream()
                                .map(column -> quote(column.name()) + " = VALUES(" + quote(column.name()) + ")")
                                .collect(Collectors.joining(", ")));
    }

    @Override
    public String returning(String insert, List<ColumnInfo> columns) {
        if (mysql) {
            throw new UnsupportedOperationException("MySQL has no RETURNING; ask the driver for what is generated");
        }
        return super.returning(insert, columns);
    }

    @Override
    public Optional<String> lastNumber() {
        return mysql ? Optional.of("SELECT LAST_INSERT_ID()") : Optional.empty();
    }

    @Override
    public String nextValue(String table) {
        String insert = "INSERT INTO " + quote(table) + " (`name`, `value`) VALUES (?, ";
        return mysql
                ? insert + "LAST_INSERT_ID(?)) ON DUPLICATE KEY UPDATE `value` = LAST_INSERT_ID(`value` + 1)"
                : insert + "?) ON DUPLICATE KEY UPDATE `value` = `value` + 1 RETURNING `value`";
    }

    /** A backslash in a literal is an escape itself. */
    @Override
    public String like(String expression) {
        return expression + " LIKE ? ESCAPE '\\\\'";
    }

    /** In the same statement times become UTC, as for a flush: nowhere else is a TIMESTAMP the same in every session. */
    @Override
    public void lockTimeout(Connection connection, Duration timeout) throws SQLException {
        long seconds = Math.max(1, Math.min(timeout.plusMillis(999).toSeconds(), 31_536_000));
        execute(
                connection,
                "SET @weir_row_lock = COALESCE(@weir_row_lock, @@SESSION.innodb_lock_wait_timeout),"
                        + " @weir_table_lock = COALESCE(@weir_table_lock, @@SESSION.lock_wait_timeout),"
                        + " SESSION innodb_lock_wait_timeout = " + seconds + ", SESSION lock_wait_timeout = "
                        + seconds);
    }

    @Override
    public Bulk bulk() {
        return bulk;
    }

    /**
     * Strict on every engine, a written 0 stays 0 in an auto-increment column, and times are UTC, where no hour comes twice.
     * What was set before is kept in variables of the session.
     */
    @Override
    public void prepareForFlush(Connection connection) throws SQLException {
        execute(
                connection,
                "SET @weir_sql_mode = COALESCE(@weir_sql_mode, @@SESSION.sql_mode),"
                        + " SESSION sql_mode = CONCAT_WS(',', NULLIF(@@SESSION.sql_mode, ''), 'STRICT_TRANS_TABLES',"
                        + " 'STRICT_ALL_TABLES', 'NO_AUTO_VALUE_ON_ZERO'), "
                        + UTC);
        sessions.changed(connection, ZoneOffset.UTC);
    }

    @Override
    public void release(Connection connection) throws SQLException {
        sessions.forget(connection);
        execute(
                connection,
                "SET SESSION sql_mode = COALESCE(@weir_sql_mode, @@SESSION.sql_mode),"
                        + " SESSION time_zone = COALESCE(@weir_time_zone, @@SESSION.time_zone),"
                        + " SESSION innodb_lock_wait_timeout ="
                        + " CAST(COALESCE(@weir_row_lock, @@SESSION.innodb_lock_wait_timeout) AS UNSIGNED),"
                        + " SESSION lock_wait_timeout ="
                        + " CAST(COALESCE(@weir_table_lock, @@SESSION.lock_wait_timeout) AS UNSIGNED),"
                        + " @weir_sql_mode = NULL, @weir_time_zone = NULL, @weir_row_lock = NULL,"
                        + " @weir_table_lock = NULL");
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        Objects.requireNonNull(connection, "connection");
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Without a default of its own the first such column would change with each update. */
    @Override
    String ownType(OwnColumn column) {
        return super.ownType(column)
                + (column.nullable() ? " NULL" : "")
                + (column.kind() != ValueKind.INSTANT
                        ? ""
                        : column.nullable() ? " DEFAULT NULL" : " DEFAULT current_timestamp(6)");
    }

    @Override
    String ownText(int length) {
        return length == 0 ? "longtext" : "varchar(" + length + ")";
    }

    @Override
    String ownTableOptions() {
        return " ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE "
                + (mysql ? "utf8mb4_0900_bin" : "utf8mb4_nopad_bin");
    }
}
