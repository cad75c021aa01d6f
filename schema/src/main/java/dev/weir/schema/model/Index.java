package dev.weir.schema.model;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An index, also one that makes values unique.
 *
 * @param name its name; null to have one made
 * @param where the condition of a partial index in SQL; null if it holds all rows
 * @param method the engine's method, such as {@code gin} or {@code hash}; null for its default
 */
public record Index(
        @Nullable String name,
        List<Part> parts,
        boolean unique,
        @Nullable String where,
        @Nullable String method) {

    /**
     * A column or an expression, and its direction.
     *
     * @param text the column's name, or the expression in SQL
     * @param expression whether it is an expression
     * @param options what else the engine is to know of it, such as an operator class or a prefix length, in its own words;
     *     empty by default
     */
    public record Part(String text, boolean expression, boolean descending, String options) {
        /** A part of which the engine need not know more. */
        public Part(String text, boolean expression, boolean descending) {
            this(text, expression, descending, "");
        }
    }

    /** A copy whose list can't change. */
    public Index {
        parts = List.copyOf(parts);
    }

    /** An index on columns; one that ends in {@code desc} is descending, one in parentheses is an expression. */
    public static Index on(String... columns) {
        return new Index(null, Stream.of(columns).map(Index::part).toList(), false, null, null);
    }

    /** A part as it is written: {@code title}, {@code created_at desc}, {@code (lower(title))}. */
    public static Part part(String text) {
        String rest = text.strip();
        boolean descending = rest.toLowerCase(Locale.ROOT).endsWith(" desc");
        if (descending || rest.toLowerCase(Locale.ROOT).endsWith(" asc")) {
            rest = rest.substring(0, rest.lastIndexOf(' ')).strip();
        }
        boolean expression = rest.startsWith("(") && rest.endsWith(")");
        return new Part(
                expression && closesAtEnd(rest) ? rest.substring(1, rest.length() - 1) : rest, expression, descending);
    }

    /** Whether the parenthesis at the start is closed by the last one, unlike in {@code (a) + (b)}. */
    private static boolean closesAtEnd(String text) {
        int open = 0;
        char quote = 0;
        for (int i = 0; i < text.length() - 1; i++) {
            char c = text.charAt(i);
            if (quote != 0) {
                quote = c == quote ? 0 : quote;
            } else if (c == '\'' || c == '"' || c == '`') {
                quote = c;
            } else if (c == '(') {
                open++;
            } else if (c == ')') {
                open--;
                if (open == 0) {
                    return false;
                }
            }
        }
        return true;
    }

    /** The same with a name. */
    public Index named(String newName) {
        return new Index(newName, parts, unique, where, method);
    }

    /** The same, but unique. */
    public Index withUnique() {
        return new Index(name, parts, true, where, method);
    }

    /** The same over the rows that a condition holds for. */
    public Index where(String condition) {
        return new Index(name, parts, unique, condition, method);
    }

    /** The same by a method of the engine. */
    public Index using(String newMethod) {
        return new Index(name, parts, unique, where, newMethod);
    }
}
