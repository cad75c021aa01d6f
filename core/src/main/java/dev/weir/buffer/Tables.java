package dev.weir.buffer;

import dev.weir.db.engine.Catalog;
import dev.weir.db.engine.TableInfo;
import dev.weir.error.WeirException;
import java.sql.Connection;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
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
        Found found = find(name, connection);
        BufferedTable table = byName.get(found.called());
        if (table == null) {
            // Made before it is published: it may ask the catalog.
            BufferedTable made = new BufferedTable(
                    found.info(), found.called(), settings.table(found.called()), catalog, connection);
            BufferedTable other = byName.putIfAbsent(found.called(), made);
            table = other != null ? other : made;
        }
        byName.putIfAbsent(name, table);
        return table;
    }

    /**
     * A table as the catalog describes it.
     *
     * @param called its one name, by which it is found again: with its schema unless the bare name means the same table
     */
    record Found(String called, TableInfo info) {}

    private Found find(String name, @Nullable Connection connection) {
        if (connection != null) {
            TableInfo info = catalog.table(connection, name);
            return new Found(called(name, info, bare -> catalog.table(connection, bare)), info);
        }
        try {
            TableInfo info = catalog.table(name);
            Found found = new Found(called(name, info, catalog::table), info);
            if (notes != null) {
                notes.note(name, found);
            }
            return found;
        } catch (WeirException e) {
            Found noted = notes == null ? null : notes.noted(name);
            if (noted == null) {
                throw e;
            }
            return noted;
        }
    }

    private static String called(String asked, TableInfo info, Function<String, TableInfo> look) {
        if (asked.equalsIgnoreCase(info.name())) {
            return info.name();
        }
        String qualified = info.schema() + "." + info.name();
        try {
            return look.apply(info.name()).schema().equals(info.schema()) ? info.name() : qualified;
        } catch (IllegalArgumentException notInTheSchemaInUse) {
            return qualified;
        }
    }

    Collection<BufferedTable> all() {
        return byName.values();
    }
}
