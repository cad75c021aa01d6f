package dev.weir.schema.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Several statements in one text, told apart by semicolons outside of quotes, comments, dollar quotes and the bodies of
 * triggers and routines ({@code BEGIN} to {@code END}).
 */
public final class SqlScript {
    private final String text;
    private final List<Statement> statements = new ArrayList<>();
    private int start;
    private int at;
    private int depth;
    private boolean body;
    private boolean content;
    private int words;

    private SqlScript(String text) {
        this.text = text;
    }

    /**
     * A statement.
     *
     * @param sql without a semicolon at its end; comments before it belong to it
     * @param line where its first word stands, from 1
     */
    public record Statement(String sql, int line) {}

    /** The statements' texts. */
    public static List<String> split(String text) {
        return statements(text).stream().map(Statement::sql).toList();
    }

    /** The statements. */
    public static List<Statement> statements(String text) {
        SqlScript script = new SqlScript(text);
        script.read();
        return List.copyOf(script.statements);
    }

    private void read() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (text.startsWith("--", at)) {
                at = end("\n", at);
            } else if (text.startsWith("/*", at)) {
                at = end("*/", at + 2);
            } else if (c == '\'' || c == '"' || c == '`') {
                content = true;
                at = end(String.valueOf(c), at + 1);
            } else if (c == '$' && dollarTag() > at) {
                content = true;
                String tag = text.substring(at, dollarTag());
                at = end(tag, at + tag.length());
            } else if (Character.isLetter(c) || c == '_') {
                content = true;
                word();
            } else if (c == ';' && depth == 0) {
                finish();
                at++;
                start = at;
            } else {
                content |= !Character.isWhitespace(c);
                at++;
            }
        }
        finish();
    }

    private void word() {
        int from = at;
        while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
            at++;
        }
        String word = text.substring(from, at).toUpperCase(Locale.ROOT);
        words++;
        if (words <= 5 && (word.equals("TRIGGER") || word.equals("PROCEDURE") || word.equals("FUNCTION"))) {
            body = true;
        } else if (body && (word.equals("BEGIN") || word.equals("CASE"))) {
            depth++;
        } else if (depth > 0 && word.equals("END")) {
            depth--;
        }
    }

    private void finish() {
        if (content) {
            statements.add(new Statement(text.substring(start, at).strip(), line()));
        }
        content = false;
        body = false;
        depth = 0;
        words = 0;
    }

    /** The line of the first word after the comments. */
    private int line() {
        List<SqlTokens.Token> tokens = SqlTokens.of(text.substring(start, at));
        int first = start + (tokens.isEmpty() ? 0 : tokens.get(0).start());
        return 1 + (int) text.substring(0, first).chars().filter(c -> c == '\n').count();
    }

    /** Behind the next {@code mark}, or the end. */
    private int end(String mark, int from) {
        int found = text.indexOf(mark, from);
        return found < 0 ? text.length() : found + mark.length();
    }

    /** Behind a dollar quote's tag that begins here; {@link #at} if there is none. */
    private int dollarTag() {
        int end = at + 1;
        while (end < text.length() && (Character.isLetterOrDigit(text.charAt(end)) || text.charAt(end) == '_')) {
            end++;
        }
        boolean tag = end < text.length() && text.charAt(end) == '$' && !Character.isDigit(text.charAt(at + 1));
        return tag ? end + 1 : at;
    }
}
