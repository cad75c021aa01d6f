package dev.weir.schema.engine;

import dev.weir.schema.engine.SqlExpression.Scope;
import dev.weir.schema.physical.PhysicalCheck;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.physical.PhysicalIndex;
import dev.weir.schema.physical.PhysicalTable;
import dev.weir.schema.sql.SqlTokens;
import dev.weir.schema.sql.SqlTokens.Kind;
import dev.weir.schema.sql.SqlTokens.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One spelling for what is declared and what H2 makes of it: the engine adds parentheses and casts, and writes letters beyond
 * ASCII by their numbers. It also sorts what AND joins, which is not undone here. For comparing alone.
 */
final class H2Rules {
    private static final Pattern UNICODE = Pattern.compile("U&('(?:[^']|'')*'|\"(?:[^\"]|\"\")*\")");
    private static final Pattern ESCAPE = Pattern.compile("\\\\(?:\\\\|\\+([0-9a-fA-F]{6})|([0-9a-fA-F]{4}))");

    private static final int NOTHING = 0;
    private static final int VALUE = 9;

    private static final Set<String> COMPARISONS =
            Set.of("=", "<>", "!=", "<", ">", "<=", ">=", "IS", "IN", "LIKE", "ILIKE", "REGEXP", "BETWEEN");

    /** Functions that the engine prints by another name. */
    private static final Map<String, String> ALIASES = Map.of(
            "LENGTH", "CHAR_LENGTH", "LCASE", "LOWER", "UCASE", "UPPER", "SUBSTR", "SUBSTRING", "IFNULL", "COALESCE");

    private H2Rules() {}

    static PhysicalTable normal(PhysicalTable table) {
        Scope scope = new Scope(
                table.name(), table.columns().stream().map(PhysicalColumn::name).toList());
        return new PhysicalTable(
                table.name(),
                table.columns().stream().map(column -> normal(column, scope)).toList(),
                table.primaryKey(),
                table.indexes().stream().map(H2Rules::normal).toList(),
                table.foreignKeys(),
                table.checks().stream()
                        .map(check ->
                                new PhysicalCheck(check.name(), expression(check.condition(), scope), check.valid()))
                        .toList(),
                table.comment(),
                table.options(),
                table.attached());
    }

    private static PhysicalColumn normal(PhysicalColumn column, Scope scope) {
        return new PhysicalColumn(
                column.name(),
                H2Types.canonical(column.type()),
                column.nullable(),
                column.defaultSql() == null ? null : expression(column.defaultSql(), scope),
                column.generated() == null ? null : expression(column.generated(), scope),
                column.stored(),
                column.identity(),
                column.collation(),
                column.comment());
    }

    /** The engine has none, whatever a declaration says of its order. */
    private static PhysicalIndex normal(PhysicalIndex index) {
        return new PhysicalIndex(
                index.name(), index.parts(), index.unique(), index.method(), null, index.constraint(), index.valid());
    }

    static String expression(String sql, Scope scope) {
        List<Token> tokens = new ArrayList<>(SqlTokens.of(readable(sql)));
        for (int i = 0; i + 1 < tokens.size(); i++) {
            String name = ALIASES.get(tokens.get(i).text().toUpperCase(Locale.ROOT));
            if (name != null
                    && tokens.get(i).kind() == Kind.WORD
                    && tokens.get(i + 1).is("(")) {
                tokens.set(i, new Token(Kind.WORD, name, tokens.get(i).start()));
            }
        }
        boolean changed = true;
        while (changed) {
            changed = withoutCast(tokens) || withoutParentheses(tokens);
        }
        return SqlExpression.of(tokens, scope);
    }

    /** Strings and names with their letters instead of the letters' numbers. */
    private static String readable(String sql) {
        return UNICODE.matcher(sql).replaceAll(string -> {
            Matcher escapes = ESCAPE.matcher(string.group(1));
            return Matcher.quoteReplacement(
                    escapes.replaceAll(escape -> Matcher.quoteReplacement(letter(escape.group(1), escape.group(2)))));
        });
    }

    private static String letter(@Nullable String six, @Nullable String four) {
        String number = six == null ? four : six;
        return number == null ? "\\" : Character.toString(Integer.parseInt(number, 16));
    }

    /** CAST(-1 AS NUMERIC(1)) becomes -1. */
    private static boolean withoutCast(List<Token> tokens) {
        for (int i = 0; i + 2 < tokens.size(); i++) {
            if (!tokens.get(i).is("CAST") || !tokens.get(i + 1).is("(")) {
                continue;
            }
            int close = SqlExpression.closing(tokens, i + 1);
            int value = tokens.get(i + 2).is("-") ? i + 3 : i + 2;
            if (close < tokens.size()
                    && value + 1 < close
                    && tokens.get(value + 1).is("AS")
                    && literal(tokens.get(value))) {
                tokens.subList(value + 1, close + 1).clear();
                tokens.subList(i, i + 2).clear();
                return true;
            }
        }
        return false;
    }

    private static boolean literal(Token token) {
        return token.kind() == Kind.NUMBER || token.kind() == Kind.STRING;
    }

    /** Takes the first pair of parentheses away that changes nothing. */
    private static boolean withoutParentheses(List<Token> tokens) {
        for (int i = 0; i < tokens.size(); i++) {
            if (!tokens.get(i).is("(")) {
                continue;
            }
            int close = SqlExpression.closing(tokens, i);
            Token before = i == 0 ? null : tokens.get(i - 1);
            Token after = close + 1 < tokens.size() ? tokens.get(close + 1) : null;
            if (close >= tokens.size() || calls(before)) {
                continue;
            }
            int inside = weakest(tokens.subList(i + 1, close));
            int left = strength(before);
            int right = strength(after);
            boolean needless = (inside > left && inside >= right) || (inside == left && inside <= 2 && inside >= right);
            if (inside != NOTHING && needless) {
                tokens.remove(close);
                tokens.remove(i);
                return true;
            }
        }
        return false;
    }

    /** Whether parentheses behind it hold arguments or a list. */
    private static boolean calls(@Nullable Token before) {
        if (before == null || before.is("AND") || before.is("OR") || before.is("NOT")) {
            return false;
        }
        return before.kind() == Kind.NAME || before.kind() == Kind.WORD;
    }

    /** The weakest operator that stands there by itself; nothing for a list. */
    private static int weakest(List<Token> tokens) {
        int weakest = VALUE;
        for (int i = 0; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            if (token.is("(")) {
                i = SqlExpression.closing(tokens, i);
            } else if (token.is(",") || token.is("SELECT")) {
                return NOTHING;
            } else {
                int strength = strength(token);
                weakest = strength == NOTHING ? weakest : Math.min(weakest, strength);
            }
        }
        return weakest;
    }

    private static int strength(@Nullable Token token) {
        if (token == null || token.is(",") || token.is("(") || token.is(")")) {
            return NOTHING;
        } else if (token.is("OR")) {
            return 1;
        } else if (token.is("AND")) {
            return 2;
        } else if (token.is("NOT")) {
            return 3;
        } else if (COMPARISONS.stream().anyMatch(token::is)) {
            return 4;
        } else if (token.is("||")) {
            return 5;
        } else if (token.is("+") || token.is("-")) {
            return 6;
        } else if (token.is("*") || token.is("/") || token.is("%")) {
            return 7;
        }
        return NOTHING;
    }
}
