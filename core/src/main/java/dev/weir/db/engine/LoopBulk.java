package dev.weir.db.engine;

import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Bulk statements of an engine that runs in this process, where a prepared statement costs less than the rows it would
 * save: one update or delete a row, by key. The engine must know numbered parameters ({@code ?1}).
 */
final class LoopBulk implements Bulk {
    static final int KEYS_PER_SELECT = 500;

    /** A batch spares the driver's work for each call; what is batched is kept in memory. */
    private static final int ROWS_PER_BATCH = 500;

    private final Dialect dialect;
    private final AssignmentSql assignments;
    private final int rowsPerInsert;

    LoopBulk(Dialect dialect, AssignmentSql assignments, int rowsPerInsert) {
        this.dialect = dialect;
        this.assignments = assignments;
        this.rowsPerInsert = rowsPerInsert;
    }

    @Override
    public Result update(Connection connection, BulkUpdate update) throws SQLException {
        List<ColumnInfo> columns = new ArrayList<>(update.key());
        List<Values> values = new ArrayList<>(update.keys());
        List<String> sets = new ArrayList<>();
        for (BulkUpdate.Assignment assignment : update.assignments()) {
            List<String> refs = new ArrayList<>();
            for (Values operand : AssignmentSql.operands(assignment)) {
                columns.add(assignment.column());
                values.add(operand);
                refs.add("?" + columns.size());
            }
            String target = dialect.quote(assignment.column().name());
            sets.add(target + " = " + assignments.expression(assignment, target, refs));
        }
        if (sets.isEmpty()) {
            String key = dialect.quote(update.key().get(0).name());
            sets.add(key + " = " + key);
        }
        return each(
                connection,
                "UPDATE " + dialect.quote(update.table()) + " SET " + String.join(", ", sets) + " WHERE "
                        + equalToParameters(update.key()),
                columns,
                values,
                update.rows());
    }

    @Override
    public Result insert(Connection connection, TableInfo table, List<ColumnInfo> columns, List<Values> values)
            throws SQLException {
        Statements.requireColumns(table, columns);
        int rows = values.get(0).size();
        Result result = Result.NONE;
        for (int from = 0; from < rows; ) {
            int count = Math.min(rows - from, Math.max(1, Math.min(rowsPerInsert, 30_000 / columns.size())));
            int until = from + (rows - from) / count * count;
            try (PreparedStatement statement =
                    connection.prepareStatement(Statements.insert(dialect, table, columns, count))) {
                for (; from < until; from += count) {
                    Statements.bindRows(dialect, statement, columns, values, from, from + count);
                    result = result.plus(new Result(1, statement.executeUpdate()));
                }
            }
        }
        return result;
    }

    @Override
    public Result delete(Connection connection, TableInfo table, List<ColumnInfo> key, List<Values> keys)
            throws SQLException {
        return each(
                connection,
                "DELETE FROM " + dialect.quote(table) + " WHERE " + equalToParameters(key),
                key,
                keys,
                keys.get(0).size());
    }

    @Override
    public List<@Nullable Object[]> select(
            Connection connection, TableInfo table, List<ColumnInfo> key, List<Values> keys, List<ColumnInfo> columns)
            throws SQLException {
        return key.size() == 1
                ? Statements.selectInLists(dialect, connection, table, key, keys, columns, KEYS_PER_SELECT)
                : selectEach(connection, table, key, keys, columns);
    }

    private List<@Nullable Object[]> selectEach(
            Connection connection, TableInfo table, List<ColumnInfo> key, List<Values> keys, List<ColumnInfo> columns)
            throws SQLException {
        List<ColumnInfo> selected = Statements.concat(key, columns);
        List<@Nullable Object[]> answer = new ArrayList<>();
        String sql = "SELECT " + Statements.names(dialect, selected) + " FROM " + dialect.quote(table) + " WHERE "
                + equalToParameters(key);
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int row = 0; row < keys.get(0).size(); row++) {
                Statements.bindRows(dialect, statement, key, keys, row, row + 1);
                try (ResultSet rows = statement.executeQuery()) {
                    Statements.readAll(dialect, rows, selected, answer);
                }
            }
        }
        return answer;
    }

    private Result each(Connection connection, String sql, List<ColumnInfo> columns, List<Values> values, int rows)
            throws SQLException {
        long changed = 0;
        BitSet missed = new BitSet();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int from = 0; from < rows; from += ROWS_PER_BATCH) {
                int until = Math.min(rows, from + ROWS_PER_BATCH);
                for (int row = from; row < until; row++) {
                    Statements.bindRows(dialect, statement, columns, values, row, row + 1);
                    statement.addBatch();
                }
                int place = from;
                for (int matched : statement.executeBatch()) {
                    changed += matched;
                    missed.set(place++, matched == 0);
                }
            }
        } catch (BatchUpdateException e) {
            throw StandardFailure.root(e);
        }
        return new Result(rows, changed, missed);
    }

    private String equalToParameters(List<ColumnInfo> key) {
        List<String> terms = new ArrayList<>();
        for (ColumnInfo column : key) {
            terms.add(dialect.quote(column.name()) + " = ?" + (terms.size() + 1));
        }
        return terms.stream().collect(Collectors.joining(" AND "));
    }
}
