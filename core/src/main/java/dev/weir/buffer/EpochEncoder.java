package dev.weir.buffer;

import dev.weir.buffer.PendingRow.Entry;
import dev.weir.buffer.PendingRow.Group;
import dev.weir.buffer.RowChange.Insert;
import dev.weir.buffer.RowChange.Missing;
import dev.weir.buffer.RowChange.Update;
import dev.weir.db.engine.ColumnInfo;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes an epoch as bytes: counter deltas, then the row log, then the names of the tables and columns that both refer to by
 * number, then where those names begin. Used by one thread, one epoch after another.
 */
final class EpochEncoder {
    static final int FORMAT = 1;
    static final int END = 0;
    static final int SINGLE = 1;
    static final int GROUP = 2;
    static final int HANDOVER = 3;
    static final int PUT = 0;
    static final int PLUS = 1;
    static final int MAX = 2;
    static final int MIN = 3;
    static final int CLAMP = 4;
    static final int DEAD_LETTER = 0;
    static final int IGNORE = 1;
    static final int DEFAULTS = 2;
    static final int DELETE = 1;
    static final int INSERT = 2;
    static final int UPDATE = 4;

    private final ByteWriter out = new ByteWriter(1 << 16);
    private final IdentityHashMap<BufferedTable, Integer> tables = new IdentityHashMap<>();
    private final List<BufferedTable> tableList = new ArrayList<>();
    private final IdentityHashMap<CounterColumn, Integer> counters = new IdentityHashMap<>();
    private final List<CounterColumn> counterList = new ArrayList<>();
    private @Nullable CounterColumn lastCounter;
    private int lastNumber;
    private long operations;

    /** Starts an epoch. */
    void begin() {
        out.clear();
        tables.clear();
        tableList.clear();
        counters.clear();
        counterList.clear();
        lastCounter = null;
        operations = 0;
        out.writeByte(FORMAT);
    }

    void counter(Cell cell, long delta) {
        CounterColumn column = cell.column;
        if (column != lastCounter) {
            lastCounter = column;
            lastNumber = number(column);
        }
        out.writeUnsigned(lastNumber + 1);
        if (column.table.longKey) {
            out.writeSigned(cell.longKey);
        } else {
            out.writeValue(cell.key());
        }
        out.writeSigned(delta);
        operations++;
    }

    private int number(CounterColumn column) {
        Integer known = counters.get(column);
        if (known != null) {
            return known;
        }
        number(column.table);
        counters.put(column, counterList.size());
        counterList.add(column);
        return counterList.size() - 1;
    }

    private int number(BufferedTable table) {
        Integer known = tables.get(table);
        if (known != null) {
            return known;
        }
        tables.put(table, tableList.size());
        tableList.add(table);
        return tableList.size() - 1;
    }

    /** Ends the epoch with its row log. */
    ByteWriter finish(List<Object> log) {
        out.writeUnsigned(END);
        for (Object item : log) {
            if (item instanceof Entry entry) {
                out.writeByte(SINGLE);
                operation(entry.row.table, entry.row.key, entry.change);
            } else {
                Group group = (Group) item;
                if (group.handover == null) {
                    out.writeByte(GROUP);
                } else {
                    out.writeByte(HANDOVER);
                    out.writeString(group.handover);
                }
                out.writeUnsigned(group.entries.length);
                for (Entry entry : group.entries) {
                    operation(entry.row.table, entry.row.key, entry.change);
                }
            }
        }
        out.writeByte(END);
        int names = out.length();
        out.writeUnsigned(operations);
        out.writeUnsigned(tableList.size());
        for (BufferedTable table : tableList) {
            out.writeString(table.name);
            out.writeUnsigned(table.key.length);
            for (ColumnInfo column : table.keyColumns()) {
                out.writeString(column.name());
            }
            int n = table.columnCount();
            out.writeUnsigned(n);
            for (int i = 0; i < n; i++) {
                out.writeString(table.columnInfo(i).name());
            }
        }
        out.writeUnsigned(counterList.size());
        for (CounterColumn counter : counterList) {
            out.writeUnsigned(number(counter.table));
            out.writeUnsigned(counter.column);
        }
        out.writeFixedInt(names);
        return out;
    }

    private void operation(BufferedTable table, @Nullable Object key, RowChange change) {
        operations++;
        out.writeUnsigned(number(table));
        out.writeValue(key);
        change(change);
    }

    private void change(RowChange change) {
        Insert insert = change.insert();
        Update update = change.update();
        out.writeByte((change.delete() ? DELETE : 0) | (insert != null ? INSERT : 0) | (update != null ? UPDATE : 0));
        if (insert != null) {
            insert(insert);
        }
        if (update != null) {
            missing(update.missing());
            out.writeUnsigned(update.columns().length);
            for (int i = 0; i < update.columns().length; i++) {
                out.writeUnsigned(update.columns()[i]);
                change(update.changes()[i]);
            }
        }
    }

    private void insert(Insert insert) {
        out.writeUnsigned(insert.columns().length);
        for (int i = 0; i < insert.columns().length; i++) {
            out.writeUnsigned(insert.columns()[i]);
            out.writeValue(insert.values()[i]);
        }
    }

    private void missing(Missing missing) {
        Insert defaults = missing.defaults();
        if (defaults != null) {
            out.writeByte(DEFAULTS);
            insert(defaults);
        } else {
            out.writeByte(missing.policy() == MissingRow.IGNORE ? IGNORE : DEAD_LETTER);
        }
    }

    private void change(ColumnChange change) {
        if (change instanceof ColumnChange.Put put) {
            out.writeByte(PUT);
            out.writeValue(put.value());
        } else if (change instanceof ColumnChange.Plus plus) {
            out.writeByte(PLUS);
            out.writeSigned(plus.amount());
        } else if (change instanceof ColumnChange.Max max) {
            out.writeByte(MAX);
            out.writeValue(max.value());
        } else if (change instanceof ColumnChange.Min min) {
            out.writeByte(MIN);
            out.writeValue(min.value());
        } else if (change instanceof ColumnChange.Clamp clamp) {
            out.writeByte(CLAMP);
            out.writeValue(clamp.add());
            out.writeValue(clamp.low());
            out.writeValue(clamp.high());
            out.writeValue(clamp.onNull());
        }
    }
}
