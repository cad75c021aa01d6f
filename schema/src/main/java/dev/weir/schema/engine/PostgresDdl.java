package dev.weir.schema.engine;

import dev.weir.db.engine.Dialect;
import dev.weir.schema.diff.Change;
import dev.weir.schema.engine.Ddl.Effort;
import dev.weir.schema.physical.PhysicalCheck;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.physical.PhysicalForeignKey;
import dev.weir.schema.physical.PhysicalIndex;
import dev.weir.schema.physical.PhysicalKey;
import dev.weir.schema.physical.PhysicalTable;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** PostgreSQL's statements for changes. */
final class PostgresDdl {
    /** The identity of a column whose default takes numbers from a sequence that it owns. */
    static final String SERIAL = "SERIAL";

    static final String ACCESS_EXCLUSIVE = "ACCESS EXCLUSIVE";
    static final String SHARE_UPDATE_EXCLUSIVE = "SHARE UPDATE EXCLUSIVE";

    private static final String SHARE_ROW_EXCLUSIVE = "SHARE ROW EXCLUSIVE";
    private static final String SHARE = "SHARE";
    private static final String NONE = "none";

    /** What stands in an index's method: method, included columns, whether NULLs are equal, when it is checked. */
    private static final Pattern METHOD = Pattern.compile(
            "(\\S+)(\\s+INCLUDE\\s*\\(.*\\))?(\\s+NULLS\\s+NOT\\s+DISTINCT)?(\\s+DEFERRABLE.*)?",
            Pattern.CASE_INSENSITIVE);

    /** What stands in the options of an index's column: collation and operator class, NULLs, and what follows it. */
    private static final Pattern OPTIONS =
            Pattern.compile("(.*?)\\s*(NULLS FIRST|NULLS LAST)?\\s*(WITH .*|WITHOUT OVERLAPS)?");

    /** What stands in the action of a foreign key: the action, and how and when it is checked. */
    private static final Pattern ACTION = Pattern.compile("(.*?)( MATCH FULL)?( DEFERRABLE.*)?");

    private final Dialect dialect;

    PostgresDdl(Dialect dialect) {
        this.dialect = dialect;
    }

    Ddl of(Change change, boolean online) {
        String table = quote(change.table());
        if (change instanceof Change.CreateTable create) {
            return create(create.created());
        } else if (change instanceof Change.DropTable) {
            return moment("DROP TABLE " + table);
        } else if (change instanceof Change.RenameTable rename) {
            return moment("ALTER TABLE " + table + " RENAME TO " + quote(rename.to()));
        } else if (change instanceof Change.AlterComment comment) {
            return ddl(comment("TABLE " + table, comment.to()), SHARE_UPDATE_EXCLUSIVE, Effort.MOMENT);
        } else if (change instanceof Change.AlterPrimaryKey key) {
            return primaryKey(key);
        } else if (change instanceof Change.AddIndex add) {
            return addIndex(add.table(), add.index(), online);
        } else if (change instanceof Change.DropIndex drop) {
            return dropIndex(table, drop.index(), online);
        } else if (change instanceof Change.RebuildTable) {
            throw new IllegalArgumentException(
                    "PostgreSQL changes every table in place, so none is rebuilt: table=" + change.table());
        }
        return change instanceof Change.AddColumn
                        || change instanceof Change.DropColumn
                        || change instanceof Change.AlterColumn
                        || change instanceof Change.RenameColumn
                ? column(change, table)
                : constraint(change, "ALTER TABLE " + table);
    }

    private Ddl column(Change change, String table) {
        if (change instanceof Change.AddColumn add) {
            List<String> statements = new ArrayList<>();
            statements.add("ALTER TABLE " + table + " ADD COLUMN " + definition(add.column()));
            if (add.column().comment() != null) {
                statements.add(comment(
                        "COLUMN " + table + "." + quote(add.column().name()),
                        add.column().comment()));
            }
            return new Ddl(statements, true, ACCESS_EXCLUSIVE, PostgresEffort.ofNew(add.column()));
        } else if (change instanceof Change.DropColumn drop) {
            return moment("ALTER TABLE " + table + " DROP COLUMN "
                    + quote(drop.column().name()));
        } else if (change instanceof Change.RenameColumn rename) {
            return moment(
                    "ALTER TABLE " + table + " RENAME COLUMN " + quote(rename.column()) + " TO " + quote(rename.to()));
        }
        return new PostgresColumnChange(this, (Change.AlterColumn) change).ddl();
    }

    private Ddl constraint(Change change, String alter) {
        if (change instanceof Change.AddForeignKey add) {
            boolean valid = add.key().valid();
            return ddl(
                    alter + " ADD " + foreignKey(add.key()) + (valid ? "" : " NOT VALID"),
                    SHARE_ROW_EXCLUSIVE,
                    valid ? Effort.SCAN : Effort.MOMENT);
        } else if (change instanceof Change.AddCheck add) {
            boolean valid = add.check().valid();
            return ddl(
                    alter + " ADD " + check(add.check()) + (valid ? "" : " NOT VALID"),
                    ACCESS_EXCLUSIVE,
                    valid ? Effort.SCAN : Effort.MOMENT);
        } else if (change instanceof Change.DropForeignKey drop) {
            return moment(alter + " DROP CONSTRAINT " + quote(drop.key().name()));
        } else if (change instanceof Change.DropCheck drop) {
            return moment(alter + " DROP CONSTRAINT " + quote(drop.check().name()));
        }
        // Both read all rows, but nobody who writes has to wait for it.
        String name = change instanceof Change.ValidateForeignKey validate
                ? validate.key().name()
                : ((Change.ValidateCheck) change).check().name();
        return ddl(alter + " VALIDATE CONSTRAINT " + quote(name), SHARE_UPDATE_EXCLUSIVE, Effort.MOMENT);
    }

    private static Ddl moment(String statement) {
        return ddl(statement, ACCESS_EXCLUSIVE, Effort.MOMENT);
    }

    private static Ddl ddl(String statement, String lock, Effort effort) {
        return new Ddl(List.of(statement), true, lock, effort);
    }

    String quote(String identifier) {
        return dialect.quote(identifier);
    }

    private String quoted(List<String> columns) {
        return columns.stream().map(this::quote).collect(Collectors.joining(", "));
    }

    static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    static String comment(String object, @Nullable String text) {
        return "COMMENT ON " + object + " IS " + (text == null ? "NULL" : escaped(text));
    }

    private static String escaped(String text) {
        return text.contains("\\") ? "E" + literal(text.replace("\\", "\\\\")) : literal(text);
    }

    private Ddl create(PhysicalTable table) {
        String name = quote(table.name());
        List<String> lines = new ArrayList<>();
        table.columns().forEach(column -> lines.add(definition(column)));
        PhysicalKey key = table.primaryKey();
        if (key != null) {
            lines.add(primaryKey(table.name(), key));
        }
        table.indexes().stream().filter(PhysicalIndex::constraint).forEach(index -> lines.add(constraint(index)));
        table.checks().forEach(check -> lines.add(check(check)));
        table.foreignKeys().forEach(foreignKey -> lines.add(foreignKey(foreignKey)));
        List<String> statements = new ArrayList<>();
        statements.add("CREATE TABLE " + name + " (\n  " + String.join(",\n  ", lines) + "\n)"
                + (table.options().isEmpty() ? "" : " " + table.options()));
        table.indexes().stream()
                .filter(index -> !index.constraint())
                .forEach(index -> statements.add(index(table.name(), index, false)));
        if (table.comment() != null) {
            statements.add(comment("TABLE " + name, table.comment()));
        }
        for (PhysicalColumn column : table.columns()) {
            if (column.comment() != null) {
                statements.add(comment("COLUMN " + name + "." + quote(column.name()), column.comment()));
            }
        }
        return new Ddl(statements, true, table.foreignKeys().isEmpty() ? NONE : SHARE_ROW_EXCLUSIVE, Effort.MOMENT);
    }

    String definition(PhysicalColumn column) {
        StringBuilder sql = new StringBuilder(quote(column.name())).append(' ').append(typeOf(column));
        if (column.generated() != null) {
            sql.append(" GENERATED ALWAYS AS (")
                    .append(column.generated())
                    .append(column.stored() ? ") STORED" : ") VIRTUAL");
        } else if (column.identity() != null && !column.identity().equals(SERIAL)) {
            sql.append(" GENERATED ").append(column.identity()).append(" AS IDENTITY");
        } else if (column.defaultSql() != null) {
            sql.append(" DEFAULT ").append(expression(column.defaultSql()));
        }
        return sql.append(column.nullable() ? "" : " NOT NULL").toString();
    }

    private String typeOf(PhysicalColumn column) {
        if (SERIAL.equals(column.identity())) {
            return switch (column.type()) {
                case "bigint" -> "bigserial";
                case "smallint" -> "smallserial";
                default -> "serial";
            };
        }
        return column.type() + collation(column);
    }

    String collation(PhysicalColumn column) {
        String name = column.collation();
        if (name == null) {
            return "";
        }
        return " COLLATE " + (name.contains("\"") ? name : quote(name));
    }

    /** As a default may stand: a whole expression needs parentheses there. */
    static String expression(String sql) {
        return PostgresEffort.SIMPLE.matcher(sql.strip()).matches() ? sql.strip() : "(" + sql + ")";
    }

    private String primaryKey(String table, PhysicalKey key) {
        String name = key.name() == null ? Names.primaryKey(table) : key.name();
        return "CONSTRAINT " + quote(name) + " PRIMARY KEY (" + quoted(key.columns()) + ")";
    }

    private Ddl primaryKey(Change.AlterPrimaryKey change) {
        List<String> actions = new ArrayList<>();
        PhysicalKey from = change.from();
        if (from != null) {
            String name = from.name() == null ? Names.primaryKey(change.table()) : from.name();
            actions.add("DROP CONSTRAINT " + quote(name));
        }
        PhysicalKey to = change.to();
        if (to != null) {
            actions.add("ADD " + primaryKey(change.table(), to));
        }
        return ddl(
                "ALTER TABLE " + quote(change.table()) + " " + String.join(", ", actions),
                ACCESS_EXCLUSIVE,
                to == null ? Effort.MOMENT : Effort.SCAN);
    }

    private static String check(PhysicalCheck check, String quotedName) {
        return "CONSTRAINT " + quotedName + " CHECK (" + check.condition() + ")";
    }

    private String check(PhysicalCheck check) {
        return check(check, quote(check.name()));
    }

    private String foreignKey(PhysicalForeignKey key) {
        Matcher update = ACTION.matcher(key.onUpdate());
        if (!update.matches()) {
            throw new IllegalArgumentException("A foreign key's action must be known: onUpdate=" + key.onUpdate());
        }
        int dot = key.table().indexOf('.');
        String target = dot < 0
                ? quote(key.table())
                : quote(key.table().substring(0, dot)) + "." + quote(key.table().substring(dot + 1));
        return "CONSTRAINT " + quote(key.name()) + " FOREIGN KEY (" + quoted(key.columns()) + ") REFERENCES " + target
                + " (" + quoted(key.targets()) + ")" + orEmpty(update.group(2)) + action(" ON DELETE ", key.onDelete())
                + action(" ON UPDATE ", update.group(1)) + orEmpty(update.group(3));
    }

    private static String action(String when, String action) {
        return action.equals("NO ACTION") ? "" : when + action;
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private Ddl addIndex(String table, PhysicalIndex index, boolean online) {
        if (index.constraint()) {
            return ddl("ALTER TABLE " + quote(table) + " ADD " + constraint(index), ACCESS_EXCLUSIVE, Effort.SCAN);
        }
        return new Ddl(
                List.of(index(table, index, online)),
                !online,
                online ? SHARE_UPDATE_EXCLUSIVE : SHARE,
                online ? Effort.MOMENT : Effort.SCAN);
    }

    private Ddl dropIndex(String table, PhysicalIndex index, boolean online) {
        if (index.constraint()) {
            return moment("ALTER TABLE " + table + " DROP CONSTRAINT " + quote(index.name()));
        }
        return new Ddl(
                List.of("DROP INDEX " + (online ? "CONCURRENTLY " : "") + quote(index.name())),
                !online,
                online ? SHARE_UPDATE_EXCLUSIVE : ACCESS_EXCLUSIVE,
                Effort.MOMENT);
    }

    private String index(String table, PhysicalIndex index, boolean concurrently) {
        Matcher method = method(index);
        return "CREATE " + (index.unique() ? "UNIQUE " : "") + "INDEX " + (concurrently ? "CONCURRENTLY " : "")
                + quote(index.name()) + " ON " + quote(table)
                + (method.group(1).equals("btree") ? "" : " USING " + method.group(1)) + " (" + parts(index) + ")"
                + orEmpty(method.group(2)) + orEmpty(method.group(3))
                + (index.where() == null ? "" : " WHERE " + index.where());
    }

    /** A constraint that an index stands for: a unique one, or else one that excludes. */
    private String constraint(PhysicalIndex index) {
        Matcher method = method(index);
        String begin = "CONSTRAINT " + quote(index.name());
        if (index.unique()
                || index.parts().stream().anyMatch(part -> part.options().endsWith("WITHOUT OVERLAPS"))) {
            return begin + " UNIQUE" + orEmpty(method.group(3)) + " (" + parts(index) + ")" + orEmpty(method.group(2))
                    + orEmpty(method.group(4));
        }
        return begin + " EXCLUDE USING " + method.group(1) + " (" + parts(index) + ")" + orEmpty(method.group(2))
                + (index.where() == null ? "" : " WHERE (" + index.where() + ")") + orEmpty(method.group(4));
    }

    private static Matcher method(PhysicalIndex index) {
        Matcher method = METHOD.matcher(index.method() == null ? "btree" : index.method());
        if (!method.matches()) {
            throw new IllegalArgumentException("An index's method is its name, and may be followed by INCLUDE (columns)"
                    + " and NULLS NOT DISTINCT: method=" + index.method());
        }
        return method;
    }

    private String parts(PhysicalIndex index) {
        return index.parts().stream().map(this::part).collect(Collectors.joining(", "));
    }

    private String part(PhysicalIndex.Part part) {
        Matcher options = OPTIONS.matcher(part.options());
        StringBuilder sql = new StringBuilder(part.expression() ? "(" + part.text() + ")" : quote(part.text()));
        if (options.matches()) {
            append(sql, options.group(1));
            append(sql, part.descending() ? "DESC" : null);
            append(sql, options.group(2));
            append(sql, options.group(3));
        }
        return sql.toString();
    }

    private static void append(StringBuilder sql, @Nullable String more) {
        if (more != null && !more.isEmpty()) {
            sql.append(' ').append(more);
        }
    }
}
