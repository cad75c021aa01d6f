package dev.weir.buffer;

import dev.weir.buffer.PendingRow.Entry;
import dev.weir.buffer.PendingRow.Group;
import dev.weir.buffer.RowChange.Insert;
import dev.weir.buffer.RowChange.Missing;
import dev.weir.buffer.RowChange.Update;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads what {@link EpochEncoder} wrote, against the tables as they are now. */
final class EpochDecoder {
    private final ByteReader in;
    private final long epoch;
    private final List<BufferedTable> tables = new ArrayList<>();
    private final List<int[]> columns = new ArrayList<>();
    private final List<int[]> counters = new ArrayList<>();
    private long tickets;

    /**
     * An epoch that was read.
     *
     * @param counted counter deltas, one {@link Entry} each, to be applied before the log
     * @param log entries and groups in call order
     * @param operations how many operations it holds, coalesced as they were journalled
     */
    record Epoch(List<Entry> counted, List<Object> log, long operations) {}

    private EpochDecoder(long epoch, byte[] data, int end) {
        this.epoch = epoch;
        this.in = new ByteReader(data, 1, end);
    }

    /** How many operations an epoch holds, without looking at its tables. */
    static long operations(byte[] data) {
        return names(data).readUnsigned();
    }

    private static ByteReader names(byte[] data) {
        if (data.length < 5) {
            throw damaged("it is too short");
        }
        if (data[0] != EpochEncoder.FORMAT) {
            throw damaged("its format is " + data[0] + ", and this version reads " + EpochEncoder.FORMAT);
        }
        int start = new ByteReader(data, data.length - 4, data.length).readFixedInt();
        if (start < 1 || start > data.length - 4) {
            throw damaged("its names are nowhere");
        }
        return new ByteReader(data, start, data.length - 4);
    }

    private static JournalException damaged(String why) {
        return new JournalException("An epoch of the journal can't be read: " + why + ".", null);
    }

    /**
     * Reads an epoch.
     *
     * @param tableOf the table of a name; may throw {@link IllegalArgumentException} if there is none any more
     * @throws JournalException if it is damaged, or a table or column that it names is no longer there
     */
    static Epoch decode(long epoch, byte[] data, Function<String, BufferedTable> tableOf) {
        ByteReader names = names(data);
        int start = new ByteReader(data, data.length - 4, data.length).readFixedInt();
        EpochDecoder decoder = new EpochDecoder(epoch, data, start);
        long operations = names.readUnsigned();
        decoder.resolve(names, tableOf);
        try {
            return decoder.read(operations);
        } catch (DateTimeException | ArithmeticException | NumberFormatException | ClassCastException e) {
            throw new JournalException("An epoch of the journal can't be read: it holds a value that is none.", e);
        }
    }

    private void resolve(ByteReader names, Function<String, BufferedTable> tableOf) {
        int n = names.readCount();
        for (int t = 0; t < n; t++) {
            String name = names.readString();
            try {
                BufferedTable table = tableOf.apply(name);
                tables.add(table);
                int keys = names.readCount();
                for (int i = 0; i < keys; i++) {
                    String key = names.readString();
                    if (keys != table.key.length || table.column(key) != table.key[i]) {
                        throw new IllegalArgumentException("its buffer key was another when the epoch was written");
                    }
                }
                int[] index = new int[names.readCount()];
                for (int i = 0; i < index.length; i++) {
                    index[i] = resolve(table, names.readString());
                }
                columns.add(index);
            } catch (IllegalArgumentException e) {
                throw new JournalException(
                        "Pending changes in the journal are for a table that is not as it was: table=" + name + ": "
                                + e.getMessage()
                                + " Bring it back as it was and start again, or retire the writer, which makes them dead letters.",
                        e);
            }
        }
        n = names.readCount();
        for (int i = 0; i < n; i++) {
            counters.add(new int[] {(int) names.readUnsigned(), (int) names.readUnsigned()});
        }
    }

    /** A column's index now; -1 if it is gone, which matters only if the epoch wrote it. */
    private static int resolve(BufferedTable table, String column) {
        try {
            return table.column(column);
        } catch (IllegalArgumentException gone) {
            return -1;
        }
    }

    private Epoch read(long operations) {
        List<Entry> counted = new ArrayList<>();
        while (true) {
            int number = (int) in.readUnsigned();
            if (number == EpochEncoder.END) {
                break;
            }
            if (number < 0 || number > counters.size()) {
                throw damaged("it counts on an unnamed column");
            }
            int[] counter = counters.get(number - 1);
            BufferedTable table = table(counter[0]);
            Object key = table.longKey ? Long.valueOf(in.readSigned()) : in.readValue();
            RowChange change = RowChange.update(
                    column(counter[0], counter[1]), new ColumnChange.Plus(in.readSigned()), table.missing);
            counted.add(new Entry(new PendingRow(table, key), null, epoch, -1, change));
        }
        List<Object> log = new ArrayList<>();
        while (true) {
            int kind = in.readByte();
            if (kind == EpochEncoder.END) {
                return new Epoch(counted, log, operations);
            } else if (kind == EpochEncoder.SINGLE) {
                log.add(entry(null, tickets++));
            } else if (kind == EpochEncoder.GROUP || kind == EpochEncoder.HANDOVER) {
                String handover = kind == EpochEncoder.HANDOVER ? in.readString() : null;
                Group group = new Group(in.readCount(), handover);
                group.epoch = epoch;
                group.ticket = tickets++;
                for (int i = 0; i < group.entries.length; i++) {
                    group.entries[i] = entry(group, group.ticket);
                }
                log.add(group);
            } else {
                throw damaged("its log has an entry of kind " + kind);
            }
        }
    }

    private BufferedTable table(int number) {
        if (number < 0 || number >= tables.size()) {
            throw damaged("it names table " + number + " of " + tables.size());
        }
        return tables.get(number);
    }

    private int column(int table, int number) {
        int[] index = columns.get(table);
        if (number < 0 || number >= index.length) {
            throw damaged("it names column " + number + " of " + index.length);
        }
        if (index[number] < 0) {
            throw new JournalException(
                    "Pending changes in the journal are for a column that is gone: table=" + tables.get(table).name
                            + ". Bring it back and start again, or retire the writer, which makes them dead letters.",
                    null);
        }
        return index[number];
    }

    private Entry entry(@Nullable Group group, long ticket) {
        int number = (int) in.readUnsigned();
        BufferedTable table = table(number);
        Object key = in.readValue();
        return new Entry(new PendingRow(table, key), group, epoch, ticket, change(number));
    }

    private RowChange change(int table) {
        int kind = in.readByte();
        Insert insert = (kind & EpochEncoder.INSERT) != 0 ? insert(table) : null;
        Update update = null;
        if ((kind & EpochEncoder.UPDATE) != 0) {
            Missing missing = missing(table);
            int n = in.readCount();
            int[] at = new int[n];
            ColumnChange[] changes = new ColumnChange[n];
            for (int i = 0; i < n; i++) {
                at[i] = column(table, (int) in.readUnsigned());
                changes[i] = columnChange();
            }
            update = new Update(at, changes, missing);
        }
        return new RowChange((kind & EpochEncoder.DELETE) != 0, insert, update);
    }

    private Insert insert(int table) {
        int n = in.readCount();
        int[] at = new int[n];
        @Nullable Object[] values = new @Nullable Object[n];
        for (int i = 0; i < n; i++) {
            at[i] = column(table, (int) in.readUnsigned());
            values[i] = in.readValue();
        }
        return new Insert(at, values);
    }

    private Missing missing(int table) {
        return switch (in.readByte()) {
            case EpochEncoder.DEFAULTS -> new Missing(null, insert(table));
            case EpochEncoder.IGNORE -> Missing.IGNORE;
            case EpochEncoder.DEAD_LETTER -> Missing.DEAD_LETTER;
            default -> throw damaged("a policy for missing rows is unknown");
        };
    }

    private ColumnChange columnChange() {
        return switch (in.readByte()) {
            case EpochEncoder.PUT -> new ColumnChange.Put(in.readValue());
            case EpochEncoder.PLUS -> new ColumnChange.Plus(in.readSigned());
            case EpochEncoder.MAX -> new ColumnChange.Max(present());
            case EpochEncoder.MIN -> new ColumnChange.Min(present());
            case EpochEncoder.CLAMP ->
                new ColumnChange.Clamp(in.readValue(), in.readValue(), in.readValue(), present());
            default -> throw damaged("a change of a column is of an unknown kind");
        };
    }

    private Object present() {
        Object value = in.readValue();
        if (value == null) {
            throw damaged("a bound is missing");
        }
        return value;
    }
}
