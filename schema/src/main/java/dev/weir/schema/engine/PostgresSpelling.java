package dev.weir.schema.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Expressions as the server spells them. */
final class PostgresSpelling {
    private static final String ARRAY = "(ARRAY[";
    private static final Pattern CAST = Pattern.compile("\\)::[\\w .\"]+(\\(\\d+(, *\\d+)?\\)[\\w ]*)?\\[\\]");

    private PostgresSpelling() {}

    static String quote(String identifier) {
        return "\"" + identifier.replace("\"", "\"\"") + "\"";
    }

    static @Nullable String stableOrNull(@Nullable String expression) {
        return expression == null ? null : stable(expression);
    }

    /**
     * What the server would print of the expression if it had been made from what it printed. The two differ for an array
     * whose cast it moves to the elements when it reads it: {@code (ARRAY['a'::character varying])::text[]} comes back as
     * {@code ARRAY[('a'::character varying)::text]}; and for what it makes of {@code BETWEEN} before an {@code AND}:
     * {@code ((a AND b) AND c)} comes back as {@code (a AND b AND c)}.
     */
    static String stable(String expression) {
        return flat(flat(castsMoved(expression), " AND "), " OR ");
    }

    private static String flat(String expression, String operator) {
        if (!expression.contains(operator)) {
            return expression;
        }
        StringBuilder text = new StringBuilder(expression);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\'' || c == '"') {
                i = endOfQuoted(text, i);
            }
            while (c == '(' && i + 1 < text.length() && text.charAt(i + 1) == '(') {
                int close = closing(text, i + 1);
                if (close < 0 || text.indexOf(operator, close) != close + 1 || !joins(text, i + 2, close, operator)) {
                    break;
                }
                text.deleteCharAt(close).deleteCharAt(i + 1);
            }
        }
        return text.toString();
    }

    /** Whether the operator stands in the range, outside of quotes and parentheses. */
    private static boolean joins(CharSequence text, int from, int to, String operator) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c == '\'' || c == '"') {
                i = endOfQuoted(text, i);
            } else if (c == '(' || c == '[') {
                i = closing(text, i);
            } else if (operator.contentEquals(text.subSequence(i, Math.min(to, i + operator.length())))) {
                return true;
            }
        }
        return false;
    }

    private static String castsMoved(String expression) {
        int start = indexOutsideQuotes(expression, ARRAY, 0);
        while (start >= 0) {
            int open = start + ARRAY.length() - 1;
            int close = closing(expression, open);
            String cast = close < 0 ? "" : castAfter(expression, close + 1);
            if (!cast.isEmpty()) {
                String element = cast.substring(1, cast.length() - "[]".length());
                List<String> elements = new ArrayList<>();
                for (String each : split(expression, open + 1, close)) {
                    elements.add("(" + castsMoved(each.strip()) + ")" + element);
                }
                String moved = expression.substring(0, start) + "ARRAY[" + String.join(", ", elements) + "]";
                int next = moved.length();
                expression = moved + expression.substring(close + 1 + cast.length());
                start = indexOutsideQuotes(expression, ARRAY, next);
            } else {
                start = indexOutsideQuotes(expression, ARRAY, start + 1);
            }
        }
        return expression;
    }

    /** From the parenthesis that closes the array to the brackets of the type; empty if no cast to an array follows. */
    private static String castAfter(String expression, int index) {
        Matcher cast = CAST.matcher(expression).region(index, expression.length());
        return cast.lookingAt() ? cast.group() : "";
    }

    /** Without the parentheses that enclose all of it. */
    static String bare(String expression) {
        String rest = expression.strip();
        return rest.startsWith("(") && closing(rest, 0) == rest.length() - 1
                ? rest.substring(1, rest.length() - 1).strip()
                : rest;
    }

    private static List<String> split(String text, int from, int to) {
        List<String> parts = new ArrayList<>();
        int begin = from;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c == '\'' || c == '"') {
                i = endOfQuoted(text, i);
            } else if (c == '(' || c == '[') {
                i = closing(text, i);
            } else if (c == ',') {
                parts.add(text.substring(begin, i));
                begin = i + 1;
            }
        }
        parts.add(text.substring(begin, to));
        return parts;
    }

    /** Where the bracket or parenthesis at {@code open} is closed; -1 if nowhere. */
    private static int closing(CharSequence text, int open) {
        int depth = 0;
        for (int i = open; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\'' || c == '"') {
                i = endOfQuoted(text, i);
            } else if (c == '(' || c == '[') {
                depth++;
            } else if ((c == ')' || c == ']') && --depth == 0) {
                return i;
            }
        }
        return -1;
    }

    private static int indexOutsideQuotes(String text, String wanted, int from) {
        if (text.indexOf(wanted, from) < 0) {
            return -1;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (i >= from && text.startsWith(wanted, i)) {
                return i;
            } else if (c == '\'' || c == '"') {
                i = endOfQuoted(text, i);
            }
        }
        return -1;
    }

    /** The last character of what is quoted from {@code start}; a doubled quote ends one text and begins the next. */
    private static int endOfQuoted(CharSequence text, int start) {
        boolean escapes = text.charAt(start) == '\''
                && start > 0
                && (text.charAt(start - 1) == 'E' || text.charAt(start - 1) == 'e');
        for (int i = start + 1; i < text.length(); i++) {
            if (escapes && text.charAt(i) == '\\') {
                i++;
            } else if (text.charAt(i) == text.charAt(start)) {
                return i;
            }
        }
        return text.length();
    }
}
