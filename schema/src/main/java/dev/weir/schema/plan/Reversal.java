package dev.weir.schema.plan;

import dev.weir.schema.diff.Change;
import dev.weir.schema.diff.Evolution;
import dev.weir.schema.engine.SchemaDialect;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.physical.PhysicalTable;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The change that takes another back on an engine: its inverse, or a rebuild where the engine can't do that in place. */
public final class Reversal {
    private Reversal() {}

    /**
     * The change that takes another back.
     *
     * @param before the table as it was before the change; null if there was none
     */
    public static Change of(SchemaDialect dialect, Change change, @Nullable PhysicalTable before) {
        Change inverse = change.inverse();
        if (before == null
                || change instanceof Change.RebuildTable
                || change instanceof Change.RenameTable
                || change instanceof Change.RenameColumn) {
            return inverse;
        }
        PhysicalTable after = Evolution.after(before, change);
        if (dialect.inPlace(inverse, after)) {
            return inverse;
        }
        Map<String, String> sources = before.columns().stream()
                .filter(column -> column.generated() == null
                        && after.column(column.name()).isPresent())
                .collect(Collectors.toMap(PhysicalColumn::name, PhysicalColumn::name));
        return new Change.RebuildTable(after, before, sources);
    }
}
