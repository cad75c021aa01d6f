package dev.weir.db.engine;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The pieces of bulk statements that engines share: lists of names and parameters, binding and reading many rows. */
final class Statements {
    private Statements() {}

    static void requireColumns(TableInfo table, List<ColumnInfo> columns) {
        if (columns.isEmpty()) {
            throw new IllegalArgumentException("An insert must name a column: table=" + table.name());
        }
    }

    static List<ColumnInfo> concat(List<ColumnInfo> first, List<ColumnInfo> second) {
        List<ColumnInfo> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    static String names(Dialect dialect, List<ColumnInfo> columns) {
        return columns.stream().map(column -> dialect.quote(column.name())).collect(Collectors.joining(", "));
    }

    /** {@code (?, ?), (?, ?)}. */
    static String parameters(int columns, int rows) {
        String row = "(" + String.join(", ", Collections.nCopies(columns, "?")) + ")";
        return String.join(", ", Collections.nCopies(rows, row));
    }

    static String insert(Dialect dialect, TableInfo table, List<ColumnInfo> columns, int rows) {
        return "INSERT INTO " + dialect.quote(table) + " (" + names(dialect, columns) + ") VALUES "
                + parameters(columns.size(), rows);
    }

    /** {@code k IN (?, ?)}, or {@code (a, b) IN ((?, ?), (?, ?))} for a key of several columns. */
    static String inList(Dialect dialect, List<ColumnInfo> key, int rows) {
        return key.size() == 1
                ? names(dialect, key) + " IN " + parameters(rows, 1)
                : "(" + names(dialect, key) + ") IN (" + parameters(key.size(), rows) + ")";
    }

    /** Binds rows one after the other, each in the order of its columns. */
    static void bindRows(
            Dialect dialect,
            PreparedStatement statement,
            List<ColumnInfo> columns,
            List<Values> values,
            int from,
            int until)
            throws SQLException {
        int index = 1;
        for (int row = from; row < until; row++) {
            for (int column = 0; column < columns.size(); column++) {
                if (values.get(column) instanceof Values.Longs longs
                        && columns.get(column).kind() == ValueKind.INTEGER) {
                    statement.setLong(index++, longs.data()[row]);
                } else {
                    dialect.bind(
                            statement,
                            index++,
                            columns.get(column),
                            values.get(column).get(row));
                }
            }
        }
    }

    static void readAll(Dialect dialect, ResultSet rows, List<ColumnInfo> columns, List<@Nullable Object[]> into)
            throws SQLException {
        while (rows.next()) {
            @Nullable Object[] row = new @Nullable Object[columns.size()];
            for (int i = 0; i < row.length; i++) {
                row[i] = dialect.read(rows, i + 1, columns.get(i));
            }
            into.add(row);
        }
    }

    static List<@Nullable Object[]> selectInLists(
            Dialect dialect,
            Connection connection,
            TableInfo table,
            List<ColumnInfo> key,
            List<Values> keys,
            List<ColumnInfo> columns,
            int chunk)
            throws SQLException {
        List<ColumnInfo> selected = concat(key, columns);
        String select = "SELECT " + names(dialect, selected) + " FROM " + dialect.quote(table) + " WHERE ";
        List<@Nullable Object[]> answer = new ArrayList<>();
        int rows = keys.get(0).size();
        for (int from = 0; from < rows; from += chunk) {
            int until = Math.min(rows, from + chunk);
            try (PreparedStatement statement =
                    connection.prepareStatement(select + inList(dialect, key, until - from))) {
                bindRows(dialect, statement, key, keys, from, until);
                try (ResultSet found = statement.executeQuery()) {
                    readAll(dialect, found, selected, answer);
                }
            }
        }
        return answer;
    }
}
