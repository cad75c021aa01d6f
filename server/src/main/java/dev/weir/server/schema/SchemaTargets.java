package dev.weir.server.schema;

import dev.weir.schema.file.SchemaFiles;
import dev.weir.schema.model.InvalidSchemaException;
import dev.weir.schema.model.Schema;
import dev.weir.server.CommandFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say which databases a command works on, and what is declared for them. */
final class SchemaTargets {
    /** The name of the database whose files stand in the schema directory itself. */
    static final String DEFAULT = "default";

    private static final Pattern NAMED = Pattern.compile("([A-Za-z_][A-Za-z0-9_-]*)=(.*)", Pattern.DOTALL);
    private static final Path DATA = Path.of("data");
    private static final String DEFAULT_URL = "jdbc:sqlite:";

    @Option(
            names = "--db",
            paramLabel = "[NAME=]JDBC-URL",
            description = {
                "The database (default: SQLite in data/weir.db). With NAME= a further one, whose files stand in",
                "the directory NAME of the schema. Drivers: sqlite, h2, postgresql, mariadb."
            })
    private @Nullable List<String> urls;

    @Option(
            names = "--schema",
            paramLabel = "DIR-or-FILE",
            defaultValue = "schema",
            description = "What is declared (default: ${DEFAULT-VALUE}).")
    private Path path = Path.of("schema");

    /** A database to work on. */
    record Target(String name, String url) {}

    /** Where the declaration stands. */
    Path path() {
        return path;
    }

    /** The databases, each name once. */
    List<Target> all() {
        Map<String, Target> targets = new LinkedHashMap<>();
        List<String> given =
                urls == null ? List.of(DEFAULT_URL + DATA.resolve("weir.db").toAbsolutePath()) : urls;
        for (String url : given) {
            Matcher named = NAMED.matcher(url);
            boolean hasName = named.matches() && !url.startsWith("jdbc:");
            Target target = hasName ? new Target(named.group(1), named.group(2)) : new Target(DEFAULT, url);
            if (targets.put(target.name(), target) != null) {
                throw new CommandFailed(
                        2,
                        "a database must be named once: name=" + target.name() + "; give further ones as NAME=URL",
                        null);
            }
        }
        return new ArrayList<>(targets.values());
    }

    /**
     * What is declared for each database.
     *
     * @throws CommandFailed if one is not there, or is wrong; the message names all that is
     */
    Map<Target, Schema> declared() {
        Map<Target, Schema> declared = new LinkedHashMap<>();
        all().forEach(target -> declared.put(target, declared(target)));
        return declared;
    }

    /** Makes the directory of the default database, if that is what is worked on. */
    void makePlace() {
        if (urls == null) {
            try {
                Files.createDirectories(DATA);
            } catch (IOException e) {
                throw new CommandFailed(
                        "the data directory must be a directory that can be made: data=" + DATA + ", reason="
                                + e.getClass().getSimpleName() + "; give a database with --db",
                        e);
            }
        }
    }

    /**
     * What is declared for a database.
     *
     * @throws CommandFailed if it is not there, or is wrong; the message names all that is
     */
    private Schema declared(Target target) {
        Path place = target.name().equals(DEFAULT) ? path : path.resolve(target.name());
        if (!Files.exists(place)) {
            throw new CommandFailed("the declared schema must be there: schema=" + place
                    + "; give a directory or file with --schema, or write one with './weir schema snapshot'");
        }
        try {
            return SchemaFiles.read(place);
        } catch (InvalidSchemaException e) {
            throw new CommandFailed(e.getMessage() == null ? e.toString() : e.getMessage(), e);
        }
    }
}
