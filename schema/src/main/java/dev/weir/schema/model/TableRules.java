package dev.weir.schema.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The rules of one table, as far as it can be looked at alone. */
final class TableRules {
    private final Findings findings;
    private final String path;
    private final Table table;
    private final String where;
    private final List<String> columns;

    TableRules(Findings findings, String path, Table table) {
        this.findings = findings;
        this.path = path;
        this.table = table;
        this.where = "table=" + table.name();
        this.columns = SchemaRules.columnNames(table);
    }

    void check() {
        if (table.dropped()) {
            dropped();
            return;
        }
        if (columns.isEmpty()) {
            findings.add(path, "a table has columns", where + " columns=[]", "declare one, or say that it is dropped");
        }
        findings.expression(path, where + " options", table.options());
        columns();
        primaryKey();
        foreignKeys();
        indexes();
        checks();
        table.seed().ifPresent(seed -> new SeedRules(findings, path + ".seed", table, seed).check());
    }

    private void dropped() {
        List<String> left = new ArrayList<>();
        if (!columns.isEmpty()) {
            left.add("columns=" + columns);
        }
        if (!table.primaryKey().isEmpty()) {
            left.add("primaryKey=" + table.primaryKey());
        }
        if (!table.foreignKeys().isEmpty()) {
            left.add("foreignKeys=" + table.foreignKeys().size());
        }
        if (!table.indexes().isEmpty()) {
            left.add("indexes=" + table.indexes().size());
        }
        if (!table.checks().isEmpty()) {
            left.add("checks=" + table.checks().keySet());
        }
        if (table.renamedFrom() != null) {
            left.add("renamedFrom=" + table.renamedFrom());
        }
        if (table.seed().isPresent()) {
            left.add("seed");
        }
        if (!left.isEmpty()) {
            findings.add(
                    path,
                    "a dropped table declares nothing else",
                    where + " dropped=true " + String.join(" ", left),
                    "remove that, or keep the table");
        }
    }

    private void columns() {
        Findings.Unique names = findings.new Unique("a column is declared once, in whatever case its name is written");
        List<String> increments = new ArrayList<>();
        for (int i = 0; i < table.columns().size(); i++) {
            Column column = table.columns().get(i);
            String place = path + ".columns[" + i + "]";
            findings.name(place, "column", column.name(), where + " ");
            names.add(place, column.name(), where + " column=" + column.name());
            new ColumnRules(findings, place, where + " column=" + column.name(), column).check();
            if (column.type().increments()) {
                increments.add(column.name());
            }
        }
        if (increments.size() > 1) {
            findings.add(
                    path,
                    "a table has at most one column of type increments or bigIncrements",
                    where + " columns=" + increments,
                    "make the others integer or bigInteger");
        } else if (!increments.isEmpty() && !table.primaryKey().equals(increments)) {
            findings.add(
                    path + ".primaryKey",
                    "a column of type increments or bigIncrements is the whole primary key",
                    where + " column=" + increments.get(0) + " primaryKey=" + table.primaryKey(),
                    "declare it as bigInteger with identity, or leave out the other columns of the key");
        }
    }

    private void primaryKey() {
        known(path + ".primaryKey", "a primary key", where + " primaryKey=" + table.primaryKey(), table.primaryKey());
    }

    private void foreignKeys() {
        Findings.Unique names =
                findings.new Unique("a foreign key's or check's name stands once in a table, in whatever case");
        Set<List<String>> unnamed = new HashSet<>();
        for (int i = 0; i < table.foreignKeys().size(); i++) {
            ForeignKey key = table.foreignKeys().get(i);
            String place = path + ".foreignKeys[" + i + "]";
            String found = where + " columns=" + key.columns() + " references=" + key.table();
            if (key.columns().isEmpty() || key.columns().size() != key.targets().size()) {
                findings.add(
                        place,
                        "a foreign key has as many columns as it refers to, and at least one",
                        found + " targets=" + key.targets(),
                        "name a column for each");
            }
            known(place, "a foreign key", found, key.columns());
            if (key.name() != null) {
                findings.name(place, "foreignKey", key.name(), where + " ");
                names.add(place, key.name(), where + " foreignKey=" + key.name());
            } else if (!unnamed.add(key.columns())) {
                findings.add(
                        place,
                        "of two foreign keys on the same columns each has a name",
                        found,
                        "name them, or remove one");
            }
        }
        int number = 0;
        for (String check : table.checks().keySet()) {
            String place = path + ".checks[" + number++ + "]";
            findings.name(place, "check", check, where + " ");
            names.add(place, check, where + " check=" + check);
        }
    }

    private void indexes() {
        Findings.Unique names = findings.new Unique("an index's name stands once in a table, in whatever case");
        Set<Index> seen = new HashSet<>();
        for (int i = 0; i < table.indexes().size(); i++) {
            Index index = table.indexes().get(i);
            String place = path + ".indexes[" + i + "]";
            String found = where + (index.name() == null ? "" : " index=" + index.name()) + " columns="
                    + index.parts().stream().map(Index.Part::text).toList();
            if (index.name() != null) {
                findings.name(place, "index", index.name(), where + " ");
                names.add(place, index.name(), where + " index=" + index.name());
            }
            if (!seen.add(index)) {
                findings.add(place, "an index is declared once", found, "remove one of them");
            }
            if (index.parts().isEmpty()) {
                findings.add(place, "an index has at least one column", found, "name one, or remove the index");
            }
            findings.expression(place, found + " where", index.where());
            index.parts().stream()
                    .filter(Index.Part::expression)
                    .forEach(part -> findings.expression(place, found, part.text()));
            index.parts().forEach(part -> findings.expression(place, found + " options", part.options()));
            findings.expression(place, found + " method", index.method());
            known(
                    place,
                    "an index",
                    found,
                    index.parts().stream()
                            .filter(part -> !part.expression())
                            .map(Index.Part::text)
                            .toList());
            if (index.parts().stream()
                    .anyMatch(part -> part.expression() && part.text().isBlank())) {
                findings.add(place, "an index's expression is not empty", found, "write it, or remove it");
            }
            if (index.where() != null && index.where().isBlank()) {
                findings.add(
                        place, "an index's condition is not empty", found + " where=''", "write it, or remove where");
            }
            if (index.method() != null && index.method().isBlank()) {
                findings.add(
                        place, "an index's method is not empty", found + " method=''", "name it, or remove method");
            }
        }
    }

    private void checks() {
        int number = 0;
        for (var check : table.checks().entrySet()) {
            findings.expression(path + ".checks[" + number + "]", where + " check=" + check.getKey(), check.getValue());
            if (check.getValue().isBlank()) {
                findings.add(
                        path + ".checks[" + number + "]",
                        "a check has a condition",
                        where + " check=" + check.getKey() + " condition=''",
                        "write it, or remove the check");
            }
            number++;
        }
    }

    /** All of these are columns of the table, and each stands once. */
    private void known(String place, String what, String found, List<String> names) {
        Set<String> seen = new HashSet<>();
        for (String name : names) {
            if (!columns.contains(name)) {
                findings.add(
                        place,
                        what + " is on columns that are declared",
                        found + " column=" + name + SchemaRules.otherCase(name, columns),
                        name.contains("(")
                                ? "put an expression in parentheses"
                                : "declare that column, or correct the name");
            } else if (!seen.add(name)) {
                findings.add(place, what + " names a column once", found + " column=" + name, "remove one of them");
            }
        }
    }
}
