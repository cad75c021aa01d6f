package dev.weir.server.buffer;

import dev.weir.server.CommandFailed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the journal of the default database: in a data directory, in a directory of journals, or in its own directory. */
public final class JournalDirectory {
    private static final String FILE = "journal.db";
    private static final String DATABASE = "default";

    private JournalDirectory() {}

    /** The journal's own directory; empty if there is none. */
    public static Optional<Path> find(Path directory) {
        return Stream.of(
                        directory,
                        directory.resolve(DATABASE),
                        directory.resolve("journal").resolve(DATABASE))
                .filter(candidate -> Files.isRegularFile(candidate.resolve(FILE)))
                .findFirst();
    }

    /**
     * The journal's own directory.
     *
     * @throws CommandFailed if there is none
     */
    public static Path required(Path directory) {
        return find(directory)
                .orElseThrow(() -> new CommandFailed("there must be a journal: DIR=" + directory + " holds no " + FILE
                        + "; name a data directory, or the directory of one journal"));
    }
}
