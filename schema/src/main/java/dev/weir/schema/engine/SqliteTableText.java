package dev.weir.schema.engine;

import dev.weir.schema.sql.SqlTokens;
import dev.weir.schema.sql.SqlTokens.Kind;
import dev.weir.schema.sql.SqlTokens.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What only the text of a CREATE TABLE statement tells of a table. */
final class SqliteTableText {
    private static final Set<String> TABLE_CONSTRAINT = Set.of("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN");

    private static final Set<String> COLUMN_CONSTRAINT = Set.of(
            "CONSTRAINT",
            "PRIMARY",
            "NOT",
            "NULL",
            "UNIQUE",
            "CHECK",
            "DEFAULT",
            "COLLATE",
            "REFERENCES",
            "GENERATED",
            "AS",
            "DEFERRABLE",
            "ON");

    private final List<Column> columns = new ArrayList<>();
    private final List<Unique> uniques = new ArrayList<>();
    private final List<Check> checks = new ArrayList<>();
    private final List<ForeignKey> foreignKeys = new ArrayList<>();
    private final List<String> strange = new ArrayList<>();
    private @Nullable Primary primary;

    private List<Token> tokens = List.of();
    private int at;
    private @Nullable String constraint;

    private SqliteTableText() {}

    /**
     * A column.
     *
     * @param conflict what becomes of a row that has NULL there; null for the default, and below
     */
    record Column(
            String name,
            @Nullable String collation,
            @Nullable List<Token> generated,
            @Nullable String conflict) {}

    /** @param descending whether it stands at the column with DESC, so that the column is no alias of the row's number */
    record Primary(
            @Nullable String name,
            List<Part> parts,
            boolean descending,
            boolean autoincrement,
            @Nullable String conflict) {
        List<String> columns() {
            return parts.stream().map(Part::column).toList();
        }
    }

    record Part(String column, @Nullable String collation, boolean descending) {}

    record Unique(
            @Nullable String name,
            List<Part> parts,
            @Nullable String conflict) {}

    record Check(@Nullable String name, List<Token> condition) {}

    record ForeignKey(@Nullable String name, List<String> columns, boolean deferred) {}

    static SqliteTableText of(String sql) {
        SqliteTableText text = new SqliteTableText();
        List<Token> all = SqlTokens.of(sql);
        int open = 0;
        while (open < all.size() && !all.get(open).is("(")) {
            open++;
        }
        int close = SqlExpression.closing(all, open);
        int start = open + 1;
        for (int i = start; i <= close && i < all.size(); i++) {
            if (i == close || all.get(i).is(",")) {
                text.item(all.subList(start, i));
                start = i + 1;
            } else if (all.get(i).is("(")) {
                i = SqlExpression.closing(all, i);
            }
        }
        return text;
    }

    List<Column> columns() {
        return columns;
    }

    @Nullable Primary primary() {
        return primary;
    }

    List<Unique> uniques() {
        return uniques;
    }

    List<Check> checks() {
        return checks;
    }

    /** In the order of the text, which the engine's list has the other way round. */
    List<ForeignKey> foreignKeys() {
        return foreignKeys;
    }

    /** What was not understood. */
    List<String> strange() {
        return strange;
    }

    private void item(List<Token> item) {
        tokens = item;
        at = 0;
        constraint = null;
        if (item.isEmpty()) {
            return;
        }
        if (item.get(0).in(TABLE_CONSTRAINT)) {
            while (at < tokens.size()) {
                tableConstraint();
            }
        } else {
            column();
        }
    }

    private void tableConstraint() {
        if (take("CONSTRAINT")) {
            constraint = name();
        } else if (take("PRIMARY")) {
            take("KEY");
            List<Part> parts = parts();
            boolean numbered = parts.size() == 1 && parts.get(0).descending();
            primary =
                    new Primary(named(), numbered ? List.of(ascending(parts.get(0))) : parts, false, false, conflict());
        } else if (take("UNIQUE")) {
            uniques.add(new Unique(named(), parts(), conflict()));
        } else if (take("CHECK")) {
            checks.add(new Check(named(), parenthesised()));
            conflict();
        } else if (take("FOREIGN")) {
            take("KEY");
            List<String> names = parts().stream().map(Part::column).toList();
            take("REFERENCES");
            foreignKeys.add(new ForeignKey(named(), names, reference()));
        } else {
            notUnderstood();
        }
    }

    /** The direction of a key of one column has no effect on what the key is. */
    private static Part ascending(Part part) {
        return new Part(part.column(), part.collation(), false);
    }

    private void column() {
        String name = name();
        while (at < tokens.size() && !tokens.get(at).in(COLUMN_CONSTRAINT)) {
            at = tokens.get(at).is("(") ? SqlExpression.closing(tokens, at) + 1 : at + 1;
        }
        String collation = null;
        List<Token> generated = null;
        String conflict = null;
        while (at < tokens.size()) {
            if (take("CONSTRAINT")) {
                constraint = name();
            } else if (take("NOT")) {
                if (take("NULL")) {
                    conflict = conflict();
                } else {
                    at--;
                    deferred();
                }
                constraint = null;
            } else if (take("NULL")) {
                conflict();
                constraint = null;
            } else if (take("PRIMARY")) {
                columnPrimary(name);
            } else if (take("UNIQUE")) {
                uniques.add(new Unique(named(), List.of(new Part(name, null, false)), conflict()));
            } else if (take("CHECK")) {
                checks.add(new Check(named(), parenthesised()));
                conflict();
            } else if (take("DEFAULT")) {
                if (is("(")) {
                    parenthesised();
                } else {
                    at += is("+") || is("-") ? 2 : 1;
                }
                constraint = null;
            } else if (take("COLLATE")) {
                collation = name();
                constraint = null;
            } else if (take("REFERENCES")) {
                foreignKeys.add(new ForeignKey(named(), List.of(name), reference()));
            } else if (is("DEFERRABLE")) {
                deferred();
            } else if (take("GENERATED") || is("AS")) {
                take("ALWAYS");
                take("AS");
                generated = parenthesised();
                if (!take("STORED")) {
                    take("VIRTUAL");
                }
                constraint = null;
            } else {
                notUnderstood();
            }
        }
        columns.add(new Column(name, collation, generated, conflict));
    }

    private void columnPrimary(String column) {
        take("KEY");
        boolean descending = take("DESC");
        if (!descending) {
            take("ASC");
        }
        String conflict = conflict();
        boolean autoincrement = take("AUTOINCREMENT");
        primary = new Primary(named(), List.of(new Part(column, null, false)), descending, autoincrement, conflict);
    }

    private List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        if (!take("(")) {
            notUnderstood();
            return parts;
        }
        while (at < tokens.size() && !take(")")) {
            String column = name();
            String collation = take("COLLATE") ? name() : null;
            boolean descending = take("DESC");
            if (!descending) {
                take("ASC");
            }
            take("AUTOINCREMENT");
            parts.add(new Part(column, collation, descending));
            if (!take(",") && !is(")")) {
                notUnderstood();
            }
        }
        return parts;
    }

    /** What follows REFERENCES; the catalog tells the table, its columns and the actions. */
    private boolean reference() {
        name();
        if (is("(")) {
            parenthesised();
        }
        boolean deferred = false;
        while (at < tokens.size()) {
            if (take("ON")) {
                at++;
                if (!take("CASCADE") && !take("RESTRICT")) {
                    at += 2;
                }
            } else if (take("MATCH")) {
                at++;
            } else if (is("DEFERRABLE")
                    || (is("NOT")
                            && at + 1 < tokens.size()
                            && tokens.get(at + 1).is("DEFERRABLE"))) {
                deferred = deferred();
            } else {
                break;
            }
        }
        return deferred;
    }

    private boolean deferred() {
        boolean not = take("NOT");
        if (!take("DEFERRABLE")) {
            notUnderstood();
            return false;
        }
        boolean deferred = take("INITIALLY") && take("DEFERRED");
        if (!deferred) {
            take("IMMEDIATE");
        }
        return deferred && !not;
    }

    /** What becomes of a row that does not fulfil the constraint; null if its statement fails. */
    private @Nullable String conflict() {
        if (!(is("ON") && at + 1 < tokens.size() && tokens.get(at + 1).is("CONFLICT"))) {
            return null;
        }
        at += 2;
        String action = name().toUpperCase(Locale.ROOT);
        return action.equals("ABORT") ? null : action;
    }

    private List<Token> parenthesised() {
        if (!is("(")) {
            notUnderstood();
            return List.of();
        }
        int close = SqlExpression.closing(tokens, at);
        List<Token> inside = tokens.subList(at + 1, Math.min(close, tokens.size()));
        at = close + 1;
        return inside;
    }

    private @Nullable String named() {
        String name = constraint;
        constraint = null;
        return name;
    }

    private String name() {
        return at < tokens.size() && tokens.get(at).kind() != Kind.SYMBOL
                ? tokens.get(at++).name()
                : "";
    }

    private boolean is(String word) {
        return at < tokens.size() && tokens.get(at).is(word);
    }

    private boolean take(String word) {
        boolean found = is(word);
        at += found ? 1 : 0;
        return found;
    }

    private void notUnderstood() {
        if (at < tokens.size()) {
            strange.add(tokens.get(at).text());
        }
        at++;
    }
}
