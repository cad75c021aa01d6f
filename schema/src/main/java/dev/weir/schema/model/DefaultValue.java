package dev.weir.schema.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A column's default.
 *
 * @param value a text, number or boolean; null if it is an expression
 * @param sql an expression in the engine's SQL; null if it is a value
 */
public record DefaultValue(@Nullable Object value, @Nullable String sql) {
    /** A value. */
    public static DefaultValue of(Object value) {
        return new DefaultValue(Objects.requireNonNull(value, "value"), null);
    }

    /** An expression, such as {@code CURRENT_TIMESTAMP}. */
    public static DefaultValue sql(String expression) {
        return new DefaultValue(null, Objects.requireNonNull(expression, "expression"));
    }
}
