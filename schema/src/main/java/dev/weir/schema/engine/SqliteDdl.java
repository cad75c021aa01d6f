package dev.weir.schema.engine;

import dev.weir.schema.diff.Change;
import dev.weir.schema.engine.Ddl.Effort;
import dev.weir.schema.physical.PhysicalCheck;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.physical.PhysicalForeignKey;
import dev.weir.schema.physical.PhysicalIndex;
import dev.weir.schema.physical.PhysicalKey;
import dev.weir.schema.physical.PhysicalTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The statements of changes on SQLite. */
final class SqliteDdl {
    /** One writer at a time, and this is it until the transaction ends. */
    private static final String LOCK = "RESERVED on the database";

    private static final Set<String> ROW_NUMBER = Set.of("rowid", "oid", "_rowid_");

    private SqliteDdl() {}

    static Ddl of(Change change) {
        if (change instanceof Change.CreateTable create) {
            return ddl(createWithAll(create.created()), Effort.MOMENT);
        } else if (change instanceof Change.DropTable drop) {
            return ddl(List.of("DROP TABLE " + quote(drop.table())), Effort.MOMENT);
        } else if (change instanceof Change.RenameTable rename) {
            return ddl(rename(rename), Effort.MOMENT);
        } else if (change instanceof Change.RenameColumn rename) {
            return ddl(
                    List.of(alter(rename.table()) + "RENAME COLUMN " + quote(rename.column()) + " TO "
                            + quote(rename.to())),
                    Effort.MOMENT);
        } else if (change instanceof Change.AddColumn add) {
            return ddl(
                    List.of(alter(add.table()) + "ADD COLUMN " + column(add.column(), SqliteOptions.of(""), "")),
                    Effort.MOMENT);
        } else if (change instanceof Change.DropColumn drop) {
            return ddl(
                    List.of(alter(drop.table()) + "DROP COLUMN "
                            + quote(drop.column().name())),
                    Effort.REWRITE);
        } else if (change instanceof Change.AddIndex add && !add.index().constraint()) {
            return ddl(List.of(index(add.table(), add.index())), Effort.SCAN);
        } else if (change instanceof Change.DropIndex drop && !drop.index().constraint()) {
            return ddl(List.of("DROP INDEX " + quote(drop.index().name())), Effort.MOMENT);
        } else if (change instanceof Change.RebuildTable rebuild) {
            return ddl(rebuild(rebuild), Effort.REWRITE);
        } else if (withoutEffect(change)) {
            return ddl(List.of(), Effort.MOMENT);
        }
        throw new IllegalArgumentException("SQLite can't do this to a table that is there: change="
                + change.getClass().getSimpleName() + ", table=" + change.table() + "; make the table anew");
    }

    /** SQLite keeps no comments, and looks at all rows at once. */
    static boolean withoutEffect(Change change) {
        return change instanceof Change.AlterComment
                || change instanceof Change.ValidateCheck
                || change instanceof Change.ValidateForeignKey;
    }

    private static Ddl ddl(List<String> statements, Effort effort) {
        return new Ddl(statements, true, LOCK, effort);
    }

    private static String alter(String table) {
        return "ALTER TABLE " + quote(table) + " ";
    }

    private static List<String> rename(Change.RenameTable rename) {
        if (!SqlExpression.same(rename.table(), rename.to())) {
            return List.of(alter(rename.table()) + "RENAME TO " + quote(rename.to()));
        }
        // To the engine the two names are one, and taken.
        String between = "_weir_old_" + rename.table();
        return List.of(
                alter(rename.table()) + "RENAME TO " + quote(between),
                alter(between) + "RENAME TO " + quote(rename.to()));
    }

    private static List<String> createWithAll(PhysicalTable table) {
        List<String> statements = new ArrayList<>();
        statements.add(create(table, table.name(), SqliteOptions.of(table.options())));
        indexes(table).forEach(index -> statements.add(index(table.name(), index)));
        statements.addAll(table.attached());
        return statements;
    }

    private static List<PhysicalIndex> indexes(PhysicalTable table) {
        return table.indexes().stream().filter(index -> !index.constraint()).toList();
    }

    /**
     * The table is made beside the old one and takes its name when that is gone: if the old one were renamed first, the
     * foreign keys of others would follow it. With legacy_alter_table the engine does not look into views and triggers while
     * the table that they speak of is away.
     */
    private static List<String> rebuild(Change.RebuildTable rebuild) {
        PhysicalTable from = rebuild.from();
        PhysicalTable to = rebuild.to();
        String name = from.name();
        String fresh = "_weir_new_" + name;
        Map<String, String> targets = new HashMap<>();
        rebuild.sources().forEach((target, source) -> targets.put(source, target));
        SqliteOptions carried = SqliteOptions.of(from.options()).carried(from, to, targets);
        // A declaration says nothing of options, and does not take them away.
        SqliteOptions options = to.options().isEmpty()
                ? carried
                : SqliteOptions.of(to.options()).carried(to, to, Map.of());
        List<String> statements = new ArrayList<>();
        statements.add(create(to, fresh, options));
        if (numbered(from) && numbered(to)) {
            statements.add("INSERT INTO sqlite_sequence (name, seq) SELECT " + SqliteText.string(fresh)
                    + ", seq FROM sqlite_sequence WHERE name = " + SqliteText.string(name));
        }
        statements.add(copy(rebuild, fresh, options.withoutRowid()));
        statements.add("DROP TABLE " + quote(name));
        statements.add("PRAGMA legacy_alter_table = ON");
        statements.add(alter(fresh) + "RENAME TO " + quote(name));
        statements.add("PRAGMA legacy_alter_table = OFF");
        indexes(to).forEach(index -> statements.add(index(name, index)));
        Set<String> attached = new LinkedHashSet<>(from.attached());
        attached.addAll(to.attached());
        statements.addAll(attached);
        return statements;
    }

    private static boolean numbered(PhysicalTable table) {
        return table.columns().stream().anyMatch(column -> column.identity() != null);
    }

    private static String copy(Change.RebuildTable rebuild, String fresh, boolean withoutRowid) {
        List<String> into = new ArrayList<>();
        List<String> values = new ArrayList<>();
        String number = withoutRowid ? null : rowNumber(rebuild);
        if (number != null) {
            into.add(number);
            values.add(number);
        }
        for (PhysicalColumn column : rebuild.to().columns()) {
            String source = rebuild.sources().get(column.name());
            if (source != null && column.generated() == null) {
                into.add(quote(column.name()));
                values.add(quote(source));
            }
        }
        if (into.isEmpty()) {
            throw new IllegalArgumentException(
                    "A table that is made anew must keep a column, or its rows are lost: table=" + rebuild.table()
                            + "; keep one, or drop the table and make another");
        }
        return "INSERT INTO " + quote(fresh) + " (" + String.join(", ", into) + ") SELECT " + String.join(", ", values)
                + " FROM " + quote(rebuild.table());
    }

    /** The name by which the hidden number of the rows is copied; null if they have none, or a column that is it. */
    private static @Nullable String rowNumber(Change.RebuildTable rebuild) {
        if (SqliteOptions.of(rebuild.from().options()).withoutRowid()
                || rowidColumn(rebuild.from())
                || rowidColumn(rebuild.to())) {
            return null;
        }
        return ROW_NUMBER.stream()
                .sorted(java.util.Comparator.reverseOrder())
                .filter(name -> !named(rebuild.from(), name) && !named(rebuild.to(), name))
                .findFirst()
                .orElse(null);
    }

    private static boolean rowidColumn(PhysicalTable table) {
        PhysicalKey key = table.primaryKey();
        return key != null
                && key.columns().size() == 1
                && table.columns().stream()
                        .anyMatch(column -> column.name().equals(key.columns().get(0))
                                && column.type().equals("integer"));
    }

    private static boolean named(PhysicalTable table, String name) {
        return table.columns().stream().anyMatch(column -> SqlExpression.same(column.name(), name));
    }

    private static String create(PhysicalTable table, String name, SqliteOptions options) {
        List<String> lines = new ArrayList<>();
        PhysicalKey key = table.primaryKey();
        boolean numbered = numbered(table);
        for (PhysicalColumn column : table.columns()) {
            lines.add(column(column, options, column.identity() == null ? "" : numberedKey(key, options)));
        }
        if (key != null && !numbered) {
            lines.add(named(key.name()) + "PRIMARY KEY " + names(key.columns())
                    + options.after(SqliteOptions.PRIMARY_KEY, key.columns()));
        }
        for (PhysicalIndex index : table.indexes()) {
            if (index.constraint()) {
                lines.add(named(index.name()) + "UNIQUE (" + parts(index) + ")"
                        + options.after(SqliteOptions.UNIQUE, index.columns()));
            }
        }
        for (PhysicalForeignKey foreign : table.foreignKeys()) {
            lines.add(foreignKey(foreign, options));
        }
        for (PhysicalCheck check : table.checks()) {
            lines.add(named(check.name()) + "CHECK (" + check.condition() + ")");
        }
        List<String> after = new ArrayList<>();
        if (options.strict()) {
            after.add("STRICT");
        }
        if (options.withoutRowid()) {
            after.add("WITHOUT ROWID");
        }
        return "CREATE TABLE " + quote(name) + " (\n  " + String.join(",\n  ", lines) + "\n)"
                + (after.isEmpty() ? "" : " " + String.join(", ", after));
    }

    private static String named(@Nullable String constraint) {
        return constraint == null || constraint.isEmpty() ? "" : "CONSTRAINT " + quote(constraint) + " ";
    }

    private static String numberedKey(@Nullable PhysicalKey key, SqliteOptions options) {
        return (key == null ? "" : named(key.name())) + "PRIMARY KEY"
                + (key == null ? "" : options.after(SqliteOptions.PRIMARY_KEY, key.columns()))
                + " AUTOINCREMENT";
    }

    private static String column(PhysicalColumn column, SqliteOptions options, String key) {
        StringBuilder text = new StringBuilder(quote(column.name()));
        if (!column.type().isEmpty()) {
            text.append(' ').append(SqliteText.typeClause(column.type()));
        }
        if (!key.isEmpty()) {
            text.append(' ').append(key);
        }
        if (!column.nullable() && key.isEmpty()) {
            text.append(" NOT NULL").append(options.after(SqliteOptions.NOT_NULL, List.of(column.name())));
        }
        if (column.defaultSql() != null) {
            text.append(' ').append(SqliteText.defaultClause(column.defaultSql()));
        }
        if (column.collation() != null) {
            text.append(" COLLATE ").append(quote(column.collation()));
        }
        if (column.generated() != null) {
            text.append(" GENERATED ALWAYS AS (")
                    .append(column.generated())
                    .append(column.stored() ? ") STORED" : ") VIRTUAL");
        }
        return text.toString();
    }

    private static String foreignKey(PhysicalForeignKey key, SqliteOptions options) {
        return named(key.name()) + "FOREIGN KEY " + names(key.columns()) + " REFERENCES " + quote(key.table())
                + (key.targets().isEmpty() ? "" : " " + names(key.targets()))
                + action(" ON DELETE ", key.onDelete())
                + action(" ON UPDATE ", key.onUpdate())
                + options.after(SqliteOptions.FOREIGN_KEY, key.columns());
    }

    private static String action(String words, String action) {
        return action.equals("NO ACTION") ? "" : words + action;
    }

    private static String index(String table, PhysicalIndex index) {
        return "CREATE " + (index.unique() ? "UNIQUE " : "") + "INDEX " + quote(index.name()) + " ON " + quote(table)
                + " (" + parts(index) + ")" + (index.where() == null ? "" : " WHERE " + index.where());
    }

    private static String parts(PhysicalIndex index) {
        return index.parts().stream()
                .map(part -> (part.expression() ? "(" + part.text() + ")" : quote(part.text()))
                        + (part.options().isEmpty() ? "" : " " + part.options())
                        + (part.descending() ? " DESC" : ""))
                .collect(Collectors.joining(", "));
    }

    private static String names(List<String> columns) {
        return columns.stream().map(SqliteDdl::quote).collect(Collectors.joining(", ", "(", ")"));
    }

    private static String quote(String name) {
        return SqlExpression.quote(name);
    }
}
