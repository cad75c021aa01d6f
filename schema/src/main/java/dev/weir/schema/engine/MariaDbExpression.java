package dev.weir.schema.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A form of expressions to compare them in: without quotes around names, superfluous parentheses and second names of
 * functions. It is never executed.
 */
final class MariaDbExpression {
    private static final int NO_OPERATOR = 99;

    private static final Map<String, String> SYNONYMS = Map.ofEntries(
            Map.entry("lower", "lcase"),
            Map.entry("upper", "ucase"),
            Map.entry("substring", "substr"),
            Map.entry("mid", "substr"),
            Map.entry("character_length", "char_length"),
            Map.entry("octet_length", "length"),
            Map.entry("ceil", "ceiling"),
            Map.entry("power", "pow"),
            Map.entry("now", "current_timestamp"),
            Map.entry("localtime", "current_timestamp"),
            Map.entry("localtimestamp", "current_timestamp"),
            Map.entry("current_date", "curdate"),
            Map.entry("current_time", "curtime"),
            Map.entry("rlike", "regexp"),
            Map.entry("true", "1"),
            Map.entry("false", "0"),
            Map.entry("!=", "<>"),
            Map.entry("&&", "and"),
            Map.entry("||", "or"),
            Map.entry("%", "mod"));

    private static final Set<String> MOMENTS = Set.of("current_timestamp", "curdate", "curtime");

    private static final Map<String, Integer> PRECEDENCE = Map.ofEntries(
            Map.entry("or", 1),
            Map.entry("xor", 2),
            Map.entry("and", 3),
            Map.entry("not", 4),
            Map.entry("=", 5),
            Map.entry("<", 5),
            Map.entry(">", 5),
            Map.entry("<=", 5),
            Map.entry(">=", 5),
            Map.entry("<>", 5),
            Map.entry("<=>", 5),
            Map.entry("is", 5),
            Map.entry("in", 5),
            Map.entry("like", 5),
            Map.entry("regexp", 5),
            Map.entry("between", 5),
            Map.entry("|", 6),
            Map.entry("&", 7),
            Map.entry("<<", 8),
            Map.entry(">>", 8),
            Map.entry("+", 9),
            Map.entry("-", 9),
            Map.entry("*", 10),
            Map.entry("/", 10),
            Map.entry("div", 10),
            Map.entry("mod", 10),
            Map.entry("^", 11));

    /** Where it does not matter which of two is done first. */
    private static final Set<String> ASSOCIATIVE = Set.of("or", "and", "+", "*");

    /** Words before a parenthesis that call no function. */
    private static final Set<String> NO_CALL =
            Set.of("or", "xor", "and", "not", "is", "like", "regexp", "between", "div", "case", "when", "then", "else");

    private final List<String> tokens;
    private int at;

    private MariaDbExpression(List<String> tokens) {
        this.tokens = tokens;
    }

    static String canonical(String sql) {
        MariaDbExpression expression = new MariaDbExpression(tokens(sql));
        return String.join(" ", expression.list());
    }

    /** Up to the parenthesis that closes, with those inside made plain. */
    private List<String> list() {
        List<List<String>> parts = new ArrayList<>();
        List<Boolean> groups = new ArrayList<>();
        while (at < tokens.size() && !tokens.get(at).equals(")")) {
            String token = tokens.get(at++);
            if (!token.equals("(")) {
                parts.add(List.of(token));
                groups.add(false);
                continue;
            }
            List<String> inner = list();
            at++;
            String before = parts.isEmpty() || groups.get(groups.size() - 1)
                    ? ""
                    : parts.get(parts.size() - 1).get(0);
            boolean call =
                    before.equals("in") || !NO_CALL.contains(before) && !before.isEmpty() && isWord(before.charAt(0));
            if (call) {
                inner = MOMENTS.contains(before) ? List.of() : inner;
                parts.add(parenthesised(inner));
                groups.add(false);
            } else {
                parts.add(inner);
                groups.add(true);
            }
        }
        List<String> flat = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            boolean plain = !groups.get(i) || superfluous(parts, i);
            flat.addAll(plain ? parts.get(i) : parenthesised(parts.get(i)));
        }
        return flat;
    }

    private static List<String> parenthesised(List<String> inner) {
        List<String> whole = new ArrayList<>(inner);
        whole.add(0, "(");
        whole.add(")");
        return whole;
    }

    private static boolean superfluous(List<List<String>> parts, int index) {
        String left = index == 0 ? "" : operator(parts.get(index - 1));
        String right = index + 1 == parts.size() ? "" : operator(parts.get(index + 1));
        int outside = Math.max(PRECEDENCE.getOrDefault(left, 0), PRECEDENCE.getOrDefault(right, 0));
        String weakest = weakest(parts.get(index));
        int inside = PRECEDENCE.getOrDefault(weakest, NO_OPERATOR);
        if (inside != outside) {
            return inside > outside;
        }
        return ASSOCIATIVE.contains(weakest)
                && (left.equals(weakest) || PRECEDENCE.getOrDefault(left, 0) < inside)
                && (right.equals(weakest) || PRECEDENCE.getOrDefault(right, 0) < inside);
    }

    private static String operator(List<String> part) {
        return part.size() == 1 ? part.get(0) : "";
    }

    /** The operator that is done last; a comma counts as one that nothing is weaker than. */
    private static String weakest(List<String> inner) {
        String weakest = "";
        int depth = 0;
        boolean between = false;
        for (String token : inner) {
            if (token.equals("(")) {
                depth++;
            } else if (token.equals(")")) {
                depth--;
            } else if (depth == 0 && token.equals(",")) {
                return "or";
            } else if (depth == 0 && between && token.equals("and")) {
                between = false;
            } else if (depth == 0 && PRECEDENCE.containsKey(token)) {
                between |= token.equals("between");
                if (PRECEDENCE.get(token) < PRECEDENCE.getOrDefault(weakest, NO_OPERATOR)) {
                    weakest = token;
                }
            }
        }
        return weakest;
    }

    private static List<String> tokens(String sql) {
        List<String> tokens = new ArrayList<>();
        int i = 0;
        while (i < sql.length()) {
            char c = sql.charAt(i);
            int end = MariaDbText.end(sql, i);
            if (Character.isWhitespace(c)) {
                i++;
            } else if (end > i) {
                quoted(tokens, sql.substring(i, end));
                i = end;
            } else if (isWord(c)) {
                end = i;
                while (end < sql.length() && (isWord(sql.charAt(end)) || sql.charAt(end) == '.')) {
                    end++;
                }
                word(
                        tokens,
                        sql.substring(i, end).toLowerCase(Locale.ROOT),
                        end < sql.length() ? sql.charAt(end) : ' ');
                i = end;
            } else {
                end = i + 1;
                while (end < sql.length() && "<>=!&|".indexOf(c) >= 0 && "<>=&|".indexOf(sql.charAt(end)) >= 0) {
                    end++;
                }
                String operator = sql.substring(i, end);
                tokens.add(SYNONYMS.getOrDefault(operator, operator));
                i = end;
            }
        }
        return tokens;
    }

    private static void quoted(List<String> tokens, String text) {
        if (text.startsWith("`")) {
            tokens.add(text.substring(1, text.length() - 1).replace("``", "`").toLowerCase(Locale.ROOT));
        } else if (!text.startsWith("/*")) {
            String single = text.startsWith("\"") ? "'" + text.substring(1, text.length() - 1) + "'" : text;
            tokens.add(MariaDbText.literal(MariaDbText.unquoted(single)));
        }
    }

    /** The name of a character set before a literal says nothing that the literal does not. */
    private static void word(List<String> tokens, String word, char next) {
        if (word.startsWith("_") && next == '\'') {
            return;
        }
        String known = SYNONYMS.getOrDefault(word, word);
        tokens.add(known);
        if (MOMENTS.contains(known) && next != '(') {
            tokens.add("(");
            tokens.add(")");
        }
    }

    private static boolean isWord(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '$' || c == '@';
    }
}
