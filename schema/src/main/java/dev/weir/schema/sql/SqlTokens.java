package dev.weir.schema.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** SQL, cut into words. Blanks and comments are left out. Quotes are those that SQLite knows, which are all engines'. */
public final class SqlTokens {
    /** Longest first. */
    private static final List<String> LONG_SYMBOLS =
            List.of("->>", "||", "<<", ">>", "<=", ">=", "<>", "!=", "==", "->");

    private static final String DIGITS_OF_NUMBERS = "0123456789abcdefx._";

    private final String sql;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    private SqlTokens(String sql) {
        this.sql = sql;
    }

    /** What a word is. */
    public enum Kind {
        /** A word without quotes. */
        WORD,
        /** A quoted name. */
        NAME,
        /** A text in single quotes. */
        STRING,
        /** A number. */
        NUMBER,
        /** Bytes in hexadecimal digits. */
        BLOB,
        /** One of the signs between. */
        SYMBOL
    }

    /**
     * A word.
     *
     * @param text as it is written, with its quotes
     * @param start where it begins in the SQL
     */
    public record Token(Kind kind, String text, int start) {
        /** Whether it is this word or sign, in whatever case. */
        public boolean is(String word) {
            return (kind == Kind.WORD || kind == Kind.SYMBOL) && text.equalsIgnoreCase(word);
        }

        /** Whether it is one of these words. */
        public boolean in(Set<String> upperCaseWords) {
            return kind == Kind.WORD && upperCaseWords.contains(text.toUpperCase(Locale.ROOT));
        }

        /** What it names: the engine takes words, quoted names and strings for names. */
        public String name() {
            return switch (kind) {
                case NAME, STRING -> {
                    String inside = text.substring(1, text.length() - 1);
                    char quote = text.charAt(0);
                    yield quote == '[' ? inside : inside.replace("" + quote + quote, "" + quote);
                }
                default -> text;
            };
        }
    }

    /** The words of a text. */
    public static List<Token> of(String sql) {
        return new SqlTokens(sql).read();
    }

    private List<Token> read() {
        while (at < sql.length()) {
            char c = sql.charAt(at);
            if (Character.isWhitespace(c)) {
                at++;
            } else if (sql.startsWith("--", at)) {
                at = after("\n");
            } else if (sql.startsWith("/*", at)) {
                at = after("*/");
            } else if (c == '\'') {
                quoted(Kind.STRING, '\'');
            } else if (c == '"' || c == '`') {
                quoted(Kind.NAME, c);
            } else if (c == '[') {
                add(Kind.NAME, after("]"));
            } else if ((c == 'x' || c == 'X') && sql.startsWith("'", at + 1)) {
                add(Kind.BLOB, Math.min(sql.length(), sql.indexOf('\'', at + 2) + 1));
            } else if (digit(c) || (c == '.' && at + 1 < sql.length() && digit(sql.charAt(at + 1)))) {
                number();
            } else if (wordStart(c)) {
                int end = at + 1;
                while (end < sql.length() && wordPart(sql.charAt(end))) {
                    end++;
                }
                add(Kind.WORD, end);
            } else {
                int start = at;
                add(
                        Kind.SYMBOL,
                        at
                                + LONG_SYMBOLS.stream()
                                        .filter(symbol -> sql.startsWith(symbol, start))
                                        .findFirst()
                                        .map(String::length)
                                        .orElse(1));
            }
        }
        return tokens;
    }

    private void add(Kind kind, int end) {
        tokens.add(new Token(kind, sql.substring(at, end), at));
        at = end;
    }

    private int after(String end) {
        int found = sql.indexOf(end, at);
        return found < 0 ? sql.length() : found + end.length();
    }

    private void quoted(Kind kind, char quote) {
        int end = at + 1;
        while (end < sql.length()) {
            if (sql.charAt(end) != quote) {
                end++;
            } else if (end + 1 < sql.length() && sql.charAt(end + 1) == quote) {
                end += 2;
            } else {
                break;
            }
        }
        add(kind, Math.min(sql.length(), end + 1));
    }

    private void number() {
        int end = at + 1;
        while (end < sql.length()) {
            char c = Character.toLowerCase(sql.charAt(end));
            boolean exponentSign = (c == '+' || c == '-')
                    && Character.toLowerCase(sql.charAt(end - 1)) == 'e'
                    && !sql.regionMatches(true, at, "0x", 0, 2);
            if (DIGITS_OF_NUMBERS.indexOf(c) < 0 && !exponentSign) {
                break;
            }
            end++;
        }
        add(Kind.NUMBER, end);
    }

    private static boolean digit(char c) {
        return c >= '0' && c <= '9';
    }

    /** Whether a word without quotes may begin so. */
    public static boolean wordStart(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
    }

    /** Whether a word without quotes may go on so. */
    public static boolean wordPart(char c) {
        return wordStart(c) || digit(c) || c == '$';
    }
}
