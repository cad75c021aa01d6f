package dev.weir.schema.sql;

import org.jspecify.annotations.Nullable;

/** What a piece of SQL must be so that it stays one piece wherever it is put. */
public final class SqlFragment {
    private SqlFragment() {}

    /**
     * Why an expression would not end where it ends: it has a semicolon or a comment, closes a parenthesis that it did not
     * open, or has a quote that engines read in different ways.
     *
     * @return null if it is one expression
     */
    public static @Nullable String broken(String expression) {
        int depth = 0;
        int end = 0;
        for (SqlTokens.Token token : SqlTokens.of(expression)) {
            if (comment(expression.substring(end, token.start()))) {
                return "a comment";
            }
            end = token.start() + token.text().length();
            String quote = quote(token);
            if (quote != null) {
                return quote;
            }
            if (token.is(";")) {
                return "a semicolon";
            }
            depth += token.is("(") ? 1 : token.is(")") ? -1 : 0;
            if (depth < 0) {
                return "a parenthesis that is closed before it is opened";
            }
        }
        if (comment(expression.substring(end))) {
            return "a comment";
        }
        return depth == 0 ? null : "a parenthesis that is not closed";
    }

    private static boolean comment(String gap) {
        return gap.contains("--") || gap.contains("/*");
    }

    private static @Nullable String quote(SqlTokens.Token token) {
        boolean quoted = token.kind() == SqlTokens.Kind.STRING || token.kind() == SqlTokens.Kind.NAME;
        String text = token.text();
        if (quoted && (text.length() < 2 || !closed(text))) {
            return "a quote that is not closed";
        }
        return quoted && text.contains("\\" + text.charAt(0)) ? "a backslash before a quote" : null;
    }

    private static boolean closed(String text) {
        char open = text.charAt(0);
        return text.charAt(text.length() - 1) == (open == '[' ? ']' : open);
    }
}
