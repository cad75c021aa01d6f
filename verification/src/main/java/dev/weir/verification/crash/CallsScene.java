package dev.weir.verification.crash;

import dev.weir.db.Durability;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Calls whose acknowledgements are known: what was acknowledged and may not be lost is there, what was tried is there once or
 * not at all, groups and transactions are whole, and of several values set the last that must be there was not undone.
 *
 * <p>An operation that was only {@code ACCEPTED} may be lost with the process when it is younger than the journal interval
 * and one running journal write, which may take as long as {@code journalStall}.
 */
final class CallsScene implements Scene {
    private static final int OPERATIONS = 4_000;
    private static final int RATE = 4_000;
    private static final int THREADS = 4;
    private static final int WINDOW = 256;
    /** 1 s of journalStall, 10 ms of journalInterval, and what the threads of a busy machine wait for their turn. */
    private static final long MAY_BE_LOST_NANOS = 1_260_000_000;

    private final Target target;
    private final String data;
    private final Durability durability;

    private long from;
    private long tried;
    /** By number: when it was acknowledged, of this start. */
    private final Map<Long, Long> acknowledged = new HashMap<>();

    private final Set<Long> promised = new HashSet<>();
    /** Acknowledged shortly before a kill: how long before. */
    private final Map<Long, Long> young = new HashMap<>();

    private long alive;
    private long oldestLost;

    CallsScene(Target target, String data, Durability durability) throws SQLException {
        this.target = target;
        this.data = data;
        this.durability = durability;
        List<String> statements = new ArrayList<>(Calls.TABLES);
        for (int i = 0; i < Calls.TALLIES; i++) {
            statements.add("insert into tally values (" + i + ", 0, 0)");
        }
        for (int i = 0; i < Calls.ITEMS; i++) {
            statements.add("insert into item values (" + i + ", -1)");
        }
        target.execute(statements);
    }

    @Override
    public Target target() {
        return target;
    }

    @Override
    public synchronized List<String> arguments() {
        return List.of(
                "work=" + Work.CALLS,
                "data=" + data,
                "durability=" + durability,
                "from=" + from,
                "operations=" + OPERATIONS,
                "threads=" + THREADS,
                "window=" + WINDOW,
                "rate=" + RATE);
    }

    @Override
    public synchronized void heard(String line) {
        String[] words = line.split(" ", -1);
        switch (words[0]) {
            case "t" -> tried = Math.max(tried, Long.parseLong(words[1]));
            case "a" -> {
                long nanos = Long.parseLong(words[2]);
                acknowledged.put(Long.parseLong(words[1]), nanos);
                alive = Math.max(alive, nanos);
            }
            case "h" -> alive = Math.max(alive, Long.parseLong(words[1]));
            default -> throw new IllegalStateException("The victim says what nobody understands: " + line);
        }
    }

    @Override
    public synchronized void ended(boolean killed) {
        acknowledged.forEach((operation, nanos) -> {
            boolean mayBeLost = killed
                    && durability == Durability.ACCEPTED
                    && Calls.kind(operation) != Calls.Kind.HANDOVER
                    && alive - nanos < MAY_BE_LOST_NANOS;
            if (mayBeLost) {
                young.put(operation, alive - nanos);
            } else {
                promised.add(operation);
            }
        });
        acknowledged.clear();
        alive = 0;
        // Each row of item belongs to one thread, also across starts.
        from = (tried + Calls.ITEMS - 1) / Calls.ITEMS * Calls.ITEMS;
    }

    /** How long before a kill the oldest operation was accepted that is lost; 0 if none is. */
    long oldestLostNanos() {
        return oldestLost;
    }

    @Override
    public List<String> wrongBetween() throws SQLException {
        return target.read(connection -> {
            List<String> wrong = new ArrayList<>();
            groups(connection, wrong);
            Set<Long> direct = ids(connection, "select id from direct");
            for (long id : ids(connection, "select id from handed")) {
                if (!direct.contains(id)) {
                    wrong.add("what transaction " + id + " handed over is there, the transaction is not");
                }
            }
            return wrong;
        });
    }

    private static Set<Long> ids(Connection connection, String sql) throws SQLException {
        return new HashSet<>(Target.rows(connection, sql, row -> row.getLong(1)));
    }

    private static void groups(Connection connection, List<String> wrong) throws SQLException {
        Target.rows(
                connection,
                "select id, grouped, (select count(*) from event where tally = t.id) as events from tally t",
                row -> {
                    if (row.getLong("grouped") != row.getLong("events")) {
                        wrong.add("groups are split: tally " + row.getLong("id") + " counts " + row.getLong("grouped")
                                + " and there are " + row.getLong("events") + " events");
                    }
                    return true;
                });
    }

    @Override
    public synchronized List<String> wrong() throws SQLException {
        List<String> wrong = new ArrayList<>(wrongBetween());
        target.read(connection -> {
            if (Target.single(connection, "select count(*) from weir_dead_letter") > 0) {
                wrong.add("there are dead letters");
            }
            counts(connection, wrong);
            exactlyOnce(connection, "once", Calls.Kind.ONCE, wrong);
            exactlyOnce(connection, "handed", Calls.Kind.HANDOVER, wrong);
            present(Calls.Kind.GROUP, ids(connection, "select id from event"), wrong);
            Set<Long> direct = ids(connection, "select id from direct");
            present(Calls.Kind.HANDOVER, direct, wrong);
            Set<Long> handed = ids(connection, "select id from handed");
            direct.stream()
                    .filter(id -> !handed.contains(id))
                    .forEach(id -> wrong.add("transaction " + id + " is there, what it handed over is lost"));
            items(connection, wrong);
            return true;
        });
        return wrong;
    }

    private void counts(Connection connection, List<String> wrong) throws SQLException {
        long[] least = new long[Calls.TALLIES];
        long[] most = new long[Calls.TALLIES];
        for (long operation = 0; operation < tried; operation++) {
            if (Calls.kind(operation) == Calls.Kind.COUNT) {
                int tally = (int) (operation % Calls.TALLIES);
                most[tally]++;
                if (promised.contains(operation)) {
                    least[tally]++;
                }
            }
        }
        Target.rows(connection, "select id, n from tally", row -> {
            int id = row.getInt("id");
            long n = row.getLong("n");
            if (n < least[id] || n > most[id]) {
                wrong.add("counter " + id + " is " + n + ", promised are " + least[id] + ", tried " + most[id]);
            }
            return true;
        });
    }

    private void exactlyOnce(Connection connection, String table, Calls.Kind kind, List<String> wrong)
            throws SQLException {
        Set<Long> found = new HashSet<>();
        Target.rows(connection, "select id, n from " + table, row -> {
            found.add(row.getLong("id"));
            if (row.getLong("n") != 1) {
                wrong.add(kind + " " + row.getLong("id") + " took effect " + row.getLong("n") + " times");
            }
            return true;
        });
        present(kind, found, wrong);
    }

    private void present(Calls.Kind kind, Set<Long> found, List<String> wrong) {
        for (long operation : promised) {
            if (Calls.kind(operation) == kind && !found.contains(operation)) {
                wrong.add(kind + " " + operation + " was acknowledged and is lost");
            }
        }
        for (long operation : found) {
            if (operation >= tried || Calls.kind(operation) != kind) {
                wrong.add(kind + " " + operation + " is there and nobody called it");
            }
        }
        young.forEach((operation, age) -> {
            if (Calls.kind(operation) == kind && !found.contains(operation)) {
                oldestLost = Math.max(oldestLost, age);
            }
        });
    }

    private void items(Connection connection, List<String> wrong) throws SQLException {
        long[] last = new long[Calls.ITEMS];
        Arrays.fill(last, -1);
        for (long operation : promised) {
            if (Calls.kind(operation) == Calls.Kind.SET) {
                int item = (int) (operation % Calls.ITEMS);
                last[item] = Math.max(last[item], operation);
            }
        }
        Target.rows(connection, "select id, value from item", row -> {
            int id = row.getInt("id");
            long value = row.getLong("value");
            boolean one =
                    value == -1 || (value < tried && value % Calls.ITEMS == id && Calls.kind(value) == Calls.Kind.SET);
            if (value < last[id] || !one) {
                wrong.add("item " + id + " is " + value + ", the last value promised is " + last[id]);
            }
            return true;
        });
    }
}
