package dev.weir.schema.engine;

import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.physical.PhysicalForeignKey;
import dev.weir.schema.physical.PhysicalIndex;
import dev.weir.schema.physical.PhysicalTable;
import dev.weir.schema.sql.SqlTokens;
import dev.weir.schema.sql.SqlTokens.Kind;
import dev.weir.schema.sql.SqlTokens.Token;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a declaration can't say of a table of SQLite, so that it stays when the table is made anew: the words after its
 * parenthesis, clauses of its constraints, and what nobody here can write again.
 *
 * @param clauses in the order of the text
 * @param strange each makes it impossible to make the table anew
 */
record SqliteOptions(boolean withoutRowid, boolean strict, List<Clause> clauses, List<String> strange) {
    static final String FOREIGN_KEY = "FOREIGN KEY";
    static final String NOT_NULL = "NOT NULL";
    static final String PRIMARY_KEY = "PRIMARY KEY";
    static final String UNIQUE = "UNIQUE";

    private static final String WITHOUT_ROWID = "WITHOUT ROWID";
    private static final String STRICT = "STRICT";
    private static final String STRANGE = "NOT KNOWN";

    SqliteOptions {
        clauses = List.copyOf(clauses);
        strange = List.copyOf(strange);
    }

    /** What follows a constraint, such as {@code ON CONFLICT REPLACE} or {@code DEFERRABLE INITIALLY DEFERRED}. */
    record Clause(String constraint, List<String> columns, String text) {
        Clause {
            columns = List.copyOf(columns);
        }

        boolean of(String kind, List<String> of) {
            return constraint.equals(kind) && columns.equals(of);
        }
    }

    String text() {
        List<String> parts = new ArrayList<>();
        if (strict) {
            parts.add(STRICT);
        }
        if (withoutRowid) {
            parts.add(WITHOUT_ROWID);
        }
        clauses.forEach(clause -> parts.add(clause.constraint() + " ("
                + clause.columns().stream().map(SqlExpression::quote).collect(Collectors.joining(", ")) + ") "
                + clause.text()));
        strange.forEach(what -> parts.add(STRANGE + " " + SqliteText.string(what)));
        return String.join("; ", parts);
    }

    static SqliteOptions of(String text) {
        boolean withoutRowid = false;
        boolean strict = false;
        List<Clause> clauses = new ArrayList<>();
        List<String> strange = new ArrayList<>();
        List<Token> part = new ArrayList<>();
        List<Token> tokens = new ArrayList<>(SqlTokens.of(text));
        tokens.add(new Token(Kind.SYMBOL, ";", text.length()));
        for (Token token : tokens) {
            if (!token.is(";")) {
                part.add(token);
                continue;
            }
            String words = words(part.stream().takeWhile(t -> t.kind() == Kind.WORD));
            int open = (int) part.stream().takeWhile(t -> !t.is("(")).count();
            if (words.equals(WITHOUT_ROWID)) {
                withoutRowid = true;
            } else if (words.equals(STRICT)) {
                strict = true;
            } else if (words.equals(STRANGE)) {
                strange.add(part.get(part.size() - 1).name());
            } else if (open < part.size()) {
                int close = SqlExpression.closing(part, open);
                clauses.add(new Clause(
                        words,
                        part.subList(open, close).stream()
                                .filter(t -> t.kind() == Kind.NAME)
                                .map(Token::name)
                                .toList(),
                        words(part.subList(close + 1, part.size()).stream())));
            }
            part.clear();
        }
        return new SqliteOptions(withoutRowid, strict, clauses, strange);
    }

    private static String words(java.util.stream.Stream<Token> tokens) {
        return tokens.map(Token::text).collect(Collectors.joining(" "));
    }

    /** What follows the constraint on these columns, with a blank before it; empty if nothing does. */
    String after(String constraint, List<String> columns) {
        return clauses.stream()
                .filter(clause -> clause.of(constraint, columns))
                .findFirst()
                .map(clause -> " " + clause.text())
                .orElse("");
    }

    /**
     * These options on the table made anew.
     *
     * @param from the table that has them
     * @param to what becomes of it
     * @param targets the new names of its columns
     */
    SqliteOptions carried(PhysicalTable from, PhysicalTable to, Map<String, String> targets) {
        if (!strange.isEmpty()) {
            throw new IllegalArgumentException("A table can be made anew only if all of it is understood: table="
                    + from.name() + ", not understood=" + strange
                    + "; change the table by hand so that it has none of this, or make the change by hand");
        }
        Set<List<Object>> there = constraints(from);
        Set<List<Object>> later = constraints(to);
        List<Clause> kept = new ArrayList<>();
        for (Clause clause : clauses) {
            if (!there.contains(List.<Object>of(clause.constraint(), clause.columns()))) {
                throw new IllegalArgumentException("A clause must belong to a constraint of the table: table="
                        + from.name() + ", clause=" + clause.constraint() + " " + clause.columns() + " "
                        + clause.text() + "; plan anew, from the table as it is");
            }
            List<String> columns = clause.columns().stream()
                    .map(column -> targets.getOrDefault(column, column))
                    .toList();
            if (later.contains(List.<Object>of(clause.constraint(), columns))) {
                kept.add(new Clause(clause.constraint(), columns, clause.text()));
            }
        }
        return new SqliteOptions(withoutRowid, strict, kept, strange);
    }

    private static Set<List<Object>> constraints(PhysicalTable table) {
        Set<List<Object>> all = new LinkedHashSet<>();
        for (PhysicalColumn column : table.columns()) {
            if (!column.nullable()) {
                all.add(List.of(NOT_NULL, List.of(column.name())));
            }
        }
        if (table.primaryKey() != null) {
            all.add(List.of(PRIMARY_KEY, table.primaryKey().columns()));
        }
        for (PhysicalIndex index : table.indexes()) {
            if (index.constraint()) {
                all.add(List.of(UNIQUE, index.columns()));
            }
        }
        for (PhysicalForeignKey key : table.foreignKeys()) {
            all.add(List.of(FOREIGN_KEY, key.columns()));
        }
        return all;
    }
}
