package dev.weir.schema.engine;

import dev.weir.schema.sql.SqlTokens;
import dev.weir.schema.sql.SqlTokens.Kind;
import dev.weir.schema.sql.SqlTokens.Token;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One spelling for expressions that engines keep as they were typed. Blanks, comments, the case of words and the quotes of the
 * table's own columns do not count: SQLite itself writes a column's name in quotes once it was renamed.
 */
final class SqlExpression {
    /** Words that are never a column where they stand without quotes in an expression. */
    private static final Set<String> SYNTAX = Set.of(
            ("ALL AND AS BETWEEN BY CASE CAST COLLATE CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP DISTINCT ELSE END"
                            + " ESCAPE EXISTS FILTER FROM GLOB GROUP HAVING IN IS ISNULL LIKE LIMIT MATCH NOT NOTNULL NULL"
                            + " OR ORDER OVER RAISE REGEXP SELECT THEN UNION VALUES WHEN WHERE")
                    .split(" "));

    /** Of SQLite, which has most. */
    private static final Set<String> RESERVED =
            Set.of(("ABORT ACTION ADD AFTER ALL ALTER ALWAYS ANALYZE AND AS ASC ATTACH"
                            + " AUTOINCREMENT BEFORE BEGIN BETWEEN BY CASCADE CASE CAST CHECK COLLATE COLUMN COMMIT CONFLICT CONSTRAINT"
                            + " CREATE CROSS CURRENT CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP DATABASE DEFAULT DEFERRABLE DEFERRED"
                            + " DELETE DESC DETACH DISTINCT DO DROP EACH ELSE END ESCAPE EXCEPT EXCLUDE EXCLUSIVE EXISTS EXPLAIN FAIL"
                            + " FALSE FILTER FIRST FOLLOWING FOR FOREIGN FROM FULL GENERATED GLOB GROUP GROUPS HAVING IF IGNORE"
                            + " IMMEDIATE IN INDEX INDEXED INITIALLY INNER INSERT INSTEAD INTERSECT INTO IS ISNULL JOIN KEY LAST LEFT"
                            + " LIKE LIMIT MATCH MATERIALIZED NATURAL NO NOT NOTHING NOTNULL NULL NULLS OF OFFSET ON OR ORDER OTHERS"
                            + " OUTER OVER PARTITION PLAN PRAGMA PRECEDING PRIMARY QUERY RAISE RANGE RECURSIVE REFERENCES REGEXP"
                            + " REINDEX RELEASE RENAME REPLACE RESTRICT RETURNING RIGHT ROLLBACK ROW ROWS SAVEPOINT SELECT SET STORED"
                            + " STRICT TABLE TEMP TEMPORARY THEN TIES TO TRANSACTION TRIGGER TRUE UNBOUNDED UNION UNIQUE UPDATE USING"
                            + " VACUUM VALUES VIEW VIRTUAL WHEN WHERE WINDOW WITH WITHIN WITHOUT")
                    .split(" "));

    private static final Set<String> BEFORE_A_SIGN =
            Set.of("( , = == <> != < > <= >= + - * / % || & | << >> sign".split(" "));

    static final Scope NOWHERE = new Scope("", List.of());

    private SqlExpression() {}

    /** Where an expression stands: names of a table's columns, whatever their case. */
    static final class Scope {
        private final String table;
        private final List<String> names;
        private final Map<String, String> columns = new HashMap<>();

        Scope(String table, List<String> columns) {
            this.table = table;
            names = List.copyOf(columns);
            columns.forEach(column -> this.columns.put(folded(column), column));
        }

        /** The column's own spelling; as it is if there is no such column. */
        String column(String name) {
            return names.contains(name) ? name : columns.getOrDefault(folded(name), name);
        }

        boolean has(String name) {
            return columns.containsKey(folded(name));
        }
    }

    /** An expression without the parentheses around it. */
    static String of(String sql, Scope scope) {
        return of(SqlTokens.of(sql), scope);
    }

    static String of(List<Token> all, Scope scope) {
        List<Token> tokens = withoutParentheses(all);
        StringBuilder text = new StringBuilder();
        String before = "(";
        for (int i = 0; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            Token next = i + 1 < tokens.size() ? tokens.get(i + 1) : null;
            boolean qualifies = next != null && next.is(".");
            if (qualifies && token.kind() != Kind.SYMBOL && same(token.name(), scope.table)) {
                i++;
                continue;
            }
            String word = word(token, next != null && next.is("("), before, scope);
            if (text.length() > 0 && spaced(before, word)) {
                text.append(' ');
            }
            text.append(word);
            before = sign(word, before) ? "sign" : calls(token, next) ? "call" : word;
        }
        return text.toString();
    }

    /**
     * An expression in which the table's columns stand in quotes, for an engine that takes their names without quotes for
     * others. Nothing else of it changes.
     */
    static String quoted(String sql, Scope scope) {
        StringBuilder text = new StringBuilder();
        int copied = 0;
        List<Token> tokens = SqlTokens.of(sql);
        for (int i = 0; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            Token next = i + 1 < tokens.size() ? tokens.get(i + 1) : null;
            boolean qualifies = next != null && next.is(".");
            boolean other = next != null && (next.is("(") || next.kind() == Kind.STRING);
            boolean named = qualifies ? same(token.text(), scope.table) : scope.has(token.text());
            if (token.kind() == Kind.WORD && !token.in(SYNTAX) && !other && named) {
                text.append(sql, copied, token.start())
                        .append(quote(qualifies ? scope.table : scope.column(token.text())));
                copied = token.start() + token.text().length();
            }
        }
        return text.append(sql, copied, sql.length()).toString();
    }

    private static boolean calls(Token token, @Nullable Token next) {
        return next != null && next.is("(") && token.kind() == Kind.WORD && (!token.in(SYNTAX) || token.is("CAST"));
    }

    private static boolean spaced(String before, String word) {
        return !(before.equals("(")
                || before.equals(".")
                || before.equals("sign")
                || before.equals("call")
                || word.equals(")")
                || word.equals(",")
                || word.equals("."));
    }

    /** Whether a plus or minus belongs to what follows alone. */
    private static boolean sign(String word, String before) {
        return (word.equals("-") || word.equals("+") || word.equals("~"))
                && (SYNTAX.contains(before) || BEFORE_A_SIGN.contains(before));
    }

    private static String word(Token token, boolean beforeParenthesis, String before, Scope scope) {
        return switch (token.kind()) {
            case WORD -> {
                if (before.equals("COLLATE") || token.in(SYNTAX)) {
                    yield token.text().toUpperCase(Locale.ROOT);
                }
                yield !beforeParenthesis && scope.has(token.text())
                        ? name(scope.column(token.text()))
                        : token.text().toLowerCase(Locale.ROOT);
            }
            case NAME -> scope.has(token.name()) ? name(scope.column(token.name())) : token.text();
            case BLOB, NUMBER -> token.text().toLowerCase(Locale.ROOT);
            case STRING, SYMBOL -> token.text();
        };
    }

    static List<Token> withoutParentheses(List<Token> tokens) {
        List<Token> inner = tokens;
        while (inner.size() > 2 && inner.get(0).is("(") && closing(inner, 0) == inner.size() - 1) {
            inner = inner.subList(1, inner.size() - 1);
        }
        return inner;
    }

    /** The place of the parenthesis that closes the one at {@code open}; behind the end if there is none. */
    static int closing(List<Token> tokens, int open) {
        int depth = 0;
        for (int i = open; i < tokens.size(); i++) {
            depth += tokens.get(i).is("(") ? 1 : tokens.get(i).is(")") ? -1 : 0;
            if (depth == 0) {
                return i;
            }
        }
        return tokens.size();
    }

    /** A name as it stands in an expression: in quotes only if it needs them. */
    private static String name(String name) {
        boolean plain = !name.isEmpty()
                && SqlTokens.wordStart(name.charAt(0))
                && name.chars().allMatch(c -> c < 0x80 && SqlTokens.wordPart((char) c))
                && !RESERVED.contains(name.toUpperCase(Locale.ROOT));
        return plain ? name : quote(name);
    }

    /** A name as the engine compares it: of letters, only those of ASCII have no case. */
    static String folded(String name) {
        StringBuilder folded = new StringBuilder(name);
        for (int i = 0; i < folded.length(); i++) {
            char c = folded.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                folded.setCharAt(i, (char) (c + ('a' - 'A')));
            }
        }
        return folded.toString();
    }

    static boolean same(String name, String other) {
        return folded(name).equals(folded(other));
    }

    static String quote(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** Whether a word must stand in quotes to be a name. */
    static boolean reserved(Token token) {
        return token.in(RESERVED);
    }
}
