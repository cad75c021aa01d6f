package dev.weir.schema.diff;

import java.util.HashSet;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Identifiers in SQL expressions, found by their quotes alone: texts in single quotes are left as they are. */
public final class Expressions {
    private Expressions() {}

    /** The expression with one identifier in place of another, quoted or not; as a quoted one where the old was. */
    public static String rename(String expression, String from, String to) {
        return replace(expression, name -> name.equals(from) ? to : name);
    }

    /** All identifiers and other words of an expression, without quotes. */
    public static Set<String> words(String expression) {
        Set<String> words = new HashSet<>();
        replace(expression, name -> {
            words.add(name);
            return name;
        });
        return words;
    }

    private static String replace(String expression, UnaryOperator<String> change) {
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < expression.length()) {
            char c = expression.charAt(at);
            int end = at + 1;
            if (c == '\'' || c == '"' || c == '`') {
                end = quoted(expression, at, c);
                String inner = expression.substring(at + 1, Math.max(at + 1, end - 1));
                out.append(
                        c == '\''
                                ? "'" + inner + "'"
                                : c
                                        + change.apply(inner.replace("" + c + c, "" + c))
                                                .replace("" + c, "" + c + c)
                                        + c);
            } else if (Character.isJavaIdentifierStart(c)) {
                while (end < expression.length() && Character.isJavaIdentifierPart(expression.charAt(end))) {
                    end++;
                }
                out.append(change.apply(expression.substring(at, end)));
            } else {
                out.append(c);
            }
            at = end;
        }
        return out.toString();
    }

    /** Where a quoted part that begins at {@code start} ends; doubled quotes belong to it. */
    private static int quoted(String text, int start, char quote) {
        int at = start + 1;
        while (at < text.length()) {
            if (text.charAt(at) == quote) {
                if (at + 1 < text.length() && text.charAt(at + 1) == quote) {
                    at++;
                } else {
                    return at + 1;
                }
            }
            at++;
        }
        return text.length();
    }
}
