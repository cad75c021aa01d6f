package dev.weir.server.database;

import dev.weir.server.CommandFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An empty database of the same engine in place of a file that is not there: SQLite and H2 would make the file, and whoever
 * only looks must not. Gone when it is closed.
 */
final class StandIn implements AutoCloseable {
    private static final Pattern SQLITE =
            Pattern.compile("jdbc:sqlite:(file:(?://(?=/))?)?([^?]+)(\\?.*)?", Pattern.DOTALL);

    /** Of an address that begins with {@code file:}: SQLite makes no file then. */
    private static final Pattern NEVER_MADE = Pattern.compile(".*[?&]mode=(?:memory|ro|rw)(?:&.*)?", Pattern.DOTALL);

    /** A name with a colon after it is another place than a file, such as {@code mem:} or {@code tcp:}. */
    private static final Pattern H2 =
            Pattern.compile("jdbc:h2:(?:file:)?(?![a-z][a-z0-9]+:)([^;]+)(;.*)?", Pattern.DOTALL);

    /** Settings of H2 that say how names and statements are read, and who asks; others are about the file. */
    private static final Set<String> KEPT = Set.of(
            "MODE",
            "DATABASE_TO_LOWER",
            "DATABASE_TO_UPPER",
            "CASE_INSENSITIVE_IDENTIFIERS",
            "NON_KEYWORDS",
            "INIT",
            "SCHEMA",
            "USER",
            "PASSWORD");

    private final String url;
    private final @Nullable Path directory;

    private StandIn(String url, @Nullable Path directory) {
        this.url = url;
        this.directory = directory;
    }

    /** For the database of a URL; null if it is there, or is no file. */
    static @Nullable StandIn ifMissing(String url) {
        Matcher sqlite = SQLITE.matcher(url);
        if (sqlite.matches()) {
            String prefix = sqlite.group(1) == null ? "" : "file:";
            String settings = sqlite.group(3) == null ? "" : sqlite.group(3);
            boolean made = prefix.isEmpty() || !NEVER_MADE.matcher(settings).matches();
            return made && isMissing(sqlite.group(2)) ? sqlite(prefix, settings) : null;
        }
        Matcher h2 = H2.matcher(url);
        if (h2.matches()) {
            String name = h2.group(1).startsWith("~")
                    ? System.getProperty("user.home") + h2.group(1).substring(1)
                    : h2.group(1);
            String settings = h2.group(2) == null ? "" : h2.group(2);
            boolean required = settings.toUpperCase(Locale.ROOT).contains(";IFEXISTS=TRUE");
            return isMissing(name + ".mv.db") && !required ? h2(settings) : null;
        }
        return null;
    }

    private static boolean isMissing(String file) {
        try {
            return !file.contains(":memory:") && !Files.exists(Path.of(file));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static StandIn sqlite(String prefix, String settings) {
        try {
            Path directory = Files.createTempDirectory("weir-look");
            return new StandIn("jdbc:sqlite:" + prefix + directory.resolve("empty.db") + settings, directory);
        } catch (IOException e) {
            throw new CommandFailed(
                    "an empty database could not be made to compare with: directory="
                            + System.getProperty("java.io.tmpdir"),
                    e);
        }
    }

    private static StandIn h2(String settings) {
        String kept = Arrays.stream(settings.split("(?<!\\\\);"))
                .filter(setting -> KEPT.contains(setting.split("=", 2)[0].toUpperCase(Locale.ROOT)))
                .map(setting -> ";" + setting)
                .collect(Collectors.joining());
        return new StandIn("jdbc:h2:mem:weir_look_" + UUID.randomUUID() + kept, null);
    }

    String url() {
        return url;
    }

    @Override
    public void close() {
        if (directory == null) {
            return;
        }
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            throw new CommandFailed("an empty database could not be removed: directory=" + directory, e);
        }
    }
}
