package dev.weir.schema.engine;

import dev.weir.schema.sql.SqlTokens;
import dev.weir.schema.sql.SqlTokens.Kind;
import dev.weir.schema.sql.SqlTokens.Token;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One spelling for types, defaults and collations, which SQLite keeps as they were typed. */
final class SqliteText {
    private static final Set<String> CLOCKS = Set.of("CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP");

    private SqliteText() {}

    static String string(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    "SQLite ends a text at U+0000: leave it out of defaults and enumerations");
        }
        return "'" + text.replace("'", "''") + "'";
    }

    /** A default, without parentheses; null if it is NULL. A word alone is a text to the engine. */
    static @Nullable String defaultValue(@Nullable String sql) {
        List<Token> tokens = sql == null ? List.of() : SqlExpression.withoutParentheses(SqlTokens.of(sql));
        if (tokens.isEmpty()) {
            return null;
        }
        Token first = tokens.get(0);
        if (tokens.size() == 2 && first.is("+") && tokens.get(1).kind() == Kind.NUMBER) {
            return SqlExpression.of(tokens.subList(1, 2), SqlExpression.NOWHERE);
        }
        if (tokens.size() > 1) {
            return SqlExpression.of(tokens, SqlExpression.NOWHERE);
        }
        return switch (first.kind()) {
            case NAME -> string(first.name());
            case WORD -> {
                if (first.is("NULL")) {
                    yield null;
                } else if (first.is("TRUE") || first.is("FALSE")) {
                    yield first.is("TRUE") ? "1" : "0";
                }
                yield first.in(CLOCKS) ? first.text().toUpperCase(Locale.ROOT) : string(first.text());
            }
            default -> SqlExpression.of(tokens, SqlExpression.NOWHERE);
        };
    }

    /** Whether a default is the same for all rows, so that a column that has it can be added to rows that are there. */
    static boolean constant(String defaultSql) {
        List<Token> tokens = SqlTokens.of(defaultSql);
        Kind kind = tokens.get(tokens.size() - 1).kind();
        return (tokens.size() == 1 && (kind == Kind.STRING || kind == Kind.NUMBER || kind == Kind.BLOB))
                || (tokens.size() == 2 && tokens.get(0).is("-") && kind == Kind.NUMBER);
    }

    /** A default as it stands in a definition. */
    static String defaultClause(String defaultSql) {
        return "DEFAULT " + (constant(defaultSql) || CLOCKS.contains(defaultSql) ? defaultSql : "(" + defaultSql + ")");
    }

    /** A default that is declared as a value. */
    static String literal(Object value) {
        if (value instanceof Boolean truth) {
            return truth ? "1" : "0";
        } else if (value instanceof BigDecimal decimal) {
            return decimal.toPlainString();
        } else if (value instanceof Double || value instanceof Float) {
            double number = ((Number) value).doubleValue();
            if (Double.isNaN(number) || Double.isInfinite(number)) {
                throw new IllegalArgumentException("A default must be a finite number: default=" + value);
            }
            return new BigDecimal(value.toString()).toPlainString();
        } else if (value instanceof Number) {
            return value.toString();
        }
        return string(value.toString());
    }

    /** A type: words in lower case, its sizes after them. */
    static String type(String declared) {
        StringBuilder text = new StringBuilder();
        String before = "";
        for (Token token : SqlTokens.of(declared)) {
            String word = token.text().toLowerCase(Locale.ROOT);
            boolean glued =
                    word.equals("(") || word.equals(")") || word.equals(",") || before.equals("(") || sized(before);
            text.append(text.length() == 0 || glued ? "" : " ").append(word);
            before = word;
        }
        return text.toString();
    }

    private static boolean sized(String before) {
        return before.equals("-") || before.equals("+");
    }

    /** A type as it stands in a definition. */
    static String typeClause(String type) {
        List<Token> tokens = SqlTokens.of(type);
        int size = 0;
        while (size < tokens.size()
                && tokens.get(size).kind() == Kind.WORD
                && !SqlExpression.reserved(tokens.get(size))) {
            size++;
        }
        boolean plain = size > 0
                && (size == tokens.size()
                        || (tokens.get(size).is("(") && SqlExpression.closing(tokens, size) == tokens.size() - 1));
        return plain || type.isEmpty() ? type : SqlExpression.quote(type);
    }

    static String collation(@Nullable String name) {
        return name == null ? "BINARY" : name.toUpperCase(Locale.ROOT);
    }
}
