package dev.weir.schema.plan;

import dev.weir.schema.diff.Change;
import dev.weir.schema.diff.Difference;
import dev.weir.schema.diff.Difference.AlteredTable;
import dev.weir.schema.diff.Evolution;
import dev.weir.schema.diff.Expressions;
import dev.weir.schema.engine.SchemaDialect;
import dev.weir.schema.physical.PhysicalCheck;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.physical.PhysicalForeignKey;
import dev.weir.schema.physical.PhysicalIndex;
import dev.weir.schema.physical.PhysicalKey;
import dev.weir.schema.physical.PhysicalTable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Puts changes into an order that works: first what adds, then what removes or makes stricter. Foreign keys come last among
 * additions and go first among removals, so that neither their order nor cycles matter. What is in the way of a change (the
 * foreign keys of a column whose type changes, the generated columns and indexes that depend on it) goes before it and comes
 * again after it.
 */
final class Ordering {
    private final SchemaDialect dialect;
    private final Difference difference;
    private final boolean dataBetween;

    // In the order in which they are made.
    private final List<Move> renames = new ArrayList<>();
    private final List<Move> ahead = new ArrayList<>();
    private final List<Move> foreignKeysFirst = new ArrayList<>();
    private final Set<Move> makeWay = new LinkedHashSet<>();
    private final List<Move> additions = new ArrayList<>();
    private final List<Move> loosened = new ArrayList<>();
    private final List<Move> computed = new ArrayList<>();
    private final List<Move> indexes = new ArrayList<>();
    private final List<Move> foreignKeysNext = new ArrayList<>();
    private final Set<Move> removedConstraints = new LinkedHashSet<>();
    private final List<Move> stricter = new ArrayList<>();
    private final List<Move> freed = new ArrayList<>();
    private final List<Move> lateColumns = new ArrayList<>();
    private final List<Move> uniques = new ArrayList<>();
    private final List<Move> constraints = new ArrayList<>();
    private final List<Move> rebuilds = new ArrayList<>();
    private final List<Move> removedComputed = new ArrayList<>();
    private final List<Move> removed = new ArrayList<>();
    private final List<Move> last = new ArrayList<>();

    /**
     * @param dataBetween whether data steps run between additions and removals
     */
    Ordering(SchemaDialect dialect, Difference difference, boolean dataBetween) {
        this.dialect = dialect;
        this.difference = difference;
        this.dataBetween = dataBetween;
    }

    List<Move> moves() {
        difference.renames().forEach(change -> renames.add(Move.expand(change)));
        difference.created().forEach(this::create);
        for (AlteredTable table : difference.altered()) {
            if (table.changes().stream().allMatch(change -> dialect.inPlace(change, table.from()))) {
                new InPlace(table).add();
            } else {
                rebuild(table);
            }
        }
        drop();
        foreignKeysMakeWay();
        List<Move> all = new ArrayList<>(renames);
        all.addAll(ahead);
        all.addAll(foreignKeysFirst);
        all.addAll(makeWay);
        for (List<Move> part : List.of(additions, loosened, computed, indexes)) {
            all.addAll(part);
        }
        all.addAll(foreignKeysNext);
        all.addAll(removedConstraints);
        for (List<Move> part :
                List.of(stricter, freed, lateColumns, uniques, rebuilds, constraints, removedComputed, removed, last)) {
            all.addAll(part);
        }
        return all;
    }

    private void create(PhysicalTable table) {
        if (dialect.foreignKeysInside()) {
            additions.add(Move.expand(new Change.CreateTable(table)));
            return;
        }
        additions.add(Move.expand(new Change.CreateTable(table.withForeignKeys(List.of()))));
        for (PhysicalForeignKey key : table.foreignKeys()) {
            constraints.add(Move.contract(new Change.AddForeignKey(table.name(), key)));
        }
    }

    private void drop() {
        for (PhysicalTable table : difference.dropped()) {
            if (!dialect.foreignKeysInside()) {
                for (PhysicalForeignKey key : table.foreignKeys()) {
                    removedConstraints.add(Move.contract(new Change.DropForeignKey(table.name(), key))
                            .makingWay());
                }
            }
        }
        for (PhysicalTable table : difference.dropped()) {
            removed.add(Move.contract(
                    new Change.DropTable(dialect.foreignKeysInside() ? table : table.withForeignKeys(List.of()))));
        }
    }

    /** A table that the engine can't change as it stands: once, or twice when data steps need the additions. */
    private void rebuild(AlteredTable table) {
        PhysicalTable from = table.from();
        PhysicalTable middle = from;
        if (dataBetween) {
            List<Change> first = new ArrayList<>();
            for (Change change : table.changes()) {
                if (change instanceof Change.AddColumn add && add.column().generated() == null) {
                    first.add(
                            mustWait(add.column())
                                    ? new Change.AddColumn(
                                            from.name(), add.column().withNullable(true))
                                    : add);
                } else if (change instanceof Change.DropCheck drop && replaced(table, drop)) {
                    first.add(drop);
                }
            }
            middle = Evolution.after(from, first);
            if (first.stream().allMatch(change -> dialect.inPlace(change, from))) {
                first.forEach(change -> additions.add(Move.expand(change)));
            } else {
                additions.add(Move.expand(rebuilt(from, middle)));
            }
        }
        rebuilds.add(Move.contract(rebuilt(middle, table.to())));
    }

    private static Change.RebuildTable rebuilt(PhysicalTable from, PhysicalTable to) {
        Map<String, String> sources = new HashMap<>();
        for (PhysicalColumn column : to.columns()) {
            if (column.generated() == null && from.column(column.name()).isPresent()) {
                sources.put(column.name(), column.name());
            }
        }
        PhysicalTable target = new PhysicalTable(
                to.name(),
                to.columns(),
                to.primaryKey(),
                to.indexes(),
                to.foreignKeys(),
                to.checks(),
                to.comment(),
                to.options(),
                from.attached());
        return new Change.RebuildTable(from, target, sources);
    }

    /** Whether a new column can refuse NULL only once it has values. */
    private static boolean mustWait(PhysicalColumn column) {
        return !column.nullable()
                && column.defaultSql() == null
                && column.generated() == null
                && column.identity() == null;
    }

    private static boolean replaced(AlteredTable table, Change.DropCheck drop) {
        return table.changes().stream()
                .anyMatch(change -> change instanceof Change.AddCheck add
                        && add.check().name().equals(drop.check().name()));
    }

    /** Foreign keys that the engine wants gone while something else changes; they come again, unless they go anyway. */
    private void foreignKeysMakeWay() {
        if (dialect.foreignKeysInside()) {
            return;
        }
        List<Change> early = changes(List.of(makeWay, additions, loosened));
        List<Change> late = changes(List.of(removedConstraints, stricter));
        Set<String> dropped =
                difference.dropped().stream().map(PhysicalTable::name).collect(Collectors.toSet());
        for (PhysicalTable table : difference.renamed().tables()) {
            for (PhysicalForeignKey key : table.foreignKeys()) {
                boolean before = early.stream().anyMatch(change -> dialect.inTheWay(key, table, change));
                if (before || late.stream().anyMatch(change -> dialect.inTheWay(key, table, change))) {
                    makeWay(table, key, before, dropped.contains(table.name()));
                }
            }
        }
    }

    private void makeWay(PhysicalTable table, PhysicalForeignKey key, boolean before, boolean tableGoes) {
        Change drop = new Change.DropForeignKey(table.name(), key);
        boolean goes = makeWay.removeIf(move -> move.change().equals(drop))
                || removedConstraints.removeIf(move -> move.change().equals(drop));
        if (goes || tableGoes) {
            firstOf(before).add(new Move(phase(before), drop, tableGoes));
        } else {
            firstOf(before).add(new Move(phase(before), drop, true));
            constraints.add(new Move(Phase.CONTRACT, new Change.AddForeignKey(table.name(), key), true));
        }
    }

    private List<Move> firstOf(boolean before) {
        return before ? foreignKeysFirst : foreignKeysNext;
    }

    private static Phase phase(boolean before) {
        return before ? Phase.EXPAND : Phase.CONTRACT;
    }

    private static List<Change> changes(List<? extends Collection<Move>> parts) {
        return parts.stream().flatMap(Collection::stream).map(Move::change).toList();
    }

    /** The changes of one table that the engine can change as it stands. */
    private final class InPlace {
        private final AlteredTable altered;
        private final String table;
        private final Set<String> newNames = new HashSet<>();

        /** Columns that are there, go and come again because what they are computed from changes. */
        private final Set<String> remade = new HashSet<>();

        /** Columns whose type changes: what depends on them and goes anyway goes before. */
        private final Set<String> retyped = new HashSet<>();

        /** Columns that come only after data steps. */
        private final Set<String> late = new HashSet<>();

        InPlace(AlteredTable altered) {
            this.altered = altered;
            this.table = altered.to().name();
        }

        void add() {
            for (Change change : altered.changes()) {
                if (change instanceof Change.AddIndex add) {
                    newNames.add(add.index().name());
                } else if (change instanceof Change.AddForeignKey add) {
                    newNames.add(add.key().name());
                } else if (change instanceof Change.AddCheck add) {
                    newNames.add(add.check().name());
                } else if (change instanceof Change.AlterColumn alter
                        && !alter.from().type().equals(alter.to().type())) {
                    retyped.add(alter.to().name());
                }
            }
            findRemade();
            findLate();
            for (Change change : altered.changes()) {
                place(change);
            }
            makeRemade();
        }

        private void place(Change change) {
            if (change instanceof Change.AddColumn add) {
                addColumn(add);
            } else if (change instanceof Change.AlterColumn alter) {
                alterColumn(alter);
            } else if (change instanceof Change.DropColumn drop) {
                if (!remade.contains(drop.column().name())) {
                    // A column goes after those that are computed from it.
                    (drop.column().generated() == null ? removed : removedComputed).add(Move.contract(drop));
                }
            } else if (change instanceof Change.AlterPrimaryKey) {
                stricter.add(Move.contract(change));
            } else if (change instanceof Change.AddIndex add) {
                addIndex(add.index(), false);
            } else if (change instanceof Change.DropIndex drop) {
                if (beside(drop.index()) && !drop.index().unique()) {
                    ahead.add(Move.contract(drop));
                    return;
                }
                boolean early = newNames.contains(drop.index().name())
                        || mentions(drop.index(), remade)
                        || mentions(drop.index(), retyped);
                if (early) {
                    makeWay.add(Move.expand(drop));
                } else {
                    removedConstraints.add(Move.contract(drop));
                }
            } else if (change instanceof Change.DropForeignKey drop) {
                removal(drop, newNames.contains(drop.key().name()));
            } else if (change instanceof Change.DropCheck drop) {
                removal(
                        drop,
                        newNames.contains(drop.check().name())
                                || touches(drop.check().condition(), remade)
                                || touches(drop.check().condition(), retyped));
            } else if (change instanceof Change.AlterComment) {
                loosened.add(Move.expand(change));
            } else {
                constraints.add(Move.contract(change));
            }
        }

        private void removal(Change drop, boolean early) {
            if (early) {
                makeWay.add(Move.expand(drop));
            } else {
                removedConstraints.add(Move.contract(drop));
            }
        }

        private void addColumn(Change.AddColumn add) {
            PhysicalColumn column = add.column();
            if (column.generated() != null) {
                (late.contains(column.name()) ? lateColumns : computed).add(phased(add, column));
            } else if (mustWait(column)) {
                additions.add(Move.expand(new Change.AddColumn(table, column.withNullable(true))));
                stricter.add(Move.contract(new Change.AlterColumn(table, column.withNullable(true), column)));
            } else {
                additions.add(Move.expand(add));
            }
        }

        private Move phased(Change change, PhysicalColumn column) {
            return late.contains(column.name()) ? Move.contract(change) : Move.expand(change);
        }

        /** New and remade columns that are computed from one which changes late. */
        private void findLate() {
            Set<String> strict = strictlyAltered();
            for (PhysicalColumn column : altered.to().columns()) {
                boolean comes = remade.contains(column.name())
                        || altered.from().column(column.name()).isEmpty();
                if (comes && column.generated() != null && touches(column.generated(), strict)) {
                    late.add(column.name());
                }
            }
        }

        private void alterColumn(Change.AlterColumn alter) {
            PhysicalColumn from = alter.from();
            PhysicalColumn to = alter.to();
            if (remade.contains(to.name())) {
                return;
            }
            PhysicalColumn middle = middle(from, to);
            if (leavesTheKey(from, to)) {
                // What a primary key holds can't take NULL before it is gone.
                middle = middle.withNullable(false);
                freed.add(Move.contract(new Change.AlterColumn(table, to.withNullable(false), to)));
                to = to.withNullable(false);
            }
            if (!middle.equals(from)) {
                loosened.add(Move.expand(new Change.AlterColumn(table, from, middle)));
            }
            if (!middle.equals(to)) {
                stricter.add(Move.contract(new Change.AlterColumn(table, middle, to)));
            }
        }

        private boolean leavesTheKey(PhysicalColumn from, PhysicalColumn to) {
            PhysicalKey key = altered.from().primaryKey();
            return !from.nullable()
                    && to.nullable()
                    && key != null
                    && key.columns().contains(to.name());
        }

        /** What the column can become without refusing anything that it takes now. */
        private PhysicalColumn middle(PhysicalColumn from, PhysicalColumn to) {
            boolean nullable = from.nullable() || to.nullable();
            boolean strict = dialect.typeChange(from, to).misfits() != null
                    || (from.identity() == null && to.identity() != null);
            return strict ? from.withNullable(from.nullable()) : to.withNullable(nullable);
        }

        private Set<String> strictlyAltered() {
            Set<String> names = new HashSet<>();
            for (Change change : altered.changes()) {
                if (change instanceof Change.AlterColumn alter
                        && !alter.from().type().equals(alter.to().type())
                        && dialect.typeChange(alter.from(), alter.to()).misfits() != null) {
                    names.add(alter.to().name());
                }
            }
            return names;
        }

        /**
         * Whether an index is built or dropped outside the transaction of its neighbours, and has to do with nothing that
         * they change: then it goes before them, so that they stay together and no foreign key is missing meanwhile.
         */
        private boolean beside(PhysicalIndex index) {
            return outside(index)
                    && altered.changes().stream().noneMatch(change -> named(change, index))
                    && !mentions(index, remade)
                    && !mentions(index, touched());
        }

        private boolean outside(PhysicalIndex index) {
            return dialect.validatesLater() && !dataBetween && !index.constraint();
        }

        /** Columns that come, go or change. */
        private Set<String> touched() {
            Set<String> names = new HashSet<>();
            for (Change change : altered.changes()) {
                if (change instanceof Change.AddColumn add) {
                    names.add(add.column().name());
                } else if (change instanceof Change.DropColumn drop) {
                    names.add(drop.column().name());
                } else if (change instanceof Change.AlterColumn alter) {
                    names.add(alter.to().name());
                }
            }
            return names;
        }

        /** Whether another index of this name goes or comes. */
        private static boolean named(Change change, PhysicalIndex index) {
            return (change instanceof Change.DropIndex drop
                            && !drop.index().equals(index)
                            && drop.index().name().equals(index.name()))
                    || (change instanceof Change.AddIndex add
                            && !add.index().equals(index)
                            && add.index().name().equals(index.name()));
        }

        private void addIndex(PhysicalIndex index, boolean around) {
            if (!around && beside(index)) {
                ahead.add(Move.expand(new Change.AddIndex(table, index)));
                return;
            }
            if (!around && outside(index) && !index.unique()) {
                last.add(Move.contract(new Change.AddIndex(table, index)));
                return;
            }
            boolean early = !index.unique() && late.stream().noneMatch(name -> mentions(index, Set.of(name)));
            Change change = new Change.AddIndex(table, index);
            if (early && !mentions(index, strictlyAltered())) {
                indexes.add(new Move(Phase.EXPAND, change, around));
            } else {
                uniques.add(new Move(Phase.CONTRACT, change, around));
            }
        }

        /** Generated columns whose expression changes, or that are computed from a column whose type does. */
        private void findRemade() {
            Set<String> causes = new HashSet<>();
            for (Change change : altered.changes()) {
                if (change instanceof Change.AlterColumn alter) {
                    String expression = alter.to().generated();
                    if (expression != null
                            && (!expression.equals(alter.from().generated())
                                    || alter.from().stored() != alter.to().stored()
                                    || !alter.from().type().equals(alter.to().type()))) {
                        remade.add(alter.to().name());
                    } else if (!dialect.typeChange(alter.from(), alter.to()).convertible()) {
                        remade.add(alter.to().name());
                        causes.add(alter.to().name());
                    } else if (dialect.generatedInTheWay(alter.from(), alter.to())) {
                        causes.add(alter.to().name());
                    }
                }
            }
            for (PhysicalColumn column : altered.from().columns()) {
                if (column.generated() != null && touches(column.generated(), causes)) {
                    remade.add(column.name());
                }
            }
        }

        private void makeRemade() {
            for (String name : remade) {
                PhysicalColumn from = altered.from().column(name).orElseThrow();
                altered.from().indexes().stream()
                        .filter(index -> mentions(index, Set.of(name)))
                        .filter(index -> !altered.changes().contains(new Change.DropIndex(table, index)))
                        .forEach(index -> {
                            makeWay.add(new Move(Phase.EXPAND, new Change.DropIndex(table, index), true));
                            addIndex(index, true);
                        });
                for (PhysicalCheck check : altered.from().checks()) {
                    if (touches(check.condition(), Set.of(name))
                            && !altered.changes().contains(new Change.DropCheck(table, check))) {
                        makeWay.add(new Move(Phase.EXPAND, new Change.DropCheck(table, check), true));
                        constraints.add(new Move(Phase.CONTRACT, new Change.AddCheck(table, check), true));
                    }
                }
                boolean comesAgain =
                        from.generated() != null && altered.to().column(name).isPresent();
                makeWay.add(new Move(Phase.EXPAND, new Change.DropColumn(table, from), comesAgain));
                altered.to().column(name).ifPresent(to -> {
                    Change.AddColumn add = new Change.AddColumn(table, to);
                    if (to.generated() == null) {
                        addColumn(add);
                        return;
                    }
                    Move move = phased(add, to).makingWay();
                    (move.phase() == Phase.EXPAND ? computed : lateColumns).add(move);
                });
            }
        }
    }

    private static boolean mentions(PhysicalIndex index, Set<String> columns) {
        return index.parts().stream()
                        .anyMatch(part ->
                                part.expression() ? touches(part.text(), columns) : columns.contains(part.text()))
                || (index.where() != null && touches(index.where(), columns));
    }

    private static boolean touches(String expression, Set<String> columns) {
        return !columns.isEmpty() && Expressions.words(expression).stream().anyMatch(columns::contains);
    }
}
