package dev.weir.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.Weir;
import dev.weir.buffer.BufferGroup;
import dev.weir.buffer.BufferSettings;
import dev.weir.buffer.MissingRow;
import dev.weir.buffer.TableSettings;
import dev.weir.db.Database;
import dev.weir.db.Durability;
import dev.weir.db.FlushException;
import dev.weir.db.RowBuffer;
import dev.weir.db.TableBuffer;
import dev.weir.db.TotalUnknownException;
import dev.weir.error.WeirException;
import dev.weir.testkit.FaultyDataSource.Point;
import dev.weir.testkit.WriteBehindModel.Call;
import dev.weir.testkit.WriteBehindModel.Change;
import dev.weir.testkit.WriteBehindModel.Missing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random operations of all kinds against {@link WriteBehindModel}: values asked for while they are pending, and the database
 * after each flush, also when commits fail or their answers are lost, connections are cut and the buffer is opened anew.
 */
abstract class WriteBehindCases {
    private static final List<String> NAMES = List.of("by_number", "by_name", "by_both");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    /** The database, empty of the tables used here at the start of each trial. */
    abstract DataSource database() throws Exception;

    /** The type of a text of at most 20 characters that compares byte for byte. */
    String text() {
        return "varchar(20)";
    }

    int runs() {
        return 12;
    }

    /** What a fault does to a flush. */
    enum Fault {
        BREAK_BEFORE_COMMIT,
        BREAK_AFTER_COMMIT,
        FAIL_BEFORE_COMMIT,
        BREAK_FIRST_STATEMENT,
        BREAK_THIRD_STATEMENT,
        BREAK_AFTER_STATEMENT,
        NO_CONNECTION,
        NO_HANDOVERS
    }

    /** A step of a list. */
    sealed interface Step {
        record One(Call call, Durability durability) implements Step {}

        record Total(int table, int key, String column, long delta) implements Step {}

        record Group(List<Call> calls, Durability durability) implements Step {}

        record InTransaction(List<Call> calls, List<Call> undone, boolean rollBack) implements Step {}

        record Get(int table, int key, String column) implements Step {}

        record GetAll(int table, String column) implements Step {}

        record Flush() implements Step {}

        record FaultyFlush(Fault fault, boolean again) implements Step {}

        record Reopen(boolean flushed) implements Step {}

        record Back() implements Step {}

        record Restore() implements Step {}
    }

    private static Durability durability(java.util.Random random) {
        return random.nextInt(3) == 0 ? Durability.JOURNALED : Durability.ACCEPTED;
    }

    private static ModelTest<Step> steps(String name) {
        return ModelTest.<Step>named(name)
                .operation(30, random -> new Step.One(WriteBehindModel.randomCall(random), durability(random)))
                .operation(
                        12,
                        random -> new Step.Total(
                                random.nextInt(3),
                                random.nextInt(4),
                                random.nextBoolean() ? "n" : "m",
                                WriteBehindModel.delta(random)))
                .operation(10, random -> new Step.Group(WriteBehindModel.randomGroup(random), durability(random)))
                .operation(
                        14,
                        random -> new Step.Get(
                                random.nextInt(3), random.nextInt(4), WriteBehindModel.COLUMNS.get(random.nextInt(4))))
                .operation(
                        4,
                        random -> new Step.GetAll(random.nextInt(3), WriteBehindModel.COLUMNS.get(random.nextInt(4))))
                .operation(6, random -> new Step.Flush())
                .operation(
                        5,
                        random -> new Step.FaultyFlush(
                                Fault.values()[random.nextInt(Fault.values().length)], random.nextBoolean()))
                .longest(60);
    }

    @Test
    void randomOperations_equalTheModel() {
        steps("write-behind")
                .operation(
                        8,
                        random -> new Step.InTransaction(
                                WriteBehindModel.randomGroup(random),
                                random.nextInt(3) == 0 ? WriteBehindModel.randomGroup(random) : List.of(),
                                random.nextInt(4) == 0))
                .operation(2, random -> new Step.Reopen(random.nextInt(3) == 0))
                .runs(runs())
                .run(Trial::new);
    }

    /** For engines whose database can be put back to an older copy. */
    final void assertRestoredDatabaseCatchesUp() {
        steps("write-behind over a restored database")
                .operation(3, random -> new Step.Back())
                .operation(5, random -> new Step.Restore())
                .operation(1, random -> new Step.Reopen(false))
                .runs(runs())
                .run(Trial::new);
    }

    void backUp(Path to) throws Exception {
        throw new UnsupportedOperationException("This engine's tests restore nothing.");
    }

    void restore(Path from) throws Exception {
        throw new UnsupportedOperationException("This engine's tests restore nothing.");
    }

    private final class Trial implements ModelTest.Trial<Step> {
        private final Path home = directory.resolve(UUID.randomUUID().toString());
        private final DataSource plain;
        private final FaultyDataSource faulty;
        private final Database direct;
        private final WriteBehindModel model = new WriteBehindModel();
        private Weir weir;
        private @Nullable Path copy;

        /** A group that will be refused is pending: no value can be told until it is. */
        private boolean doomed;

        private int transactions;

        Trial() throws Exception {
            Files.createDirectories(home);
            plain = database();
            faulty = new FaultyDataSource(plain);
            direct = Database.builder(plain).build();
            String columns = "n bigint, m bigint, hi bigint, title varchar(50)";
            direct.sql("create table by_number(id bigint not null primary key, " + columns + ")")
                    .execute();
            direct.sql("create table by_name(name " + text() + " not null primary key, " + columns + ")")
                    .execute();
            direct.sql("create table by_both(a bigint not null, b " + text() + " not null, " + columns
                            + ", primary key(a, b))")
                    .execute();
            direct.sql("create table marks(id bigint not null primary key)").execute();
            weir = open();
        }

        private Weir open() {
            return Weir.builder()
                    .database(faulty)
                    .journal(home.resolve("journal"))
                    .buffer(BufferSettings.builder()
                            .flushInterval(Duration.ofHours(1))
                            .baseMaxAge(Duration.ofHours(1))
                            .table(name("by_name"), TableSettings.defaults().orInsert(WriteBehindModel.DEFAULTS))
                            .table(name("by_both"), TableSettings.defaults().missingRow(MissingRow.IGNORE))
                            .build())
                    .build();
        }

        private String name(String table) {
            return direct.catalog().table(table).name();
        }

        private Object key(int table, int key) {
            return switch (table) {
                case 0 -> (long) key;
                case 1 -> "k" + key;
                default -> Map.of("a", (long) key, "b", "b" + key % 2);
            };
        }

        private Map<String, Object> keyed(int table, int key, Map<String, Object> row) {
            Map<String, Object> whole = new LinkedHashMap<>(row);
            switch (table) {
                case 0 -> whole.put("id", (long) key);
                case 1 -> whole.put("name", "k" + key);
                default -> {
                    whole.put("a", (long) key);
                    whole.put("b", "b" + key % 2);
                }
            }
            return whole;
        }

        /**
         * A delete hides what the calls before it did to its row, also that they had none (constraints hold for the coalesced
         * row): then a group that the model refuses would be applied.
         */
        private void settleBeforeDelete(List<Call> calls) {
            if (doomed && calls.stream().anyMatch(call -> call.change() instanceof Change.Delete)) {
                flushed();
            }
        }

        @Override
        public void apply(Step step) throws Exception {
            if (step instanceof Step.One one) {
                one(one);
            } else if (step instanceof Step.Total total) {
                total(total);
            } else if (step instanceof Step.Group group) {
                List<Call> calls = possible(group.calls);
                if (!calls.isEmpty()) {
                    settleBeforeDelete(calls);
                    weir.buffer()
                            .atomically(group.durability, recorded -> calls.forEach(call -> record(recorded, call)));
                    doomed |= !model.apply(calls);
                }
            } else if (step instanceof Step.InTransaction transaction) {
                inTransaction(transaction);
            } else if (step instanceof Step.Get get) {
                Optional<Object> answer = weir.database()
                        .table(NAMES.get(get.table))
                        .buffer()
                        .where(key(get.table, get.key))
                        .get(get.column);
                if (!doomed) {
                    assertThat(answer)
                            .as(get.toString())
                            .isEqualTo(Optional.ofNullable(model.value(get.table, get.key, get.column)));
                }
            } else if (step instanceof Step.GetAll get) {
                getAll(get);
            } else if (step instanceof Step.Flush) {
                flushed();
            } else if (step instanceof Step.FaultyFlush fault) {
                faultyFlush(fault);
            } else if (step instanceof Step.Reopen reopen) {
                reopen(reopen.flushed);
            } else if (step instanceof Step.Back) {
                copy = home.resolve("copy-" + UUID.randomUUID());
                backUp(copy);
            } else if (step instanceof Step.Restore && copy != null) {
                restore(copy);
                // Who has nothing to write does not look; a value that is asked for makes it look.
                apply(new Step.Get(0, 0, "n"));
            }
        }

        private void one(Step.One one) {
            Call call = possible(List.of(one.call)).get(0);
            if (call.change() instanceof Change.Insert && model.exists(call)) {
                // A refused insert takes what is merged into it along; that has its own tests.
                return;
            }
            settleBeforeDelete(List.of(call));
            TableBuffer table =
                    weir.database().table(NAMES.get(call.table())).buffer().durability(one.durability);
            call(table, call);
            model.apply(List.of(call));
        }

        private void call(TableBuffer table, Call call) {
            if (call.change() instanceof Change.Insert insert) {
                table.insert(keyed(call.table(), call.key(), insert.row()));
                return;
            }
            RowBuffer row = table.where(key(call.table(), call.key()));
            if (call.missing() == Missing.INSERT) {
                row = row.orInsert(WriteBehindModel.DEFAULTS);
            } else if (call.missing() == Missing.IGNORE) {
                row = row.orIgnore();
            }
            if (call.change() instanceof Change.Add add) {
                if (call.missing() == WriteBehindModel.policy(call.table())) {
                    table.counter(add.column()).add(key(call.table(), call.key()), add.delta());
                } else {
                    row.add(add.column(), add.delta());
                }
            } else if (call.change() instanceof Change.Set set) {
                Map<String, @Nullable Object> columns = new HashMap<>();
                columns.put(set.column(), set.value());
                row.update(columns);
            } else if (call.change() instanceof Change.Max max) {
                row.max(max.column(), max.value());
            } else if (call.change() instanceof Change.Min min) {
                row.min(min.column(), min.value());
            } else {
                row.delete();
            }
        }

        private void record(BufferGroup group, Call call) {
            BufferGroup.GroupTable table = group.table(NAMES.get(call.table()));
            if (call.change() instanceof Change.Insert insert) {
                table.insert(keyed(call.table(), call.key(), insert.row()));
                return;
            }
            BufferGroup.GroupRow row = table.where(key(call.table(), call.key()));
            if (call.missing() == Missing.INSERT) {
                row = row.orInsert(WriteBehindModel.DEFAULTS);
            } else if (call.missing() == Missing.IGNORE) {
                row = row.orIgnore();
            }
            if (call.change() instanceof Change.Add add) {
                row.add(add.column(), add.delta());
            } else if (call.change() instanceof Change.Set set) {
                row.update(Collections.singletonMap(set.column(), set.value()));
            } else if (call.change() instanceof Change.Max max) {
                row.max(max.column(), max.value());
            } else if (call.change() instanceof Change.Min min) {
                row.min(min.column(), min.value());
            } else {
                row.delete();
            }
        }

        /**
         * The policy of the table stands where a call's own would differ from what its kind of call can say. No delete follows
         * calls of its own group on its row, see {@link #settleBeforeDelete}.
         */
        private List<Call> possible(List<Call> calls) {
            List<Call> possible = new ArrayList<>();
            for (Call call : calls) {
                boolean first = possible.stream()
                        .noneMatch(other -> other.table() == call.table() && other.key() == call.key());
                if (call.change() instanceof Change.Delete && !first) {
                    continue;
                }
                Missing missing =
                        call.missing() == Missing.REFUSE ? WriteBehindModel.policy(call.table()) : call.missing();
                possible.add(new Call(call.table(), call.key(), missing, call.change()));
            }
            return possible;
        }

        private void total(Step.Total total) {
            Call call = new Call(
                    total.table,
                    total.key,
                    WriteBehindModel.policy(total.table),
                    new Change.Add(total.column, total.delta));
            model.apply(List.of(call));
            Object expected = model.value(total.table, total.key, total.column);
            TableBuffer table = weir.database().table(NAMES.get(total.table)).buffer();
            try {
                long answer = table.where(key(total.table, total.key)).increment(total.column, total.delta);
                if (!doomed) {
                    assertThat(answer).as(total.toString()).isEqualTo(expected);
                }
            } catch (TotalUnknownException e) {
                if (!doomed) {
                    assertThat(expected).as(total + ": " + e.getMessage()).isNull();
                }
            }
        }

        private void getAll(Step.GetAll get) {
            if (doomed) {
                return;
            }
            Map<Object, Optional<Object>> expected = new HashMap<>();
            List<Object> keys = new ArrayList<>();
            for (int key = 0; key < WriteBehindModel.KEYS; key++) {
                keys.add(key(get.table, key));
                if (model.rows(get.table).containsKey(key)) {
                    expected.put(key(get.table, key), Optional.ofNullable(model.value(get.table, key, get.column)));
                }
            }
            assertThat(weir.database().table(NAMES.get(get.table)).buffer().getAll(get.column, keys))
                    .as(get.toString())
                    .isEqualTo(expected);
        }

        private void inTransaction(Step.InTransaction step) {
            List<Call> calls = new ArrayList<>();
            // Inside a transaction the database's own constraint on an insert would be met only by the flush.
            possible(step.calls).forEach(calls::add);
            settleBeforeDelete(calls);
            int mark = ++transactions;
            try {
                weir.database().transaction(tx -> {
                    tx.sql("insert into marks values(" + mark + ")").execute();
                    calls.forEach(call -> call(tx.table(NAMES.get(call.table())).buffer(), call));
                    if (!step.undone.isEmpty()) {
                        try {
                            tx.savepoint((Runnable) () -> {
                                possible(step.undone)
                                        .forEach(call -> call(
                                                tx.table(NAMES.get(call.table()))
                                                        .buffer(),
                                                call));
                                throw new Undone();
                            });
                        } catch (Undone undone) {
                            assertThat(undone).isNotNull();
                        }
                    }
                    if (step.rollBack) {
                        throw new Undone();
                    }
                });
                doomed |= !model.apply(calls);
            } catch (Undone undone) {
                assertThat(step.rollBack).isTrue();
            }
        }

        private void flushed() {
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (true) {
                try {
                    weir.buffer().flush();
                    break;
                } catch (FlushException e) {
                    // What an earlier fault broke is tried again; without faults it has to come to an end.
                    if (System.nanoTime() > end) {
                        throw e;
                    }
                }
            }
            doomed = false;
            assertDatabase();
            assertThat(weir.buffer().stats().pendingRows()).as("pendingRows").isZero();
            assertThat(weir.buffer().stats().pendingBytes()).as("pendingBytes").isZero();
        }

        /** A point of the transaction that writes what is pending, not of the look for hand-overs before it. */
        private FaultyDataSource.Occasion flushAt(Point point) {
            return faulty.on(point).matching(sql -> sql.contains("UPDATE") && sql.contains("weir_ledger"));
        }

        private void faultyFlush(Step.FaultyFlush step) {
            switch (step.fault) {
                case BREAK_BEFORE_COMMIT -> flushAt(Point.BEFORE_COMMIT).breakConnection();
                case BREAK_AFTER_COMMIT -> flushAt(Point.AFTER_COMMIT).breakConnection();
                case FAIL_BEFORE_COMMIT -> flushAt(Point.BEFORE_COMMIT).fail(new SQLException("deadlock", "40001"));
                case NO_HANDOVERS -> faulty.on(Point.AFTER_COMMIT).breakConnection();
                case BREAK_FIRST_STATEMENT -> faulty.on(Point.BEFORE_STATEMENT).breakConnection();
                case BREAK_THIRD_STATEMENT ->
                    faulty.on(Point.BEFORE_STATEMENT).nth(3).breakConnection();
                case BREAK_AFTER_STATEMENT ->
                    faulty.on(Point.AFTER_STATEMENT).nth(2).breakConnection();
                case NO_CONNECTION -> faulty.on(Point.CONNECT).fail(new SQLException("away", "08001"));
            }
            try {
                weir.buffer().flush();
            } catch (FlushException e) {
                assertThat(e).hasMessageContaining("pending");
            } finally {
                faulty.clear();
            }
            if (step.again) {
                flushed();
            }
        }

        private void reopen(boolean flush) {
            if (flush) {
                flushed();
            } else {
                faulty.on(Point.CONNECT).always().fail(new SQLException("away", "08001"));
            }
            weir.close(Duration.ofMillis(20));
            faulty.clear();
            weir = open();
            doomed = false;
            if (transactions == 0) {
                assertDatabase();
            } else {
                flushed();
            }
        }

        private void assertDatabase() {
            for (int table = 0; table < WriteBehindModel.TABLES; table++) {
                Map<Integer, Map<String, @Nullable Object>> rows = new TreeMap<>();
                int number = table;
                direct.table(NAMES.get(table)).list().forEach(row -> {
                    Map<String, @Nullable Object> values = new HashMap<>();
                    WriteBehindModel.COLUMNS.forEach(column -> values.put(column, row.get(column)));
                    int key = switch (number) {
                        case 0 -> (int) row.getLong("id");
                        case 1 -> Integer.parseInt(row.getString("name").substring(1));
                        default -> (int) row.getLong("a");
                    };
                    rows.put(key, values);
                });
                model.assertSame(table, rows);
            }
        }

        @Override
        public void check() {
            flushed();
        }

        @Override
        public void close() throws IOException {
            faulty.clear();
            try {
                weir.close(Duration.ofSeconds(5));
            } catch (WeirException | IllegalStateException e) {
                assertThat(e).as("while closing").isNotNull();
            }
        }
    }

    private static final class Undone extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
