package dev.weir.buffer;

/** One column that is counted on, and its cells. */
final class CounterColumn {
    final BufferedTable table;
    final int column;
    final CellMap cells;

    CounterColumn(BufferedTable table, int column) {
        this.table = table;
        this.column = column;
        this.cells = table.longKey ? new CellMap.Longs() : new CellMap.Objects();
    }

    Cell newCell(Object key, long born) {
        return table.longKey ? new Cell(this, (long) key, born) : new ObjectCell(this, key, born);
    }
}
