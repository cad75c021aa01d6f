package dev.weir.schema.engine;

/** MariaDB's literals and names inside of expressions, as its catalog spells them. */
final class MariaDbText {
    private MariaDbText() {}

    static String literal(String text) {
        StringBuilder quoted = new StringBuilder("'");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\'' -> quoted.append("''");
                case '\\' -> quoted.append("\\\\");
                case '\0' -> quoted.append("\\0");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                default -> quoted.append(c);
            }
        }
        return quoted.append('\'').toString();
    }

    /** What a literal says; a text without quotes as it is. */
    static String unquoted(String literal) {
        if (!isLiteral(literal)) {
            return literal;
        }
        StringBuilder text = new StringBuilder();
        for (int i = 1; i < literal.length() - 1; i++) {
            char c = literal.charAt(i);
            if (c == '\'') {
                i++;
                text.append('\'');
            } else if (c == '\\' && i < literal.length() - 2) {
                i++;
                char escaped = literal.charAt(i);
                text.append(
                        switch (escaped) {
                            case '0' -> '\0';
                            case 'n' -> '\n';
                            case 'r' -> '\r';
                            case 't' -> '\t';
                            default -> escaped;
                        });
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }

    /** Whether a text is one literal in single quotes, whole. */
    static boolean isLiteral(String text) {
        return text.length() > 1 && text.charAt(0) == '\'' && end(text, 0) == text.length();
    }

    /** Where the literal, quoted name or comment that begins at a place ends; that place itself if none does. */
    static int end(String sql, int from) {
        char quote = sql.charAt(from);
        if (quote == '/' && sql.startsWith("/*", from)) {
            int end = sql.indexOf("*/", from + 2);
            return end < 0 ? sql.length() : end + 2;
        }
        if (quote != '\'' && quote != '"' && quote != '`') {
            return from;
        }
        int i = from + 1;
        while (i < sql.length()) {
            char c = sql.charAt(i);
            if (c == '\\' && quote != '`') {
                i += 2;
            } else if (c != quote) {
                i++;
            } else if (i + 1 < sql.length() && sql.charAt(i + 1) == quote) {
                i += 2;
            } else {
                return i + 1;
            }
        }
        return sql.length();
    }

    /** Where the parenthesis that opens at a place is closed; -1 if it never is. */
    static int closing(String sql, int from) {
        int depth = 0;
        int i = from;
        while (i < sql.length()) {
            int end = end(sql, i);
            if (end > i) {
                i = end;
                continue;
            }
            if (sql.charAt(i) == '(') {
                depth++;
            } else if (sql.charAt(i) == ')' && --depth == 0) {
                return i;
            }
            i++;
        }
        return -1;
    }

    /** An expression in which objects of a schema are named without it, so that it means the same in another. */
    static String withoutSchema(String expression, String schema) {
        String prefix = '`' + schema.replace("`", "``") + "`.";
        if (!expression.contains(prefix)) {
            return expression;
        }
        StringBuilder plain = new StringBuilder();
        int i = 0;
        while (i < expression.length()) {
            if (expression.startsWith(prefix, i)) {
                i += prefix.length();
                continue;
            }
            int end = Math.max(i + 1, end(expression, i));
            plain.append(expression, i, end);
            i = end;
        }
        return plain.toString();
    }
}
