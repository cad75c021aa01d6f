package dev.weir.db;

import dev.weir.db.engine.ColumnInfo;
import dev.weir.db.engine.Dialect;
import dev.weir.db.engine.PlainValues;
import dev.weir.db.engine.TableInfo;
import dev.weir.db.engine.ValueKind;
import java.util.List;
import java.util.Optional;

/** Ids for tables, counted in a table of Weir's own. Thread-safe. */
final class Sequences {
    private static final String TABLE = "weir_sequence";
    private static final int LONGEST_NAME = 255;
    private static final int MOST_COLLISIONS = 10;
    private static final TransactionOptions ALONE =
            TransactionOptions.DEFAULT.isolation(Isolation.READ_COMMITTED).retries(10);
    private static final ColumnInfo NAME = PlainValues.column("name", "", ValueKind.TEXT);
    private static final ColumnInfo VALUE = PlainValues.column("value", "", ValueKind.INTEGER);

    private final JdbcDatabase database;
    private final String nextValue;
    private volatile boolean made;

    Sequences(JdbcDatabase database) {
        this.database = database;
        this.nextValue = database.dialect().nextValue(TABLE);
    }

    long next(String name) {
        TableInfo table = database.lookUp(name);
        ColumnInfo key = key(table);
        if (!made) {
            make();
            made = true;
        }
        String sequence = table.schema().isEmpty() ? table.name() : table.schema() + "." + table.name();
        for (int collisions = 1; ; collisions++) {
            try {
                return database.transactionResult(ALONE, tx -> next((Runner) tx, table, key, sequence));
            } catch (UniqueViolationException e) {
                if (!database.dialect().upsertsCollide() || collisions == MOST_COLLISIONS) {
                    throw e;
                }
            }
        }
    }

    private static ColumnInfo key(TableInfo table) {
        if (table.primaryKey().size() == 1) {
            ColumnInfo key = table.column(table.primaryKey().get(0)).orElseThrow();
            if (key.kind() == ValueKind.INTEGER) {
                return key;
            }
        }
        throw new IllegalArgumentException("nextId needs a primary key of one integer column: table=" + table.name()
                + ", primaryKey=" + table.primaryKey() + ". Use NanoId or UuidV7 for other keys.");
    }

    /**
     * Counts first and looks at the table then: the first statement writes, so that on SQLite the transaction has the write
     * lock from the start, and on all engines the row's lock keeps others from counting until this one has committed.
     */
    private long next(Runner tx, TableInfo table, ColumnInfo key, String sequence) {
        return tx.write(Written.of(List.of()), session -> {
            long value = count(session, sequence);
            Dialect dialect = database.dialect();
            long highest = session.number(Command.update(
                    "SELECT MAX(" + dialect.quote(key.name()) + ") FROM " + dialect.quote(table), List.of()));
            if (value > highest) {
                return value;
            }
            session.update(Command.update(
                    "UPDATE " + dialect.quote(TABLE) + " SET " + dialect.quote("value") + " = ? WHERE "
                            + dialect.quote("name") + " = ?",
                    List.of(new Command.Parameter(VALUE, highest), new Command.Parameter(NAME, sequence))));
            return count(session, sequence);
        });
    }

    private long count(Session session, String sequence) {
        Command next = Command.update(
                nextValue, List.of(new Command.Parameter(NAME, sequence), new Command.Parameter(VALUE, 1L)));
        Optional<String> last = database.dialect().lastNumber();
        if (last.isEmpty()) {
            return session.number(next);
        }
        session.update(next);
        return session.number(Command.update(last.get(), List.of()));
    }

    private void make() {
        String create = database.dialect()
                .createOwnTable(
                        TABLE,
                        List.of(
                                new Dialect.OwnColumn("name", ValueKind.TEXT, LONGEST_NAME),
                                new Dialect.OwnColumn("value", ValueKind.INTEGER, 0)),
                        List.of("name"));
        try {
            database.write(Written.of(List.of()), session -> session.update(Command.update(create, List.of())));
        } catch (SqlException e) {
            // PostgreSQL lets two who make one table at once collide, though each says IF NOT EXISTS.
            database.catalog().refresh();
            if (!there()) {
                throw e;
            }
        }
    }

    private boolean there() {
        try {
            database.lookUp(TABLE);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
