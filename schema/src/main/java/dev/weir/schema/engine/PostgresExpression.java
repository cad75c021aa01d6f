package dev.weir.schema.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads an expression as far as needed to see that two spellings mean the same: the case of words, parentheses that say what
 * holds anyway, casts, {@code IN} and {@code = ANY}, {@code BETWEEN}, {@code LIKE}, {@code now()}. What it can't read stays as
 * it is but for spaces and case.
 */
final class PostgresExpression {
    private static final int OTHER_OPERATOR = 7;
    private static final int NOT = 3;
    private static final int IS = 4;
    private static final int SIGN = 13;

    private static final Map<String, Integer> BINDING = Map.ofEntries(
            Map.entry("or", 1),
            Map.entry("and", 2),
            Map.entry("is", IS),
            Map.entry("<", 5),
            Map.entry(">", 5),
            Map.entry("=", 5),
            Map.entry("<=", 5),
            Map.entry(">=", 5),
            Map.entry("<>", 5),
            Map.entry("!=", 5),
            Map.entry("between", 6),
            Map.entry("in", 6),
            Map.entry("like", 6),
            Map.entry("ilike", 6),
            Map.entry("not", 6),
            Map.entry("+", 8),
            Map.entry("-", 8),
            Map.entry("*", 9),
            Map.entry("/", 9),
            Map.entry("%", 9),
            Map.entry("^", 10),
            Map.entry("at", 11),
            Map.entry("collate", 12));
    private static final Set<String> SEPARATORS = Set.of("from", "for", "in", "placing");
    private static final Set<String> ENDS = Set.of("when", "then", "else", "end", "from", "for", "placing", "as");
    private static final Set<String> NUMBERS =
            Set.of("smallint", "integer", "bigint", "numeric", "real", "double precision");

    /** An operator or function with what it is applied to, or a word, name or constant by itself. */
    private record Node(String name, List<Node> parts) {
        static Node of(String name, Node... parts) {
            return new Node(name, List.of(parts));
        }

        boolean isText() {
            return parts.isEmpty() && name.startsWith("'");
        }

        /** The number in a constant of a numeric type, which the server may print in quotes. */
        Node asNumber() {
            return isText() && name.matches("'-?[0-9.]+'") ? of(name.substring(1, name.length() - 1)) : this;
        }

        @Override
        public String toString() {
            return parts.isEmpty()
                    ? name
                    : name + parts.stream().map(Node::toString).collect(Collectors.joining(", ", "(", ")"));
        }
    }

    private static final class NotUnderstood extends RuntimeException {
        private static final long serialVersionUID = 1;

        NotUnderstood() {
            super(null, null, false, false);
        }
    }

    private final List<String> tokens;
    private int next;

    private PostgresExpression(List<String> tokens) {
        this.tokens = tokens;
    }

    static String of(String sql) {
        return read(sql, false);
    }

    /** The same of the default of a column. */
    static String ofDefault(String sql, PostgresType type) {
        return read(sql, NUMBERS.contains(type.base()));
    }

    private static String read(String sql, boolean number) {
        List<String> tokens = PostgresTokens.of(sql);
        try {
            PostgresExpression reader = new PostgresExpression(tokens);
            Node whole = reader.expression(0);
            if (reader.next == tokens.size()) {
                return (number ? whole.asNumber() : whole).toString();
            }
        } catch (NotUnderstood e) {
            // The words alone are compared then.
            return String.join(" ", tokens);
        }
        return String.join(" ", tokens);
    }

    private String peek() {
        return next < tokens.size() ? tokens.get(next) : "";
    }

    private String take() {
        if (next >= tokens.size()) {
            throw new NotUnderstood();
        }
        return tokens.get(next++);
    }

    private boolean takeIf(String token) {
        boolean there = peek().equals(token);
        if (there) {
            next++;
        }
        return there;
    }

    private void expect(String token) {
        if (!takeIf(token)) {
            throw new NotUnderstood();
        }
    }

    private Node expression(int least) {
        Node left;
        if (takeIf("not")) {
            left = not(expression(NOT));
        } else if (peek().equals("-") || peek().equals("+")) {
            left = signed(take(), expression(SIGN));
        } else {
            left = postfix(primary());
        }
        while (next < tokens.size() && !ENDS.contains(peek())) {
            int binding = binding(peek());
            if (binding < 0 || binding < least) {
                break;
            }
            left = infix(left, take(), binding);
        }
        return left;
    }

    private static Node signed(String sign, Node operand) {
        boolean number = operand.parts().isEmpty() && operand.name().matches("[0-9.]+");
        if (sign.equals("+")) {
            return operand;
        }
        return number ? Node.of("-" + operand.name()) : Node.of("-", operand);
    }

    private static Node not(Node operand) {
        return operand.name().equals("not") ? operand.parts().get(0) : Node.of("not", operand);
    }

    private static int binding(String token) {
        Integer known = BINDING.get(token);
        if (known != null) {
            return known;
        }
        return PostgresTokens.isOperator(token) ? OTHER_OPERATOR : -1;
    }

    private Node infix(Node left, String operator, int binding) {
        return switch (operator) {
            case "and", "or" -> flat(operator, left, expression(binding + 1));
            case "is" -> is(left);
            case "not" -> not(infix(left, take(), binding));
            case "in" -> in(left);
            case "between" -> {
                Node low = expression(binding + 1);
                expect("and");
                yield flat("and", Node.of(">=", left, low), Node.of("<=", left, expression(binding + 1)));
            }
            case "like", "~~" -> Node.of("~~", left, expression(binding + 1));
            case "ilike", "~~*" -> Node.of("~~*", left, expression(binding + 1));
            case "!~~" -> not(Node.of("~~", left, expression(binding + 1)));
            case "!~~*" -> not(Node.of("~~*", left, expression(binding + 1)));
            case "at" -> {
                expect("time");
                expect("zone");
                yield Node.of("at time zone", left, expression(binding + 1));
            }
            default -> compare(left, operator.equals("!=") ? "<>" : operator, binding);
        };
    }

    private static Node flat(String operator, Node left, Node right) {
        List<Node> parts = new ArrayList<>();
        for (Node side : List.of(left, right)) {
            if (side.name().equals(operator) && !side.parts().isEmpty()) {
                parts.addAll(side.parts());
            } else {
                parts.add(side);
            }
        }
        return new Node(operator, parts);
    }

    private Node is(Node left) {
        boolean negated = takeIf("not");
        Node whole;
        if (takeIf("distinct")) {
            expect("from");
            whole = Node.of("is distinct from", left, expression(IS + 1));
        } else {
            whole = Node.of("is " + take(), left);
        }
        return negated ? not(whole) : whole;
    }

    private Node in(Node left) {
        expect("(");
        return among(left, list(")"));
    }

    private static Node among(Node left, List<Node> values) {
        if (values.size() == 1) {
            return Node.of("=", left, values.get(0));
        }
        List<Node> parts = new ArrayList<>(List.of(left));
        parts.addAll(values);
        return new Node("in", parts);
    }

    private Node compare(Node left, String operator, int binding) {
        String quantity = peek();
        boolean any = quantity.equals("any") || quantity.equals("some");
        if (any || quantity.equals("all")) {
            next++;
            expect("(");
            Node array = expression(0);
            expect(")");
            if (array.name().equals("array") && any && operator.equals("=")) {
                return among(left, array.parts());
            } else if (array.name().equals("array") && !any && operator.equals("<>")) {
                return not(among(left, array.parts()));
            }
            return Node.of(operator + " " + (any ? "any" : "all"), left, array);
        }
        return Node.of(operator, left, expression(binding + 1));
    }

    private Node postfix(Node operand) {
        Node whole = operand;
        while (true) {
            if (takeIf("::")) {
                String type = type();
                whole = NUMBERS.contains(PostgresType.of(type).base()) ? whole.asNumber() : whole;
            } else if (takeIf("[")) {
                whole = Node.of("[]", whole, expression(0));
                expect("]");
            } else if (takeIf(".")) {
                whole = Node.of(".", whole, Node.of(take()));
            } else {
                return whole;
            }
        }
    }

    private Node primary() {
        String token = take();
        char first = token.charAt(0);
        if (token.equals("(")) {
            List<Node> values = list(")");
            return values.size() == 1 ? values.get(0) : new Node("row", values);
        } else if (first == '\'' || Character.isDigit(first) || first == '.') {
            return Node.of(token);
        } else if (!Character.isLetter(first) && first != '_' && first != '"') {
            throw new NotUnderstood();
        }
        return switch (token) {
            case "array" -> {
                expect("[");
                yield new Node("array", list("]"));
            }
            case "case" -> cases();
            case "cast" -> {
                expect("(");
                Node value = expression(0);
                expect("as");
                boolean number = NUMBERS.contains(PostgresType.of(type()).base());
                expect(")");
                yield number ? value.asNumber() : value;
            }
            case "current_timestamp" -> peek().equals("(") ? name(token) : Node.of("now");
            default -> name(token);
        };
    }

    /** A name, a call, or a constant after the name of its type. */
    private Node name(String first) {
        StringBuilder name = new StringBuilder(first);
        while (peek().equals(".")) {
            next++;
            name.append('.').append(take());
        }
        if (peek().startsWith("'")) {
            return Node.of(take());
        } else if (!takeIf("(")) {
            return Node.of(name.toString());
        }
        String function = name.toString().replaceFirst("^pg_catalog\\.", "");
        List<Node> arguments = list(")");
        boolean now = (function.equals("now") || function.equals("transaction_timestamp")) && arguments.isEmpty();
        return now ? Node.of("now") : new Node(function + (arguments.isEmpty() ? "()" : ""), arguments);
    }

    /** Expressions up to the end that closes them; words between them, as in {@code extract}, count as further ones. */
    private List<Node> list(String end) {
        List<Node> values = new ArrayList<>();
        while (!takeIf(end)) {
            if (SEPARATORS.contains(peek())) {
                values.add(Node.of(take()));
            } else {
                values.add(expression(0));
                if (!peek().equals(end) && !SEPARATORS.contains(peek())) {
                    expect(",");
                }
            }
        }
        return values;
    }

    private Node cases() {
        List<Node> parts = new ArrayList<>();
        if (!peek().equals("when")) {
            parts.add(expression(0));
        }
        while (takeIf("when")) {
            parts.add(Node.of("when"));
            parts.add(expression(0));
            expect("then");
            parts.add(expression(0));
        }
        if (takeIf("else")) {
            parts.add(Node.of("else"));
            parts.add(expression(0));
        }
        expect("end");
        return new Node("case", parts);
    }

    private String type() {
        StringBuilder type = new StringBuilder(take());
        while (takeIf(".")) {
            type.append('.').append(take());
        }
        if (peek().equals("varying") || peek().equals("precision")) {
            type.append(' ').append(take());
        }
        if (takeIf("(")) {
            type.append('(').append(list(")").stream().map(Objects::toString).collect(Collectors.joining(",")));
            type.append(')');
        }
        String zone = peek();
        if ((zone.equals("with") || zone.equals("without")) && next + 2 < tokens.size()) {
            type.append(' ')
                    .append(take())
                    .append(' ')
                    .append(take())
                    .append(' ')
                    .append(take());
        }
        while (takeIf("[")) {
            expect("]");
            type.append("[]");
        }
        return type.toString().toLowerCase(Locale.ROOT);
    }
}
