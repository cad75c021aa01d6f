package dev.weir.db.engine;

import dev.weir.db.engine.BulkUpdate.Add;
import dev.weir.db.engine.BulkUpdate.Assignment;
import dev.weir.db.engine.BulkUpdate.Clamp;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * SQLite's bulk statements: a prepared loop by key.
 *
 * <p>The engine turns an integer sum that overflows into floating point, so the statement itself checks the type of the
 * sum and fails. It adds decimals in floating point only, so these are read, added here and set, in the transaction of
 * the caller; a concurrent writer is kept out by SQLite's single write lock, or makes the statement fail as busy.
 */
final class SqliteBulk implements Bulk {
    private static final int ROWS_PER_INSERT = 20;

    private final LoopBulk loop;

    SqliteBulk(SqliteDialect dialect) {
        this.loop = new LoopBulk(dialect, new SqliteAssignmentSql(), ROWS_PER_INSERT);
    }

    @Override
    public Result update(Connection connection, BulkUpdate update) throws SQLException {
        if (update.assignments().stream().noneMatch(SqliteBulk::addsDecimals)) {
            return loop.update(connection, update);
        }
        List<ColumnInfo> columns = update.assignments().stream()
                .filter(SqliteBulk::addsDecimals)
                .map(Assignment::column)
                .toList();
        Map<List<@Nullable Object>, @Nullable Object[]> stored = new HashMap<>();
        int keys = update.key().size();
        for (@Nullable Object[] row : loop.select(connection, update.table(), update.key(), update.keys(), columns)) {
            stored.put(key(row, keys), row);
        }
        List<Assignment> sets = new ArrayList<>();
        for (Assignment assignment : update.assignments()) {
            sets.add(
                    addsDecimals(assignment)
                            ? sum(assignment, update, stored, keys + columns.indexOf(assignment.column()))
                            : assignment);
        }
        long selects = (update.rows() + LoopBulk.KEYS_PER_SELECT - 1L) / LoopBulk.KEYS_PER_SELECT;
        return loop.update(connection, new BulkUpdate(update.table(), update.key(), update.keys(), sets))
                .plus(new Result(keys == 1 ? selects : update.rows(), 0));
    }

    private static Assignment sum(
            Assignment assignment, BulkUpdate update, Map<List<@Nullable Object>, @Nullable Object[]> stored, int at) {
        @Nullable Object[] sums = new @Nullable Object[update.rows()];
        for (int row = 0; row < sums.length; row++) {
            @Nullable Object[] key = new @Nullable Object[update.keys().size()];
            for (int i = 0; i < key.length; i++) {
                key[i] = update.keys().get(i).get(row);
            }
            @Nullable Object[] old = stored.get(key(key, key.length));
            sums[row] = old == null ? null : sum(assignment, row, (BigDecimal) old[at]);
        }
        return new BulkUpdate.Set(assignment.column(), new Values.Objects(sums, sums.length));
    }

    private static @Nullable BigDecimal sum(Assignment assignment, int row, @Nullable BigDecimal old) {
        if (assignment instanceof Add add) {
            return (old == null ? BigDecimal.ZERO : old).add(decimal(add.values(), row));
        }
        Clamp clamp = (Clamp) assignment;
        if (old == null) {
            return (BigDecimal) clamp.onNull().get(row);
        }
        BigDecimal sum = clamp.add() == null ? old : old.add(decimal(clamp.add(), row));
        BigDecimal low = (BigDecimal) clamp.low().get(row);
        BigDecimal high = (BigDecimal) clamp.high().get(row);
        BigDecimal raised = low == null ? sum : sum.max(low);
        return high == null ? raised : raised.min(high);
    }

    private static BigDecimal decimal(Values values, int row) {
        Object value = values.get(row);
        return value == null ? BigDecimal.ZERO : (BigDecimal) value;
    }

    private static List<@Nullable Object> key(@Nullable Object[] row, int size) {
        List<@Nullable Object> key = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            Object value = row[i];
            key.add(
                    value instanceof byte[] bytes
                            ? ByteBuffer.wrap(bytes)
                            : value instanceof BigDecimal decimal ? decimal.stripTrailingZeros() : value);
        }
        return key;
    }

    private static boolean addsDecimals(Assignment assignment) {
        return assignment.column().kind() == ValueKind.DECIMAL
                && (assignment instanceof Add || assignment instanceof Clamp);
    }

    @Override
    public Result insert(Connection connection, TableInfo table, List<ColumnInfo> columns, List<Values> values)
            throws SQLException {
        return loop.insert(connection, table, columns, values);
    }

    @Override
    public Result delete(Connection connection, TableInfo table, List<ColumnInfo> key, List<Values> keys)
            throws SQLException {
        return loop.delete(connection, table, key, keys);
    }

    @Override
    public List<@Nullable Object[]> select(
            Connection connection, TableInfo table, List<ColumnInfo> key, List<Values> keys, List<ColumnInfo> columns)
            throws SQLException {
        return loop.select(connection, table, key, keys, columns);
    }

    /** Integer sums that fail instead of leaving 64 bits, and times that compare as times. */
    private static final class SqliteAssignmentSql extends AssignmentSql {
        @Override
        String sum(ColumnInfo column, String left, String right) {
            String sum = left + " + " + right;
            if (column.kind() != ValueKind.INTEGER) {
                return sum;
            }
            // abs() of the smallest integer is the one expression that raises an error outside a trigger. It depends on
            // the parameter so that it is not computed before the case is decided.
            return "CASE WHEN typeof(" + left + ") = 'integer' AND typeof(" + sum + ") = 'integer' THEN " + sum
                    + " ELSE abs(-9223372036854775807 - 1 + 0 * " + right + ") END";
        }

        @Override
        String less(ColumnInfo column, String left, String right) {
            return column.kind() == ValueKind.INSTANT
                    ? comparable(left) + " < " + comparable(right)
                    : super.less(column, left, right);
        }

        private static String comparable(String time) {
            return "rtrim(replace(" + time + ", ' ', 'T'), 'Z')";
        }
    }
}
