package dev.weir;

import dev.weir.buffer.BufferSettings;
import dev.weir.buffer.WriteBuffer;
import dev.weir.db.Database;
import dev.weir.db.DatabaseBuilder;
import dev.weir.db.SqlException;
import dev.weir.db.engine.Dialect;
import dev.weir.error.Failure;
import dev.weir.time.Clock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Puts a {@link Weir} together. Checks each value when it is set. Not thread-safe. */
public final class WeirBuilder {
    private static final long PAUSE_NANOS = Duration.ofMillis(100).toNanos();

    private final Map<String, DataSource> databases = new LinkedHashMap<>();
    private @Nullable Path journal;
    private BufferSettings buffer = BufferSettings.defaults();
    private Clock clock = Clock.system();

    WeirBuilder() {}

    /** The database named {@code default}. */
    public WeirBuilder database(DataSource dataSource) {
        return database("default", dataSource);
    }

    /** A database by name. */
    public WeirBuilder database(String name, DataSource dataSource) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(dataSource, "dataSource");
        if (databases.putIfAbsent(name, dataSource) != null) {
            throw new IllegalArgumentException("A database's name is given once: name=" + name + ".");
        }
        return this;
    }

    /**
     * The directory of the journals, one sub-directory a database (of its name, with other than letters, digits, {@code _},
     * {@code -} and {@code .} as {@code %XX}). It must lie on a local disk and belong to this process
     * alone. Without it there is no write-behind.
     */
    public WeirBuilder journal(Path directory) {
        this.journal = Objects.requireNonNull(directory, "directory");
        return this;
    }

    /** Settings of the write-behind buffers. */
    public WeirBuilder buffer(BufferSettings settings) {
        this.buffer = Objects.requireNonNull(settings, "settings");
        return this;
    }

    /** Where time is read; the system's clocks by default. */
    public WeirBuilder clock(Clock clock) {
        this.clock = Objects.requireNonNull(clock, "clock");
        return this;
    }

    /**
     * Opens the databases and the journals, and recovers what is pending.
     *
     * @throws dev.weir.error.WeirException if a database is away for longer than {@code connectTimeout}, a journal is owned
     *     by another process or damaged, or a database fell back further than the kept epochs reach
     */
    public Weir build() {
        if (databases.isEmpty()) {
            throw new IllegalStateException("Weir stands before a database: databases=0. Call database(dataSource).");
        }
        Map<String, Database> opened = new LinkedHashMap<>();
        Map<String, WriteBuffer> buffers = new LinkedHashMap<>();
        try {
            databases.forEach((name, dataSource) -> opened.put(name, open(name, dataSource, buffers)));
        } catch (RuntimeException | Error e) {
            buffers.values().forEach(WriteBuffer::close);
            throw e;
        }
        return new OpenWeir(opened, buffers);
    }

    private Database build(DatabaseBuilder builder, @Nullable Path directory) {
        long end = System.nanoTime()
                + (directory == null ? 0 : buffer.connectTimeout().toNanos());
        while (true) {
            try {
                return builder.build();
            } catch (SqlException e) {
                if (e.failure() != Failure.CONNECTION || System.nanoTime() - end >= 0) {
                    return degraded(builder, directory, e);
                }
                LockSupport.parkNanos(this, PAUSE_NANOS);
            }
        }
    }

    private Database degraded(DatabaseBuilder builder, @Nullable Path directory, SqlException e) {
        Optional<Dialect> known = buffer.startDegraded() && directory != null && e.failure() == Failure.CONNECTION
                ? WriteBuffer.knownDialect(directory)
                : Optional.empty();
        return builder.dialect(known.orElseThrow(() -> e)).build();
    }

    /** A folder's name for a database of any name, on any file system: distinct for distinct names. */
    private static String folder(String name) {
        StringBuilder folder = new StringBuilder();
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xFF);
            boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (plain || c == '_' || c == '-' || (c == '.' && !folder.isEmpty())) {
                folder.append(c);
            } else {
                folder.append('%').append(String.format("%02X", (int) c));
            }
        }
        return folder.isEmpty() ? "%" : folder.toString();
    }

    private Database open(String name, DataSource dataSource, Map<String, WriteBuffer> buffers) {
        DatabaseBuilder builder = Database.builder(dataSource).name(name).clock(clock);
        Path directory = journal == null ? null : journal.resolve(folder(name));
        if (directory != null) {
            builder.writeBehind(database -> {
                WriteBuffer made = WriteBuffer.open(database, directory, buffer, clock);
                buffers.put(name, made);
                return made;
            });
        }
        return build(builder, directory);
    }
}
