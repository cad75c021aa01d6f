package dev.weir.buffer;

import dev.weir.db.engine.Dialect;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
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
    /** By the names that were asked for. */
    private final Map<String, Tables.Found> tables = new LinkedHashMap<>();

    /** What the file holds. */
    record Content(String dialect, Map<String, Tables.Found> tables) {}

    TableNotes(Dialect dialect, Path directory) {
        this.dialect = dialect.name();
        this.file = directory.resolve(NAME);
        Content content = read(directory);
        if (content != null && content.dialect.equals(this.dialect)) {
            tables.putAll(content.tables);
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

    /** What was noted of the table of a name: exactly as spelled, else ignoring case if just one fits. */
    Tables.@Nullable Found noted(String name) {
        lock.lock();
        try {
            Tables.Found exact = tables.get(name);
            if (exact != null) {
                return exact;
            }
            List<Tables.Found> close = tables.entrySet().stream()
                    .filter(entry -> entry.getKey().equalsIgnoreCase(name))
                    .map(Map.Entry::getValue)
                    .distinct()
                    .toList();
            return close.size() == 1 ? close.get(0) : null;
        } finally {
            lock.unlock();
        }
    }

    void note(String name, Tables.Found table) {
        lock.lock();
        try {
            if (!table.equals(tables.put(name, table))) {
                write();
            }
        } finally {
            lock.unlock();
        }
    }

    private void write() {
        Path fresh = file.resolveSibling(NAME + ".new");
        try {
            Files.write(fresh, JSON.writeValueAsBytes(new Content(dialect, tables)));
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
