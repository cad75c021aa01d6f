package dev.weir.server.database;

import dev.weir.server.CommandFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options {@code --data} and {@code --db}, which several commands take. */
public final class DatabaseOptions {
    /** The default database's file in the data directory. */
    public static final String DEFAULT_FILE = "weir.db";

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "data",
            description = "Directory of the journal and of the default database (default: ${DEFAULT-VALUE}).")
    private Path data = Path.of("data");

    @Option(
            names = "--db",
            paramLabel = "JDBC-URL",
            description = "The database (default: SQLite in DIR/weir.db). Drivers: sqlite, h2, postgresql, mariadb.")
    private @Nullable String url;

    /** For picocli. */
    public DatabaseOptions() {}

    /** The data directory as it was given. */
    public Path data() {
        return data;
    }

    /** The directory of the journals. */
    public Path journal() {
        return data.resolve("journal");
    }

    /** Whether no database was named. */
    public boolean isDefault() {
        return url == null;
    }

    /** The JDBC URL that was given, or that of the default database. */
    public String url() {
        return url != null ? url : "jdbc:sqlite:" + data.toAbsolutePath().resolve(DEFAULT_FILE);
    }

    /**
     * Makes the data directory if it is missing.
     *
     * @throws CommandFailed if that can't be, or nothing can be written there
     */
    public void makeData() {
        try {
            Files.createDirectories(data);
        } catch (IOException e) {
            throw new CommandFailed(
                    "the data directory must be a directory that can be made: data=" + data + ", reason="
                            + e.getClass().getSimpleName() + "; give another with --data",
                    e);
        }
        if (!Files.isWritable(data)) {
            throw new CommandFailed("the data directory must be writable: data=" + data + "; give another with --data");
        }
    }
}
