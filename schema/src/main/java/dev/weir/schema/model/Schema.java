package dev.weir.schema.model;

import java.util.Collection;
import java.util.List;
import java.util.Objects;

/**
 * What a database is to have: tables in Weir's words, or scripts in the engine's, and steps that move data between two
 * states. Immutable. What is declared may break rules until {@link #check} has looked.
 *
 * @param tables in the order of their declaration
 * @param scripts statements in the engine's SQL that make further tables in an empty place
 * @param dataSteps in the order in which they run
 */
public record Schema(List<Table> tables, List<Script> scripts, List<DataStep> dataSteps) {
    /** A copy whose lists can't change. */
    public Schema {
        tables = List.copyOf(tables);
        scripts = List.copyOf(scripts);
        dataSteps = List.copyOf(dataSteps);
    }

    /** Tables alone. */
    public static Schema of(Table... tables) {
        for (Table table : tables) {
            Objects.requireNonNull(table, "table");
        }
        return of(List.of(tables), List.of());
    }

    /** Tables and data steps. */
    public static Schema of(Collection<Table> tables, Collection<DataStep> dataSteps) {
        return new Schema(List.copyOf(tables), List.of(), List.copyOf(dataSteps));
    }

    /**
     * Looks whether the declaration keeps the rules.
     *
     * @return this schema
     * @throws InvalidSchemaException if it does not; it names all that is wrong
     */
    public Schema check() {
        List<InvalidSchemaException.Problem> problems = SchemaRules.problems(this, path -> null);
        if (!problems.isEmpty()) {
            throw new InvalidSchemaException(problems);
        }
        return this;
    }
}
