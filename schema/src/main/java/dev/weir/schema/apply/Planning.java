package dev.weir.schema.apply;

import dev.weir.schema.model.DataStep;
import dev.weir.schema.physical.PhysicalSchema;
import dev.weir.schema.physical.PhysicalTable;
import dev.weir.schema.plan.Plan;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Makes the plan for a database as it is now. */
public interface Planning {
    /**
     * A plan and what it was made of.
     *
     * @param normal the declaration in the engine's words
     * @param declaration the declaration's hash
     * @param skipped data steps that this database never needs, because it is new
     */
    record Planned(
            Plan plan, PhysicalSchema live, List<PhysicalTable> normal, String declaration, List<DataStep> skipped) {
        /** Copies whose lists can't change. */
        public Planned {
            normal = List.copyOf(normal);
            skipped = List.copyOf(skipped);
        }

        /** The declared tables as they are. */
        public List<PhysicalTable> declaredTables() {
            return live.tables().stream()
                    .filter(table ->
                            normal.stream().anyMatch(wanted -> wanted.name().equals(table.name())))
                    .toList();
        }
    }

    /** Looks and plans; writes nothing. */
    Planned plan(Connection connection) throws SQLException;
}
