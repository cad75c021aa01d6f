package dev.weir.db;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/** The forms that a {@link Condition} has. Their text shows no values. */
final class ConditionNode {
    private ConditionNode() {}

    record Comparison(String column, Operator operator, Object value) implements Condition {
        Comparison {
            Objects.requireNonNull(column, "column");
            Objects.requireNonNull(operator, "operator");
            if (value == null) {
                throw new NullPointerException("value must not be null, for nothing compares with NULL: column="
                        + column + ". Use whereNull.");
            }
        }

        @Override
        public String toString() {
            return column + " " + operator.symbol() + " ?";
        }
    }

    record Membership(String column, List<Object> values) implements Condition {
        @Override
        public String toString() {
            return column + " in " + values.size() + " values";
        }
    }

    record NullTest(String column, boolean isNull) implements Condition {
        NullTest {
            Objects.requireNonNull(column, "column");
        }

        @Override
        public String toString() {
            return column + (isNull ? " is null" : " is not null");
        }
    }

    record Pattern(String column, String pattern) implements Condition {
        Pattern {
            Objects.requireNonNull(column, "column");
            Objects.requireNonNull(pattern, "pattern");
        }

        @Override
        public String toString() {
            return column + " like ?";
        }
    }

    record Junction(boolean conjunction, List<Condition> parts) implements Condition {
        @Override
        public String toString() {
            return "(" + parts.get(0) + (conjunction ? " and " : " or ") + parts.get(1) + ")";
        }
    }

    record Negation(Condition negated) implements Condition {
        @Override
        public String toString() {
            return "not " + negated;
        }
    }

    enum Operator {
        EQUAL("="),
        UNEQUAL("<>"),
        LESS("<"),
        AT_MOST("<="),
        GREATER(">"),
        AT_LEAST(">=");

        private final String symbol;

        Operator(String symbol) {
            this.symbol = symbol;
        }

        String symbol() {
            return symbol;
        }

        static Operator of(String symbol) {
            Objects.requireNonNull(symbol, "operator");
            for (Operator operator : values()) {
                if (operator.symbol.equals(symbol)) {
                    return operator;
                }
            }
            if (symbol.equals("!=")) {
                return UNEQUAL;
            }
            throw new IllegalArgumentException("The operator must be one of = <> != < <= > >=: operator=" + symbol
                    + ". For patterns use like, for lists whereIn, for NULL whereNull.");
        }
    }

    static List<Object> elements(String column, Collection<?> values) {
        Objects.requireNonNull(column, "column");
        Objects.requireNonNull(values, "values");
        List<Object> elements = new ArrayList<>(values.size());
        for (Object value : values) {
            if (value == null) {
                throw new NullPointerException("values must not hold null, for nothing equals NULL: column=" + column
                        + ". Use Condition.in(…).or(Condition.isNull(…)).");
            }
            elements.add(value);
        }
        return List.copyOf(elements);
    }
}
