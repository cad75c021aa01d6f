package dev.weir.schema.file;

import dev.weir.schema.model.DataStep;
import dev.weir.schema.model.InvalidSchemaException;
import dev.weir.schema.model.InvalidSchemaException.Problem;
import dev.weir.schema.model.Schema;
import dev.weir.schema.model.SchemaRules;
import dev.weir.schema.model.Script;
import dev.weir.schema.model.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** Reads a declared schema from files. They are data: nothing in them is ever executed here. */
public final class SchemaFiles {
    private static final List<String> YAML = List.of(".yaml", ".yml");
    private static final String SQL = ".sql";

    private final FileProblems problems = new FileProblems();
    private final List<Table> tables = new ArrayList<>();
    private final List<Script> scripts = new ArrayList<>();
    private final List<DataStep> dataSteps = new ArrayList<>();
    private final Map<String, String> origins = new HashMap<>();
    private boolean unreadable;

    private SchemaFiles() {}

    /**
     * Reads a schema: of a directory its {@code <table>.yaml} (or {@code .yml}), its scripts {@code *.sql} and its data steps
     * {@code data/<key>.sql}, each in the order of their names; or of one file a table, several tables, or a script. Other
     * files and directories, and those whose name starts with a dot, are not looked at. Files are UTF-8 and have at most
     * 1 MiB each.
     *
     * @throws InvalidSchemaException if a file can't be read, or what it says is wrong or breaks {@linkplain Schema#check the
     *     rules}; it names all that is wrong in all files
     */
    public static Schema read(Path path) {
        Objects.requireNonNull(path, "path");
        return new SchemaFiles().schema(path);
    }

    private Schema schema(Path path) {
        if (Files.isDirectory(path)) {
            directory(path);
        } else {
            file(path);
        }
        List<Problem> found = problems.sorted(broken());
        if (!found.isEmpty()) {
            throw new InvalidSchemaException(found);
        }
        return new Schema(tables, scripts, dataSteps);
    }

    /** The rules that what could be read breaks. */
    private List<Problem> broken() {
        List<Script> all = new ArrayList<>(scripts);
        if (unreadable) {
            // What could not be read may declare the table that a foreign key seems to miss.
            all.add(new Script("", ""));
        }
        return SchemaRules.problems(new Schema(tables, all, dataSteps), origins::get);
    }

    private void directory(Path directory) {
        List<Path> entries = entries(directory);
        boolean found = false;
        for (Path entry : entries) {
            String name = name(entry);
            if (isYaml(name)) {
                found = true;
                yaml(entry);
            } else if (has(name, SQL)) {
                found = true;
                script(entry);
            }
        }
        Path data = directory.resolve("data");
        if (Files.isDirectory(data)) {
            for (Path entry : entries(data)) {
                if (has(name(entry), SQL)) {
                    found = true;
                    dataStep(entry);
                }
            }
        }
        if (!found && !unreadable) {
            problems.of(directory.toString())
                    .add(
                            "a schema has files TABLE.yaml, SCRIPT.sql or data/KEY.sql",
                            "schema=" + directory,
                            "write one, or name the directory that has them");
        }
    }

    private void file(Path path) {
        String name = name(path);
        if (!Files.exists(path)) {
            problems.of(path.toString())
                    .add("a schema is a directory or a file", "schema=" + path, "name one that is there");
        } else if (isYaml(name)) {
            yaml(path);
        } else if (has(name, SQL)) {
            script(path);
        } else {
            problems.of(path.toString())
                    .add(
                            "a schema file ends in .yaml, .yml or .sql",
                            "schema=" + path,
                            "rename it, or name a directory");
        }
    }

    private List<Path> entries(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(entry -> !name(entry).startsWith(".") && !Files.isDirectory(entry))
                    .sorted(Comparator.comparing(SchemaFiles::name))
                    .toList();
        } catch (IOException e) {
            unreadable = true;
            problems.of(directory.toString())
                    .add(
                            "a schema's directory can be read",
                            "error=" + e.getClass().getSimpleName(),
                            "see to it that it may be read");
            return List.of();
        }
    }

    private static String name(Path path) {
        return path.getFileName() == null ? "" : path.getFileName().toString();
    }

    private static boolean has(String name, String ending) {
        return name.toLowerCase(Locale.ROOT).endsWith(ending);
    }

    private static boolean isYaml(String name) {
        return YAML.stream().anyMatch(ending -> has(name, ending));
    }

    private static String stem(Path path) {
        String name = name(path);
        return name.substring(0, name.lastIndexOf('.'));
    }

    private void yaml(Path path) {
        FileProblems.Of file = problems.of(path.toString());
        String text = FileText.read(path, file);
        YamlNode root = text == null ? null : YamlReader.read(text, file);
        if (root == null) {
            unreadable = true;
            return;
        }
        if (root instanceof YamlNode.Mapping mapping
                && mapping.entries().stream()
                        .anyMatch(entry -> entry.key().text().equals("tables"))) {
            YamlNode.Mapping several =
                    new Fields(mapping, "a file of several tables", List.of("tables"), file).mapping("tables");
            if (several == null) {
                unreadable = true;
            } else {
                several.entries().forEach(entry -> table(entry.key().text(), entry.value(), file));
            }
            return;
        }
        table(stem(path), root, file);
    }

    private void table(String name, YamlNode node, FileProblems.Of file) {
        TableReader.Read read = TableReader.read(name, node, file);
        if (read == null) {
            unreadable = true;
            return;
        }
        String path = "tables[" + tables.size() + "]";
        read.origins().forEach((part, origin) -> origins.put(part.isEmpty() ? path : path + "." + part, origin));
        tables.add(read.table());
    }

    private void script(Path path) {
        FileProblems.Of file = problems.of(path.toString());
        String text = FileText.read(path, file);
        SqlReader.ReadScript read = text == null ? null : SqlReader.script(path.toString(), text, file);
        if (read == null) {
            unreadable = true;
            return;
        }
        String at = "scripts[" + scripts.size() + "]";
        origins.put(at, path.toString());
        for (int i = 0; i < read.origins().size(); i++) {
            origins.put(at + ".renames[" + i + "]", read.origins().get(i));
        }
        scripts.add(read.script());
    }

    private void dataStep(Path path) {
        FileProblems.Of file = problems.of(path.toString());
        String text = FileText.read(path, file);
        DataStep step = text == null ? null : SqlReader.dataStep(stem(path), text, file);
        if (step != null) {
            origins.put("dataSteps[" + dataSteps.size() + "]", path.toString());
            dataSteps.add(step);
        }
    }
}
