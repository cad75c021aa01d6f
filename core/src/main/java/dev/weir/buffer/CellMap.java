package dev.weir.buffer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The cells of one counter column by key. Lookups take no lock. A dead cell may be found until it is replaced. Cells are
 * put and removed under their row's stripe lock.
 */
sealed interface CellMap {
    @Nullable Cell get(long key);

    @Nullable Cell get(Object key);

    /** Puts a cell in the place of a dead one or none. */
    void put(Cell cell);

    /** Forgets a dead cell. */
    void remove(Cell cell);

    void forEach(Consumer<Cell> action);

    int size();

    /** For long keys: open addressing with linear probing. */
    final class Longs implements CellMap {
        /*
         * Concurrency. Slots are written under this monitor (no I/O happens inside) and read with acquire semantics through
         * the table reference of the moment. A reader that misses a cell because the table was just replaced goes the slow way,
         * which looks again under the row's stripe lock. A dead cell stays as a tombstone until its key comes back or the table
         * is rebuilt: when it fills up, or when most of what it holds is dead.
         */
        private static final int SMALLEST = 64;

        private volatile Table table = new Table(SMALLEST);
        private int used;
        private int live;

        @Override
        public @Nullable Cell get(long key) {
            Table t = table;
            long[] keys = t.keys;
            int i = Table.slot(key) & keys.length - 1;
            while (true) {
                Cell cell = t.get(i);
                if (cell == null) {
                    return null;
                }
                if (keys[i] == key) {
                    return cell;
                }
                i = i + 1 & keys.length - 1;
            }
        }

        @Override
        public @Nullable Cell get(Object key) {
            return get((long) key);
        }

        @Override
        public synchronized void put(Cell cell) {
            if ((used + 1) * 3L > table.mask * 2L) {
                rebuild();
            }
            Table t = table;
            int i = Table.slot(cell.longKey) & t.mask;
            while (true) {
                Cell there = t.get(i);
                if (there == null) {
                    used++;
                    live++;
                    t.set(i, cell);
                    return;
                }
                if (there.longKey == cell.longKey) {
                    live++;
                    t.set(i, cell);
                    return;
                }
                i = i + 1 & t.mask;
            }
        }

        @Override
        public synchronized void remove(Cell cell) {
            live--;
            if (used >= SMALLEST && live < used / 4) {
                rebuild();
            }
        }

        private void rebuild() {
            Table old = table;
            Table fresh = new Table(Math.max(SMALLEST, Integer.highestOneBit(live * 3 + 1) * 2));
            used = 0;
            for (int i = 0; i <= old.mask; i++) {
                Cell cell = old.get(i);
                if (cell != null && !cell.isDead()) {
                    int j = Table.slot(cell.longKey) & fresh.mask;
                    while (fresh.get(j) != null) {
                        j = j + 1 & fresh.mask;
                    }
                    fresh.set(j, cell);
                    used++;
                }
            }
            table = fresh;
        }

        @Override
        public void forEach(Consumer<Cell> action) {
            Table t = table;
            for (int i = 0; i <= t.mask; i++) {
                Cell cell = t.get(i);
                if (cell != null && !cell.isDead()) {
                    action.accept(cell);
                }
            }
        }

        @Override
        public synchronized int size() {
            return live;
        }

        private static final class Table {
            private static final VarHandle SLOTS = MethodHandles.arrayElementVarHandle(Cell[].class);
            private final @Nullable Cell[] slots;

            /** The keys of the cells, so that a probe need not touch the cell; written before the cell, never changed. */
            final long[] keys;

            final int mask;

            Table(int size) {
                slots = new Cell[size];
                keys = new long[size];
                mask = size - 1;
            }

            static int slot(long key) {
                long h = key * 0x9E3779B97F4A7C15L;
                return (int) (h >>> 32);
            }

            /** A plain read and a fence, because an acquiring read checks the class of the cell and so loads its cache line. */
            @Nullable Cell get(int i) {
                Cell cell = slots[i];
                VarHandle.acquireFence();
                return cell;
            }

            void set(int i, Cell cell) {
                keys[i] = cell.longKey;
                SLOTS.setRelease(slots, i, cell);
            }
        }
    }

    /** For keys of any other kind. */
    final class Objects implements CellMap {
        private final ConcurrentHashMap<Object, Cell> cells = new ConcurrentHashMap<>();

        @Override
        public @Nullable Cell get(long key) {
            return cells.get(key);
        }

        @Override
        public @Nullable Cell get(Object key) {
            return cells.get(key);
        }

        @Override
        public void put(Cell cell) {
            cells.put(cell.key(), cell);
        }

        @Override
        public void remove(Cell cell) {
            cells.remove(cell.key(), cell);
        }

        @Override
        public void forEach(Consumer<Cell> action) {
            cells.values().forEach(action);
        }

        @Override
        public int size() {
            return cells.size();
        }
    }
}
