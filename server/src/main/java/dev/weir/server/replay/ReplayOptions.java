package dev.weir.server.replay;

import dev.weir.db.Durability;
import java.nio.file.Path;
import java.util.List;
import javax.sql.DataSource;

/**
 * What a {@link Replay} does.
 *
 * @param files paths as the user gave them; {@code -} is standard input
 * @param dataSource the target database
 * @param shownUrl the database's name in messages, without credentials
 * @param data the data directory; made when missing
 * @param durability what each line waits for, many lines at a time
 * @param linesPerSecond at most so many lines a second; 0 if there is no limit
 * @param again whether finished files are counted once more
 */
public record ReplayOptions(
        List<String> files,
        DataSource dataSource,
        String shownUrl,
        Path data,
        Durability durability,
        double linesPerSecond,
        boolean again) {

    /** What stands for standard input. */
    public static final String STANDARD_INPUT = "-";

    /** A copy whose list can't change. */
    public ReplayOptions {
        files = List.copyOf(files);
        if (files.isEmpty()) {
            throw new IllegalArgumentException("A replay needs a file: files=[]. Give one.");
        }
        if (!(linesPerSecond >= 0)) {
            throw new IllegalArgumentException(
                    "A rate is not negative: linesPerSecond=" + linesPerSecond + ". 0 means no limit.");
        }
    }

    /** One file into one database, accepted and as fast as it goes. */
    public static ReplayOptions of(Path file, DataSource dataSource, Path data) {
        return new ReplayOptions(
                List.of(file.toString()), dataSource, "a data source", data, Durability.ACCEPTED, 0, false);
    }
}
