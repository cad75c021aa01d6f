package dev.weir.buffer;

import dev.weir.db.engine.Catalog;
import dev.weir.db.engine.Dialect;
import dev.weir.db.engine.TableInfo;
import dev.weir.error.WeirException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the catalog said of the buffered tables, noted beside the journal, so that a start without the database can take
 * operations in. Notes are a convenience: whatever is wrong with them, they are made anew.
 */
final class TableNotes {
    /** The file's name in the journal's directory. */
    static final String NAME = "tables.json";

    private static final Logger LOG = LoggerFactory.getLogger("dev.weir.buffer");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final String dialect;
    private final Path file;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, TableInfo> tables = new LinkedHashMap<>();

    /** What the file holds. */
    record Content(String dialect, List<TableInfo> tables) {}

    TableNotes(Dialect dialect, Path directory) {
        this.dialect = dialect.name();
        this.file = directory.resolve(NAME);
        Content content = read(directory);
        if (content != null && content.dialect.equals(this.dialect)) {
            content.tables.forEach(table -> tables.put(table.name(), table));
        }
    }

    /** The dialect of the database that a journal was last used with. */
    static Optional<Dialect> dialect(Path directory) {
        Content content = read(directory);
        return content == null ? Optional.empty() : Dialect.named(content.dialect);
    }

    private static @Nullable Content read(Path directory) {
        try {
            return JSON.readValue(Files.readAllBytes(directory.resolve(NAME)), Content.class);
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException | JacksonException e) {
            LOG.debug("The notes on tables can't be read; they are made anew.", e);
            return null;
        }
    }

    /** The table of a name as the catalog describes it; as it is noted if the catalog can't be asked. */
    TableInfo table(Catalog catalog, String name) {
        TableInfo found;
        try {
            found = catalog.table(name);
        } catch (WeirException e) {
            TableInfo noted = noted(name);
            if (noted == null) {
                throw e;
            }
            return noted;
        }
        note(found);
        return found;
    }

    private @Nullable TableInfo noted(String name) {
        lock.lock();
        try {
            return tables.get(name);
        } finally {
            lock.unlock();
        }
    }

    private void note(TableInfo table) {
        lock.lock();
        try {
            if (!table.equals(tables.put(table.name(), table))) {
                write();
            }
        } finally {
            lock.unlock();
        }
    }

    private void write() {
        Path fresh = file.resolveSibling(NAME + ".new");
        try {
            Files.write(fresh, JSON.writeValueAsBytes(new Content(dialect, new ArrayList<>(tables.values()))));
            try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException | JacksonException e) {
            LOG.warn(
                    "What the catalog says of buffered tables could not be noted; only a start without the database needs it: file={}",
                    file);
            LOG.debug("The failure of the note", e);
        }
    }
}
