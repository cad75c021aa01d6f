package dev.weir.schema.apply;

import dev.weir.db.Database;
import dev.weir.db.engine.ColumnInfo;
import dev.weir.db.engine.TableInfo;
import dev.weir.db.engine.ValueKind;
import dev.weir.schema.engine.SchemaDialect;
import dev.weir.schema.model.DataStep;
import dev.weir.schema.plan.Fingerprint;
import dev.weir.schema.plan.Step;
import dev.weir.schema.sql.SqlScript;
import dev.weir.schema.sql.SqlTokens;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Runs data steps: each batch in a transaction of its own, together with the note of where it ended, so that a step that was
 * cut off goes on there and no batch is done twice.
 *
 * <p>A step in SQL is one batch, unless it says {@code -- batch: table.key 1000}: then its statements are run for one range of
 * keys after the other, with {@code :from} (exclusive) and {@code :to} (inclusive) in place of the range's ends.
 */
final class DataSteps {
    private static final Pattern BATCH =
            Pattern.compile("(?m)^\\s*--\\s*batch:\\s*(\\S+)\\.(\\S+?)(?:\\s+(\\d+))?\\s*$");
    private static final int DEFAULT_SIZE = 1_000;

    /** What ends a transaction on every engine. */
    private static final Set<String> ENDING = Set.of("COMMIT", "ROLLBACK", "BEGIN", "START", "END");

    /** What commits by itself where a rollback does not take changes of the schema back. */
    private static final Set<String> COMMITTING =
            Set.of("CREATE", "ALTER", "DROP", "TRUNCATE", "RENAME", "GRANT", "REVOKE", "LOCK", "UNLOCK");

    private final Database database;
    private final SchemaDialect dialect;
    private final History history;
    private final ApplyListener listener;

    DataSteps(Database database, SchemaDialect dialect, History history, ApplyListener listener) {
        this.database = database;
        this.dialect = dialect;
        this.history = history;
        this.listener = listener;
    }

    static String hash(DataStep step) {
        return Fingerprint.of(step.content());
    }

    /** Runs a step from where it was left to its end. The connection is in auto-commit mode. */
    void run(Connection connection, Step shown, DataStep step) throws SQLException {
        String hash = hash(step);
        String position = null;
        for (History.DataRecord record : history.dataSteps(connection)) {
            if (record.key().equals(step.key())) {
                refuseChanged(step, record, hash);
                position = record.position();
            }
        }
        long batches = 0;
        connection.setAutoCommit(false);
        try {
            boolean done = false;
            while (!done) {
                String reached = batch(connection, step, position);
                done = reached == null;
                history.record(connection, new History.DataRecord(step.key(), hash, done, done ? null : reached));
                connection.commit();
                position = reached;
                listener.batch(shown, ++batches);
            }
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    /**
     * Refuses a step that could not be undone as a whole when it fails.
     *
     * @param sql its statements; null for one in Java
     */
    void refuseCommits(String key, @Nullable String sql) {
        for (String statement : sql == null ? List.<String>of() : SqlScript.split(sql)) {
            List<SqlTokens.Token> words = SqlTokens.of(statement);
            boolean temporary = words.size() > 1 && words.get(1).is("TEMPORARY");
            boolean commits = !words.isEmpty()
                    && (words.get(0).in(ENDING)
                            || (!dialect.transactional()
                                    && !temporary
                                    && words.get(0).in(COMMITTING)));
            if (commits) {
                throw new SchemaException("A data step is one transaction, or one a batch: step=" + key + ", statement="
                        + words.get(0).text() + "; leave it out, and declare what it makes");
            }
        }
    }

    private static void refuseChanged(DataStep step, History.DataRecord begun, String hash) {
        if (!begun.hash().equals(hash)) {
            throw new SchemaException(
                    "A data step stays as it is while some of its batches are done and others are not: step="
                            + step.key()
                            + ", done=up to " + begun.position()
                            + "; put the old text back, or give the new one another key and let it leave out what is done");
        }
    }

    /** Runs the statements that take a step back, and forgets that it was done. */
    void undo(Connection connection, DataStep step, String undo) throws SQLException {
        connection.setAutoCommit(false);
        try {
            execute(connection, undo);
            history.forget(connection, step.key());
            connection.commit();
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    /** One batch; null if it was the last. */
    private @Nullable String batch(Connection connection, DataStep step, @Nullable String position)
            throws SQLException {
        DataStep.Code code = step.code();
        if (code != null) {
            try {
                return code.run(new DataStep.Batch(connection, position));
            } catch (SQLException | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new SchemaException(
                        "A data step failed: step=" + step.key() + ", reason=" + e.getMessage(), e, false);
            }
        }
        String sql = String.valueOf(step.sql());
        Matcher batches = BATCH.matcher(sql);
        if (!batches.find()) {
            execute(connection, sql);
            return null;
        }
        int size = batches.group(3) == null ? DEFAULT_SIZE : Integer.parseInt(batches.group(3));
        return range(connection, step, sql, batches.group(1), batches.group(2), size, position);
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String single : SqlScript.split(sql)) {
                statement.execute(single);
            }
        }
    }

    private @Nullable String range(
            Connection connection,
            DataStep step,
            String sql,
            String tableName,
            String key,
            int size,
            @Nullable String position)
            throws SQLException {
        TableInfo table = database.catalog().table(connection, tableName);
        ColumnInfo column = database.catalog().column(connection, table, key);
        Object from = position == null ? null : parsed(column, step, position);
        Object to = end(connection, table, column, size, from);
        if (to == null) {
            return null;
        }
        Object start = from == null ? least(column, step) : from;
        if (from == null) {
            refuseLeast(connection, table, column, start, step);
        }
        for (String single : SqlScript.split(sql)) {
            List<Object> ends = new ArrayList<>();
            String prepared = prepared(single, start, to, ends);
            try (PreparedStatement statement = connection.prepareStatement(prepared)) {
                for (int i = 0; i < ends.size(); i++) {
                    database.dialect().bind(statement, i + 1, column, ends.get(i));
                }
                statement.execute();
            }
        }
        return String.valueOf(to);
    }

    /** The statement with a parameter for each {@code :from} and {@code :to} outside of quotes and comments. */
    private static String prepared(String sql, Object from, Object to, List<Object> ends) {
        StringBuilder prepared = new StringBuilder();
        List<SqlTokens.Token> tokens = SqlTokens.of(sql);
        int copied = 0;
        for (int i = 1; i < tokens.size(); i++) {
            SqlTokens.Token name = tokens.get(i);
            boolean mark = (name.is("from") || name.is("to"))
                    && isColonBefore(tokens, i)
                    && !(i > 1 && isColonBefore(tokens, i - 1));
            if (mark) {
                prepared.append(sql, copied, tokens.get(i - 1).start()).append('?');
                copied = name.start() + name.text().length();
                ends.add(name.is("to") ? to : from);
            }
        }
        return prepared.append(sql.substring(copied)).toString();
    }

    private static boolean isColonBefore(List<SqlTokens.Token> tokens, int at) {
        SqlTokens.Token before = tokens.get(at - 1);
        return before.is(":") && before.start() + 1 == tokens.get(at).start();
    }

    /** The ranges begin above the least key that there can be, so a row that has it would be left out. */
    private void refuseLeast(Connection connection, TableInfo table, ColumnInfo column, Object least, DataStep step)
            throws SQLException {
        String select = "SELECT count(*) FROM " + database.dialect().quote(table) + " WHERE "
                + database.dialect().quote(column.name()) + " = ?";
        try (PreparedStatement statement = connection.prepareStatement(select)) {
            database.dialect().bind(statement, 1, column, least);
            try (ResultSet rows = statement.executeQuery()) {
                if (rows.next() && rows.getLong(1) > 0) {
                    throw new SchemaException(
                            "A data step's batches go by a key that has a lower one: step=" + step.key()
                                    + ", column=" + column.name() + ", key='" + least
                                    + "'; leave '-- batch:' out, or give that row another key");
                }
            }
        }
    }

    /** The last of the next keys; null if there are none. */
    private @Nullable Object end(
            Connection connection, TableInfo table, ColumnInfo column, int size, @Nullable Object from)
            throws SQLException {
        String key = database.dialect().quote(column.name());
        String select = database.dialect()
                .limit(
                        "SELECT " + key + " FROM " + database.dialect().quote(table)
                                + (from == null ? "" : " WHERE " + key + " > ?") + " ORDER BY " + key,
                        (long) size,
                        null);
        Object last = null;
        try (PreparedStatement statement = connection.prepareStatement(select)) {
            if (from != null) {
                database.dialect().bind(statement, 1, column, from);
            }
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    last = database.dialect().read(rows, 1, column);
                }
            }
        }
        return last;
    }

    private static Object parsed(ColumnInfo column, DataStep step, String text) {
        return switch (column.kind()) {
            case INTEGER -> Long.valueOf(text);
            case TEXT -> text;
            case UUID -> UUID.fromString(text);
            default -> throw unordered(column, step);
        };
    }

    private static Object least(ColumnInfo column, DataStep step) {
        return switch (column.kind()) {
            case INTEGER -> Long.MIN_VALUE;
            case TEXT -> "";
            case UUID -> new UUID(0, 0);
            default -> throw unordered(column, step);
        };
    }

    private static SchemaException unordered(ColumnInfo column, DataStep step) {
        ValueKind kind = column.kind();
        return new SchemaException("A data step's batches go by a key of integers, texts or UUIDs: step=" + step.key()
                + ", column=" + column.name() + ", kind=" + kind + "; name another column in '-- batch:'");
    }
}
