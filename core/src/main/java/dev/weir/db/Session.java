package dev.weir.db;

import dev.weir.db.engine.ColumnInfo;
import dev.weir.db.engine.Dialect;
import dev.weir.db.engine.PlainValues;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Sends statements on one connection: binds, limits their time, logs the slow ones, and turns errors into ours. */
final class Session {
    private static final int FETCH_SIZE = 500;
    private static final long SECOND = 1_000_000_000L;
    private static final int NO_LIMIT = 0;

    private final JdbcDatabase database;
    private final Connection connection;
    /** On the database's clock; null if the transaction has no timeout. */
    private final @Nullable Long deadlineNanos;

    private final Consumer<SQLException> onError;

    Session(
            JdbcDatabase database,
            Connection connection,
            @Nullable Long deadlineNanos,
            Consumer<SQLException> onError) {
        this.database = database;
        this.connection = connection;
        this.deadlineNanos = deadlineNanos;
        this.onError = onError;
    }

    Connection connection() {
        return connection;
    }

    /** Runs a statement and tells how many rows it changed. */
    long update(Command command) {
        return timed(command, NO_LIMIT, statement -> {
            statement.execute();
            return Math.max(0, statement.getLargeUpdateCount());
        });
    }

    /** Runs a query and reads its answer. */
    List<Row> query(Command command) {
        return query(command, NO_LIMIT);
    }

    /** The same, with at most so many rows; 0 is all. */
    List<Row> query(Command command, int mostRows) {
        return timed(command, mostRows, statement -> {
            try (ResultSet answer = statement.executeQuery()) {
                Reader reader = new Reader(command, answer);
                List<Row> rows = new ArrayList<>();
                while (answer.next()) {
                    rows.add(reader.row());
                }
                return Collections.unmodifiableList(rows);
            }
        });
    }

    /** Runs a query that answers one whole number. */
    long number(Command command) {
        return timed(command, NO_LIMIT, statement -> {
            try (ResultSet answer = statement.executeQuery()) {
                return answer.next() ? answer.getLong(1) : 0;
            }
        });
    }

    /**
     * Opens a query that is fetched as it is read.
     *
     * @param guard runs each step, for example to refuse one at a bad moment
     * @param close runs once, after the statement was closed
     */
    Stream<Row> stream(Command command, Consumer<Runnable> guard, Runnable close) {
        Cursor cursor = null;
        try {
            cursor = new Cursor(command, close);
            cursor.open();
            Cursor opened = cursor;
            Spliterator<Row> rows =
                    new Spliterators.AbstractSpliterator<>(
                            Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.IMMUTABLE) {
                        @Override
                        public boolean tryAdvance(Consumer<? super Row> action) {
                            Row row = opened.next(guard);
                            if (row == null) {
                                return false;
                            }
                            action.accept(row);
                            return true;
                        }
                    };
            return StreamSupport.stream(rows, false).onClose(opened::close);
        } catch (RuntimeException | Error e) {
            if (cursor != null) {
                cursor.close();
            } else {
                close.run();
            }
            throw e;
        }
    }

    /** Runs an INSERT of one row and tells the number that it generated; null if it generated none. */
    @Nullable Long generatedNumber(Command command) {
        return timed(command, NO_LIMIT, Statement.RETURN_GENERATED_KEYS, statement -> {
            statement.executeUpdate();
            try (ResultSet keys = statement.getGeneratedKeys()) {
                return keys.next() ? Long.valueOf(keys.getLong(1)) : null;
            }
        });
    }

    private interface Use<T extends @Nullable Object> {
        T on(PreparedStatement statement) throws SQLException;
    }

    private <T extends @Nullable Object> T timed(Command command, int mostRows, Use<T> use) {
        return timed(command, mostRows, Statement.NO_GENERATED_KEYS, use);
    }

    private <T extends @Nullable Object> T timed(Command command, int mostRows, int generatedKeys, Use<T> use) {
        int seconds = secondsLeft(command);
        long start = database.clock().nanoTime();
        try (PreparedStatement statement = prepare(command, generatedKeys)) {
            if (mostRows != NO_LIMIT) {
                statement.setMaxRows(mostRows);
            }
            Runnable executed = database.dialect().statementTimeout(statement, seconds);
            try {
                return use.on(statement);
            } finally {
                executed.run();
            }
        } catch (SQLException e) {
            throw failed(command, e);
        } finally {
            database.slowLog(command, database.clock().nanoTime() - start);
        }
    }

    private PreparedStatement prepare(Command command, int generatedKeys) throws SQLException {
        Dialect dialect = database.dialect();
        PreparedStatement statement = generatedKeys == Statement.NO_GENERATED_KEYS
                ? connection.prepareStatement(command.text())
                : connection.prepareStatement(command.text(), generatedKeys);
        try {
            int index = 1;
            for (Command.Parameter parameter : command.parameters()) {
                ColumnInfo column = parameter.column();
                if (column != null) {
                    dialect.bind(statement, index++, column, parameter.value());
                } else {
                    PlainValues.bind(dialect, statement, index++, parameter.value());
                }
            }
            return statement;
        } catch (SQLException | RuntimeException | Error e) {
            try {
                statement.close();
            } catch (SQLException closing) {
                e.addSuppressed(closing);
            }
            throw e;
        }
    }

    private int secondsLeft(Command command) {
        long nanos = saturated(database.statementTimeout());
        if (deadlineNanos != null) {
            long left = deadlineNanos - database.clock().nanoTime();
            if (left <= 0) {
                throw database.overdue(
                        "the statement was not sent: sql=" + command.shown().get());
            }
            nanos = Math.min(nanos, left);
        }
        return (int) Math.min(Integer.MAX_VALUE / 1000, (nanos - 1) / SECOND + 1);
    }

    static long saturated(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE;
        }
    }

    private SqlException failed(Command command, SQLException error) {
        onError.accept(error);
        return SqlErrors.translated(
                database.dialect(),
                "A statement failed: database=" + database.name() + ", sql="
                        + command.shown().get(),
                error);
    }

    /** Reads the rows of one answer. */
    private final class Reader {
        private final ResultSet answer;
        private final List<ColumnInfo> columns;
        private final RowHeader header;

        Reader(Command command, ResultSet answer) throws SQLException {
            this.answer = answer;
            List<ColumnInfo> known = command.columns();
            RowHeader named = command.header();
            if (known != null && named != null) {
                columns = known;
                header = named;
            } else {
                columns = PlainValues.columns(database.dialect(), answer.getMetaData());
                header = new RowHeader(columns.stream().map(ColumnInfo::name).toList());
            }
        }

        Row row() throws SQLException {
            @Nullable Object[] values = new @Nullable Object[columns.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = PlainValues.read(database.dialect(), answer, i + 1, columns.get(i));
            }
            return new Row(header, values);
        }
    }

    /** An open query. Used by one thread at a time, as a stream is. */
    private final class Cursor {
        private final Command command;
        private final Runnable close;
        private @Nullable PreparedStatement statement;
        private @Nullable ResultSet answer;
        private @Nullable Reader reader;
        private boolean closed;

        Cursor(Command command, Runnable close) {
            this.command = command;
            this.close = close;
        }

        void open() {
            int seconds = secondsLeft(command);
            try {
                PreparedStatement prepared = prepare(command, Statement.NO_GENERATED_KEYS);
                statement = prepared;
                prepared.setFetchSize(FETCH_SIZE);
                Runnable executed = database.dialect().statementTimeout(prepared, seconds);
                long start = database.clock().nanoTime();
                try {
                    ResultSet rows = prepared.executeQuery();
                    answer = rows;
                    reader = new Reader(command, rows);
                } finally {
                    executed.run();
                    database.slowLog(command, database.clock().nanoTime() - start);
                }
            } catch (SQLException e) {
                throw failed(command, e);
            }
        }

        @Nullable Row next(Consumer<Runnable> guard) {
            if (closed) {
                return null;
            }
            @Nullable Row[] next = new @Nullable Row[1];
            guard.accept(() -> next[0] = fetch());
            if (next[0] == null) {
                close();
            }
            return next[0];
        }

        private @Nullable Row fetch() {
            ResultSet rows = answer;
            Reader current = reader;
            try {
                return rows != null && current != null && rows.next() ? current.row() : null;
            } catch (SQLException e) {
                throw failed(command, e);
            }
        }

        void close() {
            if (closed) {
                return;
            }
            closed = true;
            reader = null;
            try {
                closeStatement();
            } catch (SQLException e) {
                onError.accept(e);
            } finally {
                close.run();
            }
        }

        private void closeStatement() throws SQLException {
            try {
                if (answer != null) {
                    answer.close();
                }
            } finally {
                if (statement != null) {
                    statement.close();
                }
            }
        }
    }
}
