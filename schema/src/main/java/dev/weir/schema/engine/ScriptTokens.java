package dev.weir.schema.engine;

import dev.weir.schema.sql.SqlTokens.Kind;
import dev.weir.schema.sql.SqlTokens.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A script cut into words exactly where its engine cuts it, so that no statement hides from us in what the engine takes for no
 * comment or no text. What engines, or an engine's modes, read differently is refused. Blanks and comments are left out.
 */
final class ScriptTokens {
    private static final Set<String> BACKSLASH_ENGINES = Set.of("mariadb", "mysql");

    private final String sql;
    private final boolean sqlite;
    private final boolean h2;
    private final boolean postgres;
    private final boolean mariaDb;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    private ScriptTokens(String sql, String engine) {
        this.sql = sql;
        sqlite = engine.equals("sqlite");
        h2 = engine.equals("h2");
        postgres = engine.equals("postgresql");
        mariaDb = BACKSLASH_ENGINES.contains(engine);
    }

    /** A place that can be read in several ways. */
    static final class Unclear extends Exception {
        private static final long serialVersionUID = 1;

        final int at;
        final String cure;

        Unclear(int at, String rule, String cure) {
            super(rule);
            this.at = at;
            this.cure = cure;
        }
    }

    static List<Token> of(String sql, String engine) throws Unclear {
        ScriptTokens script = new ScriptTokens(sql, engine);
        while (script.at < sql.length()) {
            script.next();
        }
        return script.tokens;
    }

    private void next() throws Unclear {
        char c = sql.charAt(at);
        if (c == ' ' || c == '\n' || c == '\t' || (c == '\r' && sql.startsWith("\n", at + 1))) {
            at++;
        } else if (Character.isISOControl(c)) {
            throw new Unclear(
                    at, "a script has no control characters besides tabs and ends of lines", "remove it, or escape it");
        } else if (sql.startsWith("--", at)) {
            lineComment();
        } else if (sql.startsWith("/*", at)) {
            blockComment();
        } else if ((mariaDb && c == '#') || (h2 && sql.startsWith("//", at))) {
            throw new Unclear(at, "a comment in a script is -- or /* */", "write -- before it");
        } else if (c == '\'') {
            quoted(Kind.STRING, c, mariaDb || (postgres && afterE()));
        } else if (c == '"' || c == '`') {
            quoted(Kind.NAME, c, mariaDb && c == '"');
        } else if (c == '[' && sqlite) {
            add(Kind.NAME, after("]", at + 1));
        } else if (c == '[' && h2) {
            index();
        } else if (c == '$' && (h2 || postgres)) {
            dollarQuoted();
        } else if (c >= '0' && c <= '9') {
            number();
        } else if (wordPart(at)) {
            int end = at;
            while (end < sql.length() && wordPart(end)) {
                end += Character.charCount(sql.codePointAt(end));
            }
            add(Kind.WORD, end);
        } else if (c < 0x80) {
            add(Kind.SYMBOL, at + 1);
        } else {
            throw new Unclear(at, "outside of quotes a script has letters, digits and ASCII", "remove it, or quote it");
        }
    }

    private void add(Kind kind, int end) throws Unclear {
        if (mariaDb) {
            OptionalInt lost = sql.substring(at, end)
                    .codePoints()
                    .filter(Character::isSupplementaryCodePoint)
                    .findFirst();
            if (lost.isPresent()) {
                throw new Unclear(
                        at,
                        "this engine's catalog answers ? for characters beyond U+FFFF, so that none can be declared",
                        "take another for " + String.format(Locale.ROOT, "U+%X", lost.getAsInt())
                                + ", or let the application write it");
            }
        }
        tokens.add(new Token(kind, sql.substring(at, end), at));
        at = end;
    }

    private boolean wordPart(int place) {
        int c = sql.codePointAt(place);
        return c == '_' || (c == '$' && place > at) || Character.isLetterOrDigit(c);
    }

    /** Such as {@code 10}, {@code 0x1F}, {@code 1.5e}; a sign is a symbol of its own. */
    private void number() throws Unclear {
        int end = at;
        while (end < sql.length() && (wordPart(end) || sql.charAt(end) == '.')) {
            end++;
        }
        add(Kind.NUMBER, end);
    }

    private void lineComment() throws Unclear {
        int behind = at + 2;
        if (mariaDb && behind < sql.length() && sql.charAt(behind) > ' ') {
            throw new Unclear(at, "a comment on this engine is -- and a blank", "write a blank behind it");
        }
        int end = sql.indexOf('\n', at);
        String comment = sql.substring(at, end < 0 ? sql.length() : end);
        if (comment.stripTrailing().indexOf('\r') >= 0) {
            throw new Unclear(at, "lines of a script end in a line feed", "write \\n, or \\r\\n");
        }
        at = end < 0 ? sql.length() : end;
    }

    private void blockComment() throws Unclear {
        int start = at;
        int end = after("*/", at + 2);
        String comment = sql.substring(at + 2, end - 2);
        if (comment.contains("/*")) {
            throw new Unclear(start, "a comment in a script holds no other", "end it before the next begins");
        }
        if (mariaDb && (comment.startsWith("!") || comment.startsWith("M!") || comment.startsWith("m!"))) {
            throw new Unclear(
                    start,
                    "a script's comments are not executed",
                    "write what it says without the comment, or remove it");
        }
        at = end;
    }

    /** Behind the next {@code mark}. */
    private int after(String mark, int from) throws Unclear {
        int end = sql.indexOf(mark, from);
        if (end < 0) {
            throw unended();
        }
        return end + mark.length();
    }

    private Unclear unended() {
        return new Unclear(at, "what is quoted or a comment ends in the same script", "end it");
    }

    private void quoted(Kind kind, char quote, boolean backslashes) throws Unclear {
        int end = at + 1;
        while (true) {
            if (end >= sql.length()) {
                throw unended();
            }
            char c = sql.charAt(end);
            if (backslashes && c == '\\') {
                end += 2;
            } else if (c != quote) {
                end++;
            } else if (sql.startsWith(String.valueOf(quote), end + 1)) {
                end += 2;
            } else {
                add(kind, end + 1);
                return;
            }
        }
    }

    /** Whether this text is {@code E'…'}. */
    private boolean afterE() {
        Token last = tokens.isEmpty() ? null : tokens.get(tokens.size() - 1);
        return last != null && last.is("E") && last.start() == at - 1;
    }

    /** In one of H2's modes brackets quote a name, so that what they hold has to read the same both ways. */
    private void index() throws Unclear {
        int end = after("]", at + 1);
        if (!sql.substring(at + 1, end - 1).matches("(?:[^'\"`;$/\\[-]|'[^']*')*")) {
            throw new Unclear(at, "in brackets stand no quoted names, operators or comments", "write it without them");
        }
        add(Kind.SYMBOL, at + 1);
    }

    private void dollarQuoted() throws Unclear {
        int tag = at + 1;
        while (tag < sql.length() && sql.charAt(tag) != '$' && wordPart(tag)) {
            tag++;
        }
        if (!sql.startsWith("$", tag) || (h2 && tag > at + 1)) {
            throw new Unclear(at, "a dollar sign outside of a name begins a quote", "quote it");
        }
        add(Kind.STRING, after(sql.substring(at, tag + 1), tag + 1));
    }
}
