package dev.weir.schema.model;

import dev.weir.schema.sql.SqlFragment;
import dev.weir.schema.sql.SqlScript;
import dev.weir.schema.sql.SqlTokens;
import dev.weir.schema.sql.SqlTokens.Token;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a script may say: tables, indexes on them, additions to them and comments. Everything else is refused before anything
 * is sent, because planning runs scripts in a scratch place, and no statement may reach out of it.
 */
final class ScriptRules {
    private static final Set<String> OF_INDEXES = Set.of("UNIQUE", "FULLTEXT", "SPATIAL", "NULLS", "DISTINCT");
    private static final Set<String> FILLING =
            Set.of("AS", "SELECT", "VALUES", "UNION", "LIKE", "INHERITS", "EXECUTE", "IGNORE", "REPLACE");
    private static final int SHOWN_WORDS = 3;

    private final Findings findings;
    private final Schema schema;
    private final Set<String> tables = new HashSet<>();

    ScriptRules(Findings findings, Schema schema) {
        this.findings = findings;
        this.schema = schema;
        schema.tables().forEach(table -> tables.add(Findings.folded(table.name())));
    }

    void check() {
        for (int i = 0; i < schema.scripts().size(); i++) {
            Script script = schema.scripts().get(i);
            for (SqlScript.Statement statement : SqlScript.statements(script.sql())) {
                List<Token> tokens = SqlTokens.of(statement.sql());
                String wrong = wrong(statement.sql(), tokens);
                if (wrong != null) {
                    findings.add(
                            "scripts[" + i + "]",
                            "a script holds only CREATE TABLE, CREATE INDEX, ALTER TABLE … ADD and COMMENT ON, of its own"
                                    + " tables",
                            "script=" + script.origin() + " line=" + statement.line() + " statement='" + shown(tokens)
                                    + "' wrong=" + wrong,
                            "leave it out; what changes rows is a data step, and the schema is the one of the connection");
                }
            }
        }
    }

    private static String shown(List<Token> tokens) {
        return String.join(
                " ", tokens.stream().limit(SHOWN_WORDS).map(Token::text).toList());
    }

    /** Why a statement is not one that a script may hold; null if it is. */
    private @Nullable String wrong(String sql, List<Token> tokens) {
        String ambiguous = SqlFragment.ambiguous(tokens);
        if (ambiguous != null) {
            return ambiguous;
        }
        if (sql.contains("/*!") || sql.contains("/*M!")) {
            return "a comment that is executed";
        }
        Words words = new Words(tokens);
        if (words.takes("CREATE")) {
            return words.takes("TABLE") ? createTable(words) : createIndex(words);
        }
        if (words.takes("ALTER") && words.takes("TABLE")) {
            return alterTable(words);
        }
        return words.takes("COMMENT") && words.takes("ON") ? comment(words) : "another statement";
    }

    private @Nullable String createTable(Words words) {
        words.takesAll("IF", "NOT", "EXISTS");
        String name = words.name();
        if (name == null) {
            return "no plain name";
        }
        if (!words.next("(")) {
            return "no list of columns";
        }
        tables.add(Findings.folded(name));
        int depth = 0;
        for (Token token : words.rest()) {
            depth += token.is("(") ? 1 : token.is(")") ? -1 : 0;
            if (depth == 0 && token.in(FILLING)) {
                return token.text();
            }
        }
        return depth == 0 ? null : "parentheses that do not match";
    }

    private @Nullable String createIndex(Words words) {
        while (words.takesOne(OF_INDEXES)) {
            // What the index is to be like.
        }
        if (!words.takes("INDEX")) {
            return "another statement";
        }
        while (!words.atEnd() && !words.next("ON")) {
            words.skip();
        }
        words.takes("ON");
        words.takes("ONLY");
        return own(words.name());
    }

    private @Nullable String alterTable(Words words) {
        words.takesAll("IF", "EXISTS");
        words.takes("ONLY");
        String wrong = own(words.name());
        if (wrong != null) {
            return wrong;
        }
        boolean begins = true;
        int depth = 0;
        for (Token token : words.rest()) {
            if (begins && !token.is("ADD") && !token.is("ALTER")) {
                return token.text();
            }
            depth += token.is("(") ? 1 : token.is(")") ? -1 : 0;
            begins = depth == 0 && token.is(",");
        }
        return null;
    }

    private @Nullable String comment(Words words) {
        if (words.takes("TABLE")) {
            return own(words.name());
        }
        if (!words.takes("COLUMN")) {
            return "another statement";
        }
        List<String> path = words.path();
        return path.size() == 2 ? own(path.get(0)) : "no plain name";
    }

    private @Nullable String own(@Nullable String name) {
        if (name == null) {
            return "no plain name";
        }
        return tables.contains(Findings.folded(name)) ? null : "a table that is not declared, table=" + name;
    }

    /** The words of a statement, taken from its start. */
    private static final class Words {
        private final List<Token> tokens;
        private int at;

        Words(List<Token> tokens) {
            this.tokens = tokens;
        }

        boolean atEnd() {
            return at >= tokens.size();
        }

        boolean next(String word) {
            return !atEnd() && tokens.get(at).is(word);
        }

        void skip() {
            at++;
        }

        boolean takes(String word) {
            boolean there = next(word);
            at += there ? 1 : 0;
            return there;
        }

        boolean takesOne(Set<String> words) {
            boolean there = !atEnd() && tokens.get(at).in(words);
            at += there ? 1 : 0;
            return there;
        }

        void takesAll(String... words) {
            for (String word : words) {
                takes(word);
            }
        }

        /** A name without a schema; null if there is none. */
        @Nullable String name() {
            List<String> path = path();
            return path.size() == 1 ? path.get(0) : null;
        }

        List<String> path() {
            List<String> path = new java.util.ArrayList<>();
            do {
                boolean named = !atEnd()
                        && (tokens.get(at).kind() == SqlTokens.Kind.WORD
                                || tokens.get(at).kind() == SqlTokens.Kind.NAME);
                if (!named) {
                    return List.of();
                }
                path.add(tokens.get(at++).name());
            } while (takes("."));
            return path;
        }

        List<Token> rest() {
            return tokens.subList(at, tokens.size());
        }
    }
}
