package dev.weir.schema.engine;

import dev.weir.schema.diff.Change;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.physical.PhysicalIndex;
import dev.weir.schema.physical.PhysicalTable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The server refuses to change the type of a column that another is computed from. That one, and what stands on it, goes
 * before and comes back after; its values are computed anew.
 */
final class PostgresDependents {
    private PostgresDependents() {}

    static List<Change> around(Change change, PhysicalTable table) {
        if (!(change instanceof Change.AlterColumn alter) || !retypes(alter)) {
            return List.of(change);
        }
        List<PhysicalColumn> computed = table.columns().stream()
                .filter(column -> !column.name().equals(alter.from().name()))
                .filter(column -> column.generated() != null
                        && mentions(column.generated(), alter.from().name()))
                .toList();
        if (computed.isEmpty()) {
            return List.of(change);
        }
        Set<Change> gone = new LinkedHashSet<>();
        for (PhysicalColumn column : computed) {
            standingOn(column.name(), table).forEach(gone::add);
        }
        computed.forEach(column -> gone.add(new Change.DropColumn(table.name(), column)));
        List<Change> all = new ArrayList<>(gone);
        List<Change> back = new ArrayList<>(gone.stream().map(Change::inverse).toList());
        Collections.reverse(back);
        all.add(change);
        all.addAll(back);
        return all;
    }

    private static boolean retypes(Change.AlterColumn alter) {
        return !alter.from().type().equals(alter.to().type())
                || !Objects.equals(alter.from().collation(), alter.to().collation());
    }

    private static Stream<Change> standingOn(String column, PhysicalTable table) {
        String name = table.name();
        Stream<Change> keys = table.foreignKeys().stream()
                .filter(key -> key.columns().contains(column))
                .map(key -> new Change.DropForeignKey(name, key));
        Stream<Change> indexes = table.indexes().stream()
                .filter(index -> isOn(index, column))
                .map(index -> new Change.DropIndex(name, index));
        Stream<Change> checks = table.checks().stream()
                .filter(check -> mentions(check.condition(), column))
                .map(check -> new Change.DropCheck(name, check));
        boolean primary =
                table.primaryKey() != null && table.primaryKey().columns().contains(column);
        Stream<Change> primaryKey =
                primary ? Stream.of(new Change.AlterPrimaryKey(name, table.primaryKey(), null)) : Stream.empty();
        return Stream.of(keys, indexes, checks, primaryKey).flatMap(stream -> stream);
    }

    private static boolean isOn(PhysicalIndex index, String column) {
        return Stream.of(index.where(), index.method()).anyMatch(sql -> sql != null && mentions(sql, column))
                || index.parts().stream()
                        .anyMatch(part -> part.expression()
                                ? mentions(part.text(), column)
                                : part.text().equals(column));
    }

    /** Whether the column's name is among the words. A function of that name is taken for it, which does no harm. */
    private static boolean mentions(String expression, String column) {
        return PostgresTokens.of(expression).stream()
                .anyMatch(token -> token.equals(column) || token.equals(PostgresSpelling.quote(column)));
    }
}
