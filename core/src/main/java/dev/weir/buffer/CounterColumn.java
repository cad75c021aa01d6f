package dev.weir.buffer;

/** One column that is counted on, and its cells. */
final class CounterColumn {
    final BufferedTable table;
    final int column;
    final CellMap cells;

    /** Whether adding 0 can have an effect: it makes a row that is missing, or a 0 of a NULL. */
    final boolean nothingCounts;

    CounterColumn(BufferedTable table, int column) {
        this.table = table;
        this.column = column;
        this.nothingCounts =
                table.missing.defaults() != null || table.columnInfo(column).nullable();
        this.cells = table.longKey ? new CellMap.Longs() : new CellMap.Objects();
    }

    Cell newCell(Object key, long born) {
        return table.longKey ? new Cell(this, (long) key, born) : new ObjectCell(this, key, born);
    }
}
