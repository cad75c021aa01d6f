package dev.weir.buffer;

/** Which row's column a {@link Cell} counts. */
abstract class CellKey {
    final CounterColumn column;

    /** The row's key if it is a long. */
    final long longKey;

    CellKey(CounterColumn column, long longKey) {
        this.column = column;
        this.longKey = longKey;
    }
}
