package dev.weir.schema.engine;

import dev.weir.db.engine.Dialect;
import dev.weir.schema.diff.Change;
import dev.weir.schema.engine.Ddl.Effort;
import dev.weir.schema.physical.PhysicalCheck;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.physical.PhysicalForeignKey;
import dev.weir.schema.physical.PhysicalIndex;
import dev.weir.schema.physical.PhysicalTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes changes as MariaDB's and MySQL's statements. Every one commits by itself. No algorithm is asked for: the server
 * takes the one that holds off least, and the effort that is told here is that of InnoDB's {@code DYNAMIC} rows in utf8mb4.
 */
final class MariaDbDdl {
    /** The key that a new numbered column needs until it is the primary key. */
    private static final String NUMBERING = "weir_numbering";

    private final Dialect dialect;
    private final boolean mysql;

    MariaDbDdl(Dialect dialect, boolean mysql) {
        this.dialect = dialect;
        this.mysql = mysql;
    }

    Ddl ddl(Change change) {
        if (change instanceof Change.RenameTable rename) {
            return exclusive("RENAME TABLE " + quote(rename.table()) + " TO " + quote(rename.to()));
        } else if (change instanceof Change.RenameColumn rename) {
            return moment(
                    alter(rename.table()) + "RENAME COLUMN " + quote(rename.column()) + " TO " + quote(rename.to()));
        } else if (change instanceof Change.CreateTable create) {
            return exclusive(create(create.created()));
        } else if (change instanceof Change.DropTable drop) {
            return exclusive("DROP TABLE " + quote(drop.table()));
        } else if (change instanceof Change.AddColumn add) {
            return addColumn(add);
        } else if (change instanceof Change.DropColumn drop) {
            return moment(
                    alter(drop.table()) + "DROP COLUMN " + quote(drop.column().name()));
        } else if (change instanceof Change.AlterColumn alter) {
            return alterColumn(alter);
        } else if (change instanceof Change.AlterPrimaryKey alter) {
            return alterPrimaryKey(alter);
        } else if (change instanceof Change.AddIndex add) {
            String method = add.index().method();
            boolean online = method == null || method.equals("hash");
            return ddl(
                    alter(add.table()) + "ADD " + index(add.index()),
                    online ? "LOCK=NONE" : "LOCK=SHARED",
                    online ? Effort.MOMENT : "fulltext".equals(method) ? Effort.REWRITE : Effort.SCAN);
        } else if (change instanceof Change.DropIndex drop) {
            return moment(
                    alter(drop.table()) + "DROP INDEX " + quote(drop.index().name()));
        } else if (change instanceof Change.AddForeignKey add) {
            return copy(alter(add.table()) + "ADD " + foreignKey(add.key()));
        } else if (change instanceof Change.DropForeignKey drop) {
            return moment(alter(drop.table()) + "DROP FOREIGN KEY "
                    + quote(drop.key().name())
                    + (mysql ? "" : ", DROP INDEX IF EXISTS " + quote(drop.key().name())));
        } else if (change instanceof Change.AddCheck add) {
            return copy(alter(add.table()) + "ADD " + check(add.check()));
        } else if (change instanceof Change.DropCheck drop) {
            return moment(alter(drop.table()) + "DROP CONSTRAINT "
                    + quote(drop.check().name()));
        } else if (change instanceof Change.AlterComment comment) {
            return moment(alter(comment.table()) + "COMMENT = "
                    + MariaDbText.literal(Objects.requireNonNullElse(comment.to(), "")));
        }
        throw new IllegalArgumentException("MariaDB never needs such a change: change="
                + change.getClass().getSimpleName() + ", table=" + change.table());
    }

    private static Ddl moment(String sql) {
        return ddl(sql, "LOCK=NONE", Effort.MOMENT);
    }

    private static Ddl exclusive(String sql) {
        return ddl(sql, "LOCK=EXCLUSIVE", Effort.MOMENT);
    }

    private static Ddl copy(String sql) {
        return ddl(sql, "LOCK=SHARED", Effort.REWRITE);
    }

    private static Ddl ddl(String sql, String lock, Effort effort) {
        return new Ddl(List.of(sql), false, lock, effort);
    }

    private String quote(String name) {
        return dialect.quote(name);
    }

    private String names(List<String> names) {
        return names.stream().map(this::quote).collect(Collectors.joining(", ", "(", ")"));
    }

    private String alter(String table) {
        return "ALTER TABLE " + quote(table) + " ";
    }

    // Parts of a table

    private String create(PhysicalTable table) {
        List<String> lines = new ArrayList<>();
        table.columns().forEach(column -> lines.add(column(column)));
        if (table.primaryKey() != null) {
            lines.add("PRIMARY KEY " + names(table.primaryKey().columns()));
        }
        table.indexes().forEach(index -> lines.add(index(index)));
        table.foreignKeys().forEach(key -> lines.add(foreignKey(key)));
        table.checks().forEach(check -> lines.add(check(check)));
        return "CREATE TABLE " + quote(table.name()) + " (\n  " + String.join(",\n  ", lines) + "\n)"
                + (table.options().startsWith("ENGINE=") ? "" : " ENGINE=InnoDB")
                + (table.options().isEmpty() ? "" : " " + table.options())
                + (table.comment() == null ? "" : " COMMENT=" + MariaDbText.literal(table.comment()));
    }

    private String column(PhysicalColumn column) {
        MariaDbType type = MariaDbType.of(column.type());
        StringBuilder sql = new StringBuilder(quote(column.name())).append(' ').append(type.core());
        if (column.collation() != null) {
            sql.append(" COLLATE ").append(column.collation());
        }
        if (column.generated() != null) {
            sql.append(" GENERATED ALWAYS AS (").append(column.generated()).append(") ");
            sql.append(column.stored() ? "STORED" : "VIRTUAL");
            if (mysql && !column.nullable()) {
                sql.append(" NOT NULL");
            }
        } else {
            sql.append(column.nullable() ? " NULL" : " NOT NULL").append(defaultClause(column));
        }
        if (column.identity() != null) {
            sql.append(" AUTO_INCREMENT");
        }
        if (type.invisible()) {
            sql.append(" INVISIBLE");
        }
        if (column.comment() != null) {
            sql.append(" COMMENT ").append(MariaDbText.literal(column.comment()));
        }
        if (type.check() != null) {
            sql.append(" CHECK (").append(type.check()).append(')');
        }
        return sql.toString();
    }

    /** Said even when it is NULL: a TIMESTAMP has other defaults of its own on some servers. */
    private static String defaultClause(PhysicalColumn column) {
        String standard = column.defaultSql();
        if (standard == null) {
            return column.nullable() && column.identity() == null ? " DEFAULT NULL" : "";
        }
        if (standard.toLowerCase(Locale.ROOT).startsWith("on update")) {
            return (column.nullable() ? " DEFAULT NULL " : " ") + standard;
        }
        return " DEFAULT " + standard;
    }

    private String index(PhysicalIndex index) {
        String method = index.method();
        boolean special = method != null && !method.equals("hash");
        String kind = special
                ? Objects.requireNonNull(method).toUpperCase(Locale.ROOT) + " "
                : index.unique() ? "UNIQUE " : "";
        return kind + "INDEX " + quote(index.name()) + ("hash".equals(method) ? " USING HASH " : " ")
                + index.parts().stream().map(this::part).collect(Collectors.joining(", ", "(", ")"));
    }

    private String part(PhysicalIndex.Part part) {
        return (part.expression() ? "(" + part.text() + ")" : quote(part.text()))
                + (part.options().isEmpty() ? "" : "(" + part.options() + ")")
                + (part.descending() ? " DESC" : "");
    }

    private String foreignKey(PhysicalForeignKey key) {
        int dot = key.table().indexOf('.');
        String table = dot < 0
                ? quote(key.table())
                : quote(key.table().substring(0, dot)) + "." + quote(key.table().substring(dot + 1));
        return "CONSTRAINT " + quote(key.name()) + " FOREIGN KEY " + names(key.columns()) + " REFERENCES " + table + " "
                + names(key.targets())
                + (key.onDelete().equals(MariaDbReading.NO_ACTION) ? "" : " ON DELETE " + key.onDelete())
                + (key.onUpdate().equals(MariaDbReading.NO_ACTION) ? "" : " ON UPDATE " + key.onUpdate());
    }

    private String check(PhysicalCheck check) {
        return "CONSTRAINT " + quote(check.name()) + " CHECK (" + check.condition() + ")";
    }

    // Changes of columns and keys

    private Ddl addColumn(Change.AddColumn add) {
        PhysicalColumn column = add.column();
        String sql = alter(add.table()) + "ADD COLUMN " + column(column);
        if (column.identity() != null) {
            return copy(sql + ", ADD UNIQUE INDEX " + quote(NUMBERING) + " (" + quote(column.name()) + ")");
        }
        boolean filled = column.stored() || computed(column.defaultSql());
        return filled ? copy(sql) : moment(sql);
    }

    /** Whether each row gets a value of its own, so that all have to be written. */
    private static boolean computed(@Nullable String defaultSql) {
        if (defaultSql == null) {
            return false;
        }
        String lower = defaultSql.toLowerCase(Locale.ROOT);
        return !lower.startsWith("current_timestamp")
                && !lower.startsWith("on update")
                && !lower.startsWith("'")
                && !lower.startsWith("b'")
                && !lower.startsWith("x'")
                && !lower.matches("-?[0-9.]+(e[-+]?[0-9]+)?( on update .*)?");
    }

    private Ddl alterPrimaryKey(Change.AlterPrimaryKey alter) {
        List<String> clauses = new ArrayList<>();
        if (alter.from() != null) {
            clauses.add("DROP PRIMARY KEY");
        }
        if (alter.to() != null) {
            clauses.add("ADD PRIMARY KEY " + names(alter.to().columns()));
            if (!mysql) {
                clauses.add("DROP INDEX IF EXISTS " + quote(NUMBERING));
            }
        }
        return ddl(
                alter(alter.table()) + String.join(", ", clauses),
                alter.to() == null ? "LOCK=SHARED" : "LOCK=NONE",
                Effort.REWRITE);
    }

    private Ddl alterColumn(Change.AlterColumn alter) {
        PhysicalColumn from = alter.from();
        PhysicalColumn to = alter.to();
        boolean wasVirtual = from.generated() != null && !from.stored();
        boolean isVirtual = to.generated() != null && !to.stored();
        if (wasVirtual == isVirtual) {
            return new Ddl(List.of(modify(alter.table(), to)), false, lock(from, to), effort(from, to));
        }
        List<String> statements = new ArrayList<>();
        boolean sameType = from.type().equals(to.type()) && Objects.equals(from.collation(), to.collation());
        if (wasVirtual) {
            // Made anew as a stored column of the same values, then an ordinary one if need be. Indexes on it stay.
            PhysicalColumn stored = generated(to, from.generated(), true);
            if (!sameType) {
                statements.add(modify(alter.table(), generated(to, from.generated(), false)));
            }
            statements.add(replace(alter.table(), to.generated() == null ? stored : to));
            if (to.generated() == null) {
                statements.add(modify(alter.table(), to));
            }
        } else {
            if (!sameType) {
                statements.add(modify(alter.table(), generated(to, to.generated(), true)));
            }
            statements.add(replace(alter.table(), to));
        }
        return new Ddl(statements, false, "LOCK=SHARED", Effort.REWRITE);
    }

    private static PhysicalColumn generated(PhysicalColumn column, @Nullable String expression, boolean stored) {
        return new PhysicalColumn(
                column.name(),
                column.type(),
                true,
                null,
                expression,
                stored,
                null,
                column.collation(),
                column.comment());
    }

    private String modify(String table, PhysicalColumn column) {
        return alter(table) + "MODIFY COLUMN " + column(column);
    }

    /** Neither engine turns a virtual column into another kind, or the other way round. */
    private String replace(String table, PhysicalColumn column) {
        return alter(table) + "DROP COLUMN " + quote(column.name()) + ", ADD COLUMN " + column(column);
    }

    private static String lock(PhysicalColumn from, PhysicalColumn to) {
        return effort(from, to) == Effort.REWRITE && !onlyNullable(from, to) ? "LOCK=SHARED" : "LOCK=NONE";
    }

    private static boolean onlyNullable(PhysicalColumn from, PhysicalColumn to) {
        return from.generated() == null
                && to.generated() == null
                && effort(from.withNullable(to.nullable()), to) == Effort.MOMENT;
    }

    static Effort effort(PhysicalColumn from, PhysicalColumn to) {
        boolean numbered = from.identity() == null && to.identity() != null;
        if (from.stored() || to.stored() || numbered || from.nullable() != to.nullable()) {
            return Effort.REWRITE;
        }
        if (!sameOrLonger(MariaDbType.of(from.type()), MariaDbType.of(to.type()))) {
            return Effort.REWRITE;
        }
        if (!Objects.equals(from.collation(), to.collation())) {
            return Objects.equals(characterSet(from), characterSet(to)) ? Effort.SCAN : Effort.REWRITE;
        }
        return Effort.MOMENT;
    }

    private static String characterSet(PhysicalColumn column) {
        String collation = Objects.requireNonNullElse(column.collation(), "utf8mb4_");
        int end = collation.indexOf('_');
        return end < 0 ? collation : collation.substring(0, end);
    }

    /** Whether the rows that are there are stored as the new type stores them. */
    static boolean sameOrLonger(MariaDbType from, MariaDbType to) {
        if (to.check() != null && !to.check().equals(from.check())) {
            return false;
        }
        if (from.core().equals(to.core())) {
            return true;
        }
        if (!from.name().equals(to.name())) {
            return false;
        }
        return switch (to.name()) {
            case "varchar" -> {
                int before = from.number(0, 0) * 4;
                int after = to.number(0, 0) * 4;
                // The length of a value takes a second byte beyond 255; rows with short values are read both ways.
                yield after >= before && (before <= 127 || before > 255 || after <= 255);
            }
            case "enum", "set" -> {
                int before = from.arguments().size();
                int after = to.arguments().size();
                int roomy = to.name().equals("enum") ? 255 : ((before + 7) / 8) * 8;
                yield after >= before
                        && to.arguments().subList(0, before).equals(from.arguments())
                        && (after <= roomy || before > 255);
            }
            default -> false;
        };
    }
}
