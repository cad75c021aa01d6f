package dev.weir.buffer;

import dev.weir.db.Database;
import dev.weir.db.engine.Dialect;
import dev.weir.error.WeirException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The dead letters in the database's own table. */
final class JdbcDeadLetters implements DeadLetters {
    private final Database database;
    private final Dialect dialect;
    private final Runnable handedBack;

    /**
     * Letters of a database.
     *
     * @param handedBack called after letters were handed back
     */
    JdbcDeadLetters(Database database, Runnable handedBack) {
        this.database = database;
        this.dialect = database.dialect();
        this.handedBack = handedBack;
    }

    private interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    private <T> T inTransaction(Work<T> work) {
        try (FlushConnection lease = FlushConnection.take(database)) {
            try {
                T result = work.on(lease.connection());
                lease.commit();
                return result;
            } catch (SQLException | RuntimeException e) {
                lease.rollback();
                throw e;
            }
        } catch (SQLException e) {
            throw new WeirException(
                    "The dead letters can't be reached: " + FlushLoop.describe(e)
                            + ". Call again when the database is there.",
                    e,
                    true);
        }
    }

    @Override
    public long count() {
        return inTransaction(connection -> {
            try (PreparedStatement select =
                            connection.prepareStatement("SELECT count(*) FROM " + dialect.quote(Ledger.DEAD_LETTER));
                    ResultSet rows = select.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        });
    }

    @Override
    public List<DeadLetter> list(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("A list has at least one place: limit=" + limit + ".");
        }
        String sql = dialect.limit(
                "SELECT " + columns() + " FROM " + dialect.quote(Ledger.DEAD_LETTER) + " ORDER BY "
                        + dialect.quote("at_millis") + ", " + dialect.quote("epoch") + ", " + dialect.quote("id"),
                (long) limit,
                null);
        return inTransaction(connection -> {
            List<DeadLetter> letters = new ArrayList<>();
            try (PreparedStatement select = connection.prepareStatement(sql);
                    ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    letters.add(letter(rows));
                }
            }
            return letters;
        });
    }

    private String columns() {
        List<String> quoted = new ArrayList<>();
        for (String column : List.of("id", "writer", "epoch", "table_name", "change", "reason", "at_millis")) {
            quoted.add(dialect.quote(column));
        }
        return String.join(", ", quoted);
    }

    private static DeadLetter letter(ResultSet rows) throws SQLException {
        return new DeadLetter(
                rows.getString(1),
                rows.getString(2),
                rows.getLong(3),
                rows.getString(4),
                rows.getString(5),
                rows.getString(6),
                Instant.ofEpochMilli(rows.getLong(7)));
    }

    @Override
    public int retry(Collection<String> ids) {
        int handed = inTransaction(connection -> {
            int there = 0;
            for (String id : ids) {
                String change = change(connection, id);
                if (change != null && delete(connection, id)) {
                    Handovers.insert(connection, dialect, id, Handovers.ANYBODY, change);
                    there++;
                }
            }
            return there;
        });
        if (handed > 0) {
            handedBack.run();
        }
        return handed;
    }

    private @Nullable String change(Connection connection, String id) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT " + dialect.quote("change") + " FROM "
                + dialect.quote(Ledger.DEAD_LETTER) + " WHERE " + dialect.quote("id") + " = ?")) {
            select.setString(1, id);
            try (ResultSet rows = select.executeQuery()) {
                return rows.next() ? rows.getString(1) : null;
            }
        }
    }

    @Override
    public int discard(Collection<String> ids) {
        return inTransaction(connection -> {
            int there = 0;
            for (String id : ids) {
                there += delete(connection, id) ? 1 : 0;
            }
            return there;
        });
    }

    private boolean delete(Connection connection, String id) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(
                "DELETE FROM " + dialect.quote(Ledger.DEAD_LETTER) + " WHERE " + dialect.quote("id") + " = ?")) {
            delete.setString(1, id);
            return delete.executeUpdate() == 1;
        }
    }
}
