package dev.weir.schema.model;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A declared schema breaks rules. Says all that is wrong with it at once; nothing was sent to a database. */
public final class InvalidSchemaException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;

    /**
     * One thing that is wrong.
     *
     * @param origin where it stands, as FILE:LINE:COLUMN or FILE; null if it was declared in Java
     * @param rule the rule that is broken
     * @param found what breaks it, as {@code name=value}
     * @param cure what to do
     */
    public record Problem(@Nullable String origin, String rule, String found, String cure) {
        @Override
        public String toString() {
            return (origin == null ? "" : origin + ": ") + rule + ": " + found + "; " + cure;
        }
    }

    /**
     * Says that these are wrong.
     *
     * @param problems at least one
     */
    public InvalidSchemaException(List<Problem> problems) {
        super(message(problems));
        this.problems = List.copyOf(problems);
    }

    /** All that is wrong, in the order of the declaration. */
    public List<Problem> problems() {
        return problems == null ? List.of() : problems;
    }

    private static String message(List<Problem> problems) {
        if (problems.isEmpty()) {
            throw new IllegalArgumentException("An invalid schema has at least one problem: problems=[]");
        }
        return problems.stream()
                .map(problem -> "\n  " + problem)
                .collect(Collectors.joining(
                        "", "The declared schema breaks rules: problems=" + problems.size() + "; correct these:", ""));
    }
}
