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
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The statements of changes on H2. Each commits by itself. */
final class H2Ddl {
    private static final String LOCK = "EXCLUSIVE on the table";

    private H2Ddl() {}

    static Ddl of(Change change) {
        if (change instanceof Change.CreateTable create) {
            return ddl(create(create.created()), Effort.MOMENT);
        } else if (change instanceof Change.DropTable drop) {
            return ddl(List.of("DROP TABLE " + quote(drop.table())), Effort.MOMENT);
        } else if (change instanceof Change.RenameTable rename) {
            return ddl(alter(rename.table(), "RENAME TO " + quote(rename.to())), Effort.MOMENT);
        } else if (change instanceof Change.RenameColumn rename) {
            return ddl(
                    alter(
                            rename.table(),
                            "ALTER COLUMN " + quote(rename.column()) + " RENAME TO " + quote(rename.to())),
                    Effort.MOMENT);
        } else if (change instanceof Change.AddColumn add) {
            return ddl(addColumn(add), Effort.REWRITE);
        } else if (change instanceof Change.DropColumn drop) {
            return ddl(alter(drop.table(), "DROP COLUMN " + quote(drop.column().name())), Effort.REWRITE);
        } else if (change instanceof Change.AlterColumn alter) {
            return alterColumn(alter);
        } else if (change instanceof Change.AlterPrimaryKey alter) {
            return ddl(alterKey(alter), Effort.REWRITE);
        } else if (change instanceof Change.AlterComment alter) {
            return ddl(List.of("COMMENT ON TABLE " + quote(alter.table()) + " IS " + text(alter.to())), Effort.MOMENT);
        }
        return constraint(change);
    }

    private static Ddl constraint(Change change) {
        if (change instanceof Change.AddIndex add) {
            return ddl(List.of(index(add.table(), add.index())), Effort.SCAN);
        } else if (change instanceof Change.DropIndex drop) {
            return ddl(
                    drop.index().constraint()
                            ? alter(drop.table(), dropConstraint(drop.index().name()))
                            : List.of("DROP INDEX " + quote(drop.index().name())),
                    Effort.MOMENT);
        } else if (change instanceof Change.AddForeignKey add) {
            return ddl(alter(add.table(), "ADD " + foreignKey(add.key())), Effort.SCAN);
        } else if (change instanceof Change.DropForeignKey drop) {
            return ddl(alter(drop.table(), dropConstraint(drop.key().name())), Effort.MOMENT);
        } else if (change instanceof Change.AddCheck add) {
            return ddl(alter(add.table(), "ADD " + check(add.check())), Effort.SCAN);
        } else if (change instanceof Change.DropCheck drop) {
            return ddl(alter(drop.table(), dropConstraint(drop.check().name())), Effort.MOMENT);
        } else if (change instanceof Change.ValidateCheck || change instanceof Change.ValidateForeignKey) {
            return ddl(List.of(), Effort.MOMENT);
        }
        throw new IllegalArgumentException("H2 changes its tables in place: change="
                + change.getClass().getSimpleName() + ", table=" + change.table() + "; take the changes one by one");
    }

    private static Ddl ddl(List<String> statements, Effort effort) {
        return new Ddl(statements, false, LOCK, effort);
    }

    private static List<String> alter(String table, String... actions) {
        List<String> statements = new ArrayList<>();
        for (String action : actions) {
            statements.add("ALTER TABLE " + quote(table) + " " + action);
        }
        return statements;
    }

    private static String dropConstraint(String name) {
        return "DROP CONSTRAINT " + quote(name);
    }

    private static List<String> create(PhysicalTable table) {
        List<String> lines = new ArrayList<>();
        table.columns().forEach(column -> lines.add(column(column)));
        if (table.primaryKey() != null) {
            lines.add(primaryKey(table.primaryKey()));
        }
        table.checks().forEach(check -> lines.add(check(check)));
        List<String> statements = new ArrayList<>();
        statements.add("CREATE TABLE " + quote(table.name()) + " (\n  " + String.join(",\n  ", lines) + "\n)");
        table.indexes().forEach(index -> statements.add(index(table.name(), index)));
        table.foreignKeys().forEach(key -> statements.addAll(alter(table.name(), "ADD " + foreignKey(key))));
        if (table.comment() != null) {
            statements.add("COMMENT ON TABLE " + quote(table.name()) + " IS " + text(table.comment()));
        }
        for (PhysicalColumn column : table.columns()) {
            if (column.comment() != null) {
                statements.add(comment(table.name(), column));
            }
        }
        return statements;
    }

    private static String comment(String table, PhysicalColumn column) {
        return "COMMENT ON COLUMN " + quote(table) + "." + quote(column.name()) + " IS " + text(column.comment());
    }

    private static List<String> addColumn(Change.AddColumn add) {
        List<String> statements = alter(add.table(), "ADD COLUMN " + column(add.column()));
        if (add.column().comment() != null) {
            statements.add(comment(add.table(), add.column()));
        }
        return statements;
    }

    private static Ddl alterColumn(Change.AlterColumn change) {
        PhysicalColumn from = change.from();
        PhysicalColumn to = change.to();
        String column = "ALTER COLUMN " + quote(to.name()) + " ";
        List<String> actions = new ArrayList<>();
        Effort effort = Effort.MOMENT;
        boolean generates = to.generated() != null && !to.generated().equals(from.generated());
        boolean typed = !from.type().equals(to.type());
        if (from.identity() != null && to.identity() == null) {
            actions.add(column + "DROP IDENTITY");
        }
        if (generates) {
            // The engine computes all values anew.
            actions.add(column + to.type() + " GENERATED ALWAYS AS (" + to.generated() + ")");
            effort = Effort.REWRITE;
        } else {
            if (from.generated() != null && to.generated() == null) {
                actions.add(column + "DROP EXPRESSION");
            }
            boolean defaults = !Objects.equals(from.defaultSql(), to.defaultSql());
            if (from.defaultSql() != null && (defaults || typed)) {
                actions.add(column + "DROP DEFAULT");
            }
            if (typed) {
                actions.add(column + "SET DATA TYPE " + to.type());
                effort = H2Types.onlyGrows(from.type(), to.type()) ? Effort.MOMENT : Effort.REWRITE;
            }
            if (to.defaultSql() != null && (defaults || typed)) {
                actions.add(column + "SET DEFAULT " + to.defaultSql());
            }
        }
        if (to.identity() != null && !to.identity().equals(from.identity())) {
            actions.add(column + "SET GENERATED " + to.identity());
            if (from.identity() == null) {
                actions.add(column + "RESTART WITH (SELECT COALESCE(MAX(" + quote(to.name()) + "), 0) + 1 FROM "
                        + quote(change.table()) + ")");
            }
        } else if (to.nullable() != from.nullable()) {
            actions.add(column + (to.nullable() ? "DROP NOT NULL" : "SET NOT NULL"));
            effort = effort == Effort.MOMENT && !to.nullable() ? Effort.SCAN : effort;
        }
        List<String> statements = alter(change.table(), actions.toArray(String[]::new));
        if (!Objects.equals(from.comment(), to.comment())) {
            statements.add(comment(change.table(), to));
        }
        return ddl(statements, effort);
    }

    private static List<String> alterKey(Change.AlterPrimaryKey change) {
        List<String> statements = new ArrayList<>();
        if (change.from() != null) {
            String name = change.from().name();
            statements.addAll(alter(change.table(), name == null ? "DROP PRIMARY KEY" : dropConstraint(name)));
        }
        if (change.to() != null) {
            statements.addAll(alter(change.table(), "ADD " + primaryKey(change.to())));
        }
        return statements;
    }

    private static String column(PhysicalColumn column) {
        StringBuilder text = new StringBuilder(quote(column.name())).append(' ').append(column.type());
        if (column.identity() != null) {
            text.append(" GENERATED ").append(column.identity()).append(" AS IDENTITY");
        } else if (column.generated() != null) {
            text.append(" GENERATED ALWAYS AS (").append(column.generated()).append(')');
        } else if (column.defaultSql() != null) {
            text.append(" DEFAULT ").append(column.defaultSql());
        }
        return text.append(column.nullable() ? "" : " NOT NULL").toString();
    }

    private static String primaryKey(PhysicalKey key) {
        return named(key.name()) + "PRIMARY KEY " + names(key.columns());
    }

    private static String check(PhysicalCheck check) {
        return named(check.name()) + "CHECK (" + check.condition() + ")";
    }

    private static String foreignKey(PhysicalForeignKey key) {
        return named(key.name()) + "FOREIGN KEY " + names(key.columns()) + " REFERENCES " + quote(key.table()) + " "
                + names(key.targets())
                + action(" ON DELETE ", key.onDelete())
                + action(" ON UPDATE ", key.onUpdate());
    }

    private static String action(String words, String action) {
        return action.equals("NO ACTION") ? "" : words + action;
    }

    private static String index(String table, PhysicalIndex index) {
        String method = index.method();
        String words = method == null ? "" : " " + method.toUpperCase(Locale.ROOT);
        if (index.constraint()) {
            return "ALTER TABLE " + quote(table) + " ADD " + named(index.name()) + "UNIQUE" + words + " "
                    + names(index.columns());
        }
        return "CREATE" + (index.unique() ? " UNIQUE" : "") + words + " INDEX "
                + quote(index.name()) + " ON " + quote(table) + " ("
                + index.parts().stream()
                        .map(part -> quote(part.text())
                                + (part.descending() ? " DESC" : "")
                                + (part.options().isEmpty() ? "" : " " + part.options()))
                        .collect(Collectors.joining(", "))
                + ")";
    }

    private static String named(@Nullable String name) {
        return name == null || name.isEmpty() ? "" : "CONSTRAINT " + quote(name) + " ";
    }

    private static String names(List<String> columns) {
        return columns.stream().map(H2Ddl::quote).collect(Collectors.joining(", ", "(", ")"));
    }

    private static String text(@Nullable String comment) {
        return comment == null ? "NULL" : H2Declared.string(comment);
    }

    private static String quote(String name) {
        return SqlExpression.quote(name);
    }
}
