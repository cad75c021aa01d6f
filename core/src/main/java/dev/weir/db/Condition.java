package dev.weir.db;

import java.util.Collection;
import java.util.List;
import java.util.Objects;

/**
 * A condition on the rows of a {@link Table}. An immutable value.
 *
 * <pre>{@code
 * Condition.eq("state", "new").or(Condition.gt("age", 5).and(Condition.isNull("owner")))
 * }</pre>
 */
public sealed interface Condition
        permits ConditionNode.Comparison,
                ConditionNode.Membership,
                ConditionNode.NullTest,
                ConditionNode.Pattern,
                ConditionNode.Junction,
                ConditionNode.Negation {

    /**
     * The column equals the value.
     *
     * @throws NullPointerException if {@code value} is null: nothing equals NULL; use {@link #isNull}
     */
    static Condition eq(String column, Object value) {
        return new ConditionNode.Comparison(column, ConditionNode.Operator.EQUAL, value);
    }

    /** The column is neither NULL nor equal to the value. */
    static Condition ne(String column, Object value) {
        return new ConditionNode.Comparison(column, ConditionNode.Operator.UNEQUAL, value);
    }

    /** The column is less than the value. */
    static Condition lt(String column, Object value) {
        return new ConditionNode.Comparison(column, ConditionNode.Operator.LESS, value);
    }

    /** The column is at most the value. */
    static Condition le(String column, Object value) {
        return new ConditionNode.Comparison(column, ConditionNode.Operator.AT_MOST, value);
    }

    /** The column is greater than the value. */
    static Condition gt(String column, Object value) {
        return new ConditionNode.Comparison(column, ConditionNode.Operator.GREATER, value);
    }

    /** The column is at least the value. */
    static Condition ge(String column, Object value) {
        return new ConditionNode.Comparison(column, ConditionNode.Operator.AT_LEAST, value);
    }

    /**
     * The column compares so.
     *
     * @param operator one of {@code = <> != < <= > >=}
     */
    static Condition compare(String column, String operator, Object value) {
        return new ConditionNode.Comparison(column, ConditionNode.Operator.of(operator), value);
    }

    /** The column equals one of the values; never, if there are none. */
    static Condition in(String column, Collection<?> values) {
        return new ConditionNode.Membership(column, ConditionNode.elements(column, values));
    }

    /** The column is NULL. */
    static Condition isNull(String column) {
        return new ConditionNode.NullTest(column, true);
    }

    /** The column is not NULL. */
    static Condition isNotNull(String column) {
        return new ConditionNode.NullTest(column, false);
    }

    /** The column's text is like the pattern; see {@link Table#like}. */
    static Condition like(String column, String pattern) {
        return new ConditionNode.Pattern(column, pattern);
    }

    /** Both hold. */
    default Condition and(Condition other) {
        return new ConditionNode.Junction(true, List.of(this, Objects.requireNonNull(other, "other")));
    }

    /** One of the two holds, or both. */
    default Condition or(Condition other) {
        return new ConditionNode.Junction(false, List.of(this, Objects.requireNonNull(other, "other")));
    }

    /** This one does not hold; a comparison with NULL holds neither way. */
    default Condition not() {
        return new ConditionNode.Negation(this);
    }
}
