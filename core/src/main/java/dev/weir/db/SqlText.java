package dev.weir.db;

import dev.weir.db.engine.ColumnValues;
import dev.weir.db.engine.Dialect;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The text of a statement, read once from left to right: where its parameters are, whether it may write, and how it looks
 * without literals. Literals, quoted names, comments, casts ({@code ::}) and dollar quotes are left alone. Immutable.
 */
final class SqlText {
    private static final Set<String> READING =
            Set.of("SELECT", "VALUES", "SHOW", "EXPLAIN", "DESCRIBE", "DESC", "TABLE", "WITH");
    private static final Set<String> WRITING = Set.of("INSERT", "UPDATE", "DELETE", "MERGE", "INTO");
    private static final Set<String> CONTROL =
            Set.of("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "END", "ABORT", "START");
    private static final Set<String> DEFINING = Set.of("CREATE", "ALTER", "DROP", "RENAME");
    private static final Set<String> COMMITTING_ON_H2 =
            Set.of("CREATE", "ALTER", "DROP", "TRUNCATE", "ANALYZE", "COMMENT", "GRANT", "REVOKE");
    private static final Set<String> COMMITTING_ON_MYSQL = Set.of(
            "CREATE",
            "ALTER",
            "DROP",
            "RENAME",
            "TRUNCATE",
            "ANALYZE",
            "OPTIMIZE",
            "REPAIR",
            "CHECK",
            "CACHE",
            "FLUSH",
            "RESET",
            "LOCK",
            "UNLOCK",
            "GRANT",
            "REVOKE",
            "INSTALL",
            "UNINSTALL");
    private static final Set<String> ALONE = Set.of("VACUUM", "PRAGMA", "ATTACH", "DETACH", "CHECKPOINT");

    /** A parameter: {@code name} is null for {@code ?}. */
    record Parameter(int start, int end, @Nullable String name) {}

    private record Literal(int start, int end) {}

    private final String text;
    private final List<Parameter> parameters = new ArrayList<>();
    private final List<Literal> literals = new ArrayList<>();
    private String firstWord = "";
    private boolean writingWord;
    /** Whether it speaks of a table of this session, or of one that follows the transaction. */
    private boolean temporary;

    private boolean commits;

    private SqlText(String text) {
        this.text = text;
    }

    static SqlText of(Dialect dialect, String text) {
        Objects.requireNonNull(text, "text");
        int half = ColumnValues.halfPair(text);
        if (half >= 0) {
            throw new IllegalArgumentException("A statement must be Unicode text: length=" + text.length()
                    + ", half a surrogate pair at " + half + ". Mend or replace that character.");
        }
        SqlText parsed = new SqlText(text);
        parsed.new Reader(dialect.name()).read();
        return parsed;
    }

    List<Parameter> parameters() {
        return parameters;
    }

    boolean mayWrite() {
        return !READING.contains(firstWord) || writingWord;
    }

    /** Whether it may change the catalog. */
    boolean defines() {
        return DEFINING.contains(firstWord);
    }

    /** Whether the engine wants it outside of any transaction. */
    boolean standsAlone() {
        return ALONE.contains(firstWord);
    }

    /** Whether the engine commits what is open before and after it, so that it can be part of no transaction. */
    boolean commits() {
        return commits;
    }

    /** The names of its parameters; empty if they are positional. */
    Set<String> names() {
        Set<String> names = new HashSet<>();
        for (Parameter parameter : parameters) {
            if (parameter.name() != null) {
                names.add(parameter.name());
            }
        }
        return names;
    }

    /**
     * The text with {@code ?} for its parameters.
     *
     * @param widths how many each parameter becomes
     */
    String expanded(int[] widths) {
        StringBuilder sql = new StringBuilder(text.length() + 16);
        int from = 0;
        for (int i = 0; i < widths.length; i++) {
            Parameter parameter = parameters.get(i);
            sql.append(text, from, parameter.start());
            for (int n = 0; n < widths[i]; n++) {
                sql.append(n == 0 ? "?" : ", ?");
            }
            from = parameter.end();
        }
        return sql.append(text, from, text.length()).toString();
    }

    /** The text with {@code ?} for its literals, for logs and messages. */
    String redacted() {
        StringBuilder shown = new StringBuilder(text.length());
        int from = 0;
        for (Literal literal : literals) {
            shown.append(text, from, literal.start()).append('?');
            from = literal.end();
        }
        return shown.append(text, from, text.length()).toString();
    }

    /** Reads the text; only while it is being made. */
    private final class Reader {
        private final boolean mysql;
        private final boolean postgresql;
        private final boolean sqlite;
        private final boolean h2;
        private int at;
        private String lastWord = "";
        private boolean tableNamed;
        private boolean ended;
        private boolean positional;
        private boolean named;

        Reader(String engine) {
            mysql = engine.equals("mariadb") || engine.equals("mysql");
            postgresql = engine.equals("postgresql");
            sqlite = engine.equals("sqlite");
            h2 = engine.equals("h2");
        }

        void read() {
            while (at < text.length()) {
                step(text.charAt(at));
            }
            if (firstWord.isEmpty()) {
                throw new IllegalArgumentException("A statement must not be empty. Give its text.");
            }
            commits = !temporary
                    && (mysql ? COMMITTING_ON_MYSQL : h2 ? COMMITTING_ON_H2 : Set.<String>of()).contains(firstWord);
            if (positional && named) {
                throw new IllegalArgumentException(
                        "Parameters are either all ? or all :name: sql=" + redacted() + ". Use one form.");
            }
        }

        private void step(char c) {
            if (Character.isWhitespace(c) || c == '(') {
                at++;
            } else if ((c == '-' && next('-')) || (c == '#' && mysql)) {
                int end = text.indexOf('\n', at);
                at = end < 0 ? text.length() : end;
            } else if (c == '/' && next('*')) {
                comment();
            } else if (c == ';') {
                at++;
                ended = !firstWord.isEmpty();
            } else {
                if (ended && !DEFINING.contains(firstWord)) {
                    throw new IllegalArgumentException(
                            "A call takes one statement, and this text goes on after a semicolon: sql=" + redacted()
                                    + ". Make a call for each.");
                }
                token(c);
            }
        }

        private void token(char c) {
            if (c == '\'' || (c == '"' && mysql)) {
                literal(at, c, mysql);
            } else if (c == '"' || c == '`') {
                at = quoted(at, c, false);
            } else if (c == '[' && sqlite) {
                int end = text.indexOf(']', at);
                at = end < 0 ? text.length() : end + 1;
            } else if (c == '$' && !mysql && !sqlite && dollarTag() != null) {
                dollarQuote(Objects.requireNonNull(dollarTag()));
            } else if (Character.isDigit(c)) {
                number();
            } else if (part(c)) {
                word();
            } else if (c == '?') {
                question();
            } else if (c == ':') {
                colon();
            } else {
                at++;
            }
        }

        private boolean next(char c) {
            return at + 1 < text.length() && text.charAt(at + 1) == c;
        }

        private void comment() {
            boolean nests = !mysql && !sqlite;
            int depth = 0;
            do {
                if (text.startsWith("/*", at) && (depth == 0 || nests)) {
                    depth++;
                    at += 2;
                } else if (text.startsWith("*/", at)) {
                    depth--;
                    at += 2;
                } else {
                    at++;
                }
            } while (depth > 0 && at < text.length());
        }

        private void literal(int start, char quote, boolean backslash) {
            at = quoted(at, quote, backslash);
            literals.add(new Literal(start, at));
        }

        /** The place after the closing quote; a doubled quote does not close. */
        private int quoted(int from, char quote, boolean backslash) {
            int i = from + 1;
            while (i < text.length()) {
                char c = text.charAt(i);
                if (c == '\\' && backslash) {
                    i += 2;
                } else if (c != quote) {
                    i++;
                } else if (i + 1 < text.length() && text.charAt(i + 1) == quote) {
                    i += 2;
                } else {
                    return i + 1;
                }
            }
            return text.length();
        }

        private @Nullable String dollarTag() {
            int i = at + 1;
            while (i < text.length() && (Character.isLetterOrDigit(text.charAt(i)) || text.charAt(i) == '_')) {
                i++;
            }
            boolean tag = i < text.length()
                    && text.charAt(i) == '$'
                    && (i == at + 1 || !Character.isDigit(text.charAt(at + 1)));
            return tag ? text.substring(at, i + 1) : null;
        }

        private void dollarQuote(String tag) {
            int start = at;
            int end = text.indexOf(tag, at + tag.length());
            at = end < 0 ? text.length() : end + tag.length();
            literals.add(new Literal(start, at));
        }

        private void number() {
            int start = at;
            while (at < text.length() && (part(text.charAt(at)) || text.charAt(at) == '.')) {
                at++;
            }
            literals.add(new Literal(start, at));
        }

        private void word() {
            int start = at;
            while (at < text.length() && (part(text.charAt(at)) || text.charAt(at) == '$')) {
                at++;
            }
            if (at < text.length() && text.charAt(at) == '\'' && prefix(start)) {
                literal(start, '\'', mysql || (postgresql && lowered(start, 'e')));
                return;
            }
            String word = text.substring(start, at).toUpperCase(Locale.ROOT);
            if (firstWord.isEmpty()) {
                firstWord = word;
                if (CONTROL.contains(word)) {
                    throw new IllegalArgumentException("Weir begins and ends transactions itself: sql=" + redacted()
                            + ". Use transaction or savepoint.");
                }
            } else if (WRITING.contains(word) && !locking(word)) {
                writingWord = true;
            } else if (h2 ? word.equals("TRANSACTIONAL") : word.equals("TEMPORARY") && !tableNamed) {
                temporary = true;
            }
            tableNamed |= word.equals("TABLE");
            lastWord = word;
        }

        /** Whether what was just read is no word but the prefix of a literal, such as {@code E'…'} or {@code X'…'}. */
        private boolean prefix(int start) {
            return at - start == 1 && "eExXbBnN".indexOf(text.charAt(start)) >= 0;
        }

        private boolean lowered(int start, char letter) {
            return Character.toLowerCase(text.charAt(start)) == letter;
        }

        /** {@code FOR UPDATE} and {@code FOR NO KEY UPDATE} write nothing. */
        private boolean locking(String word) {
            return word.equals("UPDATE") && (lastWord.equals("FOR") || lastWord.equals("KEY"));
        }

        private void question() {
            if (next('?')) {
                at += 2;
                return;
            }
            parameters.add(new Parameter(at, at + 1, null));
            positional = true;
            at++;
        }

        private void colon() {
            if (next(':')) {
                at += 2;
                return;
            }
            boolean free = at == 0 || (!part(text.charAt(at - 1)) && text.charAt(at - 1) != ']');
            int end = at + 1;
            while (end < text.length() && part(text.charAt(end))) {
                end++;
            }
            if (!free || end == at + 1 || Character.isDigit(text.charAt(at + 1))) {
                at++;
                return;
            }
            parameters.add(new Parameter(at, end, text.substring(at + 1, end)));
            named = true;
            at = end;
        }

        private boolean part(char c) {
            return Character.isLetterOrDigit(c) || c == '_';
        }
    }
}
