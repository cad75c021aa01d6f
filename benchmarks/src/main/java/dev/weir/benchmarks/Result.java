package dev.weir.benchmarks;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a bench found.
 *
 * @param wrong what is wrong with the final state, if it is
 */
record Result(
        String bench, String unit, double goal, Rates ours, Rates floor, List<String> notes, Optional<String> wrong) {

    /** Ours by floor, medians both. */
    double ratio() {
        return ours.median() / floor.median();
    }

    /** The line that a program reads. */
    String line() {
        return "{\"bench\":\"" + bench + "\",\"ours\":" + rate(ours.median()) + ",\"floor\":" + rate(floor.median())
                + ",\"ratio\":" + digits(ratio()) + "}";
    }

    /** The table that a person reads. */
    String table() {
        StringBuilder table = new StringBuilder();
        int width = Math.max(6, bench.length());
        table.append(String.format(
                Locale.ROOT, "%-" + width + "s %15s %15s %15s  %s a second%n", bench, "median", "min", "max", unit));
        table.append(row(width, "ours", ours)).append(row(width, "floor", floor));
        table.append(String.format(
                Locale.ROOT,
                "%-" + width + "s %15s  (goal %s: %s; %d rounds)%n",
                "ratio",
                digits(ratio()),
                digits(goal),
                ratio() >= goal ? "reached" : "missed",
                ours.rounds().size()));
        notes.forEach(note -> table.append("note: ").append(note).append(System.lineSeparator()));
        return table.toString();
    }

    private static String row(int width, String side, Rates rates) {
        return String.format(
                Locale.ROOT,
                "%-" + width + "s %15s %15s %15s%n",
                side,
                shown(rates.median()),
                shown(rates.min()),
                shown(rates.max()));
    }

    /** A rate without digits that mean nothing. */
    static String rate(double perSecond) {
        return perSecond >= 1000 ? String.valueOf(Math.round(perSecond)) : digits(perSecond);
    }

    /** A rate as a person reads it. */
    static String shown(double perSecond) {
        return perSecond >= 1000 ? String.format(Locale.ROOT, "%,.0f", perSecond) : digits(perSecond);
    }

    /** Four significant digits. */
    static String digits(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            throw new IllegalArgumentException("A rate is a finite number: value=" + value + ".");
        }
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(4, RoundingMode.HALF_UP));
        return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
    }
}
