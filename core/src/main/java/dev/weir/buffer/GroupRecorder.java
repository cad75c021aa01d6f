package dev.weir.buffer;

import dev.weir.buffer.Intake.Operation;
import dev.weir.buffer.RowChange.Missing;
import dev.weir.buffer.RowChange.Update;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Records a group: one operation for each run of calls on one row. By one thread. */
final class GroupRecorder implements BufferGroup {
    private final Function<String, BufferedTable> tableOf;
    private final List<Operation> operations;
    private long calls;
    private boolean ended;
    private @Nullable RecordedRow open;

    /**
     * A recorder.
     *
     * @param operations filled with what is recorded
     */
    GroupRecorder(Function<String, BufferedTable> tableOf, List<Operation> operations) {
        this.tableOf = tableOf;
        this.operations = operations;
    }

    long calls() {
        return calls;
    }

    /** Ends the recording: whoever kept the group may not go on with it. */
    void end() {
        finish();
        ended = true;
    }

    private void checkRecording() {
        if (ended) {
            throw new IllegalStateException(
                    "A group is used inside the block that it was given to. Call atomically again for another group.");
        }
    }

    private void finish() {
        RecordedRow row = open;
        open = null;
        if (row != null && row.used > 0) {
            operations.add(new Operation(row.table, row.key, RowChange.update(row.recorded())));
        }
    }

    @Override
    public GroupTable table(String table) {
        checkRecording();
        return new RecordedTable(tableOf.apply(Objects.requireNonNull(table, "table")));
    }

    private final class RecordedTable implements GroupTable {
        private final BufferedTable table;

        RecordedTable(BufferedTable table) {
            this.table = table;
        }

        @Override
        public GroupRow where(Object key) {
            checkRecording();
            finish();
            RecordedRow row = new RecordedRow(table, table.arguments.key(key));
            open = row;
            return row;
        }

        @Override
        public GroupTable insert(Map<String, ? extends @Nullable Object> row) {
            checkRecording();
            finish();
            RowChange.Insert insert = table.arguments.insertOf(row, true);
            operations.add(new Operation(table, table.keyOf(insert), RowChange.insert(insert)));
            calls++;
            return this;
        }
    }

    private final class RecordedRow implements GroupRow {
        private final BufferedTable table;
        private final Object key;
        private Missing missing;
        private int[] columns = new int[4];
        private ColumnChange[] changes = new ColumnChange[4];
        private int used;

        RecordedRow(BufferedTable table, Object key) {
            this.table = table;
            this.key = key;
            this.missing = table.missing;
        }

        private void checkOpen() {
            checkRecording();
            if (open != this) {
                throw new IllegalStateException("The calls on one row of a group come in one run: table=" + table.name
                        + ". Call where(…) again after another row.");
            }
        }

        private Update recorded() {
            return new Update(Arrays.copyOf(columns, used), Arrays.copyOf(changes, used), missing);
        }

        @Override
        public GroupRow orInsert(Map<String, ? extends @Nullable Object> defaults) {
            checkOpen();
            missing = table.arguments.missing(defaults);
            return this;
        }

        @Override
        public GroupRow orIgnore() {
            checkOpen();
            missing = Missing.IGNORE;
            return this;
        }

        private GroupRow call(int column, ColumnChange change) {
            checkOpen();
            calls++;
            return change(column, change);
        }

        private GroupRow change(int column, ColumnChange change) {
            for (int i = 0; i < used; i++) {
                if (columns[i] == column) {
                    if (changes[i].overflows(change)) {
                        finish();
                        used = 0;
                        open = this;
                        break;
                    }
                    changes[i] = changes[i].then(change);
                    return this;
                }
            }
            if (used == columns.length) {
                columns = Arrays.copyOf(columns, used * 2);
                changes = Arrays.copyOf(changes, used * 2);
            }
            columns[used] = column;
            changes[used++] = change;
            return this;
        }

        @Override
        public GroupRow add(String column, long delta) {
            int at = table.arguments.column(column);
            table.arguments.checkAdd(at, delta);
            return call(at, new ColumnChange.Plus(delta));
        }

        @Override
        public GroupRow update(Map<String, ? extends @Nullable Object> values) {
            checkOpen();
            Update update = table.arguments.update(values, missing);
            calls++;
            for (int i = 0; i < update.columns().length; i++) {
                change(update.columns()[i], update.changes()[i]);
            }
            return this;
        }

        @Override
        public GroupRow max(String column, Object value) {
            int at = table.arguments.column(column);
            return call(at, new ColumnChange.Max(table.arguments.bound(at, value)));
        }

        @Override
        public GroupRow min(String column, Object value) {
            int at = table.arguments.column(column);
            return call(at, new ColumnChange.Min(table.arguments.bound(at, value)));
        }

        @Override
        public void delete() {
            checkOpen();
            finish();
            operations.add(new Operation(table, key, RowChange.DELETE));
            calls++;
        }
    }
}
