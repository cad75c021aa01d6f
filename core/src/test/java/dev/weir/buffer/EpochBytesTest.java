package dev.weir.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.buffer.PendingRow.Entry;
import dev.weir.buffer.PendingRow.Group;
import dev.weir.buffer.RowChange.Insert;
import dev.weir.buffer.RowChange.Missing;
import dev.weir.buffer.RowChange.Update;
import dev.weir.db.Database;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Epochs and hand-over rows keep what was put into them; damaged ones are told from others. Seed: {@code -Dmodel.seed}. */
class EpochBytesTest {
    @TempDir
    Path directory;

    private final long seed =
            Long.getLong("model.seed", ThreadLocalRandom.current().nextLong(1_000_000_000L));
    private final Random random = new Random(seed);
    private Tables tables;
    private List<BufferedTable> all;

    @BeforeEach
    void makeTables() {
        BufferRig rig = new BufferRig(directory)
                .sql(
                        "create table by_number(id integer primary key, n bigint, d decimal(30, 4), f double, t text, b blob,"
                                + " day date, at timestamp, yes boolean)",
                        "create table by_name(name text primary key not null, n bigint, d decimal(30, 4), f double, t text,"
                                + " b blob, day date, at timestamp, yes boolean)",
                        "create table by_both(a bigint not null, z blob not null, n bigint, d decimal(30, 4), f double, t text,"
                                + " b blob, day date, at timestamp, yes boolean, primary key (a, z))");
        Database database = rig.database();
        tables = new Tables(database.catalog(), null, BufferSettings.defaults());
        all = List.of(tables.get("by_number"), tables.get("by_name"), tables.get("by_both"));
    }

    private Object key(BufferedTable table) {
        return switch (table.name) {
            case "by_number" -> table.key(random.nextLong());
            case "by_name" -> table.key(text());
            default -> table.key(Map.of("a", random.nextInt(100) - 50, "z", bytes()));
        };
    }

    private String text() {
        int[] points = random.ints(random.nextInt(12), 1, 0x10000)
                .filter(point -> !Character.isSurrogate((char) point))
                .toArray();
        return new String(points, 0, points.length) + (random.nextInt(5) == 0 ? "\uD83D\uDE00" : "");
    }

    private byte[] bytes() {
        byte[] bytes = new byte[random.nextInt(9)];
        random.nextBytes(bytes);
        return bytes;
    }

    private @Nullable Object value(BufferedTable table, int column) {
        if (random.nextInt(6) == 0) {
            return null;
        }
        return switch (table.columnInfo(column).kind()) {
            case INTEGER -> random.nextBoolean() ? random.nextLong() : (Object) (long) random.nextInt(9);
            case DECIMAL -> new BigDecimal(random.nextLong()).movePointLeft(random.nextInt(5));
            case DOUBLE -> random.nextGaussian();
            case TEXT -> text();
            case BYTES -> bytes();
            case DATE -> java.time.LocalDate.ofEpochDay(random.nextInt(40_000) - 20_000);
            case INSTANT -> java.time.Instant.ofEpochSecond(random.nextInt(), random.nextInt(1000) * 1000);
            case TIMESTAMP ->
                java.time.LocalDateTime.ofEpochSecond(
                        random.nextInt(), random.nextInt(1000) * 1000, java.time.ZoneOffset.UTC);
            case BOOLEAN -> random.nextBoolean();
            default -> throw new AssertionError(table.columnInfo(column));
        };
    }

    private int[] columns(BufferedTable table) {
        int first = table.name.equals("by_both") ? 2 : 1;
        return random.ints(first, table.columnCount())
                .distinct()
                .limit(1 + random.nextInt(4))
                .toArray();
    }

    private Insert insert(BufferedTable table) {
        int[] columns = columns(table);
        @Nullable Object[] values = new @Nullable Object[columns.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = value(table, columns[i]);
        }
        return new Insert(columns, values);
    }

    private ColumnChange change(BufferedTable table, int column) {
        return switch (table.columnInfo(column).kind()) {
            case INTEGER, DECIMAL -> {
                Object a = random.nextBoolean() ? random.nextLong() : (Object) new BigDecimal("12345678901234567890.5");
                yield switch (random.nextInt(5)) {
                    case 0 -> new ColumnChange.Plus(random.nextLong());
                    case 1 -> new ColumnChange.Max(a);
                    case 2 -> new ColumnChange.Min(a);
                    case 3 ->
                        new ColumnChange.Clamp(
                                random.nextBoolean() ? a : null,
                                random.nextBoolean() ? 5L : null,
                                random.nextBoolean() ? 9L : null,
                                a);
                    default -> new ColumnChange.Put(value(table, column));
                };
            }
            default -> new ColumnChange.Put(value(table, column));
        };
    }

    private RowChange rowChange(BufferedTable table) {
        boolean delete = random.nextInt(4) == 0;
        Insert insert = random.nextInt(3) == 0 ? insert(table) : null;
        Update update = null;
        if (random.nextInt(3) > 0 || !delete && insert == null) {
            int[] columns = columns(table);
            Missing missing = switch (random.nextInt(3)) {
                case 0 -> Missing.DEAD_LETTER;
                case 1 -> Missing.IGNORE;
                default -> new Missing(null, insert(table));
            };
            update = new Update(
                    columns,
                    Arrays.stream(columns)
                            .mapToObj(column -> change(table, column))
                            .toArray(ColumnChange[]::new),
                    missing);
        }
        return new RowChange(delete, insert, update);
    }

    private BufferedTable table() {
        return all.get(random.nextInt(all.size()));
    }

    private Entry entry(@Nullable Group group) {
        BufferedTable table = table();
        return new Entry(new PendingRow(table, key(table)), group, 1, 0, rowChange(table));
    }

    private record Made(byte[] bytes, String text) {}

    private Made epoch(EpochEncoder encoder) {
        StringBuilder text = new StringBuilder();
        encoder.begin();
        int cells = random.nextInt(5);
        for (int i = 0; i < cells; i++) {
            BufferedTable table = table();
            CounterColumn counter = table.counter(table.column("n"));
            Cell cell = counter.newCell(key(table), 1);
            long delta = random.nextLong();
            encoder.counter(cell, delta);
            text.append(table.name).append(cell.key()).append('+').append(delta).append('\n');
        }
        List<Object> log = new ArrayList<>();
        int entries = random.nextInt(4);
        for (int i = 0; i < entries; i++) {
            if (random.nextBoolean()) {
                Entry entry = entry(null);
                log.add(entry);
                text(text, entry);
            } else {
                Group group = new Group(1 + random.nextInt(3), random.nextBoolean() ? "id-" + text() : null);
                text.append("group ").append(group.handover).append('\n');
                for (int g = 0; g < group.entries.length; g++) {
                    group.entries[g] = entry(group);
                    text(text, group.entries[g]);
                }
                log.add(group);
            }
        }
        ByteWriter bytes = encoder.finish(log);
        return new Made(Arrays.copyOf(bytes.array(), bytes.length()), text.toString());
    }

    private static void text(StringBuilder text, Entry entry) {
        text.append(entry.row.table.name).append(' ').append(entry.row.key).append(' ');
        text(text, entry.change);
    }

    private static void text(StringBuilder text, RowChange change) {
        text.append(change.delete() ? "delete " : "");
        if (change.insert() != null) {
            text(text, change.insert());
        }
        Update update = change.update();
        if (update != null) {
            for (int i = 0; i < update.columns().length; i++) {
                ColumnChange column = update.changes()[i];
                text.append(update.columns()[i]).append(": ");
                text.append(column instanceof ColumnChange.Put put ? plain(put.value()) : column.toString());
            }
            text.append(' ').append(update.missing().policy());
            if (update.missing().defaults() != null) {
                text(text, update.missing().defaults());
            }
        }
        text.append('\n');
    }

    private static void text(StringBuilder text, Insert insert) {
        Map<Integer, String> row = new LinkedHashMap<>();
        for (int i = 0; i < insert.columns().length; i++) {
            row.put(insert.columns()[i], plain(insert.values()[i]));
        }
        text.append(row);
    }

    private static String plain(@Nullable Object value) {
        return value instanceof byte[] bytes
                ? Arrays.toString(bytes)
                : value + " " + (value == null ? "" : value.getClass());
    }

    private String decoded(byte[] bytes) {
        EpochDecoder.Epoch epoch = EpochDecoder.decode(1, bytes, tables::get);
        StringBuilder text = new StringBuilder();
        for (Entry entry : epoch.counted()) {
            ColumnChange.Plus plus = (ColumnChange.Plus) entry.change.update().changes()[0];
            text.append(entry.row.table.name)
                    .append(entry.row.key)
                    .append('+')
                    .append(plus.amount())
                    .append('\n');
        }
        for (Object item : epoch.log()) {
            if (item instanceof Entry entry) {
                text(text, entry);
            } else {
                Group group = (Group) item;
                text.append("group ").append(group.handover).append('\n');
                for (Entry entry : group.entries) {
                    text(text, entry);
                }
            }
        }
        return text.toString();
    }

    @Test
    void epochs_comeBackAsTheyWere() {
        EpochEncoder encoder = new EpochEncoder();
        for (int round = 0; round < 2_000; round++) {
            Made made = epoch(encoder);
            assertThat(decoded(made.bytes))
                    .as("seed=" + seed + " round=" + round)
                    .isEqualTo(made.text);
        }
    }

    /** The journal's checksum finds damage; what gets past it must not end the flush thread by a surprise. */
    @Test
    void damagedEpochs_areRefusedOrRead_neverAnythingElse() {
        EpochEncoder encoder = new EpochEncoder();
        for (int round = 0; round < 4; round++) {
            Made made = epoch(encoder);
            for (int at = 0; at < made.bytes.length; at++) {
                String what = "seed=" + seed + " round=" + round + " at=" + at;
                byte[] damaged = made.bytes.clone();
                damaged[at] ^= (byte) (1 + random.nextInt(255));
                readOrRefuse(damaged, what);
                damaged[at] = 0;
                readOrRefuse(damaged, what + " zero");
                Arrays.fill(damaged, at, Math.min(damaged.length, at + 1 + random.nextInt(9)), (byte) -1);
                readOrRefuse(damaged, what + " ones");
                readOrRefuse(Arrays.copyOf(made.bytes, at), "seed=" + seed + " round=" + round + " length=" + at);
            }
        }
    }

    private void readOrRefuse(byte[] bytes, String what) {
        try {
            EpochDecoder.decode(1, bytes, tables::get);
        } catch (JournalException expected) {
            assertThat(expected.getMessage()).as(what).isNotBlank();
        } catch (RuntimeException | Error e) {
            throw new AssertionError(what, e);
        }
    }

    @Test
    void operationsAsJson_comeBackAsTheyWere() {
        for (int round = 0; round < 2_000; round++) {
            List<Unit.Part> parts = new ArrayList<>();
            StringBuilder expected = new StringBuilder();
            int n = 1 + random.nextInt(3);
            for (int i = 0; i < n; i++) {
                Entry entry = entry(null);
                parts.add(new Unit.Part(entry.row.table, entry.row.key, entry.change));
                text(expected, entry);
            }
            StringBuilder actual = new StringBuilder();
            String json = OperationsJson.write(parts);
            OperationsJson.read(json, name -> tables.get(name).arguments)
                    .forEach(read -> text(
                            actual, new Entry(new PendingRow(read.table(), read.key()), null, 1, 0, read.change())));
            assertThat(actual.toString())
                    .as("seed=" + seed + " round=" + round + " " + json)
                    .isEqualTo(expected.toString());
        }
    }

    @Test
    void cellMap_isLikeAHashMap() {
        for (BufferedTable table : all) {
            CounterColumn counter = table.counter(table.column("n"));
            CellMap map = counter.cells;
            Map<Object, Cell> model = new HashMap<>();
            List<Object> keys = new ArrayList<>();
            for (int i = 0; i < 3_000; i++) {
                keys.add(
                        table.longKey
                                ? (Object) (random.nextBoolean() ? random.nextLong() : random.nextInt(500) * 64L)
                                : key(table));
            }
            for (int step = 0; step < 20_000; step++) {
                Object key = keys.get(random.nextInt(keys.size()));
                Cell there = model.get(key);
                if (there == null) {
                    Cell made = counter.newCell(key, 1);
                    map.put(made);
                    model.put(key, made);
                } else if (random.nextInt(3) == 0) {
                    there.freeze();
                    map.remove(there);
                    model.remove(key);
                }
                Object asked = keys.get(random.nextInt(keys.size()));
                Cell found = map.get(asked);
                Cell live = found == null || found.isDead() ? null : found;
                assertThat(live).as("seed=" + seed + " step=" + step).isSameAs(model.get(asked));
            }
            assertThat(map.size()).isEqualTo(model.size());
            List<Cell> seen = new ArrayList<>();
            map.forEach(seen::add);
            assertThat(seen).containsExactlyInAnyOrderElementsOf(model.values());
        }
    }
}
