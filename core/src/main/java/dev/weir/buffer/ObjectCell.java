package dev.weir.buffer;

/** A cell of a row whose key is not a long. */
final class ObjectCell extends Cell {
    private final Object key;

    ObjectCell(CounterColumn column, Object key, long born) {
        super(column, 0, born);
        this.key = key;
    }

    @Override
    Object key() {
        return key;
    }
}
