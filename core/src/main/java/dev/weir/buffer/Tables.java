package dev.weir.buffer;

import dev.weir.db.engine.Catalog;
import dev.weir.db.engine.TableInfo;
import java.sql.Connection;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The buffered tables of one database by name. Thread-safe. */
final class Tables {
    private final Catalog catalog;
    private final @Nullable TableNotes notes;
    private final BufferSettings settings;
    private final ConcurrentHashMap<String, BufferedTable> byName = new ConcurrentHashMap<>();

    Tables(Catalog catalog, @Nullable TableNotes notes, BufferSettings settings) {
        this.catalog = catalog;
        this.notes = notes;
        this.settings = settings;
    }

    /**
     * The table of a name, as the catalog understands it.
     *
     * @throws IllegalArgumentException if there is none, or it can't be buffered
     */
    BufferedTable get(String name) {
        return get(name, null);
    }

    /**
     * The same inside a transaction, which asks on its own connection: the pool may have no other.
     *
     * @param connection the transaction's; null outside one
     */
    BufferedTable get(String name, @Nullable Connection connection) {
        BufferedTable known = byName.get(name);
        if (known != null) {
            return known;
        }
        TableInfo info = look(name, connection);
        BufferedTable table = byName.computeIfAbsent(
                info.name(), spelled -> new BufferedTable(info, settings.table(spelled), catalog));
        byName.putIfAbsent(name, table);
        return table;
    }

    private TableInfo look(String name, @Nullable Connection connection) {
        if (connection != null) {
            return catalog.table(connection, name);
        }
        return notes == null ? catalog.table(name) : notes.table(catalog, name);
    }

    Collection<BufferedTable> all() {
        return byName.values();
    }
}
