package dev.weir.schema.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a declared schema must keep to, on whatever engine. Looks at the declaration alone, never at a database. */
public final class SchemaRules {
    private final Schema schema;
    private final Findings findings;
    private final Map<String, Table> tables = new HashMap<>();

    private SchemaRules(Schema schema, Findings findings) {
        this.schema = schema;
        this.findings = findings;
        schema.tables().forEach(table -> tables.putIfAbsent(table.name(), table));
    }

    /**
     * All that is wrong with a schema, in the order of its declaration.
     *
     * @param origins where something stands, by a path such as {@code tables[0]}, {@code tables[0].columns[2]},
     *     {@code tables[0].primaryKey}, {@code tables[0].foreignKeys[0]}, {@code tables[0].indexes[1]},
     *     {@code tables[0].checks[0]}, {@code tables[0].seed.rows[3]}, {@code scripts[0].renames[0]}, {@code dataSteps[1]};
     *     null for one that it does not know, and what stands around it is asked for
     */
    public static List<InvalidSchemaException.Problem> problems(
            Schema schema, Function<String, @Nullable String> origins) {
        Findings findings = new Findings(origins);
        new SchemaRules(schema, findings).check();
        return List.copyOf(findings.problems());
    }

    private void check() {
        Findings.Unique names = findings.new Unique("a table is declared once, in whatever case its name is written");
        for (int i = 0; i < schema.tables().size(); i++) {
            Table table = schema.tables().get(i);
            String path = "tables[" + i + "]";
            findings.name(path, "table", table.name(), "");
            names.add(path, table.name(), "table=" + table.name());
            new TableRules(findings, path, table).check();
            for (int k = 0; k < table.foreignKeys().size(); k++) {
                target(
                        path + ".foreignKeys[" + k + "]",
                        table,
                        table.foreignKeys().get(k));
            }
            columnRenames(path, table);
        }
        tableRenames();
        for (int i = 0; i < schema.scripts().size(); i++) {
            scriptColumnRenames("scripts[" + i + "]", schema.scripts().get(i));
        }
        new ScriptRules(findings, schema).check();
        dataSteps();
    }

    private void target(String path, Table table, ForeignKey key) {
        String found = "table=" + table.name() + " columns=" + key.columns() + " references=" + key.table();
        Table target = tables.get(key.table());
        if (target == null) {
            // What a script makes, and what lies in another schema, only the engine can tell.
            if (schema.scripts().isEmpty() && !key.table().contains(".")) {
                findings.add(
                        path,
                        "a foreign key refers to a table that is declared",
                        found + otherCase(key.table(), tables.keySet()),
                        "declare that table, too, or correct the name");
            }
            return;
        }
        if (target.dropped()) {
            findings.add(
                    path,
                    "a foreign key refers to a table that stays",
                    found + " dropped=true",
                    "remove the key, or keep the table");
            return;
        }
        boolean all = true;
        for (String column : key.targets()) {
            if (target.column(column).isEmpty()) {
                all = false;
                findings.add(
                        path,
                        "a foreign key refers to columns that are declared",
                        found + " column=" + column + otherCase(column, columnNames(target)),
                        "declare that column, or correct the name");
            }
        }
        if (all && !key.targets().isEmpty() && !isKey(target, key.targets())) {
            findings.add(
                    path,
                    "a foreign key refers to the primary key or to columns with a unique index",
                    found + " targets=" + key.targets(),
                    "declare a unique index on them, or refer to the primary key");
        }
    }

    private static boolean isKey(Table table, List<String> columns) {
        Set<String> wanted = new HashSet<>(columns);
        return wanted.equals(new HashSet<>(table.primaryKey()))
                || table.indexes().stream()
                        .anyMatch(index -> index.unique()
                                && index.where() == null
                                && index.parts().stream().noneMatch(Index.Part::expression)
                                && wanted.equals(new HashSet<>(index.parts().stream()
                                        .map(Index.Part::text)
                                        .toList())));
    }

    static List<String> columnNames(Table table) {
        return table.columns().stream().map(Column::name).toList();
    }

    /** Says under which name something is declared if only the case differs. */
    static String otherCase(String name, Iterable<String> declared) {
        for (String other : declared) {
            if (Findings.folded(other).equals(Findings.folded(name))) {
                return " declared=" + other;
            }
        }
        return "";
    }

    private void tableRenames() {
        Renames renames = new Renames("table", "");
        for (int i = 0; i < schema.tables().size(); i++) {
            Table table = schema.tables().get(i);
            String path = "tables[" + i + "]";
            renames.declared(table.name());
            if (table.renamedFrom() != null) {
                renames.add(path + ".renamedFrom", table.renamedFrom(), table.name());
            }
        }
        for (int i = 0; i < schema.scripts().size(); i++) {
            List<Script.Rename> list = schema.scripts().get(i).renames();
            for (int k = 0; k < list.size(); k++) {
                if (list.get(k).column() == null) {
                    String path = "scripts[" + i + "].renames[" + k + "]";
                    renames.declared(list.get(k).to());
                    renames.add(path, list.get(k).table(), list.get(k).to());
                }
            }
        }
        renames.check();
    }

    private void columnRenames(String path, Table table) {
        Renames renames = new Renames("column", "table=" + table.name() + " ");
        for (int i = 0; i < table.columns().size(); i++) {
            Column column = table.columns().get(i);
            renames.declared(column.name());
            if (column.renamedFrom() != null) {
                renames.add(path + ".columns[" + i + "].renamedFrom", column.renamedFrom(), column.name());
            }
        }
        renames.check();
    }

    private void scriptColumnRenames(String path, Script script) {
        Map<String, Renames> byTable = new LinkedHashMap<>();
        for (int i = 0; i < script.renames().size(); i++) {
            Script.Rename rename = script.renames().get(i);
            String column = rename.column();
            if (column != null) {
                Renames renames = byTable.computeIfAbsent(
                        Findings.folded(rename.table()),
                        folded -> new Renames("column", "table=" + rename.table() + " "));
                renames.declared(rename.to());
                renames.add(path + ".renames[" + i + "]", column, rename.to());
            }
        }
        byTable.values().forEach(Renames::check);
    }

    private void dataSteps() {
        Findings.Unique keys = findings.new Unique("a data step's key stands once, in whatever case it is written");
        for (int i = 0; i < schema.dataSteps().size(); i++) {
            String key = schema.dataSteps().get(i).key();
            String path = "dataSteps[" + i + "]";
            if (key.isBlank()) {
                findings.add(path, "a data step has a key", "key='" + key + "'", "name it");
            } else {
                keys.add(path, key, "key=" + key);
            }
            String sql = schema.dataSteps().get(i).sql();
            if (sql != null && sql.isBlank()) {
                findings.add(path, "a data step does something", "key=" + key + " sql=''", "write its statements");
            }
        }
    }

    /** The renames among names of one kind in one place. */
    private final class Renames {
        private record Rename(String path, String from, String to) {}

        private final String what;
        private final String where;
        private final Map<String, String> declared = new HashMap<>();
        private final Map<String, Rename> byNewName = new LinkedHashMap<>();
        private final List<Rename> all = new ArrayList<>();

        Renames(String what, String where) {
            this.what = what;
            this.where = where;
        }

        void declared(String name) {
            declared.putIfAbsent(Findings.folded(name), name);
        }

        void add(String path, String from, String to) {
            Rename rename = new Rename(path, from, to);
            all.add(rename);
            byNewName.putIfAbsent(Findings.folded(to), rename);
        }

        void check() {
            Findings.Unique olds =
                    findings.new Unique("a " + what + " becomes one other, not two: a name is renamed from once");
            Set<Rename> told = new HashSet<>();
            for (Rename rename : all) {
                String found = where + what + "=" + rename.to() + " renamedFrom=" + rename.from();
                if (rename.from().isBlank()) {
                    findings.add(rename.path(), "a " + what + " was renamed from a name", found, "name it");
                    continue;
                }
                olds.add(rename.path(), rename.from(), found);
                if (rename.from().equals(rename.to())) {
                    findings.add(rename.path(), "a rename leads to another name", found, "remove renamedFrom");
                } else if (!told.contains(rename)) {
                    List<Rename> cycle = cycle(rename);
                    if (!cycle.isEmpty()) {
                        told.addAll(cycle);
                        StringBuilder circle = new StringBuilder(rename.to());
                        cycle.forEach(step -> circle.append(" from ").append(step.from()));
                        findings.add(
                                rename.path(),
                                "renames do not go round in a circle",
                                where + what + "s=" + circle,
                                "rename one of them to a third name first, and apply that");
                    } else if (occupied(rename)) {
                        findings.add(
                                rename.path(),
                                "a name that a " + what + " was renamed from is not declared any more",
                                found,
                                "remove renamedFrom, or the declaration of " + rename.from());
                    }
                }
            }
        }

        /** Whether the old name is declared by another than the renamed one itself. */
        private boolean occupied(Rename rename) {
            String old = Findings.folded(rename.from());
            return declared.containsKey(old) && !old.equals(Findings.folded(rename.to()));
        }

        /** The renames that lead back to this one, it being the first; empty if none does. */
        private List<Rename> cycle(Rename start) {
            List<Rename> path = new ArrayList<>();
            Set<Rename> seen = new HashSet<>();
            Rename step = start;
            while (step != null && seen.add(step)) {
                path.add(step);
                step = byNewName.get(Findings.folded(step.from()));
            }
            return (start.equals(step) && path.size() > 1) ? path : List.of();
        }
    }
}
