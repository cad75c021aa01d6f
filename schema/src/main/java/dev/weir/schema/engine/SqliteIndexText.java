package dev.weir.schema.engine;

import dev.weir.schema.engine.SqlExpression.Scope;
import dev.weir.schema.sql.SqlTokens;
import dev.weir.schema.sql.SqlTokens.Token;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What only the text of a CREATE INDEX statement tells of an index.
 *
 * @param parts each as an expression
 * @param where null if the index holds all rows
 */
record SqliteIndexText(List<String> parts, @Nullable String where) {
    static final SqliteIndexText NONE = new SqliteIndexText(List.of(), null);

    static SqliteIndexText of(String sql, Scope scope) {
        List<Token> tokens = SqlTokens.of(sql);
        int open = 0;
        while (open < tokens.size() && !tokens.get(open).is("(")) {
            open++;
        }
        int close = SqlExpression.closing(tokens, open);
        List<String> parts = new ArrayList<>();
        int start = open + 1;
        for (int i = start; i <= close && i < tokens.size(); i++) {
            if (i == close || tokens.get(i).is(",")) {
                parts.add(SqlExpression.of(withoutOrder(tokens.subList(start, i)), scope));
                start = i + 1;
            } else if (tokens.get(i).is("(")) {
                i = SqlExpression.closing(tokens, i);
            }
        }
        String where = close + 1 < tokens.size() && tokens.get(close + 1).is("WHERE")
                ? SqlExpression.of(tokens.subList(close + 2, tokens.size()), scope)
                : null;
        return new SqliteIndexText(parts, where);
    }

    String expression(int part) {
        return part < parts.size() ? parts.get(part) : "";
    }

    /** Without the direction and the collation, which the catalog tells. */
    private static List<Token> withoutOrder(List<Token> part) {
        int end = part.size();
        if (end > 1 && (part.get(end - 1).is("ASC") || part.get(end - 1).is("DESC"))) {
            end--;
        }
        if (end > 2 && part.get(end - 2).is("COLLATE")) {
            end -= 2;
        }
        return part.subList(0, end);
    }
}
