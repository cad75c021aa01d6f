package dev.weir.schema.file;

import dev.weir.schema.model.Column;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.DefaultValue;
import dev.weir.schema.model.ForeignKey;
import dev.weir.schema.model.Index;
import dev.weir.schema.model.ReferentialAction;
import dev.weir.schema.model.Table;
import dev.weir.schema.physical.PhysicalCheck;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.physical.PhysicalForeignKey;
import dev.weir.schema.physical.PhysicalIndex;
import dev.weir.schema.physical.PhysicalSchema;
import dev.weir.schema.physical.PhysicalTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes what a database has as schema files. */
public final class Snapshot {
    private static final int LONGEST_NAME = 63;
    private static final int LONGEST_STEM = 100;

    /** Names that Windows keeps for devices, whatever the ending. */
    private static final Set<String> DEVICES = Set.of(
            "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "lpt1",
            "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9");

    /** What PostgreSQL's columns with a sequence of their own are declared as. */
    private static final Map<String, String> SERIALS =
            Map.of("smallint", "smallserial", "integer", "serial", "bigint", "bigserial");

    private Snapshot() {}

    /**
     * Writes a file for each table, named after it, such that {@link SchemaFiles#read} declares what the database has, in the
     * engine's own words. Views and what else is no table is left out. The directory is made if it is not there. Each file is
     * complete or not there; if one can't be written, those before it stay.
     *
     * @param force whether files that are there are overwritten
     * @return the files, in the order of the tables
     * @throws IllegalStateException if there are such files and {@code force} is false; it names them all, and nothing is
     *     written
     */
    public static List<Path> write(PhysicalSchema schema, Path directory, boolean force) throws IOException {
        Objects.requireNonNull(schema, "schema");
        Objects.requireNonNull(directory, "directory");
        Map<Path, String> files = new LinkedHashMap<>();
        Set<String> stems = new HashSet<>();
        for (PhysicalTable table : schema.tables()) {
            String stem = stem(table.name(), stems);
            files.put(inside(directory, stem), text(table, stem));
        }
        List<Path> there = files.keySet().stream()
                .filter(file -> Files.exists(file, LinkOption.NOFOLLOW_LINKS))
                .toList();
        if (!there.isEmpty() && !force) {
            throw new IllegalStateException("A snapshot overwrites no file unless it is forced: files=" + there
                    + "; force it, or name another directory");
        }
        Files.createDirectories(directory);
        for (Map.Entry<Path, String> file : files.entrySet()) {
            replace(file.getKey(), file.getValue());
        }
        return List.copyOf(files.keySet());
    }

    /** The file of a stem: the one that is there, if it ends in the other of the two endings. */
    static Path inside(Path directory, String stem) {
        Path file = directory.resolve(stem + ".yaml");
        Path home = directory.toAbsolutePath().normalize();
        if (!home.equals(file.toAbsolutePath().normalize().getParent())) {
            throw new IllegalArgumentException(
                    "A snapshot writes into its directory alone: file=" + stem + ".yaml; rename the table");
        }
        Path other = directory.resolve(stem + ".yml");
        return Files.exists(other, LinkOption.NOFOLLOW_LINKS) ? other : file;
    }

    /** A file name for a table that no other has, also where the case of names does not count. */
    private static String stem(String table, Set<String> taken) {
        StringBuilder safe = new StringBuilder();
        table.codePoints()
                .forEach(c -> safe.appendCodePoint(
                        (Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == '.' || c == ' ') ? c : '_'));
        while (safe.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_STEM) {
            safe.setLength(safe.offsetByCodePoints(safe.length(), -1));
        }
        if (safe.isEmpty() || safe.charAt(0) == '.' || safe.charAt(0) == ' ') {
            safe.insert(0, '_');
        }
        String stem = safe.toString();
        String device = stem.indexOf('.') < 0 ? stem : stem.substring(0, stem.indexOf('.'));
        if (DEVICES.contains(device.strip().toLowerCase(Locale.ROOT))) {
            stem = "_" + stem;
        }
        String free = stem;
        for (int number = 2; !taken.add(free.toLowerCase(Locale.ROOT)); number++) {
            free = stem + "-" + number;
        }
        return free;
    }

    private static void replace(Path file, String text) throws IOException {
        Path draft = file.resolveSibling("." + UUID.randomUUID() + ".tmp");
        try {
            Files.writeString(draft, text, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    private static String text(PhysicalTable table, String stem) {
        List<String> remarks = new ArrayList<>();
        remark(
                remarks,
                "indexes whose build failed",
                table.indexes().stream()
                        .filter(index -> !index.valid())
                        .map(PhysicalIndex::name)
                        .toList());
        remark(
                remarks,
                "foreign keys that were not validated",
                table.foreignKeys().stream()
                        .filter(key -> !key.valid())
                        .map(PhysicalForeignKey::name)
                        .toList());
        remark(
                remarks,
                "checks that were not validated",
                table.checks().stream()
                        .filter(check -> !check.valid())
                        .map(PhysicalCheck::name)
                        .toList());
        List<String> more = table.foreignKeys().stream()
                .filter(key -> !plain(key.onDelete()) || !plain(key.onUpdate()))
                .map(PhysicalForeignKey::name)
                .toList();
        if (!more.isEmpty()) {
            remarks.add(
                    "The database has foreign keys that say more than can be declared (DEFERRABLE, MATCH FULL, columns of"
                            + " an action), which stays as it is: " + names(more));
        }
        Table declared = declared(table);
        return stem.equals(table.name())
                ? TableWriter.write(declared, remarks)
                : TableWriter.writeNamed(declared, remarks);
    }

    private static void remark(List<String> remarks, String what, List<String> names) {
        if (!names.isEmpty()) {
            remarks.add("The database has " + what + ", declared here as if they were good: " + names(names));
        }
    }

    private static String names(List<String> names) {
        return names.stream().map(YamlText::of).collect(Collectors.joining(", "));
    }

    private static boolean plain(String action) {
        return action(action).sql().equals(action);
    }

    /** A table declared in the words that the engine's catalog uses. */
    static Table declared(PhysicalTable table) {
        Set<String> constraints = new HashSet<>();
        Set<List<String>> keyed = new HashSet<>();
        List<ForeignKey> foreignKeys = new ArrayList<>();
        for (PhysicalForeignKey key : table.foreignKeys()) {
            String name = name(key.name(), constraints);
            if (name == null && !keyed.add(key.columns())) {
                name = made("fkey", constraints);
            }
            foreignKeys.add(new ForeignKey(
                    name, key.columns(), key.table(), key.targets(), action(key.onDelete()), action(key.onUpdate())));
        }
        Map<String, String> checks = new LinkedHashMap<>();
        for (PhysicalCheck check : table.checks()) {
            String name = name(check.name(), constraints);
            checks.put(name == null ? made("check", constraints) : name, check.condition());
        }
        Set<String> indexNames = new HashSet<>();
        return new Table(
                table.name(),
                table.columns().stream().map(Snapshot::declared).toList(),
                table.primaryKey() == null ? List.of() : table.primaryKey().columns(),
                foreignKeys,
                table.indexes().stream()
                        .map(index -> declared(index, name(index.name(), indexNames)))
                        .distinct()
                        .toList(),
                checks,
                table.comment(),
                null,
                false,
                Optional.empty(),
                table.options());
    }

    private static Column declared(PhysicalColumn column) {
        String identity = column.identity();
        String serial = "SERIAL".equals(identity) ? SERIALS.get(column.type()) : null;
        return new Column(
                column.name(),
                ColumnType.raw(serial == null ? column.type() : serial),
                column.nullable(),
                column.defaultSql() == null ? null : DefaultValue.sql(column.defaultSql()),
                column.generated(),
                column.generated() == null || column.stored(),
                (identity == null || serial != null)
                        ? null
                        : identity.equalsIgnoreCase("ALWAYS") ? Column.Identity.ALWAYS : Column.Identity.BY_DEFAULT,
                null,
                column.comment(),
                column.collation());
    }

    private static Index declared(PhysicalIndex index, @Nullable String name) {
        return new Index(
                name,
                index.parts().stream()
                        .map(part -> new Index.Part(part.text(), part.expression(), part.descending(), part.options()))
                        .toList(),
                index.unique(),
                index.where(),
                index.method());
    }

    private static ReferentialAction action(String sql) {
        for (ReferentialAction action : ReferentialAction.values()) {
            if (sql.equals(action.sql()) || sql.startsWith(action.sql() + " ")) {
                return action;
            }
        }
        throw new IllegalArgumentException("A foreign key has an action of SQL: action=" + sql);
    }

    /** The name, if it is one that can be declared: names are not compared, so that none is lost. */
    private static @Nullable String name(String name, Set<String> taken) {
        boolean good = !name.isBlank()
                && !name.toLowerCase(Locale.ROOT).startsWith("sqlite_autoindex_")
                && name.getBytes(StandardCharsets.UTF_8).length <= LONGEST_NAME
                && name.chars().noneMatch(Character::isISOControl);
        return (good && taken.add(name.toLowerCase(Locale.ROOT))) ? name : null;
    }

    private static String made(String what, Set<String> taken) {
        int number = 1;
        while (!taken.add(what + "_" + number)) {
            number++;
        }
        return what + "_" + number;
    }
}
