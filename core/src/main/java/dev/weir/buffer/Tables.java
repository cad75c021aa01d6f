package dev.weir.buffer;

import dev.weir.db.Catalog;
import dev.weir.db.TableInfo;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;

/** The buffered tables of one database by name. Thread-safe. */
final class Tables {
    private final Catalog catalog;
    private final BufferSettings settings;
    private final ConcurrentHashMap<String, BufferedTable> byName = new ConcurrentHashMap<>();

    Tables(Catalog catalog, BufferSettings settings) {
        this.catalog = catalog;
        this.settings = settings;
    }

    /**
     * The table of a name, as the catalog understands it.
     *
     * @throws IllegalArgumentException if there is none, or it can't be buffered
     */
    BufferedTable get(String name) {
        BufferedTable known = byName.get(name);
        if (known != null) {
            return known;
        }
        TableInfo info = catalog.table(name);
        BufferedTable table = byName.computeIfAbsent(
                info.name(), spelled -> new BufferedTable(info, settings.table(spelled), catalog));
        byName.putIfAbsent(name, table);
        return table;
    }

    Collection<BufferedTable> all() {
        return byName.values();
    }
}
