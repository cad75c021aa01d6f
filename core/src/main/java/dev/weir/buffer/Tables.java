package dev.weir.buffer;

import dev.weir.db.Catalog;
import dev.weir.db.TableInfo;
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
        BufferedTable known = byName.get(name);
        if (known != null) {
            return known;
        }
        TableInfo info = notes == null ? catalog.table(name) : notes.table(catalog, name);
        BufferedTable table = byName.computeIfAbsent(
                info.name(), spelled -> new BufferedTable(info, settings.table(spelled), catalog));
        byName.putIfAbsent(name, table);
        return table;
    }

    Collection<BufferedTable> all() {
        return byName.values();
    }
}
