package dev.weir;

import dev.weir.buffer.CloseReport;
import dev.weir.buffer.WriteBuffer;
import dev.weir.db.Database;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

final class OpenWeir implements Weir {
    private static final String DEFAULT = "default";

    private final Map<String, Database> databases;
    private final Map<String, WriteBuffer> buffers;

    OpenWeir(Map<String, Database> databases, Map<String, WriteBuffer> buffers) {
        this.databases = Map.copyOf(databases);
        this.buffers = Map.copyOf(buffers);
    }

    @Override
    public Database database() {
        return database(DEFAULT);
    }

    @Override
    public Database database(String name) {
        Database database = databases.get(Objects.requireNonNull(name, "name"));
        if (database == null) {
            throw new IllegalArgumentException(
                    "There is no database of this name: name=" + name + ", there are " + databases.keySet() + ".");
        }
        return database;
    }

    @Override
    public WriteBuffer buffer() {
        return buffer(DEFAULT);
    }

    @Override
    public WriteBuffer buffer(String name) {
        database(name);
        WriteBuffer buffer = buffers.get(name);
        if (buffer == null) {
            throw new IllegalStateException(
                    "Write-behind needs a journal: database=" + name + ". Call journal(directory) on the builder.");
        }
        return buffer;
    }

    @Override
    public void close() {
        RuntimeException first = null;
        for (WriteBuffer buffer : buffers.values()) {
            try {
                buffer.close();
            } catch (RuntimeException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }

    @Override
    public Map<String, CloseReport> close(Duration deadline) {
        Map<String, CloseReport> reports = new LinkedHashMap<>();
        buffers.forEach((name, buffer) -> reports.put(name, buffer.close(deadline)));
        return reports;
    }
}
