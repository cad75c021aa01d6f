package dev.weir.schema.diff;

import dev.weir.schema.physical.PhysicalCheck;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.physical.PhysicalForeignKey;
import dev.weir.schema.physical.PhysicalIndex;
import dev.weir.schema.physical.PhysicalKey;
import dev.weir.schema.physical.PhysicalSchema;
import dev.weir.schema.physical.PhysicalTable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Compares two physical schemas. Columns are compared by name and by all that the engine says of them; keys, indexes and
 * checks by what they are, whatever their names. Tables that are not wanted are left alone.
 */
public final class Differ {
    private Differ() {}

    /** What lies between what a database has and what it is to have, both in the engine's own words. */
    public static Difference between(PhysicalSchema live, Wanted wanted) {
        return between(live, wanted, UnaryOperator.identity());
    }

    /**
     * What lies between what a database has and what it is to have, as far as rules can tell.
     *
     * @param rules brings a table into a form in which equal things are spelled alike; it keeps the order and number of
     *     columns, keys, indexes and checks
     */
    public static Difference between(PhysicalSchema live, Wanted wanted, UnaryOperator<PhysicalTable> rules) {
        List<Change> renames = new ArrayList<>();
        PhysicalSchema schema = live;
        for (Change.RenameTable rename : tableRenames(live, wanted)) {
            renames.add(rename);
            schema = Renames.apply(schema, rename);
        }
        for (Change.RenameColumn rename : columnRenames(schema, wanted)) {
            renames.add(rename);
            schema = Renames.apply(schema, rename);
        }
        List<PhysicalTable> created = new ArrayList<>();
        List<Difference.AlteredTable> altered = new ArrayList<>();
        for (PhysicalTable table : sorted(wanted.tables())) {
            Optional<PhysicalTable> there = schema.table(table.name());
            if (there.isEmpty()) {
                created.add(table);
                continue;
            }
            PhysicalTable to = adopted(there.get(), table, rules);
            List<Change> changes = changes(there.get(), to);
            if (!changes.isEmpty()) {
                altered.add(new Difference.AlteredTable(there.get(), to, changes));
            }
        }
        List<PhysicalTable> dropped = wanted.dropped().stream()
                .sorted()
                .map(schema::table)
                .flatMap(Optional::stream)
                .toList();
        return new Difference(renames, schema, created, dropped, altered);
    }

    /** The wanted table with what is there already in the words that it has there. */
    private static PhysicalTable adopted(PhysicalTable live, PhysicalTable wanted, UnaryOperator<PhysicalTable> rules) {
        PhysicalTable liveForm = rules.apply(live);
        PhysicalTable form = rules.apply(wanted);
        return new PhysicalTable(
                wanted.name(),
                adopted(live.columns(), liveForm.columns(), wanted.columns(), form.columns(), PhysicalColumn::equals),
                wanted.primaryKey(),
                adopted(live.indexes(), liveForm.indexes(), wanted.indexes(), form.indexes(), PhysicalIndex::sameAs),
                adopted(
                        live.foreignKeys(),
                        liveForm.foreignKeys(),
                        wanted.foreignKeys(),
                        form.foreignKeys(),
                        PhysicalForeignKey::sameAs),
                adopted(live.checks(), liveForm.checks(), wanted.checks(), form.checks(), PhysicalCheck::sameAs),
                Objects.equals(liveForm.comment(), form.comment()) ? live.comment() : wanted.comment(),
                live.options(),
                live.attached());
    }

    private static <T> List<T> adopted(
            List<T> live, List<T> liveForms, List<T> wanted, List<T> forms, BiPredicate<T, T> same) {
        List<T> adopted = new ArrayList<>();
        for (int i = 0; i < wanted.size(); i++) {
            T found = wanted.get(i);
            for (int j = 0; j < live.size(); j++) {
                if (same.test(liveForms.get(j), forms.get(i)) && !adopted.contains(live.get(j))) {
                    found = live.get(j);
                    break;
                }
            }
            adopted.add(found);
        }
        return adopted;
    }

    private static List<PhysicalTable> sorted(List<PhysicalTable> tables) {
        return tables.stream().sorted(Comparator.comparing(PhysicalTable::name)).toList();
    }

    /** Those whose old name is there and whose new name is not; once done they say nothing any more. */
    private static List<Change.RenameTable> tableRenames(PhysicalSchema live, Wanted wanted) {
        return wanted.tableRenames().entrySet().stream()
                .filter(rename -> live.table(rename.getKey()).isPresent()
                        && live.table(rename.getValue()).isEmpty())
                .map(rename -> new Change.RenameTable(rename.getKey(), rename.getValue()))
                .sorted(Comparator.comparing(Change.RenameTable::table))
                .toList();
    }

    private static List<Change.RenameColumn> columnRenames(PhysicalSchema schema, Wanted wanted) {
        List<Change.RenameColumn> renames = new ArrayList<>();
        wanted.columnRenames()
                .forEach((name, columns) -> schema.table(name)
                        .ifPresent(table -> columns.entrySet().stream()
                                .filter(rename -> table.column(rename.getKey()).isPresent()
                                        && table.column(rename.getValue()).isEmpty())
                                .sorted(Map.Entry.comparingByKey())
                                .forEach(rename -> renames.add(
                                        new Change.RenameColumn(name, rename.getKey(), rename.getValue())))));
        renames.sort(Comparator.comparing(Change.RenameColumn::table));
        return renames;
    }

    private static List<Change> changes(PhysicalTable from, PhysicalTable to) {
        List<Change> changes = new ArrayList<>();
        String table = to.name();
        columns(from, to, changes);
        if (!keyColumns(from.primaryKey()).equals(keyColumns(to.primaryKey()))) {
            changes.add(new Change.AlterPrimaryKey(table, from.primaryKey(), to.primaryKey()));
        }
        Matched<PhysicalIndex> indexes =
                match(from.indexes(), to.indexes(), PhysicalIndex::sameAs, PhysicalIndex::name);
        indexes.gone().forEach(index -> changes.add(new Change.DropIndex(table, index)));
        indexes.missing().forEach(index -> changes.add(new Change.AddIndex(table, index)));
        Matched<PhysicalForeignKey> keys =
                match(from.foreignKeys(), to.foreignKeys(), PhysicalForeignKey::sameAs, PhysicalForeignKey::name);
        keys.gone().forEach(key -> changes.add(new Change.DropForeignKey(table, key)));
        keys.missing().forEach(key -> changes.add(new Change.AddForeignKey(table, key)));
        keys.kept().stream()
                .filter(key -> !key.valid())
                .forEach(key -> changes.add(new Change.ValidateForeignKey(table, key)));
        Matched<PhysicalCheck> checks = match(from.checks(), to.checks(), PhysicalCheck::sameAs, PhysicalCheck::name);
        checks.gone().forEach(check -> changes.add(new Change.DropCheck(table, check)));
        checks.missing().forEach(check -> changes.add(new Change.AddCheck(table, check)));
        checks.kept().stream()
                .filter(check -> !check.valid())
                .forEach(check -> changes.add(new Change.ValidateCheck(table, check)));
        if (!Objects.equals(from.comment(), to.comment())) {
            changes.add(new Change.AlterComment(table, from.comment(), to.comment()));
        }
        return changes;
    }

    private static void columns(PhysicalTable from, PhysicalTable to, List<Change> changes) {
        for (PhysicalColumn column : from.columns()) {
            if (to.column(column.name()).isEmpty()) {
                changes.add(new Change.DropColumn(to.name(), column));
            }
        }
        for (PhysicalColumn column : to.columns()) {
            Optional<PhysicalColumn> there = from.column(column.name());
            if (there.isEmpty()) {
                changes.add(new Change.AddColumn(to.name(), column));
            } else if (!there.get().equals(column)) {
                changes.add(new Change.AlterColumn(to.name(), there.get(), column));
            }
        }
    }

    private static List<String> keyColumns(@Nullable PhysicalKey key) {
        return key == null ? List.of() : key.columns();
    }

    /**
     * What two lists have in common.
     *
     * @param kept of the first list, with an equal in the second
     */
    private record Matched<T>(List<T> kept, List<T> gone, List<T> missing) {}

    /** Pairs what is the same, first those whose names are the same too. */
    private static <T> Matched<T> match(List<T> from, List<T> to, BiPredicate<T, T> same, Function<T, String> name) {
        List<T> gone = new ArrayList<>(from);
        List<T> missing = new ArrayList<>(to);
        List<T> kept = new ArrayList<>();
        List<BiPredicate<T, T>> passes =
                List.of((a, b) -> name.apply(a).equals(name.apply(b)) && same.test(a, b), same);
        for (BiPredicate<T, T> pass : passes) {
            for (T candidate : List.copyOf(gone)) {
                Optional<T> twin = missing.stream()
                        .filter(other -> pass.test(candidate, other))
                        .findFirst();
                if (twin.isPresent()) {
                    gone.remove(candidate);
                    missing.remove(twin.get());
                    kept.add(candidate);
                }
            }
        }
        return new Matched<>(
                Collections.unmodifiableList(kept),
                Collections.unmodifiableList(gone),
                Collections.unmodifiableList(missing));
    }
}
