package dev.weir.buffer;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * What is pending for one column. The changes form a small algebra, closed under {@link #then}: applying the composition
 * equals applying the calls one by one.
 *
 * <p>Every sequence of additions and bounds on a number is {@code x -> min(high, max(low, x + add))}: adding shifts the
 * bounds, a new bound clips them. Values are canonical: {@link Long} or {@link BigDecimal} for numbers, a {@link Comparable}
 * of one class for temporal columns, which have bounds and no addition.
 */
sealed interface ColumnChange {
    /** The column becomes {@code value}. */
    record Put(@Nullable Object value) implements ColumnChange {}

    /** {@code amount} is added; NULL counts as 0. */
    record Plus(long amount) implements ColumnChange {}

    /** The column becomes {@code value} if it is smaller or NULL. */
    record Max(Object value) implements ColumnChange {}

    /** The column becomes {@code value} if it is larger or NULL. */
    record Min(Object value) implements ColumnChange {}

    /**
     * The general form.
     *
     * @param add null if nothing is added
     * @param low null if unbounded
     * @param high null if unbounded
     * @param onNull what NULL becomes
     */
    record Clamp(
            @Nullable Object add,
            @Nullable Object low,
            @Nullable Object high,
            Object onNull) implements ColumnChange {}

    /** This change and then the next, as one. */
    default ColumnChange then(ColumnChange next) {
        if (next instanceof Put) {
            return next;
        }
        if (this instanceof Put put) {
            return new Put(next.apply(put.value()));
        }
        if (this instanceof Plus a && next instanceof Plus b) {
            long sum = a.amount() + b.amount();
            if (((a.amount() ^ sum) & (b.amount() ^ sum)) >= 0) {
                return new Plus(sum);
            }
        } else if (this instanceof Max a && next instanceof Max b) {
            return new Max(larger(a.value(), b.value()));
        } else if (this instanceof Min a && next instanceof Min b) {
            return new Min(smaller(a.value(), b.value()));
        }
        return bounded(general(), next.general());
    }

    /** Whether this and {@code next} are of 64 bits and what they come to as one is not, so that a column of those can't take it. */
    default boolean overflows(ColumnChange next) {
        return inLongs() && next.inLongs() && !then(next).inLongs();
    }

    private boolean inLongs() {
        if (this instanceof Put put) {
            return !(put.value() instanceof BigDecimal);
        } else if (this instanceof Max max) {
            return !(max.value() instanceof BigDecimal);
        } else if (this instanceof Min min) {
            return !(min.value() instanceof BigDecimal);
        } else if (this instanceof Clamp clamp) {
            return !(clamp.add() instanceof BigDecimal
                    || clamp.low() instanceof BigDecimal
                    || clamp.high() instanceof BigDecimal
                    || clamp.onNull() instanceof BigDecimal);
        }
        return true;
    }

    /** What the column's value becomes. */
    default @Nullable Object apply(@Nullable Object value) {
        if (this instanceof Put put) {
            return put.value();
        }
        Clamp clamp = general();
        if (value == null) {
            return clamp.onNull();
        }
        Object result = clamp.add() == null ? value : sum(value, clamp.add());
        result = clamp.low() == null ? result : larger(result, clamp.low());
        return clamp.high() == null ? result : smaller(result, clamp.high());
    }

    private Clamp general() {
        if (this instanceof Clamp clamp) {
            return clamp;
        } else if (this instanceof Plus plus) {
            return new Clamp(plus.amount(), null, null, plus.amount());
        } else if (this instanceof Max max) {
            return new Clamp(null, max.value(), null, max.value());
        } else if (this instanceof Min min) {
            return new Clamp(null, null, min.value(), min.value());
        }
        throw new IllegalStateException("A set value has no general form: " + getClass());
    }

    private static Clamp bounded(Clamp first, Clamp b) {
        Clamp a = first;
        if (b.add() != null) {
            Object d = b.add();
            a = new Clamp(
                    a.add() == null ? d : sum(a.add(), d),
                    a.low() == null ? null : sum(a.low(), d),
                    a.high() == null ? null : sum(a.high(), d),
                    sum(a.onNull(), d));
        }
        if (b.low() != null) {
            Object m = b.low();
            a = new Clamp(
                    a.add(),
                    a.low() == null ? m : larger(a.low(), m),
                    a.high() == null ? null : larger(a.high(), m),
                    larger(a.onNull(), m));
        }
        if (b.high() != null) {
            Object m = b.high();
            a = new Clamp(
                    a.add(),
                    a.low() == null ? null : smaller(a.low(), m),
                    a.high() == null ? m : smaller(a.high(), m),
                    smaller(a.onNull(), m));
        }
        return a;
    }

    private static Object sum(Object a, Object b) {
        if (a instanceof Long x && b instanceof Long y) {
            long sum = x + y;
            if (((x ^ sum) & (y ^ sum)) >= 0) {
                return sum;
            }
        }
        return decimal(a).add(decimal(b));
    }

    private static Object larger(Object a, Object b) {
        return compare(a, b) >= 0 ? a : b;
    }

    private static Object smaller(Object a, Object b) {
        return compare(a, b) <= 0 ? a : b;
    }

    @SuppressWarnings("unchecked")
    private static int compare(Object a, Object b) {
        if (a.getClass() == b.getClass()) {
            return ((Comparable<Object>) a).compareTo(b);
        }
        return decimal(a).compareTo(decimal(b));
    }

    private static BigDecimal decimal(Object number) {
        return number instanceof Long l ? BigDecimal.valueOf(l) : (BigDecimal) number;
    }
}
