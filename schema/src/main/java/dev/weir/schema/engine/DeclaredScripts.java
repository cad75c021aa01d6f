package dev.weir.schema.engine;

import dev.weir.schema.model.InvalidSchemaException;
import dev.weir.schema.model.InvalidSchemaException.Problem;
import dev.weir.schema.model.Schema;
import dev.weir.schema.model.Script;
import dev.weir.schema.model.Table;
import dev.weir.schema.sql.SqlTokens.Kind;
import dev.weir.schema.sql.SqlTokens.Token;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The statements of scripts that declare tables. The engine reads them by executing them in a scratch place, so only a closed
 * list of forms is taken, on tables of the schema's own alone: none of them can change, lock or read anything outside that
 * place. Everything else is refused before anything is sent.
 */
public final class DeclaredScripts {
    // A statement's shape is its words in capitals with blanks between, where @ is a quoted name, ' a text, 0 a number,
    // and ()
    // whatever stands in parentheses.
    private static final String NAME = "(?:@|[^\\s.,;=()@'0]\\S*)";
    private static final String TABLE = "(?<path>(?:" + NAME + " \\. )*)(?<table>" + NAME + ")";

    private static final String MARIADB_OPTION = "(?:(?:DEFAULT )?(?:CHARSET|CHARACTER SET|COLLATE)|ENGINE|COMMENT"
            + "|AUTO_INCREMENT|ROW_FORMAT|KEY_BLOCK_SIZE|AVG_ROW_LENGTH|CHECKSUM|MAX_ROWS|MIN_ROWS|PACK_KEYS"
            + "|DELAY_KEY_WRITE|PAGE_CHECKSUM|PAGE_COMPRESSED|TRANSACTIONAL|STATS_\\w+)(?: =)? \\S+";

    private static final Map<String, String> TABLE_OPTIONS = Map.of(
            "sqlite", "(?: ,| STRICT| WITHOUT ROWID)*",
            "postgresql", "(?: USING \\S+| WITH \\(\\)| WITHOUT OIDS| TABLESPACE \\S+| PARTITION BY \\S+ \\(\\))*",
            "mariadb", "(?: ,| WITH SYSTEM VERSIONING| " + MARIADB_OPTION + ")*",
            "h2", "");

    private static final String INDEX_KIND = "(?: UNIQUE| FULLTEXT| SPATIAL| NULLS| NOT| ALL| DISTINCT)*";

    private static final Pattern INDEX = Pattern.compile("CREATE" + INDEX_KIND + " INDEX(?: IF NOT EXISTS)?(?: (?!ON )"
            + NAME + ")?(?: USING \\S+)? ON(?: ONLY)? " + TABLE + "(?: USING \\S+)? \\(\\)(?: .*)?");

    private static final String ACTION = "(?:ADD(?! PARTITION)|ALTER|MODIFY) [^,]+";
    private static final Pattern ALTER = Pattern.compile("ALTER TABLE(?: IF EXISTS)?(?: ONLY)? " + TABLE + " " + ACTION
            + "(?: , (?:" + ACTION + "|AUTO_INCREMENT(?: =)? 0))*");

    private static final Pattern TABLE_COMMENT = Pattern.compile("COMMENT ON TABLE " + TABLE + " IS (?:'|NULL)");
    private static final Pattern COLUMN_COMMENT =
            Pattern.compile("COMMENT ON COLUMN " + TABLE + " \\. " + NAME + " IS (?:'|NULL)");

    private static final String FORMS =
            "a script declares tables: CREATE TABLE, CREATE INDEX, ALTER TABLE with ADD, ALTER or"
                    + " MODIFY, and COMMENT ON";
    private static final Set<String> BODIES = Set.of("TRIGGER", "FUNCTION", "PROCEDURE", "PACKAGE", "EVENT");
    private static final int WORDS_SHOWN = 4;

    private final String engine;
    private final Pattern create;
    private final Set<String> made = new HashSet<>();
    private final List<Statement> statements = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();

    private DeclaredScripts(String engine) {
        this.engine = engine.equals("mysql") ? "mariadb" : engine;
        create = Pattern.compile(
                "CREATE TABLE(?: IF NOT EXISTS)? " + TABLE + " \\(\\)" + TABLE_OPTIONS.getOrDefault(this.engine, ""));
    }

    /**
     * A statement.
     *
     * @param origin where it stands, as FILE:LINE:COLUMN
     */
    public record Statement(String sql, String origin) {}

    /**
     * The statements of a schema's scripts, in their order.
     *
     * @throws InvalidSchemaException if there is one that is not of the closed list; it names all of them
     */
    public static List<Statement> of(Schema schema, String engine) {
        DeclaredScripts scripts = new DeclaredScripts(engine);
        schema.tables().stream()
                .filter(table -> !table.dropped())
                .map(Table::name)
                .forEach(name -> scripts.made.add(scripts.folded(name)));
        schema.scripts().forEach(scripts::read);
        if (!scripts.problems.isEmpty()) {
            throw new InvalidSchemaException(scripts.problems);
        }
        return List.copyOf(scripts.statements);
    }

    /**
     * Looks whether the engine reads what was made of a declared table as one statement.
     *
     * @throws InvalidSchemaException if it does not
     */
    public static void requireSingle(String sql, String engine, String table) {
        String rule = "types, defaults, expressions and options are parts of one statement";
        String cure = "remove the semicolon";
        try {
            if (ScriptTokens.of(sql, engine).stream().noneMatch(token -> token.is(";"))) {
                return;
            }
        } catch (ScriptTokens.Unclear e) {
            rule = String.valueOf(e.getMessage());
            cure = e.cure;
        }
        throw new InvalidSchemaException(List.of(new Problem(null, rule, "table=" + table + ", sql=" + sql, cure)));
    }

    private void read(Script script) {
        List<Token> tokens;
        try {
            tokens = ScriptTokens.of(script.sql(), engine);
        } catch (ScriptTokens.Unclear e) {
            String rule = String.valueOf(e.getMessage());
            problems.add(new Problem(origin(script, e.at), rule, "found=" + shown(script.sql(), e.at), e.cure));
            return;
        }
        List<Token> statement = new ArrayList<>();
        for (Token token : tokens) {
            if (!token.is(";")) {
                statement.add(token);
            } else if (!statement.isEmpty()) {
                if (!take(script, statement)) {
                    return;
                }
                statement = new ArrayList<>();
            }
        }
        if (!statement.isEmpty()) {
            take(script, statement);
        }
    }

    private static String shown(String sql, int at) {
        return sql.substring(at, Math.min(sql.length(), at + 20))
                .lines()
                .findFirst()
                .orElse("");
    }

    private static String origin(Script script, int at) {
        String before = script.sql().substring(0, at);
        long line = before.chars().filter(c -> c == '\n').count() + 1;
        return script.origin() + ":" + line + ":" + (at - before.lastIndexOf('\n'));
    }

    /** False if what follows can't be told apart, because it may be the body of a trigger. */
    private boolean take(Script script, List<Token> statement) {
        Token last = statement.get(statement.size() - 1);
        int start = statement.get(0).start();
        String origin = origin(script, start);
        String words = statement.stream()
                .limit(WORDS_SHOWN)
                .filter(token -> token.kind() != Kind.STRING)
                .map(Token::text)
                .collect(Collectors.joining(" "));
        String sql = script.sql().substring(start, last.start() + last.text().length());
        List<Token> outside = new ArrayList<>();
        String shape = shape(statement, outside);
        Matcher form = Stream.of(create, INDEX, ALTER, TABLE_COMMENT, COLUMN_COMMENT)
                .map(pattern -> pattern.matcher(shape))
                .filter(Matcher::matches)
                .findFirst()
                .orElse(null);
        if (form == null || statement.stream().anyMatch(token -> token.is("SELECT"))) {
            problems.add(new Problem(
                    origin,
                    FORMS,
                    "statement=" + words,
                    "remove it; rows come by a seed, what moves rows is a data step, and what is no table is made beside"
                            + " Weir"));
            return statement.stream().limit(WORDS_SHOWN + 2).noneMatch(token -> token.in(BODIES));
        }
        Token table = outside.get((int) shape.substring(0, form.start("table"))
                .chars()
                .filter(c -> c == ' ')
                .count());
        String name = table.kind() == Kind.NAME || !engine.equals("postgresql")
                ? table.name()
                : table.text().toLowerCase(Locale.ROOT);
        if (!form.group("path").isEmpty()) {
            problems.add(new Problem(
                    origin,
                    "a script names its tables without a schema or database: they are made in the one in use",
                    "statement=" + words,
                    "remove what stands before " + name));
        } else if (form.pattern() == create) {
            made.add(folded(name));
        } else if (!made.contains(folded(name))) {
            problems.add(new Problem(
                    origin,
                    "a script speaks of tables that the schema declares",
                    "statement=" + words + ", table=" + name,
                    "declare the table before, in the same letters"));
        }
        statements.add(new Statement(sql, origin));
        return true;
    }

    /** On PostgreSQL the tables in use are found behind the scratch place, so that a name has to be exact. */
    private String folded(String name) {
        return engine.equals("postgresql") ? name : name.toLowerCase(Locale.ROOT);
    }

    /** The shape of a statement, and the words that it is made of, one for each in it. */
    private static String shape(List<Token> statement, List<Token> outside) {
        List<String> shape = new ArrayList<>();
        int depth = 0;
        for (Token token : statement) {
            if (token.is(")")) {
                depth--;
                if (depth < 0) {
                    return "";
                } else if (depth == 0) {
                    shape.add("()");
                    outside.add(token);
                }
            } else if (token.is("(")) {
                depth++;
            } else if (depth == 0) {
                shape.add(
                        switch (token.kind()) {
                            case NAME -> "@";
                            case STRING -> "'";
                            case NUMBER -> "0";
                            default -> token.text().toUpperCase(Locale.ROOT);
                        });
                outside.add(token);
            }
        }
        // What is not closed fits no form.
        return depth == 0 ? String.join(" ", shape) : "";
    }
}
