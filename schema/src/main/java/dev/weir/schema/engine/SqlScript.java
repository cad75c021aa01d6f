package dev.weir.schema.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Several statements in one text, told apart by semicolons outside of quotes, comments, dollar quotes and the bodies of
 * triggers and routines ({@code BEGIN} to {@code END}).
 */
public final class SqlScript {
    private final String text;
    private final List<String> statements = new ArrayList<>();
    private int start;
    private int at;
    private int depth;
    private boolean body;
    private boolean content;
    private int words;

    private SqlScript(String text) {
        this.text = text;
    }

    /** The statements, without semicolons at their ends; comments between them belong to the one that follows. */
    public static List<String> split(String text) {
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
        String statement = text.substring(start, at).strip();
        if (content) {
            statements.add(statement);
        }
        content = false;
        body = false;
        depth = 0;
        words = 0;
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
