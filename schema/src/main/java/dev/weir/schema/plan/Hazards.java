package dev.weir.schema.plan;

import dev.weir.schema.diff.Change;
import dev.weir.schema.diff.Difference;
import dev.weir.schema.engine.Ddl;
import dev.weir.schema.engine.SchemaDialect;
import dev.weir.schema.engine.TypeChange;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.physical.PhysicalForeignKey;
import dev.weir.schema.physical.PhysicalIndex;
import dev.weir.schema.plan.Hazard.Kind;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Finds what is dangerous about a change, by asking the rows that are there. Not thread-safe. */
final class Hazards {
    private final SchemaDialect dialect;
    private final LiveRows rows;
    private final long large;
    private final Predicate<String> mended;
    private final Map<String, List<PhysicalColumn>> added = new HashMap<>();
    private final Map<String, List<Change>> changes = new HashMap<>();
    private final Difference difference;
    private final Set<String> own;
    private final List<Guard> guards = new ArrayList<>();

    /**
     * @param large more rows than this make a table large
     * @param mended whether data steps that are still to run may change a table's rows, so that looking now tells nothing
     * @param own objects that go back to where they came from: no loss as long as they hold nothing
     */
    Hazards(
            SchemaDialect dialect,
            LiveRows rows,
            long large,
            Difference difference,
            Predicate<String> mended,
            Set<String> own) {
        this.own = own;
        this.dialect = dialect;
        this.rows = rows;
        this.large = large;
        this.mended = mended;
        this.difference = difference;
        for (Change change : difference.changes()) {
            changes.computeIfAbsent(change.table(), table -> new ArrayList<>()).add(change);
            if (change instanceof Change.AddColumn add) {
                added.computeIfAbsent(add.table(), table -> new ArrayList<>()).add(add.column());
            }
        }
    }

    /** What was found about the last move that must stay as it is until the move is made. */
    List<Guard> guards() {
        return List.copyOf(guards);
    }

    List<Hazard> of(Move move, Ddl ddl) throws SQLException {
        List<Hazard> found = new ArrayList<>();
        guards.clear();
        if (!move.around()) {
            if (move.change() instanceof Change.RebuildTable rebuild) {
                for (Change change : changesOf(rebuild)) {
                    data(change, found);
                }
            } else {
                data(move.change(), found);
            }
        }
        waiting(move.change(), ddl, found);
        return found;
    }

    /** The changes that a rebuild makes, as far as it takes over or leaves what the difference says. */
    private List<Change> changesOf(Change.RebuildTable rebuild) {
        return difference.altered().stream()
                .filter(table -> table.to().name().equals(rebuild.table()))
                .filter(table -> rebuild.to().columns().equals(table.to().columns()))
                .flatMap(table -> table.changes().stream())
                .toList();
    }

    private void waiting(Change change, Ddl ddl, List<Hazard> found) throws SQLException {
        if (ddl.effort() == Ddl.Effort.MOMENT || change instanceof Change.CreateTable) {
            return;
        }
        long count = rows.count(change.table());
        if (count > large) {
            found.add(new Hazard(
                    ddl.effort() == Ddl.Effort.REWRITE ? Kind.TABLE_REWRITE : Kind.LONG_LOCK, change.table(), count));
        }
    }

    private void data(Change change, List<Hazard> found) throws SQLException {
        String table = change.table();
        if (change instanceof Change.DropTable) {
            loss(Kind.DROP_TABLE, table, rows.count(table), "1 = 1", found);
        } else if (change instanceof Change.DropColumn drop) {
            dropColumn(table, drop.column(), found);
        } else if (change instanceof Change.DropIndex drop) {
            String object = table + "." + drop.index().name();
            if (!replaced(table, drop.index().name())
                    && !another(drop)
                    && drop.index().valid()
                    && !own.contains(object)) {
                found.add(new Hazard(
                        drop.index().unique() ? Kind.DROP_CONSTRAINT : Kind.DROP_INDEX, object, rows.count(table)));
            }
        } else if (change instanceof Change.DropForeignKey drop) {
            if (!another(drop)) {
                dropConstraint(
                        table, drop.key().name(), String.join("_", drop.key().columns()), found);
            }
        } else if (change instanceof Change.DropCheck drop) {
            if (!drop.check().name().startsWith(Planner.OWN_CHECK)) {
                dropConstraint(table, drop.check().name(), "check", found);
            }
        } else if (change instanceof Change.AlterColumn alter) {
            alterColumn(alter, found);
        } else if (change instanceof Change.AddColumn add) {
            if (isUnfilled(add.column())) {
                violation(
                        Kind.NOT_NULL_WITH_NULLS,
                        table,
                        table + "." + add.column().name(),
                        rows.count(table),
                        found);
            }
        } else if (change instanceof Change.AlterPrimaryKey alter) {
            primaryKey(alter, found);
        } else if (change instanceof Change.AddIndex add) {
            if (add.index().unique()) {
                violation(
                        Kind.UNIQUE_WITH_DUPLICATES,
                        table,
                        table + "." + add.index().name(),
                        duplicates(table, add.index()),
                        found);
            }
        } else if (change instanceof Change.AddForeignKey add) {
            foreignKey(table, add.key(), found);
        } else if (change instanceof Change.ValidateForeignKey validate) {
            foreignKey(table, validate.key(), found);
        } else if (change instanceof Change.AddCheck add) {
            if (!add.check().name().startsWith(Planner.OWN_CHECK)) {
                check(table, add.check().name(), add.check().condition(), found);
            }
        } else if (change instanceof Change.ValidateCheck validate) {
            if (!validate.check().name().startsWith(Planner.OWN_CHECK)) {
                check(table, validate.check().name(), validate.check().condition(), found);
            }
        }
    }

    private static boolean isUnfilled(PhysicalColumn column) {
        return !column.nullable()
                && column.defaultSql() == null
                && column.generated() == null
                && column.identity() == null;
    }

    private void dropColumn(String table, PhysicalColumn column, List<Hazard> found) throws SQLException {
        if (column.generated() != null) {
            // What is computed can be computed again.
            return;
        }
        String object = table + "." + column.name();
        String value = quote(column.name()) + " IS NOT NULL";
        long values = rows.count(table, value);
        if (comesAgain(table, column)) {
            narrow(table, object, value, values, found);
            return;
        }
        loss(Kind.DROP_COLUMN, object, values, value, found);
        if (own.contains(object)) {
            return;
        }
        boolean twin = added.getOrDefault(table, List.of()).stream()
                .anyMatch(other -> other.generated() == null && other.type().equals(column.type()));
        if (values > 0 && twin) {
            found.add(new Hazard(Kind.POSSIBLE_RENAME, object, values));
        }
    }

    /** Whether a column goes only because the engine can't give it its new type. */
    private boolean comesAgain(String table, PhysicalColumn column) {
        return changes.getOrDefault(table, List.of()).stream()
                .anyMatch(change -> change instanceof Change.AlterColumn alter
                        && alter.to().generated() == null
                        && alter.to().name().equals(column.name()));
    }

    private void dropConstraint(String table, String name, String otherwise, List<Hazard> found) throws SQLException {
        String object = table + "." + (name.isEmpty() ? otherwise : name);
        if (!replaced(table, name) && !own.contains(object)) {
            found.add(new Hazard(Kind.DROP_CONSTRAINT, object, rows.count(table)));
        }
    }

    /** Whether something of the same name comes in its place. */
    private boolean replaced(String table, String name) {
        return !name.isEmpty()
                && changes.getOrDefault(table, List.of()).stream()
                        .anyMatch(change -> ((change instanceof Change.AddIndex index
                                        && index.index().name().equals(name))
                                || (change instanceof Change.AddForeignKey key
                                        && key.key().name().equals(name))
                                || (change instanceof Change.AddCheck check
                                        && check.check().name().equals(name))));
    }

    /** Whether a foreign key of the same columns, to the same ones, comes in its place: names that are made up differ. */
    private boolean another(Change.DropForeignKey drop) {
        PhysicalForeignKey old = drop.key();
        return changes.getOrDefault(drop.table(), List.of()).stream()
                .anyMatch(change -> change instanceof Change.AddForeignKey add
                        && add.key().columns().equals(old.columns())
                        && add.key().table().equals(old.table())
                        && add.key().targets().equals(old.targets()));
    }

    /** Whether an index of the same columns, and as strict, comes in its place. */
    private boolean another(Change.DropIndex drop) {
        PhysicalIndex old = drop.index();
        return changes.getOrDefault(drop.table(), List.of()).stream()
                .anyMatch(change -> change instanceof Change.AddIndex add
                        && add.index().columns().equals(old.columns())
                        && add.index().columns().size() == old.parts().size()
                        && (!old.unique()
                                || (add.index().unique() && add.index().where() == null)));
    }

    private void alterColumn(Change.AlterColumn alter, List<Hazard> found) throws SQLException {
        String table = alter.table();
        PhysicalColumn from = alter.from();
        PhysicalColumn to = alter.to();
        String object = table + "." + to.name();
        boolean isNew = !dialect.typeChange(from, to).convertible()
                || added.getOrDefault(table, List.of()).stream()
                        .anyMatch(column -> column.name().equals(to.name()));
        if (isNew) {
            violation(Kind.NOT_NULL_WITH_NULLS, table, object, rows.count(table), found);
            return;
        }
        if (from.generated() == null && to.generated() != null) {
            dropColumn(table, from, found);
            return;
        }
        if (from.nullable() && !to.nullable() && to.generated() == null) {
            violation(Kind.NOT_NULL_WITH_NULLS, table, object, rows.count(table, quote(to.name()) + " IS NULL"), found);
        }
        TypeChange types = dialect.typeChange(from, to);
        if (types.misfits() != null) {
            narrow(table, object, types.misfits(), rows.count(table, types.misfits()), found);
        }
    }

    private void primaryKey(Change.AlterPrimaryKey alter, List<Hazard> found) throws SQLException {
        String table = alter.table();
        if (alter.to() == null) {
            if (!own.contains(table + ".primary key")) {
                found.add(new Hazard(Kind.DROP_CONSTRAINT, table + ".primary key", rows.count(table)));
            }
            return;
        }
        List<PhysicalColumn> columns = added.getOrDefault(table, List.of());
        for (String column : alter.to().columns()) {
            violation(
                    Kind.NOT_NULL_WITH_NULLS,
                    table,
                    table + "." + column,
                    rows.count(table, columns, quote(column) + " IS NULL"),
                    found);
        }
        violation(
                Kind.UNIQUE_WITH_DUPLICATES,
                table,
                table + ".primary key",
                rows.duplicates(
                        table,
                        columns,
                        alter.to().columns().stream().map(this::quote).toList(),
                        null),
                found);
    }

    private long duplicates(String table, PhysicalIndex index) throws SQLException {
        return rows.duplicates(
                table,
                added.getOrDefault(table, List.of()),
                index.parts().stream()
                        .map(part -> part.expression() ? "(" + part.text() + ")" : quote(part.text()))
                        .toList(),
                index.where());
    }

    private void foreignKey(String table, PhysicalForeignKey key, List<Hazard> found) throws SQLException {
        String name = key.name().isEmpty() ? String.join("_", key.columns()) : key.name();
        violation(
                Kind.FOREIGN_KEY_WITH_ORPHANS,
                table,
                table + "." + name,
                rows.orphans(
                        table, added.getOrDefault(table, List.of()), key, added.getOrDefault(key.table(), List.of())),
                found);
    }

    private void check(String table, String name, String condition, List<Hazard> found) throws SQLException {
        violation(
                Kind.CHECK_VIOLATED,
                table,
                table + "." + name,
                rows.count(table, added.getOrDefault(table, List.of()), "NOT (" + condition + ")"),
                found);
    }

    /** Something that goes with all it holds: named whatever that is, unless it came empty and still is. */
    private void loss(Kind kind, String object, long count, String condition, List<Hazard> found) {
        if (count == 0 && own.contains(object)) {
            guards.add(new Guard(kind, object, condition));
        } else {
            found.add(new Hazard(kind, object, count));
        }
    }

    private void narrow(String table, String object, String misfits, long count, List<Hazard> found) {
        if (count == 0) {
            guards.add(new Guard(Kind.NARROW_TYPE, object, misfits));
        } else {
            violation(Kind.NARROW_TYPE, table, object, count, found);
        }
    }

    private void violation(Kind kind, String table, String object, long count, List<Hazard> found) {
        if (count > 0 && !mended.test(table)) {
            Hazard hazard = new Hazard(kind, object, count);
            if (!found.contains(hazard)) {
                found.add(hazard);
            }
        }
    }

    private String quote(String name) {
        return dialect.dialect().quote(name);
    }
}
