package dev.weir.db;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Rows of a query as records. */
record RecordResults<T extends Record>(Results<Row> rows, RecordReader<T> reader) implements Results<T> {
    @Override
    public Optional<T> first() {
        return rows.first().map(reader::read);
    }

    @Override
    public List<T> list() {
        return rows.list().stream().map(reader::read).toList();
    }

    @Override
    public Stream<T> stream() {
        return rows.stream().map(reader::read);
    }
}
